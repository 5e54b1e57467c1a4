"""The conformance suite: expressions, tiny worlds, and what every engine must say of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import yaml
from expression_sample import create_tables, insert, sample_registry

from yici.core.elements import Kind
from yici.core.expressions import parse_expression, parse_figure
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import Base, Expr, Figure
from yici.engine.projection import Projection

FOLDER = Path(__file__).parent / "conformance"
REGISTRY = sample_registry()
_OWN = {"户": "household", "单位": "unit"}


@dataclass(frozen=True, slots=True)
class World:
    """One file: rows by subject type in the order written, expressions about them, and figures over all of them.

    `cases` are (subject, typed, what is expected of every row), `figures` (typed, value and how many are unknown),
    `registers` the (element, unit) that were imported.
    """

    name: str
    moment: Moment
    rows: Mapping[str, list[dict[str, Any]]]
    cases: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    figures: tuple[tuple[str, tuple[str, int]], ...] = ()
    registers: frozenset[tuple[str, str]] = frozenset()

    def expression(self, subject: str, typed: str) -> Expr:
        """The tree of a case; "=" before it asks for its value, else it is a condition."""
        return parse_expression(typed.removeprefix("="), REGISTRY, subject=subject, condition=not typed.startswith("="))

    def figure(self, typed: str) -> Figure:
        """The tree of a figure."""
        return parse_figure(typed, REGISTRY)

    def projection(self) -> Projection:
        """The world in DuckDB."""
        con = duckdb.connect()
        create_tables(con, REGISTRY)
        for subject, rows in self.rows.items():
            insert(con, subject, rows)
        for pair in sorted(self.registers):
            con.execute("INSERT INTO register_unit VALUES (?, ?)", list(pair))
        return Projection(con, 0)


@lru_cache(maxsize=1)
def worlds() -> tuple[World, ...]:
    """Every file of the suite."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.yaml")))


def _read(path: Path) -> World:
    found = yaml.safe_load(path.read_text("utf-8"))
    as_of, start = found["as_of"], found.get("start")
    names = {"people": "person", "households": "household", "enterprises": "enterprise"}
    rows = {subject: list(_rows(subject, found.get(name) or {})) for name, subject in names.items()}
    cases = [
        (names[of], str(typed), tuple(str(expected).split()))
        for of, listed in (found.get("cases") or {}).items()
        for typed, expected in listed.items()
    ]
    figures = [(str(typed), _figure(str(value))) for typed, value in (found.get("figures") or {}).items()]
    registers = frozenset(_registers(found["registers"]) if "registers" in found else _where_known(rows))
    return World(path.stem, Moment(as_of, start), rows, tuple(cases), tuple(figures), registers)


def _registers(listed: Mapping[str, list[str | None]]) -> Iterator[tuple[str, str]]:
    """Element's name → the units it was imported for."""
    names = {element.name: element.id for element in REGISTRY.elements.values()}
    return ((names[name], unit or "") for name, units in listed.items() for unit in units)


def _where_known(rows: Mapping[str, list[dict[str, Any]]]) -> Iterator[tuple[str, str]]:
    """Where nothing is said of registers, every value stands for one of its subject's unit."""
    for each in (row for of_subject in rows.values() for row in of_subject):
        yield from ((name, each.get("unit") or "") for name, value in each.items() if "." in name and value is not None)


def _figure(expected: str) -> tuple[str, int]:
    value, _, unknown = expected.partition(" unknown ")
    return value, int(unknown or 0)


def _rows(subject: str, listed: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    by_name = {element.name: element for element in REGISTRY.of_subject(subject)}
    for key, values in listed.items():
        row: dict[str, Any] = {"key": str(key)}
        for name, value in (values or {}).items():
            element = by_name.get(name)
            row[_OWN[name] if element is None else element.id] = _value(value, element.kind if element else Kind.TEXT)
        yield row


def _value(value: Any, kind: Kind) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return Decimal(str(value)) if kind is Kind.DECIMAL else value


def written(value: Any, expr: Expr | None = None) -> str:
    """A value as the files write it: T, F, ? for unknown; numbers without needless zeros."""
    if value is None:
        return "?"
    if isinstance(value, bool) or (expr is not None and expr.type.base is Base.BOOL):
        return "T" if value else "F"
    if isinstance(value, int | float | Decimal):
        number = round(Decimal(str(value)), 6).normalize()
        return f"{number:f}" if number else "0"
    return str(value)
