"""A department accepts what the township has checked; where there is none, it may accept at once, and that is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from test_collecting import EAST, LEADER, OFFICER, WEST, home, published

from yici.core.access.actors import Post, Role
from yici.core.collections.states import FillingState
from yici.core.errors import Conflict
from yici.services.accounts import add_account, close_account
from yici.services.collecting.reviewing import fillings_to_review, step_filling, step_fillings
from yici.services.collecting.townships import units_with_township
from yici.storage import collections

__all__ = ["home"]
SINCE = date(2026, 1, 1)
WORD = "白鹭飞过水田与青山 2026"


def employ(home: Path, login: str, role: Role, unit: str) -> None:
    post = Post(role, unit=unit)
    add_account(actor="甲", home=home, login=login, full_name=login, posts=[post], password=WORD, today=SINCE)


def submitted(home: Path) -> list[int]:
    collection = published(home, "甲表", "血型")
    rows = collections.fillings_in(collection=collection)
    for actor, row in zip((EAST, WEST), rows, strict=True):
        step_filling(actor=actor, home=home, number=row.id, step="submit")
    return [row.id for row in rows]


def test_the_township_comes_first_where_there_is_one(home: Path) -> None:
    employ(home, "lin", Role.LEADER, "柳东村")
    employ(home, "zhao", Role.CLERK, "柳西村")
    east, west = submitted(home)
    # A village's own clerk checks nobody; a leader of the village does.
    assert units_with_township(today=SINCE) == {"柳东村"}
    assert [row.id for row in fillings_to_review(actor=OFFICER, home=home)] == [west]
    with pytest.raises(Conflict, match="乡镇还没有审核"):
        step_fillings(actor=OFFICER, home=home, numbers=[east, west], step="accept")
    assert collections.filling_row(west).state is FillingState.SUBMITTED  # type: ignore[union-attr]
    step_filling(actor=OFFICER, home=home, number=west, step="accept")
    assert collections.events_of(west)[-1].remark == "未经乡镇核对"
    step_filling(actor=LEADER, home=home, number=east, step="check")
    assert [row.id for row in fillings_to_review(actor=OFFICER, home=home)] == [east]
    step_filling(actor=OFFICER, home=home, number=east, step="accept")
    assert collections.events_of(east)[-1].remark == ""


def test_a_township_clerk_counts_until_the_account_is_closed(home: Path) -> None:
    employ(home, "zhen", Role.CLERK, "柳河镇")
    east, _west = submitted(home)
    with pytest.raises(Conflict, match="乡镇还没有审核"):
        step_filling(actor=OFFICER, home=home, number=east, step="accept")
    close_account(actor="甲", home=home, login="zhen", today=SINCE)
    assert step_filling(actor=OFFICER, home=home, number=east, step="accept") is FillingState.ACCEPTED
