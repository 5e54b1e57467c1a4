"""Marks in a copy of the sender's workbook: coloured cells with a comment that says what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import FileIO
from itertools import product
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from yici.office.xlsx_told import ToldWriter

Mark = tuple[str, int, int, str, str]
Place = tuple[int, int]
Progress = Callable[[int, int], None]
AUTHOR = "Yici"
# Of a hundred steps reading takes so many, and writing begins at so many: shares of the time, as measured.
_READ, _MARKED = 40, 65


def add_marks(source: Path, out: Path, marks: Sequence[Mark], progress: Progress | None = None) -> None:
    """Write a copy of `source` to `out` in which each mark (sheet, row, column, RGB colour, message) is shown.

    A copy for reading and mending, made with openpyxl: what that library does not model (shapes, some pictures) may be
    missing from it. The original is kept as it came beside the batch. `progress` is told steps of a hundred; what
    it raises leaves no copy.
    """
    with _ToldFile(source, progress) as file:
        book = load_workbook(file)
    _mark(book, marks, progress)
    half = out.with_name(f"{out.name}.half")
    try:
        with ZipFile(half, "w", ZIP_DEFLATED, allowZip64=True) as package:
            writer = ToldWriter(book, package, _steps(progress, _MARKED, 100))
            writer.save()
        half.replace(out)
    finally:
        half.unlink(missing_ok=True)


def _mark(book: Workbook, marks: Sequence[Mark], progress: Progress | None) -> None:
    told, fills = _steps(progress, _READ, _MARKED), dict[str, PatternFill]()
    firsts: dict[str, dict[Place, Place]] = {}
    for done, (name, row, col, colour, message) in enumerate(marks, 1):
        told(done, len(marks))
        if name not in firsts:
            firsts[name] = _firsts(book[name], {mark[1:3] for mark in marks if mark[0] == name})
        cell = book[name].cell(*firsts[name].get((row, col), (row, col)))
        cell.fill = fills.setdefault(colour, PatternFill("solid", fgColor=colour))
        said = f"{cell.comment.text}\n{message}" if cell.comment is not None else message
        cell.comment = Comment(said, AUTHOR, width=320, height=max(40, 22 * (1 + len(said) // 22)))


def _firsts(sheet: Worksheet, marked: set[Place]) -> dict[Place, Place]:
    """The first of the cells that a marked one is merged with: only that one is shown, and holds a comment."""
    found: dict[Place, Place] = {}
    for area in sheet.merged_cells.ranges:
        rows, cols = range(area.min_row, area.max_row + 1), range(area.min_col, area.max_col + 1)
        # Whichever is less to look through: a sender may have merged a whole sheet, or each of a hundred thousand rows.
        if len(rows) * len(cols) <= len(marked):
            inside = marked.intersection(product(rows, cols))
        else:
            inside = {(row, col) for row, col in marked if row in rows and col in cols}
        found |= dict.fromkeys(inside, (area.min_row, area.min_col))
    return found


def _steps(progress: Progress | None, first: int, last: int) -> Progress:
    """What tells a part of the work as the steps from `first` to `last` of a hundred."""

    def told(done: int, total: int) -> None:
        if progress is not None:
            progress(first + (last - first) * min(done, total) // max(total, 1), 100)

    return told


class _ToldFile(FileIO):
    """A workbook that tells how much of it was read: openpyxl tells nothing itself, and reads as it goes."""

    def __init__(self, source: Path, progress: Progress | None) -> None:
        super().__init__(source)
        self._size, self._read = source.stat().st_size, 0
        self._told = _steps(progress, 0, _READ)

    def read(self, size: int | None = -1, /) -> Any:
        """The next bytes."""
        found = super().read(size)
        self._read += len(found or b"")
        self._told(self._read, self._size)
        return found
