"""The sender's own ledger given back with every refused, doubtful or changed cell coloured and explained."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from yici.office.annotate_plain import sheet_titles, write_plain_workbook
from yici.office.gate import LEDGER_KINDS, pass_gate
from yici.office.ledgers import read_ledger
from yici.office.xlsx_marks import Progress, add_marks

Level = Literal["refused", "doubtful", "changed"]

# Red, amber, blue; light, so that what is written stays legible. Strongest first.
COLOURS: dict[Level, str] = {"refused": "F4AFAF", "doubtful": "FFE08A", "changed": "CFE2F3"}
_LEVELS = list(COLOURS)


@dataclass(frozen=True, slots=True)
class CellMark:
    """A cell of a ledger to be pointed out: its sheet's name, row and column (from 1), how grave, what to tell."""

    sheet: str
    row: int
    col: int
    level: Level
    message: str


def annotate_ledger(
    source: Path, out: Path, marks: Iterable[CellMark], progress: Progress | None = None
) -> None:  # fmt: skip
    """Writes the ledger at `source` to `out` (an .xlsx) with its marked cells coloured and commented.

    An .xlsx stays the sender's own workbook in all else; any other format becomes a plain workbook with the same
    sheets and cells. Several marks of one cell become one comment in the gravest colour.
    `progress` is told how far it is, in hundredths. Raises UploadRefused when the source is not a ledger that can be
    read, and whatever `progress` raises: then nothing is written.
    """
    if pass_gate(source, LEDGER_KINDS).kind == "xlsx":
        add_marks(source, out, merge_marks(marks), progress)
        return
    with tempfile.TemporaryDirectory(prefix="yici-annotate-") as folder, read_ledger(source) as ledger:
        plain = Path(folder) / "plain.xlsx"
        write_plain_workbook(ledger, plain)
        titles = sheet_titles(sheet.name for sheet in ledger.sheets)
        renamed = ((titles[sheet], row, col, rgb, text) for sheet, row, col, rgb, text in merge_marks(marks))
        add_marks(plain, out, list(renamed), progress)


def merge_marks(marks: Iterable[CellMark]) -> list[tuple[str, int, int, str, str]]:
    """(sheet, row, column, RGB, comment) for every marked cell once, in the order of sheets met, rows, columns."""
    cells: dict[tuple[str, int, int], list[CellMark]] = {}
    order: dict[str, int] = {}
    for mark in marks:
        order.setdefault(mark.sheet, len(order))
        cells.setdefault((mark.sheet, mark.row, mark.col), []).append(mark)
    merged = []
    for sheet, row, col in sorted(cells, key=lambda at: (order[at[0]], at[1], at[2])):
        of_cell = sorted(cells[sheet, row, col], key=lambda mark: _LEVELS.index(mark.level))
        messages = "\n".join(dict.fromkeys(mark.message for mark in of_cell))
        merged.append((sheet, row, col, COLOURS[of_cell[0].level], messages))
    return merged
