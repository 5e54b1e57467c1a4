"""References inside formulas: found without evaluating anything, moved when rows are inserted, copied along rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from yici.core.grid import column_name, column_number

_NAME = r"[^\s'!,;()+\-*/^&=<>:\[\]{}\"]+"
_SHEET = rf"(?:'(?:[^']|'')+'|\[\d+\](?:{_NAME})?|{_NAME}(?::{_NAME})?)!"
_CELL = r"\$?[A-Z]{1,3}\$?[1-9]\d{0,6}"
_REFERENCE = re.compile(
    rf'"(?:[^"]|"")*"'  # A text is never a reference.
    rf"|\w[\w.]*\[(?:[^\[\]]|\[[^\]]*\])*\]"  # Nor is a part of a table.
    rf"|(?P<sheet>{_SHEET})?(?:(?<![\w.$])(?:(?P<cell>{_CELL})(?::(?P<end>{_CELL}))?|(?P<rows>\$?[1-9]\d{{0,6}}:\$?[1-9]\d{{0,6}})|(?P<cols>\$?[A-Z]{{1,3}}:\$?[A-Z]{{1,3}}))(?![\w.(!]))"
    rf"|(?P<other>{_SHEET})"
)
_PARTS = re.compile(r"(\$?)([A-Z]*)(\$?)(\d*)")


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference in a formula: a cell, a rectangle, whole rows (columns are 0) or whole columns (rows are 0).

    `sheet` is the name before the exclamation mark, "" when none stands there. `start` and `end` are its place in the
    formula.
    `fixed_end` says that the last row is written with a dollar sign, `single` that there is no colon.
    """

    sheet: str
    top: int
    left: int
    bottom: int
    right: int
    fixed_end: bool
    single: bool
    start: int
    end: int


def references(formula: str) -> list[Reference]:
    """The references of a formula, those into other files left out."""
    return [ref for match in _REFERENCE.finditer(formula) if (ref := _reference(match)) is not None]


def _reference(match: re.Match[str]) -> Reference | None:
    body = match["cell"] or match["rows"] or match["cols"]
    prefix = match["sheet"] or ""
    if not body or "[" in prefix:
        return None
    first, last = (match["cell"], match["end"] or match["cell"]) if match["cell"] else body.split(":")
    a, b = _PARTS.fullmatch(first), _PARTS.fullmatch(last)
    if a is None or b is None:
        return None
    top, bottom = int(a[4] or 0), int(b[4] or 0)
    single = match["cell"] is not None and match["end"] is None
    fixed_end = bool(b[3]) or (b[1] == "$" and not b[2])
    return Reference(
        _bare_name(prefix), top, column_number(a[2]), bottom, column_number(b[2]), fixed_end, single,
        match.start(), match.end(),
    )  # fmt: skip


def _bare_name(prefix: str) -> str:
    name = prefix[:-1]
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def rewrite_rows(formula: str, change: Callable[[Reference], tuple[int, int]]) -> str:
    """The formula with the rows of each reference replaced by those `change` gives (first and last row)."""
    pieces: list[str] = []
    done = 0
    for ref in references(formula):
        top, bottom = change(ref) if ref.top else (0, 0)
        if (top, bottom) == (ref.top, ref.bottom):
            continue
        pieces += formula[done : ref.start], _with_rows(formula[ref.start : ref.end], top, bottom)
        done = ref.end
    return "".join(pieces) + formula[done:] if pieces else formula


def _with_rows(text: str, top: int, bottom: int) -> str:
    prefix, mark, body = text.rpartition("!")
    first, colon, last = body.partition(":")
    first = re.sub(r"\d+$", str(top), first)
    if colon:
        last = re.sub(r"\d+$", str(bottom), last)
    elif bottom != top:
        colon, last = ":", re.sub(r"\d+$", str(bottom), body)
    return f"{prefix}{mark}{first}{colon}{last}"


def translate(formula: str, rows: int, cols: int = 0) -> str:
    """A formula as Excel copies it `rows` down and `cols` to the right: relative references move, others stay."""
    pieces: list[str] = []
    done = 0
    for ref in references(formula):
        prefix, mark, body = formula[ref.start : ref.end].rpartition("!")
        pieces += formula[done : ref.start], prefix, mark, _PARTS.sub(lambda m: _shifted(m, rows, cols), body)
        done = ref.end
    return "".join(pieces) + formula[done:]


def _shifted(match: re.Match[str], rows: int, cols: int) -> str:
    col_mark, col, row_mark, row = match.groups()
    if not match[0]:
        return ""
    if not col:  # Whole rows are written 5:7 or $5:$7; the only dollar sign belongs to the row.
        return f"{col_mark}{row if col_mark else max(1, int(row) + rows)}"
    if not col_mark:
        col = column_name(max(1, column_number(col) + cols))
    if row and not row_mark:
        row = str(max(1, int(row) + rows))
    return f"{col_mark}{col}{row_mark}{row}"
