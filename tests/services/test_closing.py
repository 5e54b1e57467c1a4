"""Closing with units that still owe answers, and opening again for one of them what is closed."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_collecting import EAST, LEADER, LI, NOW, OFFICER, TODAY, WANG, WEST, ZHANG, home, published

from yici.core.collections.states import FillingState, State
from yici.core.errors import Conflict
from yici.services.collecting import publishing
from yici.services.collecting.answering import Answer, answer
from yici.services.collecting.listing import my_fillings
from yici.services.collecting.publishing import close_collection
from yici.services.collecting.questions import questions_for
from yici.services.collecting.reviewing import fillings_to_review, step_filling
from yici.storage import audit, collections

__all__ = ["home"]


def state_of(number: int) -> State:
    row = collections.collection_row(number)
    assert row is not None
    return row.state


def test_closing_names_who_still_owes_and_asks(home: Path) -> None:
    collection = published(home, "甲表", "血型")
    east, west = collections.fillings_in(collection=collection)
    step_filling(actor=EAST, home=home, number=east.id, step="submit")
    with pytest.raises(Conflict) as refused:
        close_collection(actor=OFFICER, home=home, number=collection, now=NOW)
    assert [p.message for p in refused.value.problems] == ["还有 1 个单位没有报送。", "“柳西村”还有 1 项未填。"]
    assert state_of(collection) is State.OPEN
    close_collection(actor=OFFICER, home=home, number=collection, now=NOW, confirmed=True)
    states = [row.state for row in collections.fillings_in(collection=collection)]
    assert (state_of(collection), states) == (State.CLOSED, [FillingState.SUBMITTED, FillingState.MISSED])
    assert collections.events_of(west.id)[-1].step == "miss"
    with pytest.raises(Conflict, match="已经结束"):
        step_filling(actor=EAST, home=home, number=east.id, step="withdraw", remark="写错了")
    with pytest.raises(Conflict, match="未报送"):
        step_filling(actor=WEST, home=home, number=west.id, step="submit")
    late = [Answer("B型", key=ZHANG, filling=west.id, sheet="Sheet", label="血型")]
    (told,) = answer(actor=WEST, home=home, submission="too-late-1", answers=late, today=TODAY).problems.values()
    assert told["code"] == "collection-closed" and "没有报送" in told["message"]


def test_of_many_units_that_owe_all_are_named_and_some_counted(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "_MOST_COUNTED", 1)
    collection = published(home, "甲表", "血型")
    with pytest.raises(Conflict) as refused:
        close_collection(actor=OFFICER, home=home, number=collection, now=NOW)
    told = [problem.message for problem in refused.value.problems]
    assert told == ["还有 2 个单位没有报送。", "“柳东村”还有 2 项未填。", "还有：柳西村。"]


def test_a_closed_collection_opens_again_for_the_one_unit_that_corrects(home: Path) -> None:
    collection = published(home, "甲表", "血型")
    east = collections.fillings_in(collection=collection)[0].id
    step_filling(actor=EAST, home=home, number=east, step="submit")
    step_filling(actor=LEADER, home=home, number=east, step="check")
    step_filling(actor=OFFICER, home=home, number=east, step="accept")
    close_collection(actor=OFFICER, home=home, number=collection, now=NOW, confirmed=True)
    assert not my_fillings(actor=EAST, home=home)
    step_filling(actor=OFFICER, home=home, number=east, step="reopen", remark="李一的写错了")
    assert state_of(collection) is State.OPEN
    assert collections.events_of(east)[-1].remark == "李一的写错了（任务已结束，随之重新打开）"
    assert audit.lines(limit=50) and "collection.reopen" in {line.action for line in audit.lines(limit=50)}
    assert not questions_for(actor=WEST, home=home)
    sent = [Answer("B型", key=key, filling=east, sheet="Sheet", label="血型") for key in (LI, WANG)]
    assert answer(actor=EAST, home=home, submission="device-0001", answers=sent, today=TODAY).accepted == 2
    step_filling(actor=EAST, home=home, number=east, step="submit")
    assert [row.id for row in fillings_to_review(actor=LEADER, home=home)] == [east]
    close_collection(actor=OFFICER, home=home, number=collection, now=NOW)
    # What was sent back after the end is no dead end either.
    step_filling(actor=LEADER, home=home, number=east, step="return", remark="再核")
    assert (state_of(collection), len(my_fillings(actor=EAST, home=home))) == (State.OPEN, 1)


def test_a_recurring_one_that_was_reopened_has_but_one_next(home: Path) -> None:
    collection = published(home, "甲表", "血型")
    collections.change_collection(collection, recurring="month")
    close: dict[str, object] = {"actor": OFFICER, "home": home, "number": collection, "now": NOW, "confirmed": True}
    assert close_collection(**close) is not None  # type: ignore[arg-type]
    west = collections.fillings_in(collection=collection)[1].id
    step_filling(actor=OFFICER, home=home, number=west, step="reopen", remark="补报")
    assert [row.id for row in my_fillings(actor=WEST, home=home) if row.state is FillingState.OPEN] == [west]
    assert close_collection(**close) is None  # type: ignore[arg-type]
