"""Two web processes and a worker on one PostgreSQL: each sees what the others have committed, at the next request."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from collecting_office import LEGAL, blank_form
from django.utils import timezone
from pool_ledgers import fill_pool
from serving import Browser, Process, Web, session_of

from postgres_cluster import Cluster
from yici.core.access.actors import Actor, Post, Role
from yici.services.accounts import add_account
from yici.services.collecting.proposals import Proposal, decide, propose
from yici.services.collecting.publishing import plan_sending, send
from yici.services.units import add_units
from yici.storage.database import leave_database, open_database

DAY = date(2026, 1, 1)


@pytest.fixture
def two(
    tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Browser, Browser, Path, str]]:
    home = tmp_path / "home"
    url = cluster.url_of(home)
    monkeypatch.setenv("DATABASE_URL", url)
    open_database(home)
    add_units(home=home, actor="甲", parent="柳河镇", children=["柳东村", "柳西村"])
    fill_pool(home, tmp_path)
    ask_for_education(home, tmp_path)
    post = Post(Role.CLERK, unit="柳河镇")
    add_account(actor="甲", home=home, login="clerk", full_name="王小莲", posts=[post], today=DAY)
    first = Web(home, url)
    second = Web(home, url)
    session = session_of("clerk")
    leave_database()
    yield Browser(first.port, session), Browser(second.port, session), home, url
    for web in (first, second):
        web.stop()
    leave_database()
    cluster.forget()


def ask_for_education(home: Path, folder: Path) -> None:
    """Ask the eastern village for the education of one person, by a form that is open."""
    officer, steward = (Actor(n, f"{n}", posts=(Post(role),)) for n, role in ((1, Role.OFFICER), (2, Role.STEWARD)))
    told = {name: LEGAL[name] for name in ("name", "organisation", "purpose", "number", "maker", "approval")}
    proposal = Proposal(**told, where="残疾等级 = '二级'", valid_until=date(2099, 1, 1))
    form, now = (
        propose(actor=officer, home=home, file=blank_form(folder, "文化程度"), proposal=proposal),
        timezone.now(),
    )
    decide(actor=steward, home=home, number=form, step="approve", now=now)
    day = timezone.localdate() - timedelta(days=1)
    sending = plan_sending(home=home, number=form, units=["柳东村"], as_of=day + timedelta(days=1), days=5, now=now)
    send(actor=steward, home=home, sending=sending, now=now)


def asks(browser: Browser) -> bool:
    """Whether the page of what is to be answered asks for the education."""
    return "没有要填的项。" not in browser.get("/fillings")


def test_each_sees_what_the_others_wrote(two: tuple[Browser, Browser, Path, str]) -> None:
    one, other, home, url = two
    code = one.find("单桂兰")
    assert code
    assert other.find("单桂兰") == code
    rounds = (("大学本科", one, other), ("初中", other, one), ("小学", one, other))
    # Each process keeps what the form lacks; what another commits is another answer at once.
    assert asks(one) and asks(other)
    for number, (learnt, writer, reader) in enumerate(rounds):
        status, text, _ = writer.post(f"/pool/{code}/person.education/edit", value=learnt)
        assert status in (200, 302), text[:500]
        assert learnt in reader.get(f"/pool/{code}")
        assert learnt in writer.get(f"/pool/{code}")
        assert not asks(reader) and not asks(writer)
        phone = f"1395381000{number}"
        writer.post(f"/pool/{code}/person.phone/edit", value=phone)
        assert reader.find(phone) == writer.find(phone) == code
    lines = [f"赵{chr(0x4E00 + n)},柳东村,137{n:08d},H{n:07d},{'很长的一段地址' * 3}{n}号" for n in range(4500)]
    content = "\n".join(["姓名,村（社区）,联系电话,户编号,现住址", *lines]).encode()
    reading = one.upload("/imports", "名册.csv", content, department="柳河镇", as_of="2026-06-30", authority="")
    assert reading.startswith("/jobs/")  # It is read for its preview by a worker; importing need not wait for that.
    (kept,) = (home / "uploads").iterdir()
    place = f"/imports/{kept.name}"
    _, _, job = one.post(f"{place}/run", go="1")
    assert job.startswith("/jobs/")
    assert "排队中" in other.get(job)
    worker = Process(home, url, "worker", "--once")
    worker.running.communicate()
    for browser in (one, other):
        assert "导入完成，4500 行。" in browser.get(job)
        assert browser.find("13700004321")
