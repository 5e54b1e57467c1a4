"""The departments' ledgers of the demo community, as untidy as offices keep them, drawn from the truth."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from yici.core.elements import Registry
from yici.demo.pack import pack
from yici.demo.population.community import Community

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger as written: its file and what the person who imports it says about it."""

    path: Path
    department: str
    as_of: date
    authority: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Column:
    path: tuple[str, ...]
    element: str
    how: str


def write_ledgers(community: Community, folder: Path, registry: Registry, seed: int) -> Iterator[Ledger]:
    """Write every ledger of packs/demo/department_ledgers.yaml to a folder, one after the other."""
    folder.mkdir(parents=True, exist_ok=True)
    people = community.people.join(community.households, on="household.number", how="left", maintain_order="left")
    tables = {"people": people, "households": community.households, "firms": community.firms}
    for number, spec in enumerate(pack("department_ledgers")):
        mess = _Mess(np.random.default_rng([seed, 900, number]), registry)
        rows = _rows(tables[spec["of"]], spec.get("only", ""))
        columns = [_column(text) for text in spec["columns"]]
        path = folder / spec["file"]
        if path.suffix == ".csv":
            _write_csv(path, spec, columns, rows, mess)
        else:
            _write_book(path, spec, columns, rows, mess)
        yield Ledger(path, spec["department"], spec["as_of"], tuple(spec.get("authority", ())))


def _rows(table: pl.DataFrame, only: str) -> list[Row]:
    name, _, value = only.partition("=")
    if value:
        table = table.filter(pl.col(name) == (value == "true"))
    elif name:
        table = table.filter(pl.col(name).is_not_null())
    return table.to_dicts()


def _column(text: str) -> _Column:
    heading, element, how = text.replace("\\n", "\n").split("|")
    return _Column(tuple(heading.split("/")), element, how)


@dataclass(slots=True)
class _Mess:
    """Writes values the way many hands do."""

    rng: np.random.Generator
    registry: Registry

    def written(self, column: _Column, value: Any, number: int) -> Any:
        if column.how == "counter":
            return number
        if value is None or column.how == "blank":
            return None
        writer = getattr(self, f"_{column.how}", None)
        if writer is not None:
            return writer(column.element, value)
        return "是" if value is True else "否" if value is False else value

    def _chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def _dates(self, _: str, value: str) -> Any:
        day = datetime.fromisoformat(value)
        styles = (day, value.replace("-", "."), f"{day.year}年{day.month}月{day.day}日", value.replace("-", ""), value)
        return styles[int(self.rng.integers(len(styles)))]

    def _ids(self, _: str, value: str) -> str:
        if self._chance(0.08):
            return f"{value[:6]} {value[6:14]} {value[14:]}"
        return f"'{value}" if self._chance(0.05) else value.lower() if self._chance(0.05) else value

    def _lost(self, _: str, value: str) -> Any:
        return float(value) if value.isdigit() and self._chance(0.1) else value

    def _quoted(self, _: str, value: str) -> str:
        return f"'{value}"

    def _codes(self, element: str, value: str) -> str:
        codes = self.registry.codes_of(self.registry.elements[element])
        aliases = next((code.aliases for code in codes if code.label == value), ())
        return str(self.rng.choice(aliases[:3])) if aliases and self._chance(0.4) else value

    def _suffix(self, _: str, value: float) -> Any:
        return f"{value:g}元" if self._chance(0.3) else value

    def _wan(self, _: str, value: float) -> float:
        return round(value / 10000, 6)

    def _tick(self, _: str, value: bool) -> str | None:
        return "√" if value else None

    def _digit(self, _: str, value: bool) -> int:
        return int(value)


def _write_csv(path: Path, spec: Row, columns: Sequence[_Column], rows: list[Row], mess: _Mess) -> None:
    with path.open("w", encoding=spec.get("encoding", "utf-8-sig"), newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([spec["title"]] + [""] * (len(columns) - 1))
        writer.writerow([column.path[-1] for column in columns])
        for number, row in enumerate(rows, 1):
            writer.writerow([mess.written(column, row.get(column.element), number) for column in columns])


def _write_book(path: Path, spec: Row, columns: Sequence[_Column], rows: list[Row], mess: _Mess) -> None:
    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    if spec.get("split"):
        for village in dict.fromkeys(row["household.village"] for row in rows):
            mine = [row for row in rows if row["household.village"] == village]
            _write_sheet(book.create_sheet(village), f"{village}{spec['title']}", spec, columns, mine, mess)
    else:
        _write_sheet(book.create_sheet("台账"), spec["title"], spec, columns, rows, mess)
    book.save(path)


def _write_sheet(
    sheet: Worksheet, title: str, spec: Row, columns: Sequence[_Column], rows: list[Row], mess: _Mess
) -> None:
    sheet.append([title])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(columns))
    sheet["A1"].font, sheet["A1"].alignment = Font(size=16, bold=True), Alignment(horizontal="center")
    for line in spec.get("lines", ()):
        sheet.append([line])
        sheet.merge_cells(start_row=sheet.max_row, start_column=1, end_row=sheet.max_row, end_column=len(columns))
    _write_header(sheet, columns)
    first = sheet.max_row + 1
    for number, row in enumerate(rows, 1):
        sheet.append([mess.written(column, row.get(column.element), number) for column in columns])
    if spec.get("blocks"):
        _merge_blocks(sheet, columns, rows, first)
    if spec.get("total"):
        sheet.append(["合计"] + [None] * (len(columns) - 1))
    if spec.get("foot"):
        sheet.append([spec["foot"]])
        sheet.merge_cells(start_row=sheet.max_row, start_column=1, end_row=sheet.max_row, end_column=len(columns))


def _write_header(sheet: Worksheet, columns: Sequence[_Column]) -> None:
    """Headings of several levels, merged as offices merge them."""
    depth = max(len(column.path) for column in columns)
    top = sheet.max_row + 1
    for col, column in enumerate(columns, 1):
        for level, text in enumerate(column.path):
            before = columns[col - 2].path[: level + 1] if col > 1 else ()
            if level == len(column.path) - 1 or before != column.path[: level + 1]:
                sheet.cell(top + level, col, text)
        if len(column.path) < depth:
            start = top + len(column.path) - 1
            sheet.merge_cells(start_row=start, start_column=col, end_row=top + depth - 1, end_column=col)
    for level in range(depth - 1):
        _merge_groups(sheet, columns, top + level, level)


def _merge_groups(sheet: Worksheet, columns: Sequence[_Column], row: int, level: int) -> None:
    start = 0
    while start < len(columns):
        end = start
        own = columns[start].path[: level + 1]
        while (
            end + 1 < len(columns) and columns[end + 1].path[: level + 1] == own and len(own) < len(columns[end].path)
        ):
            end += 1
        if end > start:
            sheet.merge_cells(start_row=row, start_column=start + 1, end_row=row, end_column=end + 1)
        start = end + 1


def _merge_blocks(sheet: Worksheet, columns: Sequence[_Column], rows: list[Row], first: int) -> None:
    """The household's cells merged over its members' rows."""
    homes = [row["household.number"] for row in rows]
    start = 0
    for index in range(1, len(homes) + 1):
        if index < len(homes) and homes[index] == homes[start]:
            continue
        for col, column in enumerate(columns, 1):
            if column.element.startswith("household.") and index - start > 1:
                for row in range(first + start + 1, first + index):
                    sheet.cell(row, col).value = None
                sheet.merge_cells(start_row=first + start, start_column=col, end_row=first + index - 1, end_column=col)
        start = index
