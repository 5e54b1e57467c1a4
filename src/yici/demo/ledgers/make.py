"""A ledger made from its definition: the rows it holds, typed as its office types them, and what they claim."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

from yici.core.elements import Registry
from yici.demo.ledgers.claims import KEYS, Claims, joined, unique_people
from yici.demo.ledgers.spell import Typed, spell
from yici.demo.ledgers.write import LedgerSheet, write_csv, write_xlsx
from yici.demo.population.community import Community


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the levels of its heading, its element (or "#", "" or a constant), and how values are typed."""

    heading: tuple[str, ...]
    element: str
    style: str = ""

    @classmethod
    def parse(cls, heading: str, text: str) -> Column:
        levels = tuple(part.replace("\\n", "\n") for part in re.split(r"/(?![^（]*）)", heading))
        if text.startswith("="):
            return cls(levels, "=", text[1:].strip())
        element, _, style = text.partition(" ")
        return cls(levels, element, style)


@dataclass(slots=True)
class Maker:
    """Makes the ledgers of one community and collects their claims."""

    community: Community
    registry: Registry
    seed: int
    claims: Claims = field(default_factory=Claims)
    arrivals: int = 0

    def make(self, definition: dict[str, Any], folder: Path) -> Path:
        """Write one ledger into the folder."""
        rng = Random(f"{self.seed}{definition['file']}")  # noqa: S311 - demo data, nothing secret
        self.arrivals += 1
        sheets = [self._sheet(sheet, definition, rng) for sheet in definition["sheets"]]
        path = folder / str(definition["file"])
        if path.suffix == ".csv":
            write_csv(path, sheets[0], definition["encoding"])
        else:
            write_xlsx(path, sheets)
        return path

    def _sheet(self, sheet: dict[str, Any], definition: dict[str, Any], rng: Random) -> LedgerSheet:
        columns = [Column.parse(heading, text) for heading, text in sheet.get("columns", {}).items()]
        made = LedgerSheet(
            sheet.get("name", ""), sheet.get("above", []), [c.heading for c in columns], sheet.get("below", [])
        )
        if not columns:
            return made
        records = _chosen(joined(self.community, sheet["of"]), sheet).to_dicts()
        records += [dict(record) for record in records if rng.random() < sheet.get("repeat", 0)]
        _disturb(records, sheet, rng)
        authority = {self.registry.element(name).id for name in definition.get("authority", [])}
        as_of = date.fromisoformat(str(definition["as_of"]))
        unique = unique_people(self.community) if sheet["of"] == "people" else set()
        for row in _typed_rows(records, columns, self.registry, rng, sheet):
            made.rows.append([typed for typed, _ in row.cells])
            made.kinds.append(row.kind)
            self._claim(row, columns, authority, as_of, sheet, unique)
        made.merges = _merges(records, columns, made.kinds, sheet)
        return made

    def _claim(
        self, row: Row, columns: list[Column], authority: set[str], as_of: date, sheet: dict[str, Any], unique: set[Any]
    ) -> None:
        """Note what a row says, where the subject can be told from it."""
        if row.kind != "row":
            return
        said = {
            column.element: value for column, (_, value) in zip(columns, row.cells, strict=True) if value is not None
        }
        record, own = row.record, KEYS[sheet["of"]]
        lost = own in {c.element for c in columns} and own not in said
        told = (record.get("person.name"), record.get("person.birth_date"), record.get("household.village"))
        if lost and not ({"person.birth_date", "household.village"} <= said.keys() and told in unique):
            self.claims.kept_apart += 1
            return
        for element, value in said.items():
            subject = element.split(".")[0]
            key = self.registry.subjects[subject].key
            if subject == "household" and "household.number" not in said:
                continue
            self.claims.add(record[key], element, value, (element in authority, as_of, self.arrivals))


@dataclass(frozen=True, slots=True)
class Row:
    """A typed row: its kind ("row", "subtotal", "total"), the record behind it, and (typed, said) of each cell."""

    kind: str
    record: dict[str, Any]
    cells: list[tuple[Typed, Any]]


def _chosen(table: pl.DataFrame, sheet: dict[str, Any]) -> pl.DataFrame:
    for element, values in sheet.get("only", {}).items():
        column = pl.col(element)
        chosen = {"known": column.is_not_null(), "unknown": column.is_null()}
        table = table.filter(chosen[values] if isinstance(values, str) else column.is_in(values))
    return table.sort(sheet["order"], maintain_order=True) if "order" in sheet else table


def _disturb(records: list[dict[str, Any]], sheet: dict[str, Any], rng: Random) -> None:
    """Leave out some values and put others' in the place of some."""
    for element, share in sheet.get("wrong", {}).items():
        pool = [record[element] for record in records if record[element] is not None]
        for record in records:
            if record[element] is not None and rng.random() < share:
                record[element] = rng.choice(pool)
    for element, share in sheet.get("missing", {}).items():
        for record in records:
            if rng.random() < share:
                record[element] = None


def _typed_rows(
    records: list[dict[str, Any]], columns: list[Column], registry: Registry, rng: Random, sheet: dict[str, Any]
) -> Iterator[Row]:
    group = sheet.get("subtotals")
    number, household, since = 0, None, 0
    for at, record in enumerate(records):
        first = not sheet.get("blocks") or record["household.number"] != household
        household = record.get("household.number")
        number += first
        cells = [_cell(column, record, registry, rng, number, first or not sheet.get("blocks")) for column in columns]
        yield Row("row", record, cells)
        last = at + 1 == len(records)
        if group and (last or records[at + 1][group] != record[group]):
            yield Row("subtotal", record, _sums("小计", records[since : at + 1], columns, registry))
            since = at + 1
    if sheet.get("total"):
        yield Row("total", {}, _sums("合计", records, columns, registry))


def _cell(
    column: Column, record: dict[str, Any], registry: Registry, rng: Random, number: int, first: bool
) -> tuple[Typed, Any]:
    if column.element in ("#", "=", ""):
        fixed: dict[str, Typed] = {"#": number, "=": column.style}
        return (fixed.get(column.element) if first else None), None
    if not first and column.element.startswith("household."):
        # Lower rows of a household's merged cells are empty, but they say the same of the same household.
        return None, record[column.element] if column.element == "household.number" else None
    value = record[column.element]
    if value is None:
        return None, None
    return spell(rng, registry.elements[column.element].kind.value, value, column.style)


def _sums(
    word: str, records: list[dict[str, Any]], columns: list[Column], registry: Registry
) -> list[tuple[Typed, Any]]:
    cells: list[tuple[Typed, Any]] = []
    for column in columns:
        element = registry.elements.get(column.element)
        numeric = element is not None and element.kind.value in ("decimal", "integer")
        values = [record[column.element] for record in records if record[column.element] is not None] if numeric else []
        cells.append((round(sum(values), 2) if numeric else None, None))
    return [(word, None), *cells[1:]]


def _merges(
    records: list[dict[str, Any]], columns: list[Column], kinds: list[str], sheet: dict[str, Any]
) -> list[tuple[int, int, int]]:
    """(first row, last row, column) of cells merged downwards, rows counted from 0 below the header."""
    merged = set(sheet.get("merge", []))
    chosen = [
        (at, "household.number" if sheet.get("blocks") else column.element)
        for at, column in enumerate(columns)
        if "".join(column.heading) in merged
        or (sheet.get("blocks") and (column.element == "#" or column.element.startswith("household.")))
    ]
    spans = []
    for at, by in chosen:
        start = 0
        for row in range(1, len(records) + 1):
            if row == len(records) or records[row][by] != records[start][by]:
                if row - start > 1:
                    spans.append((start, row - 1, at))
                start = row
    return spans if all(kind == "row" for kind in kinds) else []
