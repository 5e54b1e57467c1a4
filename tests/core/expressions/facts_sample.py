"""Facts for the tests of evaluation and explanation, made from the sample's rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yici.core.expressions.facts import Fact, Facts

Row = Mapping[str, Any]


def values_of(row: Row | None) -> dict[str, Fact]:
    """A row's values as facts; its key columns are left out."""
    return {name: Fact(value) for name, value in (row or {}).items() if "." in name and value is not None}


def person_facts(person: Row, household: Row | None, people: Sequence[Row]) -> Facts:
    """A person with the household's values and members, and its head where it has one; registers are the people's."""
    members = None
    if household is not None:
        home = [p for p in people if p.get("household") == household["key"]]
        members = tuple(
            Facts("person", {"person": values_of(p)}, keys={"person": str(p["key"])}, units={"person": unit_of(p)})
            for p in home
        )
    head_key = str((household or {}).get("household.head_id_number", ""))
    head = next((p for p in people if p["key"] == head_key), None)
    keys = {"person": str(person["key"]), "household": str(household["key"]) if household else "", "head": head_key}
    values = {"person": values_of(person), "household": values_of(household), "head": values_of(head)}
    units = {"person": unit_of(person), "household": unit_of(household), "head": unit_of(head)}
    return Facts("person", values, members, keys, kept=registers_of(people), units=units)


def unit_of(row: Row | None) -> str:
    """Where a row's subject is."""
    return str((row or {}).get("unit") or "")


def registers_of(rows: Sequence[Row]) -> set[tuple[str, str]]:
    """Every value stands for a register of its subject's unit."""
    return {(name, unit_of(row)) for row in rows for name in values_of(row)}
