"""Cleaning, from tables of cases; and the laws that hold for any text."""

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
from yici.core.values import REASONS, Status, ValueKind, clean_values, explain, kind_of

HERE = Path(__file__).parent
NO_REGISTRY = Registry()


def element_kind(definition: dict[str, Any], unit: str = "") -> ValueKind:
    codes = tuple(Code(str(c[0]), c[1], tuple(c[2:])) for c in definition.get("codes", ()))
    registry = Registry.of([], [], [CodeList("list", definition["name"], codes)])
    element = Element(
        "x.y",
        "person",
        definition["name"],
        Kind(definition["kind"]),
        codes="list" if codes else None,
        unit=definition.get("unit"),
        aliases=tuple(definition.get("aliases", ())),
    )
    return kind_of(element, registry, unit=unit)


def all_kinds() -> dict[str, ValueKind]:
    """One kind of each sort: the plain ones, and those of the made-up elements without a heading's unit."""
    plain = {str(kind): element_kind({"name": "某项", "kind": kind}) for kind in Kind}
    tables = yaml.safe_load((HERE / "elements.yaml").read_text("utf-8"))
    made = {t["element"]["name"]: element_kind(t["element"]) for t in tables if not t.get("unit")}
    return plain | made


def cases() -> list[Any]:
    found = []
    for kind, rows in yaml.safe_load((HERE / "cases.yaml").read_text("utf-8")).items():
        found += [
            pytest.param(element_kind({"name": "某项", "kind": kind}), row, id=f"{kind}:{row[0]}") for row in rows
        ]
    for table in yaml.safe_load((HERE / "elements.yaml").read_text("utf-8")):
        kind, name = element_kind(table["element"], table.get("unit", "")), table["element"]["name"]
        found += [pytest.param(kind, row, id=f"{name}:{row[0]}") for row in table["cases"]]
    return found


@pytest.mark.parametrize(("kind", "row"), cases())
def test_clean(kind: ValueKind, row: list[Any]) -> None:
    raw, value, status, reason = (*row, "")[:4]
    cleaned = kind.clean(raw)
    if isinstance(value, date):
        value = value.isoformat()
    if isinstance(cleaned.value, Decimal) and value is not None:
        value = Decimal(value)
    assert (cleaned.value, cleaned.status, cleaned.reason) == (value, Status(status), reason)
    assert type(cleaned.value) is type(value)


@pytest.mark.parametrize(("kind", "row"), cases())
def test_reasons_are_explained(kind: ValueKind, row: list[Any]) -> None:
    cleaned = kind.clean(row[0])
    message, step = explain(kind, row[0], cleaned)
    assert bool(message) == bool(cleaned.reason)
    assert not cleaned.reason or (cleaned.reason in REASONS and step)


KINDS = all_kinds()
TEXT = st.text(st.characters(), max_size=30) | st.text(
    "0123456789.-/年月日Xx元万亩 是否有无一二十，,（）()eE+", max_size=20
)
RAW = st.tuples(st.sampled_from("snd"), TEXT).map("".join) | TEXT | st.floats().map(lambda f: f"n{f!r}")


@pytest.mark.parametrize("name", KINDS)
@given(raw=RAW)
def test_never_raises_and_cleans_to_itself(name: str, raw: str) -> None:
    kind = KINDS[name]
    cleaned = kind.clean(raw)
    if cleaned.value is None:
        assert cleaned.status not in (Status.OK, Status.FIXED)
        return
    again = kind.clean("s" + kind.show(cleaned.value))
    assert again.value == cleaned.value
    assert kind.compare(cleaned.value, again.value) == 1.0


@pytest.mark.parametrize("name", KINDS)
@given(a=RAW, b=RAW)
def test_compare_is_symmetric_and_bounded(name: str, a: str, b: str) -> None:
    kind = KINDS[name]
    left, right = kind.clean(a).value, kind.clean(b).value
    assert 0.0 <= kind.compare(left, right) <= 1.0
    assert kind.compare(left, right) == pytest.approx(kind.compare(right, left))


@given(raws=st.lists(st.sampled_from([None, "s是", "s否", "s/", "s?", "n1"])))
def test_a_column_is_cleaned_like_its_cells(raws: list[str | None]) -> None:
    kind = KINDS["bool"]
    assert clean_values(kind, raws) == [kind.clean(raw) for raw in raws]


def test_nearest_labels_are_named() -> None:
    kind = KINDS["文化程度"]
    message, step = explain(kind, "s高职中", kind.clean("s高职中"))
    assert "高职中" in message
    assert "高中" in step
