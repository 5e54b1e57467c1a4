"""kill -9 of the worker during imports, rosters and roll-ups, and of the web during submissions, at random points:
nothing acknowledged is lost or doubled, and every job ends or says why not.

YICI_KILLS sets how many kills (the suite does a few; a hundred are asked for before a release), and
YICI_KILLS_ON=postgresql has them on PostgreSQL instead of SQLite.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from django.utils import timezone

sys.path.insert(0, str(Path(__file__).parent / "web"))

from pool_ledgers import fill_pool
from serving import Browser, Process, Web, session_of

from postgres_cluster import Cluster
from yici.core.access.actors import Actor, Post, Role
from yici.core.jobs import JobState
from yici.services.accounts import add_account
from yici.services.batches import batches_of
from yici.services.collecting.proposals import Proposal, decide, propose
from yici.services.collecting.publishing import plan_sending
from yici.services.collecting.publishing import send as send_out
from yici.services.importing import keep_upload
from yici.services.jobs.catalogue import wanted_as_json
from yici.services.jobs.starting import get_job, start_job
from yici.services.jobs.worker import recover_dead, work_off
from yici.services.pool import open_pool
from yici.services.rosters import Wanted
from yici.services.units import add_units
from yici.storage import accounts
from yici.storage.database import is_server, leave_database, open_database
from yici.storage.entries import entries_from

KILLS = int(os.environ.get("YICI_KILLS", "6"))
ON_SERVER = os.environ.get("YICI_KILLS_ON") == "postgresql"
DAY, ROWS = date(2026, 6, 1), 1_500


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Path]:
    home = tmp_path / "home"
    monkeypatch.setenv("YICI_HOME", str(home))
    running: Cluster | None = request.getfixturevalue("cluster") if ON_SERVER else None
    if running is not None:
        monkeypatch.setenv("DATABASE_URL", running.url_of(home))
    open_database(home)
    assert is_server() == ON_SERVER
    add_units(home=home, actor="甲", parent="柳河镇", children=["柳东村", "柳西村"])
    fill_pool(home, tmp_path)
    posts = {"clerk": Post(Role.CLERK, unit="柳河镇"), "steward": Post(Role.STEWARD),
             "officer": Post(Role.OFFICER, organisation="民政局")}  # fmt: skip
    for login, post in posts.items():
        add_account(actor="甲", home=home, login=login, full_name=login, posts=[post], today=DAY)
    collected(home, tmp_path)
    yield home
    if running is not None:
        leave_database()
        running.forget()


def url() -> str:
    """The address of the database that the processes use; empty for SQLite."""
    return os.environ.get("DATABASE_URL", "")


def actor_of(login: str) -> Actor:
    row = accounts.find_account(login)
    assert row is not None
    return accounts.actor_of(row, today=DAY)


def collected(home: Path, folder: Path) -> None:
    """A collection of which the pool has all, so that every village has submitted."""
    book, now = openpyxl.Workbook(), timezone.now()
    book.worksheets[0].append(["人员花名册"])
    book.worksheets[0].merge_cells("A1:C1")
    book.worksheets[0].append(["序号", "姓名", "村（社区）"])
    book.save(folder / "form.xlsx")
    proposal = Proposal(name="人员花名册", organisation="民政局", purpose="核对", everybody=True, urgent=True)
    number = propose(actor=actor_of("officer"), home=home, file=folder / "form.xlsx", proposal=proposal)
    decide(actor=actor_of("steward"), home=home, number=number, step="approve", now=now)
    sending = plan_sending(home=home, number=number, units=["柳东村", "柳西村"], as_of=None, days=5, now=now)
    send_out(actor=actor_of("officer"), home=home, sending=sending, now=now)


def asked_for(home: Path, number: int) -> int:
    """An import of a ledger of its own, a roster, or the roll-up of the collection."""
    actor = actor_of("steward")
    if number % 4 == 1:
        arguments = {"number": 1, "each": True, "gaps": False}
        return start_job(actor=actor, home=home, kind="roll-up", words="汇总", arguments=arguments)
    if number % 4 == 2:
        wanted = wanted_as_json(Wanted("person", (), ("person.name", "person.phone")), f"名单{number}")
        return start_job(actor=actor, home=home, kind="roster", words="名单", arguments=wanted)
    lines = [f"赵{chr(0x4E00 + n)},柳东村,13{number:03d}{n:06d},H{number}-{n}" for n in range(ROWS)]
    code = keep_upload(
        actor=actor, home=home, name=f"{number}.csv", department="民政局", as_of=DAY, authority="", today=DAY,
        now=timezone.now(), content=["\n".join(["姓名,村（社区）,联系电话,户编号", *lines]).encode()],
    )  # fmt: skip
    return start_job(actor=actor, home=home, kind="import", words=f"{number}.csv", arguments={"code": code})


def test_a_killed_worker_loses_and_doubles_nothing(home: Path) -> None:
    chance = random.Random(20261125)
    jobs = []
    for number in range(max(2, KILLS // 2)):
        jobs.append(asked_for(home, number))
        worker = Process(home, url(), "worker")
        with pytest.raises(subprocess.TimeoutExpired):
            worker.running.wait(timeout=chance.uniform(0.8, 3.0))
        worker.kill()
        recover_dead(home, lease_seconds=0)
        whole(home)
    work_off(home)
    rows = [get_job(home=home, number=number) for number in jobs]
    assert {row.state for row in rows} <= {JobState.DONE, JobState.FAILED}
    for row in rows:
        told = [problem["code"] for problem in row.problems]
        assert told == ([] if row.state is JobState.DONE else ["job-worker-died"])
        made = row.kind != "import" and row.state is JobState.DONE
        assert bool(row.file) == made and (not made or (home / "jobs" / row.file).stat().st_size), row.problems
    names = Counter(batch.file_name for batch in batches_of(home=home))
    done = {row.words for row in rows if row.kind == "import" and row.state is JobState.DONE}
    assert done <= names.keys()
    assert max(names.values()) == 1
    assert not list((home / "batches").glob(".tmp-*")) or len(done) < len(jobs)


def whole(home: Path) -> None:
    """Every batch of the manifest is a readable file with all its rows."""
    for row in batches_of(home=home):
        file = pq.ParquetFile(home / "batches" / f"{row.batch}.parquet")
        assert file.metadata.num_rows == row.rows


def send(browser: Browser, key: str, left: list[str], taken: dict[str, str], stop: threading.Event) -> None:
    """Answer after answer, until the server is gone; what it acknowledged, and what it did not."""
    while not stop.is_set():
        submission, phone = str(uuid.uuid4()), f"139{random.randrange(10**8):08d}"
        left.append(body := told(submission, key, phone))
        try:
            status, text, _ = browser.ask("POST", "/fillings/answers", body.encode(), "application/json")
        except OSError:
            return
        except Exception:
            return
        assert status == 200, text[:500]
        left.remove(body)
        taken[submission] = phone


def told(submission: str, key: str, phone: str) -> str:
    answers = [{"element": "person.phone", "key": key, "value": phone}]
    return json.dumps({"submission": submission, "answers": answers})


def test_a_killed_web_keeps_what_it_acknowledged(home: Path) -> None:
    chance = random.Random(7)
    with open_pool(home).projection() as projection:
        keys = [row[0] for row in projection.con.execute("SELECT key FROM person").fetchall()]
    session = session_of("clerk")
    leave_database()
    left: list[str] = []
    taken: dict[str, str] = {}
    for _ in range(max(1, KILLS // 2)):
        web, stop = Web(home, url()), threading.Event()
        senders = [
            threading.Thread(target=send, args=(Browser(web.port, session), key, left, taken, stop)) for key in keys
        ]
        for sender in senders:
            sender.start()
        senders[0].join(timeout=chance.uniform(1.0, 3.0))
        web.kill()
        stop.set()
        for sender in senders:
            sender.join()
    web = Web(home, url())
    for body in left:
        status, text, _ = Browser(web.port, session).ask("POST", "/fillings/answers", body.encode(), "application/json")
        assert status == 200, text[:500]
        taken[json.loads(body)["submission"]] = json.loads(body)["answers"][0]["value"]
    web.stop()
    open_database(home)
    held = Counter(entry.value for entry in entries_from(""))
    assert taken
    assert held == Counter(taken.values())
