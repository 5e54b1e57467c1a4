"""The next period of a recurring collection: on which day it is sent by itself, once, and what is told of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connections
from sending import publish
from test_collecting import LISTED, NOW, OFFICER, STEWARD, TODAY, form
from test_collecting import home as home

from yici.core.access.actors import SYSTEM, Actor, Post, Role
from yici.core.collections.states import FillingState, State
from yici.core.errors import Conflict
from yici.services.accounts import add_account
from yici.services.agenda import agenda_of
from yici.services.collecting import publishing
from yici.services.collecting.period_page import next_period
from yici.services.collecting.periods import begin_due, choose, coming
from yici.services.collecting.proposals import decide, get_collection, propose
from yici.services.jobs.starting import get_job
from yici.services.jobs.worker import work_off
from yici.storage import accounts, audit, collections, periods


def sent(home: Path, actor: Actor = OFFICER, *, as_of: date = TODAY, automatic: bool = True) -> int:
    number = propose(actor=actor, home=home, file=form(home.parent, "月报", "血型"), proposal=LISTED)
    decide(actor=STEWARD, home=home, number=number, step="approve", now=NOW)
    publish(
        actor=actor, home=home, number=number, units=["柳东村"], as_of=as_of, days=5, period="2026年3月",
        recurring="month", automatic=automatic, now=NOW,
    )  # fmt: skip
    return number


def officer(home: Path) -> Actor:
    add_account(
        actor="甲",
        home=home,
        login="zhou",
        full_name="周",
        posts=[Post(Role.OFFICER, organisation="民政局")],
        today=TODAY,
    )
    return accounts.actor_of(accounts.find_account("zhou"), today=TODAY)  # type: ignore[arg-type]


def looked(home: Path, now: datetime) -> list[int]:
    try:
        return begin_due(home=home, now=now)
    finally:
        connections["default"].close()


def test_the_next_period_is_sent_on_its_first_working_day_once(
    home: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YICI_HOME", str(home))
    number = sent(home, officer(home))
    assert coming(get_collection(home=home, number=number), TODAY).day == date(2026, 4, 1)
    assert begin_due(home=home, now=datetime(2026, 3, 31, 9, tzinfo=UTC)) == []
    first = datetime(2026, 4, 1, 9, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: first)
    # Several workers that look at the same moment, and one of them again later.
    with ThreadPoolExecutor(3) as workers:
        begun = [job for found in workers.map(lambda _: looked(home, first), range(3)) for job in found]
    assert len(begun) == 1 and begin_due(home=home, now=first) == []
    work_off(home)
    assert get_job(home=home, number=begun[0]).told == "已自动派发下一期，截止 2026-04-09。"
    following = periods.following_of(number)
    assert following is not None and (following.state, following.period) == (State.OPEN, "2026年4月")
    assert (following.as_of, following.automatic_by, following.previous) == (date(2026, 4, 1), "zhou", number)
    assert [row.unit for row in collections.fillings_in(collection=following.id)] == ["柳东村"]
    # The period before stays open: nobody said that it is over.
    assert get_collection(home=home, number=number).state is State.OPEN
    line = audit.last_line("collection.publish")
    assert line is not None and line.actor == SYSTEM
    assert (line.thing, line.detail["for"], line.detail["period"]) == (str(following.id), "zhou", "2026年4月")
    # It goes on from there, and ends when that is said.
    page = next_period(following, first.date())
    assert page is not None and page.coming.day == date(2026, 5, 6)
    choose(actor=OFFICER, home=home, number=following.id, automatic=False, today=first.date())
    assert begin_due(home=home, now=datetime(2026, 5, 6, 9, tzinfo=UTC)) == []
    told = audit.last_line("collection.automatic")
    assert told is not None and told.detail == {"automatic": False}


def test_what_cannot_be_sent_is_told_and_not_tried_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YICI_HOME", str(home))
    # Whoever chose it has no account any more.
    number, first = sent(home), datetime(2026, 4, 1, 9, tzinfo=UTC)
    assert len(begin_due(home=home, now=first)) == 1
    work_off(home)
    assert begin_due(home=home, now=first) == []
    page = next_period(get_collection(home=home, number=number), first.date())
    assert page is not None and page.failed and page.problems[0]["code"] == "job-account"
    told = [item for item in agenda_of(actor=OFFICER, home=home, today=first.date()) if "没有自动派出" in item.words]
    assert [(item.count, item.route, item.argument) for item in told] == [(1, "collection", str(number))]
    # By hand it is sent as ever.
    following = publishing.close_collection(actor=OFFICER, home=home, number=number, now=first, confirmed=True)
    assert following is not None
    assert publishing.next_time(home=home, row=get_collection(home=home, number=following), today=TODAY).automatic


def test_no_day_is_guessed_in_a_year_that_was_not_announced(home: Path) -> None:
    number = sent(home)
    row = replace(get_collection(home=home, number=number), recurring="year", as_of=date(2091, 5, 4))
    what = coming(row, date(2091, 12, 20))
    assert (what.day, what.lacking, what.period.name) == (None, 2092, "2092年")
    assert not what.is_due(date(2092, 1, 4))
    collections.change_collection(number, recurring="year", as_of=date(2091, 5, 4))
    words = [item.detail for item in agenda_of(actor=OFFICER, home=home, today=date(2091, 12, 20))]
    assert any(detail.startswith("2092 年的放假安排还没有公布") for detail in words)
    assert begin_due(home=home, now=datetime(2092, 1, 4, 9, tzinfo=UTC)) == []


def test_days_follow_how_it_was_asked_before(home: Path) -> None:
    row = get_collection(home=home, number=sent(home))
    # In March for February's data: in April for March's.
    late = coming(replace(row, as_of=date(2026, 2, 28)), TODAY)
    assert (late.period.name, late.day) == ("2026年3月", date(2026, 4, 1))
    # Nothing ran in April: that month is left out, not asked for when it is over.
    missed = coming(row, date(2026, 5, 20))
    assert (missed.period.name, missed.day, missed.skipped) == ("2026年5月", date(2026, 5, 6), ("2026年4月",))
    # Chosen in the middle of a month: from the next on.
    chosen = coming(replace(row, automatic_since=date(2026, 4, 15)), date(2026, 4, 15))
    assert (chosen.period.name, chosen.skipped) == ("2026年5月", ("2026年4月",))
    # After the holiday in October.
    autumn = replace(row, as_of=date(2026, 9, 1), published_at=datetime(2026, 9, 1, tzinfo=UTC))
    assert coming(autumn, date(2026, 9, 2)).day == date(2026, 10, 8)


def test_only_what_recurs_can_be_sent_by_itself(home: Path) -> None:
    number = sent(home, automatic=False)
    assert not periods.automatic_collections()
    choose(actor=OFFICER, home=home, number=number, automatic=True, today=TODAY)
    assert [row.id for row in periods.automatic_collections()] == [number]
    collections.change_collection(number, recurring="")
    with pytest.raises(Conflict, match="没有下一期"):
        choose(actor=OFFICER, home=home, number=number, automatic=True, today=TODAY)
    assert all(row.state is not FillingState.MISSED for row in collections.fillings_in(collection=number))
