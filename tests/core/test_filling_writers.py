"""What a slot's surroundings make of a value: units stated above it, units and boxes printed in it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from yici.core.binding.result import Binding
from yici.core.elements import Element, Kind, Registry
from yici.core.filling import writer_for
from yici.core.fillplan import GapReason
from yici.core.recognition.template import Slot

REGISTRY = Registry.of(
    [],
    [
        Element("h.income", "household", "家庭年收入", Kind.DECIMAL, unit="元"),
        Element("h.dibao", "household", "是否低保户", Kind.BOOL),
        Element("p.birth", "person", "出生日期", Kind.DATE),
    ],
    [],
)
CASES: list[tuple[str, tuple[str, ...], str, tuple[str, ...], Any, Any]] = [
    ("h.income", ("家庭年收入",), "", (), Decimal("85000"), 85000),
    ("h.income", ("家庭年收入",), "", ("填报单位：    金额单位：万元",), Decimal("85000"), Decimal("8.5")),
    ("h.income", ("收入情况（万元）", "家庭年收入"), "", ("单位：元",), Decimal("85000"), Decimal("8.5")),
    ("h.income", ("家庭年收入（元）",), "", ("金额单位：万元",), Decimal("85000"), 85000),
    ("h.income", ("家庭年收入",), "      万元", (), Decimal("85000"), "8.5万元"),
    ("h.income", ("家庭年收入",), "      元", ("金额单位：万元",), Decimal("85000"), "85000元"),
    ("h.income", ("家庭年收入",), "      亩", (), Decimal("85000"), GapReason.REFUSED_VALUE),
    ("h.income", ("家庭年收入",), "", (), None, GapReason.NOBODY_HAS_IT),
    ("h.dibao", ("救助类别（打√）", "低保户"), "", (), True, "√"),
    ("h.dibao", ("救助类别（打√）", "低保户"), "", (), False, None),
    ("h.dibao", ("是否低保户",), "□是 □否", (), False, "□是 ☑否"),
    ("h.dibao", ("是否低保户",), "□城镇 □农村", (), False, GapReason.REFUSED_VALUE),
    ("p.birth", ("出生日期",), "    年   月   日", (), "1950-03-07", "1950年3月7日"),
    ("p.birth", ("出生日期",), "    年   月   日", (), "1950-03", "1950-03"),
]


@pytest.mark.parametrize(("element", "path", "text", "above", "value", "written"), CASES)
def test_writer(
    element: str, path: tuple[str, ...], text: str, above: tuple[str, ...], value: Any, written: Any
) -> None:
    slot = Slot(1, 1, path, text=text, binding=Binding(element=element, certain=True))
    assert writer_for(slot, REGISTRY, above)(value) == written
