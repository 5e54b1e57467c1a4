"""Notations prescribed by forms, from tables of cases; and laws of completing printed text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from yici.core.elements import Code, CodeList, Element, Kind, Registry
from yici.core.notation import Empty, Refused, complete, complete_cell, inline_slots, read_notation, render, tick
from yici.core.values import REASONS

HERE = Path(__file__).parent
TABLES = yaml.safe_load((HERE / "notations.yaml").read_text("utf-8"))
PRINTED = yaml.safe_load((HERE / "printed_texts.yaml").read_text("utf-8"))
FACTS: dict[str, str | date] = {"unit": "东河村", "date": date(2025, 12, 31)}


def made(definition: dict[str, Any]) -> tuple[Element, Registry]:
    codes = tuple(Code(str(c[0]), c[1], tuple(c[2:])) for c in definition.get("codes", ()))
    registry = Registry.of([], [], [CodeList("list", definition["name"], codes)])
    kind = Kind(definition["kind"])
    element = Element(
        "x.y", "person", definition["name"], kind, codes="list" if codes else None, unit=definition.get("unit")
    )
    return element, registry


ELEMENTS = {table["element"]["name"]: table["element"] for table in TABLES} | {
    "户口所在": {"name": "户口所在", "kind": "text"}
}


def value_of(element: Element, value: Any) -> Any:
    return Decimal(value) if element.kind == Kind.DECIMAL and value is not None else value


def notation_cases() -> list[Any]:
    return [
        pytest.param(table["element"], heading, *case, id=f"{heading['label']}:{case[0]}")
        for table in TABLES
        for heading in table["headings"]
        for case in heading["cases"]
    ]


@pytest.mark.parametrize(("definition", "heading", "value", "written"), notation_cases())
def test_prescribed_writing(definition: dict[str, Any], heading: dict[str, Any], value: Any, written: Any) -> None:
    element, registry = made(definition)
    notation = read_notation(
        heading["label"],
        element,
        registry,
        options=tuple(heading.get("options", ())),
        number_format=heading.get("number_format", ""),
        context=heading.get("context", ""),
    )
    got = render(value_of(element, value), element, notation, registry)
    if isinstance(written, dict):
        assert got == Refused(written["refused"])
        assert written["refused"] in REASONS
    elif written is None:
        assert got == Empty()
    else:
        assert got == (Decimal(str(written)) if isinstance(written, float) else written)
        assert not isinstance(got, bool)
        assert isinstance(got, str) == isinstance(written, str)


@pytest.mark.parametrize(("name", "value", "text", "ticked"), PRINTED["ticks"])
def test_tick(name: str, value: Any, text: str, ticked: str | None) -> None:
    element, registry = made(ELEMENTS[name])
    assert tick(text, value, element, registry) == ticked


@pytest.mark.parametrize(("text", "completed"), PRINTED["headings"])
def test_complete(text: str, completed: str | None) -> None:
    assert complete(text, FACTS) == completed


def test_complete_takes_further_labels() -> None:
    facts: dict[str, str | date] = {**FACTS, "户主姓名": "李四", "单位名称": "某公司"}
    assert complete("户主姓名：        填报单位：", facts) == "户主姓名：李四    填报单位：东河村"
    assert complete("单位名称：", facts) == "单位名称：某公司"


@pytest.mark.parametrize(("text", "labels"), PRINTED["slots"])
def test_inline_slots(text: str, labels: list[str]) -> None:
    slots = inline_slots(text)
    assert [label for label, _, _ in slots] == labels
    assert all(0 <= start <= end <= len(text) for _, start, end in slots)


@pytest.mark.parametrize(("definition", "value", "text", "completed"), PRINTED["cells"])
def test_complete_cell(definition: dict[str, Any], value: Any, text: str, completed: str | None) -> None:
    element, registry = made(definition)
    assert complete_cell(text, value_of(element, value), element, registry) == completed


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "填报单位",
            "填报日期",
            "（盖章）",
            "：",
            ":",
            "    ",
            "__",
            "年",
            "月",
            "日",
            "20",
            "\n",
            "□是",
            "否□",
            "（ ）",
            "签字",
            "人",
        ]
    ),
    max_size=12,
).map("".join)


@given(FRAGMENTS)
def test_completing_only_adds_and_happens_once(text: str) -> None:
    done = complete(text, FACTS)
    if done is not None:
        assert complete(done, FACTS) in (None, done)
        for kept in ("（盖章）", "签字", "□", "：", "人"):
            assert done.count(kept) == text.count(kept)


@given(FRAGMENTS | st.text(max_size=20))
def test_printed_text_never_raises(text: str) -> None:
    element, registry = made(ELEMENTS["是否低保户"])
    ticked = tick(text, True, element, registry)
    assert ticked is None or "☑" in ticked or "√" in ticked
    inline_slots(text)
    complete_cell(text, True, element, registry)
    for definition in ELEMENTS.values():
        read_notation(text, *made(definition), options=(text,), number_format=text, context=text)


DATES = st.dates(date(1900, 1, 1), date(2099, 12, 31)).map(date.isoformat)


@given(DATES, st.sampled_from(["1990.05.07", "19900507", "1990-05-07", "1990/05/07", "1990年5月7日"]))
def test_a_written_date_reads_back(iso: str, example: str) -> None:
    element, registry = made(ELEMENTS["出生日期"])
    written = render(iso, element, read_notation(f"出生日期（如{example}）", element, registry), registry)
    digits = [
        int(part)
        for part in str(written)
        .replace("年", "-")
        .replace("月", "-")
        .rstrip("日")
        .replace(".", "-")
        .replace("/", "-")
        .split("-")
    ]
    assert digits in ([int(iso.replace("-", ""))], [int(part) for part in iso.split("-")])


def test_the_unknown_writes_nothing() -> None:
    element, registry = made(ELEMENTS["性别"])
    assert render(None, element, read_notation("性别", element, registry), registry) == Empty()
