"""What is put aside in a coarse question, and what is too exact for one."""

from __future__ import annotations

import pytest

from yici.core.access.differencing import apart, conditions_in, too_exact, trials
from yici.core.expressions import parse_filter, text_of
from yici.storage.packs import load_registry

REGISTRY = load_registry()


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("出生日期 < '1950'", True),
        ("年龄 >= 60 and 性别 = '女'", True),
        ("出生日期 < '1950-03-07'", False),
        ("出生日期 < '1950-03'", False),
        ("出生日期 < 今天 - 30天", False),
    ],
)
def test_dates_are_by_year(text: str, fits: bool) -> None:
    assert (too_exact([parse_filter(text, REGISTRY, subject="person").expr]) == "") is fits


def test_every_condition_is_put_aside_alone_and_with_those_of_its_element() -> None:
    expr = parse_filter("年龄 < 60 or (年龄 = 83 and not 性别 = '女')", REGISTRY, subject="person").expr
    assert conditions_in(expr) == 3
    always = [text_of(trial.always) for trial in trials(expr)]
    assert len(always) == 4
    assert always[3].count("1 = 1") == 2


def test_inner_conditions_are_found() -> None:
    text = "case when 性别 = '女' then 1 else 0 end = 1 and 年龄 >= 60"
    assert conditions_in(parse_filter(text, REGISTRY, subject="person").expr) == 3


@pytest.mark.parametrize(("one", "other", "is_apart"), [(0, 4, False), (4, 5, True), (9, 5, True), (10, 5, False)])
def test_few_make_a_difference(one: int, other: int, is_apart: bool) -> None:
    assert apart(one, other) is apart(other, one) is is_apart
