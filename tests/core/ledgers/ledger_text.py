"""Ledgers drawn as text: one line a row, cells divided by "|".

"<" belongs to the merged cell on its left, "^" to the one above. `#12` is a number, `@2024-01-01` a date, all else is
text; \\n is a line break. `ID 1980-05-07 1` stands for a valid ID number (birth date, running number odd for men) of a
district that does not exist, `CODE 7` for a valid credit code.
"""

from __future__ import annotations

import re

from yici.core.grid import Span
from yici.core.ledgers.cells import Raw
from yici.core.ledgers.sheet import ListSheet
from yici.core.values.credit_codes import uscc_check
from yici.core.values.id_numbers import check_character

_ID = re.compile(r"ID (\d{4}-\d{2}-\d{2}) (\d{1,3})")
_CODE = re.compile(r"CODE (\d)")


def id_number(born: str, number: int) -> str:
    """A valid ID number of nobody: its district code is not in use."""
    first17 = f"990101{born.replace('-', '')}{number:03d}"
    return first17 + check_character(first17)


def credit_code(number: int) -> str:
    first17 = f"91990101MA00000{number}X"[:17]
    return first17 + uscc_check(first17)


def sheet_of(text: str, name: str = "Sheet1") -> ListSheet:
    """The sheet that a drawing shows."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip("\n").splitlines()]
    width = max(len(line) for line in lines)
    marks = [line + [""] * (width - len(line)) for line in lines]
    cells = [[None if mark in ("<", "^") else raw_of(mark) for mark in line] for line in marks]
    return ListSheet(name, cells, _merges(marks))


def raw_of(mark: str) -> Raw:
    """The raw cell that a mark stands for."""
    if not mark:
        return None
    if mark[0] == "#":
        return "n" + mark[1:]
    if mark[0] == "@":
        return "d" + mark[1:]
    mark = _ID.sub(lambda match: id_number(match[1], int(match[2])), mark)
    mark = _CODE.sub(lambda match: credit_code(int(match[1])), mark)
    return "s" + mark.replace("\\n", "\n")


def _merges(marks: list[list[str]]) -> list[Span]:
    spans = []
    for row, line in enumerate(marks, 1):
        for col, mark in enumerate(line, 1):
            if mark in ("<", "^"):
                continue
            right, bottom = col, row
            while right < len(line) and line[right] == "<":
                right += 1
            while bottom < len(marks) and marks[bottom][col - 1] == "^":
                bottom += 1
            if right > col or bottom > row:
                spans.append(Span(row, col, bottom, right))
    return spans
