"""Answers arriving at a fixed rate: `python bench/submissions.py [--seconds 600] [--rate 50] [--processes 2]`.

Starts a PostgreSQL, sends a form to ten villages, runs `yici serve --no-worker` with several processes, signs clerks in
and submits at due moments whether or not earlier submissions have been answered (open loop), so that waiting is
counted. Each tells the pool a phone and answers the form's own slot (with `--pool-only` just the former). One in fifty
is sent twice, as a device does that lost the answer. Prints latency from the due moment (also of the first and the last
minute: what grows shows there), the CPU a submission costs the web, the database and this client, failures, and what
the database holds afterwards: nothing acknowledged may be missing, and nothing may be there twice.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import queue
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
PASSWORD = "白鹭飞过水田与青山 2026"
# An account may send 120 answers a minute: so many clerks are needed for fifty a second.
CLERKS = 60
SERVE = "import sys; from yici.cli import main; sys.argv = ['yici', *sys.argv[1:]]; main()"


TITLE, WISH = "孤寡老人走访慰问花名册", "慰问需求"


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody the form asks about: the key in the pool, and the filling of the village."""

    key: str
    filling: int


@dataclass(frozen=True, slots=True)
class Sent:
    """What a submission told: of whom, the phone and the wish."""

    asked: Asked
    phone: str
    wish: str


@dataclass(slots=True)
class Tally:
    """What the clients saw."""

    # By number of submission: how long it took from the moment it was due.
    latencies: dict[int, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    acknowledged: dict[str, Sent] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Browser:
    """A signed-in clerk on one kept connection."""

    def __init__(self, port: int, login: str) -> None:
        self.port, self.cookies = port, {}
        self.con = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.ask("GET", "/signin")
        form = urlencode({"login": login, "password": PASSWORD, "csrfmiddlewaretoken": self.cookies["yici-csrf"]})
        status, text = self.ask("POST", "/signin", form, "application/x-www-form-urlencoded")
        assert status == 302, (status, text[:300])

    def ask(self, method: str, path: str, body: str | None = None, kind: str = "") -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": kind, "X-CSRFToken": self.cookies.get("yici-csrf", "")}
        self.con.request(method, path, body.encode() if body is not None else None, headers)
        answer = self.con.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and (match := re.match(r"([^=]+)=([^;]*)", value)):
                self.cookies[match[1]] = match[2]
        return answer.status, answer.read().decode("utf-8", "replace")


def prepare(home: Path, people: int) -> dict[str, Asked]:
    """A pool of so many people in ten villages, clerks of all, and a form about all of them sent to the villages; the
    people by the codes by which pages name them."""
    from yici.core.access.actors import Post, Role
    from yici.core.manifest import BatchFacts
    from yici.services.accounts import add_account
    from yici.services.ledgers import import_ledger
    from yici.services.pool import open_pool
    from yici.services.units import add_units
    from yici.storage import accounts
    from yici.storage.packs import load_registry
    from yici.storage.references import references_of

    villages = [f"柳{number}村" for number in "东西南北上下前后里外"]
    add_units(home=home, actor="甲", parent="柳河镇", children=villages)
    ledger = home / "people.csv"
    with ledger.open("w", encoding="utf-8") as file:
        file.write("村,户编号,姓名,身份证号,联系电话\n")
        for n in range(people):
            body = f"370982{1940 + n % 60}{1 + n // 60 % 12:02d}{1 + n // 720 % 28:02d}{n // 20160:03d}"
            weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
            number = body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]
            file.write(f"{villages[n % 10]},H{n // 3:07d},赵{chr(0x4E00 + n % 5000)},{number},138{n:08d}\n")
    import_ledger(
        path=ledger, facts=BatchFacts("公安局", date(2026, 1, 1)), home=home, registry=load_registry(), actor="甲"
    )
    for number in range(CLERKS):
        add_account(actor="甲", home=home, login=f"clerk{number}", full_name="王小莲", password=PASSWORD,
                    posts=[Post(Role.CLERK, unit="柳河镇")], today=date(2026, 1, 1))  # fmt: skip
        account = accounts.find_account(f"clerk{number}")
        assert account is not None
        accounts.set_password(account.pk, PASSWORD, must_change=False)
    with open_pool(home).projection() as projection:
        units: dict[str, str] = dict(projection.con.execute("SELECT key, unit FROM person").fetchall())
    fillings = publish(home, villages)
    codes = references_of(("person", key) for key in units)
    return {codes["person", key]: Asked(key, fillings[unit]) for key, unit in units.items()}


def publish(home: Path, villages: list[str]) -> dict[str, int]:
    """Propose a form that asks of everybody what no pool knows, approve it and send it; village → its filling."""
    import openpyxl

    from yici.core.access.actors import Actor, Post, Role
    from yici.services.collecting.proposals import Proposal, decide, get_collection, propose
    from yici.services.collecting.publishing import plan_sending, send
    from yici.services.collecting.reports import report_of
    from yici.storage.host import models

    now = datetime.now(UTC)
    officer = Actor(1, "经办", posts=(Post(Role.OFFICER, organisation="民政局"),))
    steward = Actor(2, "专员", posts=(Post(Role.STEWARD),))
    book = openpyxl.Workbook()
    book.worksheets[0].append([TITLE])
    book.worksheets[0].merge_cells("A1:E1")
    book.worksheets[0].append(["序号", "姓名", "身份证号码", "联系电话", WISH])
    book.save(home / "form.xlsx")
    proposal = Proposal(name=TITLE, organisation="民政局", purpose="慰问", everybody=True, urgent=True)
    number = propose(actor=officer, home=home, file=home / "form.xlsx", proposal=proposal)
    report_of(home=home, row=get_collection(home=home, number=number), today=now.date())
    decide(actor=steward, home=home, number=number, step="approve", now=now)
    sending = plan_sending(home=home, number=number, units=villages, as_of=None, days=30, now=now)
    send(actor=officer, home=home, sending=sending, now=now)
    return dict(models.Filling.objects.values_list("unit", "pk"))


@dataclass(frozen=True, slots=True)
class Cpu:
    """CPU seconds used so far by the web, by the database and by this client."""

    web: float
    database: float
    client: float

    @classmethod
    def now(cls, server: int, database: Path) -> Cpu:
        """Read them off the processes."""
        postmaster = int((database / "postmaster.pid").read_text().split()[0])
        return cls(_used(server), _used(postmaster), time.process_time())

    def __sub__(self, other: Cpu) -> Cpu:
        return Cpu(self.web - other.web, self.database - other.database, self.client - other.client)


def _used(number: int) -> float:
    """What a process has used, with its children, living and gone."""
    import psutil

    top = psutil.Process(number)
    times = [top.cpu_times(), *(child.cpu_times() for child in top.children(recursive=True))]
    return sum(t.user + t.system for t in times) + times[0].children_user + times[0].children_system


def submit(
    browsers: queue.Queue[Browser], tally: Tally, number: int, due: float, code: str, asked: Asked, pool_only: bool
) -> None:
    """One submission, every fiftieth twice; the time counts from the moment it was due."""
    submission, sent = str(uuid.uuid4()), Sent(asked, f"139{random.randrange(10**8):08d}", f"米{number}斤")
    own = {"filling": asked.filling, "sheet": "Sheet", "label": WISH, "key": code, "value": sent.wish}
    phone = {"element": "person.phone", "key": code, "value": sent.phone}
    answers = [phone] if pool_only else [phone, own]
    body = json.dumps({"submission": submission, "answers": answers})
    browser = browsers.get()
    try:
        for _ in range(2 if number % 50 == 0 else 1):
            status, text = browser.ask("POST", "/fillings/answers", body, "application/json")
        took = time.monotonic() - due
        accepted = json.loads(text) if status == 200 else {}
        with tally.lock:
            tally.latencies[number] = took
            if status == 200 and accepted.get("accepted") == len(answers) and not accepted.get("problems"):
                tally.acknowledged[submission] = sent
            else:
                tally.failed.append(f"{status} {text[:200]}")
    except (OSError, http.client.HTTPException) as error:
        with tally.lock:
            tally.failed.append(repr(error))
        browser.con.close()
    finally:
        browsers.put(browser)


def check(tally: Tally, pool_only: bool) -> tuple[int, int]:
    """(lost, doubled): acknowledged answers that the database does not hold, and answers beyond one for each."""
    from collections import Counter

    from yici.storage.host import models

    told = list(tally.acknowledged.values())
    pairs = (
        (models.Entry.objects.values_list("key", "value"), ((one.asked.key, one.phone) for one in told)),
        (
            models.FormAnswer.objects.values_list("subject", "value"),
            ((one.asked.key, one.wish) for one in told),
        ),
    )
    lost = doubled = 0
    for rows, acknowledged in pairs[:1] if pool_only else pairs:
        held, wanted = Counter(rows), Counter(acknowledged)
        lost += sum((wanted - held).values())
        doubled += sum((held - wanted).values()) if not tally.failed else sum(max(0, n - 1) for n in held.values())
    known = set(models.Submission.objects.values_list("id", flat=True))
    return lost + sum(1 for submission in tally.acknowledged if submission not in known), doubled


def broken_lines() -> int:
    """How many audit lines do not follow from the line before."""
    from yici.storage.audit import broken_links

    return sum(1 for _ in broken_links())


def sign_in(port: int) -> queue.Queue[Browser]:
    """Every clerk signed in, on two kept connections each."""
    browsers = queue.Queue[Browser]()
    signed = [Browser(port, f"clerk{number}") for number in range(CLERKS)]
    for number in range(120):
        again = Browser.__new__(Browser)
        again.port, again.cookies = port, dict(signed[number % CLERKS].cookies)
        again.con = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        browsers.put(again)
    return browsers


def run(browsers: queue.Queue[Browser], people: dict[str, Asked], rate: float, seconds: int, pool_only: bool) -> Tally:
    """Send at the rate; every submission in a thread of its own."""
    from concurrent.futures import ThreadPoolExecutor

    tally, chance = Tally(), random.Random(1)
    asked = list(people.items())
    start = time.monotonic() + 0.5
    with ThreadPoolExecutor(120) as pool:
        for number in range(int(rate * seconds)):
            due = start + number / rate
            if (wait := due - time.monotonic()) > 0:
                time.sleep(wait)
            pool.submit(submit, browsers, tally, number, due, *chance.choice(asked), pool_only)
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--pool-only", action="store_true")
    parser.add_argument("--port", type=int, default=8377)
    given = parser.parse_args()
    from postgres_cluster import Cluster

    cluster = Cluster()
    cluster.execute("ALTER SYSTEM SET fsync = on")
    cluster.execute("SELECT pg_reload_conf()")
    home = Path(tempfile.mkdtemp(prefix="yici-bench-"))
    os.environ |= {"DATABASE_URL": cluster.url_of(home), "YICI_HOME": str(home)}
    os.environ["DJANGO_SETTINGS_MODULE"] = "yici.web.settings"
    people = prepare(home, given.people)
    command = [sys.executable, "-c", SERVE, "serve", "--no-worker", "--bind", f"127.0.0.1:{given.port}"]
    server = subprocess.Popen([*command, "--workers", str(given.processes), "--threads", "8"])
    try:
        for _ in range(600):
            try:
                Browser(given.port, "clerk0")
                break
            except OSError:
                time.sleep(0.1)
        browsers = sign_in(given.port)
        loads, before = [os.getloadavg()[0]], Cpu.now(server.pid, cluster.folder)
        tally = run(browsers, people, given.rate, given.seconds, given.pool_only)
        used = Cpu.now(server.pid, cluster.folder) - before
        loads.append(os.getloadavg()[0])
        lost, doubled = check(tally, given.pool_only)
        broken = broken_lines()
    finally:
        server.terminate()
        server.wait(60)
        cluster.stop()
    print(f"{len(tally.latencies)} submissions at {given.rate:g}/s, {given.people} people, {given.processes} processes")
    report(tally, used, int(60 * given.rate))
    print(f"load {loads[0]:.1f} at the start, {loads[1]:.1f} at the end")
    print(f"failed {len(tally.failed)}, lost {lost}, doubled {doubled}; audit lines that do not follow: {broken}")
    for line in tally.failed[:5]:
        print("  ", line)


def report(tally: Tally, used: Cpu, minute: int) -> None:
    """Print how long submissions took and what they cost. `minute` is how many were due within one."""
    took = [tally.latencies[number] * 1000 for number in sorted(tally.latencies)]
    if not took:
        return
    print(", ".join(f"p{share * 100:.0f} {_at(took, share):.0f} ms" for share in (0.5, 0.95, 0.99)), end="")
    print(f", worst {max(took):.0f} ms", end="")
    print(
        f"; p95 of the first minute {_at(took[:minute], 0.95):.0f} ms, of the last {_at(took[-minute:], 0.95):.0f} ms"
    )
    each = {"web": used.web, "database": used.database, "client": used.client}
    print("CPU a submission: " + ", ".join(f"{name} {s / len(took) * 1000:.1f} ms" for name, s in each.items()))


def _at(took: list[float], share: float) -> float:
    ordered = sorted(took)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


if __name__ == "__main__":
    main()
