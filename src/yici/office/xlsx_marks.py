"""Marks in a copy of the sender's workbook: coloured cells with a comment that says what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

Mark = tuple[str, int, int, str, str]
AUTHOR = "Yici"


def add_marks(source: Path, out: Path, marks: Sequence[Mark]) -> None:
    """Write a copy of `source` to `out` in which each mark (sheet, row, column, RGB colour, message) is shown.

    A copy for reading and mending, made with openpyxl: what that library does not model (shapes, some pictures) may be
    missing from it. The original is kept as it came beside the batch.
    """
    book = load_workbook(source)
    fills: dict[str, PatternFill] = {}
    for sheet, row, col, colour, message in marks:
        cell = book[sheet].cell(row, col)
        cell.fill = fills.setdefault(colour, PatternFill("solid", fgColor=colour))
        if not hasattr(cell, "comment"):
            continue
        said = f"{cell.comment.text}\n{message}" if cell.comment is not None else message
        cell.comment = Comment(said, AUTHOR, width=320, height=max(40, 22 * (1 + len(said) // 22)))
    book.save(out)
