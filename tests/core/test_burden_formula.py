"""The burden formula: minutes by hand, minutes left, sums by key."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from yici.core.collections.anonymity import clerks_below, named_unit
from yici.core.collections.burden import COST, Before, Demand, burden_by, burden_of, minutes, minutes_left

ASKED = Demand(1, False, "低保核查", date(2026, 3, 2), "民政局", "柳东村", "王", known=30, unknown=2)
OLD = replace(ASKED, number=2, unit="柳西村", day=date(2026, 4, 1), known=None, unknown=10)
CHAT = Demand(7, True, "防汛统计", date(2026, 3, 30), "", "柳东村", "王", known=5, unknown=0)


def test_minutes_are_what_the_formula_says() -> None:
    assert minutes(known=30, unknown=2) == pytest.approx((60 + 30 * 4 + 2 * 45) / 60)
    assert minutes_left(unknown=2) == pytest.approx((20 + 2 * 45) / 60)
    assert minutes_left(unknown=0) == 0


def test_a_sum_says_what_was_not_noted() -> None:
    found = burden_of([ASKED, OLD, CHAT])
    assert (found.forms, found.outside, found.cells, found.known, found.unnoted) == (3, 1, 47, 35, 1)
    assert found.minutes_saved == pytest.approx(ASKED.minutes_saved + CHAT.minutes_saved)
    assert OLD.minutes_asked == OLD.minutes_left == 0


def test_every_copy_of_a_card_is_a_form_by_hand_and_its_gaps_are_asked_once() -> None:
    card = replace(ASKED, forms=3)
    assert card.minutes_asked == pytest.approx(ASKED.minutes_asked + 2 * COST.open_form / 60)
    assert card.minutes_left == ASKED.minutes_left
    found = burden_of([card, replace(ASKED, forms=0, known=0, unknown=0), CHAT])
    assert (found.forms, found.outside, found.cells) == (4, 1, 37)


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("unit", ["柳东村", "柳西村"]),
        ("organisation", ["", "民政局"]),
        ("week", ["2026年第10周", "2026年第14周"]),
        ("month", ["2026年3月", "2026年4月"]),
        ("quarter", ["2026年第1季度", "2026年第2季度"]),
        ("year", ["2026年"]),
    ],
)
def test_burden_is_told_by_name_or_time_never_by_size(by: str, names: list[str]) -> None:
    rows = burden_by([OLD, CHAT, ASKED], by)
    assert [name for name, _ in rows] == names
    assert sum(part.cells for _, part in rows) == 47


def test_the_figure_from_before_goes_over_clerks_and_days() -> None:
    assert Before(19, 4, "某地").over(clerks=3, days=20) == (1140, 14_400)


def test_a_unit_is_named_from_five_clerks_on() -> None:
    parents = {"县": None, "镇": "县", "东村": "镇", "西村": "镇"}
    clerks = clerks_below({"东村": 2, "西村": 5, "镇": 1}, parents)
    assert clerks == {"东村": 2, "西村": 5, "镇": 8, "县": 8}
    assert named_unit("西村", parents, clerks) == "西村"
    assert named_unit("东村", parents, clerks) == "镇"
    assert named_unit("东村", parents, {"东村": 2, "镇": 4, "县": 4}) == ""
