"""A plain roster as a workbook: a title, headings, rows. Texts stay texts, whatever they begin with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Value = str | int


def roster_workbook(title: str, headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """The workbook: the title in row 1, headings in row 2, a first column 序号."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("花名册")
    sheet.freeze_panes = "A3"
    for place, heading in enumerate(["序号", *headings], 1):
        sheet.column_dimensions[get_column_letter(place)].width = max(8, 2 * len(heading) + 4, 18 * (place > 1))
    sheet.append([_cell(sheet, title, bold=True)])
    sheet.append([_cell(sheet, heading, bold=True) for heading in ["序号", *headings]])
    for number, row in enumerate(rows, 1):
        sheet.append([_cell(sheet, number), *(_cell(sheet, value) for value in row)])
    stream = BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _cell(sheet: Any, value: Value, *, bold: bool = False) -> Cell:
    cell: Cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
