"""Which slots of a form take numbers, by their captions and number formats."""

from __future__ import annotations

from decimal import Decimal

import pytest

from yici.services.collecting.slot_kinds import is_additive, is_numeric, plain_number


@pytest.mark.parametrize(
    "path",
    [
        ("路灯数量", "盏", "数量"), ("路灯（盏）",), ("金额（元）", "路灯"), ("2025年", "产值（万元）"), ("老年人数",),
        ("60岁以上户数",), ("耕地面积(亩)",), ("本年", "受理件数"), ("公厕（单位：座）",), ("道路长度（公里）",),
    ],
)  # fmt: skip
def test_counts_and_amounts_are_added_up(path: tuple[str, ...]) -> None:
    assert is_numeric(path) and is_additive(path)


@pytest.mark.parametrize(
    "path",
    [
        ("自来水普及率（%）",),
        ("人均收入（元）",),
        ("单价（元）",),
        ("补助标准（元/亩）",),
        ("道路宽度（米）",),
        ("平均年龄（岁）",),
        ("低保标准（元）",),
        ("离镇距离（公里）",),
        ("工期（天）",),
    ],
)
def test_rates_and_levels_are_numbers_and_never_added(path: tuple[str, ...]) -> None:
    assert is_numeric(path) and not is_additive(path)


@pytest.mark.parametrize(
    "path",
    [
        ("联系电话", "数量"),
        ("建成年份",),
        ("编号",),
        ("户主姓名",),
        ("网格员",),
        ("备注（元）",),
        ("成立时间", "日"),
        ("门牌号",),
    ],
)
def test_names_codes_and_days_are_no_numbers(path: tuple[str, ...]) -> None:
    assert not is_numeric(path) and not is_additive(path)


def test_the_number_format_of_the_cell_counts_too() -> None:
    assert is_additive(("路灯",), "#,##0") and is_numeric(("路灯",), "0.00_ ")
    assert not any(is_numeric(("路灯",), code) for code in ("General", "@", "yyyy-mm-dd", "0%", "000000"))
    assert not is_numeric(("电话",), "0") and not is_numeric(("路灯数量",), "0.0%")


def test_only_plain_numbers_are_numbers() -> None:
    assert [plain_number(text) for text in ("3", "-2", "０．5", "1,205", "0")] == [3, -2, Decimal("0.5"), 1205, 0]
    refused = ("", "007", "3盏", "1e3", "1,2", "11010519491231002X", "1234567890123456", "约3", "=1+1", "²")
    assert [plain_number(text) for text in refused] == [None] * len(refused)
