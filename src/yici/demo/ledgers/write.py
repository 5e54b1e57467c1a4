"""Ledgers as files: workbooks with titles, header levels and merges, and CSV in the encodings offices use."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange

from yici.demo.ledgers.spell import Typed


@dataclass(slots=True)
class LedgerSheet:
    """A sheet to write: lines above, headings (levels of each column), typed rows with their kinds, lines below.

    `merges` are (first row, last row, column), all from 0, of data cells merged downwards.
    """

    name: str
    above: list[str | None]
    headings: list[tuple[str, ...]]
    below: list[str] = field(default_factory=list)
    rows: list[list[Typed]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    merges: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def levels(self) -> int:
        return max((len(heading) for heading in self.headings), default=0)


def _header(sheet: LedgerSheet) -> list[list[str | None]]:
    """Header lines: a group's word stands over its first column, a single word in the first line."""
    lines: list[list[str | None]] = [[None] * len(sheet.headings) for _ in range(sheet.levels)]
    for at, heading in enumerate(sheet.headings):
        for level, word in enumerate(heading):
            group = at > 0 and level + 1 < len(heading) and sheet.headings[at - 1][: level + 1] == heading[: level + 1]
            lines[level][at] = None if group else word
    return lines


def _header_merges(sheet: LedgerSheet, top: int) -> list[str]:
    merges, levels = [], sheet.levels
    for at, heading in enumerate(sheet.headings):
        letter = get_column_letter(at + 1)
        if len(heading) < levels:
            merges.append(f"{letter}{top + len(heading) - 1}:{letter}{top + levels - 1}")
        for level in range(len(heading) - 1):
            first = at == 0 or sheet.headings[at - 1][: level + 1] != heading[: level + 1]
            end = at
            while end + 1 < len(sheet.headings) and sheet.headings[end + 1][: level + 1] == heading[: level + 1]:
                end += 1
            if first and end > at:
                merges.append(f"{letter}{top + level}:{get_column_letter(end + 1)}{top + level}")
    return merges


def _merge(target: Any, area: str) -> None:
    # The collection's own add() looks for overlaps in all merges before: minutes for thousands of households.
    target.merged_cells.ranges.add(CellRange(area))


def _fill(target: Any, sheet: LedgerSheet) -> None:
    width = max(1, len(sheet.headings))
    for number, line in enumerate(sheet.above, 1):
        target.append([line] if line else [])
        if line and width > 1:
            _merge(target, f"A{number}:{get_column_letter(width)}{number}")
    top = len(sheet.above) + 1
    for header in _header(sheet):
        target.append(header)
    first = top + sheet.levels
    for row in sheet.rows:
        target.append(row)
    for line in sheet.below:
        target.append([line])
    for merge in _header_merges(sheet, top):
        _merge(target, merge)
    for start, end, col in sheet.merges:
        letter = get_column_letter(col + 1)
        _merge(target, f"{letter}{first + start}:{letter}{first + end}")


def write_xlsx(path: Path, sheets: list[LedgerSheet]) -> None:
    """Write a workbook, streaming its rows."""
    workbook = Workbook(write_only=True)
    for sheet in sheets:
        _fill(workbook.create_sheet(sheet.name), sheet)
    workbook.save(path)


def write_csv(path: Path, sheet: LedgerSheet, encoding: str) -> None:
    """Write a CSV with its title lines padded with commas, as spreadsheets save them."""
    width = len(sheet.headings)
    # A few rare characters are not in GB18030's older tables; they are in the codec used here.
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream)
        for line in sheet.above:
            writer.writerow([line or "", *[""] * (width - 1)])
        for header in _header(sheet):
            writer.writerow(header)
        writer.writerows(sheet.rows)
