"""Coarse numbers: rounded, silent about few, and only about what names nobody."""

from __future__ import annotations

import pytest

from yici.core.access.coarse import rounded, told, why_not
from yici.core.expressions import parse_expression, parse_figure
from yici.storage.packs import load_registry

REGISTRY = load_registry()


@pytest.mark.parametrize(("count", "told_"), [(0, 0), (4, 0), (5, 5), (7, 5), (8, 10), (12, 10), (1003, 1005)])
def test_counts_are_to_the_nearest_five(count: int, told_: int) -> None:
    assert rounded(count) == told_


def test_none_and_few_are_told_alike() -> None:
    assert told(rounded(0)) == told(rounded(4)) == "少于5"
    assert told(rounded(1003)) == "约 1,005"


@pytest.mark.parametrize(
    ("figure", "group", "fits"),
    [
        ("count(人 where 残疾等级 = '一级')", "残疾等级", True),
        ("count(人 where 年龄 >= 60)", "", True),
        ("count(人)", "是否低保户", True),
        ("avg(人.年龄)", "", False),
        ("share(人 where 残疾等级 = '一级')", "", False),
        ("count(人) + count(户)", "", False),
        ("count(人)", "姓名", False),
        ("count(人)", "年龄", False),
        ("count(人 where 公民身份号码 = '11010519491231002X')", "", False),
        ("count(人 where 姓名 = '张三')", "", False),
    ],
)
def test_what_may_be_told_coarsely(figure: str, group: str, fits: bool) -> None:
    groups = [parse_expression(group, REGISTRY, subject="person")] if group else []
    assert (why_not(parse_figure(figure, REGISTRY), groups, []) == "") is fits
