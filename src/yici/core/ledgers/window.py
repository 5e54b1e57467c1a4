"""A few rows of a sheet seen through their merges: what stands at the top, and around a later heading row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from yici.core.grid import Span
from yici.core.ledgers.cells import Raw, is_filled
from yici.core.ledgers.sheet import RawSheet


@dataclass(frozen=True, slots=True)
class Box:
    """One filled cell or merged cell of a row: its raw value and the rectangle it takes."""

    raw: Raw
    span: Span


@dataclass(slots=True)
class Window:
    """Rows first..last of a sheet."""

    first: int
    rows: list[list[Raw]]
    n_cols: int
    _owners: dict[tuple[int, int], Span] = field(default_factory=dict)

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    def span(self, row: int, col: int) -> Span:
        """The merged cell that covers a cell, or the cell itself."""
        return self._owners.get((row, col)) or Span(row, col, row, col)

    def raw(self, row: int, col: int) -> Raw:
        """The raw value a cell shows: that of its merged cell's top left corner."""
        span = self.span(row, col)
        if span.top < self.first:
            return None
        return self.rows[span.top - self.first][span.left - 1]

    def boxes(self, row: int) -> list[Box]:
        """The filled boxes that are seen in a row, left to right; one that began higher counts here too."""
        found: list[Box] = []
        col = 1
        while col <= self.n_cols:
            span = self.span(row, col)
            raw = self.raw(row, col)
            if is_filled(raw):
                found.append(Box(raw, span))
            col = span.right + 1
        return found

    def starting(self, row: int) -> list[Box]:
        """The filled boxes whose first row this is."""
        return [box for box in self.boxes(row) if box.span.top == row]

    def crossing(self, row: int, top: int) -> list[Box]:
        """Filled boxes that begin in rows top..row and reach below `row`."""
        boxes = {box.span: box for upper in range(top, row + 1) for box in self.starting(upper)}
        return [box for box in boxes.values() if box.span.bottom > row]


class MergeIndex:
    """The merged cells of a sheet by the rows they touch; a ledger of household blocks has a hundred thousand."""

    _BUCKET = 64

    def __init__(self, merges: Iterable[Span]) -> None:
        self._buckets: dict[int, list[Span]] = {}
        for span in merges:
            for bucket in range(span.top // self._BUCKET, span.bottom // self._BUCKET + 1):
                self._buckets.setdefault(bucket, []).append(span)

    def between(self, first: int, last: int) -> list[Span]:
        """The merged cells that touch rows first..last."""
        buckets = range(first // self._BUCKET, last // self._BUCKET + 1)
        touching = (span for bucket in buckets for span in self._buckets.get(bucket, ()))
        return [span for span in touching if span.top <= last and span.bottom >= first]


def window_of(sheet: RawSheet, merges: MergeIndex, first: int, last: int) -> Window:
    """The rows first..last of a sheet, cut to its bounds."""
    first, last = max(1, first), min(last, sheet.n_rows)
    owners: dict[tuple[int, int], Span] = {}
    for span in merges.between(first, last):
        for row in range(max(span.top, first), min(span.bottom, last) + 1):
            for col in range(span.left, min(span.right, sheet.n_cols) + 1):
                owners[row, col] = span
    return Window(first, [sheet.row(row) for row in range(first, last + 1)], sheet.n_cols, owners)
