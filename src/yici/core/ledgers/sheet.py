"""What structure finding may ask of a sheet, however large: some rows in full, all rows only by quick counts."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from yici.core.grid import Span
from yici.core.ledgers.cells import Raw, is_filled, kind_of_raw, words_of


class RawSheet(Protocol):
    """A sheet of raw cells. Rows and columns count from 1."""

    name: str
    n_rows: int
    n_cols: int

    @property
    def merges(self) -> Sequence[Span]:
        """The merged cells, all of them."""

    def row(self, row: int) -> list[Raw]:
        """The raw cells of one row, `n_cols` long."""

    def column(self, col: int, rows: Sequence[int]) -> list[Raw]:
        """The raw cells of a column in those rows."""

    def filled(self, left: int, right: int) -> Sequence[int]:
        """For each row, how many cells between two columns (included) are filled; index 0 is row 1."""

    def rows_holding(self, left: int, right: int, words: Collection[str], at_least: int) -> list[int]:
        """Rows in which at least so many text cells between two columns are one of the words, blanks not counted."""

    def rows_matching(self, col: int, pattern: str) -> list[int]:
        """Rows whose text cell in a column contains the pattern (in the syntax common to Python and RE2)."""


@dataclass(slots=True)
class ListSheet:
    """A small sheet as plain lists."""

    name: str
    cells: list[list[Raw]]
    merges: Sequence[Span] = field(default_factory=list)
    n_rows: int = 0
    n_cols: int = 0

    def __post_init__(self) -> None:
        self.n_rows = len(self.cells)
        self.n_cols = max((len(row) for row in self.cells), default=0)
        self.cells = [row + [None] * (self.n_cols - len(row)) for row in self.cells]

    def row(self, row: int) -> list[Raw]:
        return self.cells[row - 1]

    def column(self, col: int, rows: Sequence[int]) -> list[Raw]:
        return [self.cells[row - 1][col - 1] for row in rows]

    def filled(self, left: int, right: int) -> Sequence[int]:
        return [sum(is_filled(raw) for raw in row[left - 1 : right]) for row in self.cells]

    def rows_holding(self, left: int, right: int, words: Collection[str], at_least: int) -> list[int]:
        return [
            number
            for number, row in enumerate(self.cells, 1)
            if sum(kind_of_raw(raw) == "s" and words_of(raw) in words for raw in row[left - 1 : right]) >= at_least
        ]

    def rows_matching(self, col: int, pattern: str) -> list[int]:
        return [
            number
            for number, row in enumerate(self.cells, 1)
            if kind_of_raw(row[col - 1]) == "s" and re.search(pattern, (row[col - 1] or "")[1:])
        ]
