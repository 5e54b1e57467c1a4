"""Plain tables for taking away: a workbook of several sheets, or one table as CSV. Texts stay texts in both."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Value = str | int | float | None
# What spreadsheet programs take for the beginning of a formula, in half and full width.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Table:
    """One table: the name of its sheet, its title, headings and rows."""

    name: str
    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Value]]


def tables_workbook(tables: Sequence[Table]) -> bytes:
    """The tables as a workbook, one sheet each: the title in row 1, headings in row 2."""
    workbook = Workbook(write_only=True)
    for table in tables:
        sheet = workbook.create_sheet(table.name)
        sheet.freeze_panes = "A3"
        for place, heading in enumerate(table.headings, 1):
            sheet.column_dimensions[get_column_letter(place)].width = max(12, 2 * len(heading) + 4)
        sheet.append([_cell(sheet, table.title, bold=True)])
        sheet.append([_cell(sheet, heading, bold=True) for heading in table.headings])
        for row in table.rows:
            sheet.append([_cell(sheet, value) for value in row])
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def table_csv(table: Table) -> bytes:
    """One table as CSV that Excel and WPS open as UTF-8. A text that they would take for a formula gets a ' before."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([_guarded(heading) for heading in table.headings])
    for row in table.rows:
        writer.writerow([_guarded(value) for value in row])
    return stream.getvalue().encode("utf-8-sig")


def _guarded(value: Value) -> Value:
    if not isinstance(value, str):
        return value
    return f"'{value}" if value.startswith(_FORMULA) or value.lstrip().startswith(_FORMULA) else value


def _cell(sheet: Any, value: Value, *, bold: bool = False) -> Cell:
    if isinstance(value, str):
        # Signs no workbook can hold must not keep everybody from the table.
        value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell: Cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
