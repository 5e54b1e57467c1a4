"""The words that mark rows, the units headings state, and the names of villages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yici.core.ledgers.blocks import BlockPattern, are_blocks
from yici.core.ledgers.evidence import agreement, best_supported
from yici.core.ledgers.headings import legend_in_headings, unit_in_headings, unit_in_lines
from yici.core.ledgers.marks import (
    group_name,
    is_column_numbering,
    is_example,
    is_footer,
    is_note,
    is_pivot,
    is_total,
)
from yici.core.ledgers.units import UnitNames, labelled_village
from yici.core.values.text import TextKind

TREE = {"白石镇": None, "青石村": "白石镇", "白河村": "白石镇", "青石桥村": "白石镇"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("小计", True), ("合　计", True), ("青石村6组小计", True), ("合计：328户   采集人：", True),
        ("总计(2户)", True),
        ("白合计划", False), ("王小", False), ("计划生育", False), ("说明：合计见附表", False),
    ],
)  # fmt: skip
def test_totals(text: str, expected: bool) -> None:
    assert is_total(text) is expected


def test_notes_footers_examples_and_pivots() -> None:
    assert is_note("注：以年末数为准。") and is_note("1.姓名与身份证一致，不得涂改") and not is_note("白一甲")
    assert is_footer("填表人：   审核人：") and is_footer("支部书记（签字）：") and not is_footer("书记")
    assert is_example("例") and is_example("（示例）") and not is_example("例外")
    assert is_pivot("求和项:金额") and not is_pivot("项目")
    assert group_name("一、青石村：") == "青石村"


def test_column_numbering() -> None:
    assert is_column_numbering(["甲", "乙", "1", "2"]) and is_column_numbering(["(1)", "(2)", "3=1+2"])
    assert not is_column_numbering(["1", "白一甲", "男"]) and not is_column_numbering(["1", "2"])


def test_units_of_headings_and_lines() -> None:
    assert unit_in_headings(("收入情况（元）", "家庭年收入")) == "元"
    assert unit_in_headings(("收入情况（元）", "家庭年收入（万元，保留两位小数）")) == "万元"
    assert unit_in_headings(("姓名（必填）",)) == ""
    assert unit_in_lines(["填报单位：某站", "单位：人、千元"], "万元") == "千元"
    assert unit_in_lines(["单位：元", "金额单位：万元"], "元") == "", "two units for one measure say nothing"
    assert unit_in_lines(["单位：人"], "元") == ""


def test_marks_explained_in_headings() -> None:
    assert legend_in_headings(("性别（1男2女）",)) == {"1": "男", "2": "女"}
    assert legend_in_headings(("是否在家(是1否2)",)) == {"1": "是", "2": "否"}
    assert legend_in_headings(("年龄（60岁以上）",)) == {}


@pytest.mark.parametrize(
    ("text", "village"),
    [
        ("青石村", "青石村"), ("青石", "青石村"), ("白石镇青石村", "青石村"), ("青 石 村委会", "青石村"),
        ("青石桥", "青石桥村"),
        ("白石镇", None), ("黑山村", None), ("青石村、白河村", None), ("某县白石镇青石桥村三组", "青石桥村"),
    ],
)  # fmt: skip
def test_villages(text: str, village: str | None) -> None:
    assert UnitNames(TREE).resolve(text) == village


def test_villages_stated_above_a_table() -> None:
    assert labelled_village(["台账", "村（社区）：青石村      网格长：白一甲"]) == "青石村"
    assert labelled_village(["村委会（盖章）：白河村"]) == "白河村"
    assert labelled_village(["填报单位：某局"]) is None


@given(st.lists(st.sampled_from(sorted(TREE)), min_size=1, max_size=4))
def test_a_resolved_village_is_in_the_tree_and_mentioned(names: list[str]) -> None:
    village = UnitNames(TREE).resolve("、".join(names))
    assert village is None or (village in TREE and village in names)


def test_agreement_is_corrected_for_chance() -> None:
    kind = TextKind()
    same = agreement(kind, ["是"] * 50, ["是"] * 50)
    assert not same.supports(), "a column that says the same everywhere proves nothing"
    varied = agreement(kind, [str(n % 7) for n in range(50)], [str(n % 7) for n in range(50)])
    assert varied.supports()
    assert best_supported({"a": varied, "b": same}) == "a"
    assert best_supported({"a": varied, "b": varied}) is None, "no clear margin"
    assert not agreement(kind, ["1", "2"], ["1", "2"]).supports(), "too few"


def test_household_blocks() -> None:
    assert are_blocks(BlockPattern(begins=10, continues=20, between=0, heads_begin=10, heads_continue=0))
    assert not are_blocks(BlockPattern(begins=10, continues=20, between=0, heads_begin=4, heads_continue=6))
    assert not are_blocks(BlockPattern(begins=10, continues=20, between=8, heads_begin=10, heads_continue=0))
