"""Where rows stand after others were inserted, and which ranges grow with a filled area."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from yici.core.grid import Span, column_name
from yici.office.xlsx_formulas import Reference, rewrite_rows

MAX_ROW = 1_048_576
_RANGE = re.compile(r"(\$?[A-Z]{0,3}\$?)(\d+)(?::(\$?[A-Z]{0,3}\$?)(\d+))?")
_AGGREGATE = re.compile(r"(?:SUM|AVERAGE|COUNTA?|MAX|MIN|SUBTOTAL)\((?:\d+,)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Insertion:
    """`count` rows inserted after row `last`; `first` to `last` are the blank rows that grow (none: first > last)."""

    first: int
    last: int
    count: int


@dataclass(frozen=True, slots=True)
class RowMoves:
    """All insertions of one sheet, in the addresses of the blank form."""

    insertions: tuple[Insertion, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.insertions)

    def row(self, row: int) -> int:
        """Where a row stands afterwards."""
        return row + sum(i.count for i in self.insertions if row > i.last)

    def bottom(self, top: int, bottom: int) -> int:
        """Where a range ends afterwards; one that ends with the blank rows takes in the new ones."""
        grown = sum(i.count for i in self.insertions if i.last == bottom and i.first <= i.last)
        return self.row(bottom) + (grown if top <= bottom else 0)

    def rows(self, top: int, bottom: int) -> tuple[int, int]:
        """First and last row of a range afterwards."""
        return self.row(top), self.bottom(top, bottom)

    def merge(self, span: Span) -> Span:
        """A merged cell afterwards: one row stays one row, several grow when they cover all blank rows."""
        grows = any(i.last == span.bottom and span.top <= i.first <= i.last for i in self.insertions)
        tall = grows and span.height > 1
        bottom = self.bottom(span.top, span.bottom) if tall else self.row(span.bottom)
        return Span(self.row(span.top), span.left, bottom, span.right)

    def range_text(self, text: str) -> str:
        """A list of ranges such as "A5:B10 C12" afterwards."""
        return " ".join(_RANGE.sub(self._moved, piece, count=1) for piece in text.split())

    def _moved(self, match: re.Match[str]) -> str:
        start, top, end, bottom = match.groups()
        if bottom is None:
            new_top, new_bottom = self.rows(int(top), int(top))
            return f"{start}{new_top}" if new_top == new_bottom else f"{start}{new_top}:{start}{new_bottom}"
        new_top, new_bottom = self.rows(int(top), int(bottom))
        return f"{start}{new_top}:{end}{min(new_bottom, MAX_ROW)}"

    def reference(self, ref: Reference, within: int | None, argument: bool) -> tuple[int, int]:
        """The rows of a formula's reference afterwards.

        `within` is the row the formula stands in (None: not on this sheet); `argument` that the reference is all that
        an aggregate such as SUM gets. A formula of the blank rows themselves grows only to an end written with a dollar
        sign.
        """
        top, bottom = self.row(ref.top), min(self.row(ref.bottom), MAX_ROW)
        for i in self.insertions:
            if ref.bottom != i.last or i.first > i.last:
                continue
            own = within is not None and i.first <= within <= i.last
            whole = ref.top < ref.bottom or i.first == i.last
            grows = ref.fixed_end and not ref.single and whole if own else whole and (not ref.single or argument)
            bottom += i.count if grows else 0
        return top, bottom


class FormulaMover:
    """Moves the references of formulas to the rows of every changed sheet. `moves` is by sheet name."""

    def __init__(self, moves: dict[str, RowMoves]) -> None:
        self.moves = {name.lower(): rows for name, rows in moves.items() if rows}

    def __bool__(self) -> bool:
        return bool(self.moves)

    def move(self, formula: str, sheet: str = "", row: int | None = None) -> str:
        """A formula that stands on `sheet` (in `row` when it stands in a cell) with its references moved."""
        return rewrite_rows(formula, self._change(formula, sheet.lower(), row)) if self.moves else formula

    def _change(self, formula: str, sheet: str, row: int | None) -> Callable[[Reference], tuple[int, int]]:
        def change(ref: Reference) -> tuple[int, int]:
            name = ref.sheet.lower() or sheet
            moves = self.moves.get(name)
            if moves is None:
                return ref.top, ref.bottom
            alone = formula[ref.end : ref.end + 1] == ")" and _AGGREGATE.search(formula, 0, ref.start) is not None
            return moves.reference(ref, row if name == sheet else None, alone)

        return change


def span_text(span: Span) -> str:
    """A1 notation, one cell without a colon."""
    start = f"{column_name(span.left)}{span.top}"
    return start if span.height == span.width == 1 else f"{start}:{column_name(span.right)}{span.bottom}"


def covering(spans: Sequence[Span], row: int, col: int) -> Span | None:
    """The merged cell that takes in an address, or None."""
    return next((span for span in spans if span.holds(row, col)), None)
