"""A ledger's sheet as structure finding sees it: rows on demand, all rows only through vector operations."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yici.core.grid import Span
from yici.core.ledgers.cells import Raw, words_of
from yici.office.ledgers import LedgerSheet

Mask = npt.NDArray[np.bool_]
_BLOCK = 512
# Longer texts are never a heading, in bytes of UTF-8.
_LONGEST_HEADING = 90


class ArrowSheet:
    """Wraps a sheet as read. Implements `core.ledgers.sheet.RawSheet`."""

    def __init__(self, sheet: LedgerSheet) -> None:
        self.name, self.n_rows, self.n_cols = sheet.name, sheet.n_rows, sheet.n_cols
        self._sheet = sheet
        self._masks: dict[int, Mask] = {}
        self._block = lru_cache(maxsize=16)(self._read_block)

    @property
    def merges(self) -> Sequence[Span]:
        return self._sheet.merges

    @property
    def table(self) -> pa.Table:
        return self._sheet.table

    def row(self, row: int) -> list[Raw]:
        block, place = divmod(row - 1, _BLOCK)
        return self._block(block)[place]

    def column(self, col: int, rows: Sequence[int]) -> list[Raw]:
        taken = self.table.column(col - 1).take(pa.array(rows, pa.int64()) if not rows else _indices(rows))
        cells: list[Raw] = taken.to_pylist()
        return cells

    def filled(self, left: int, right: int) -> Sequence[int]:
        counts = np.zeros(self.n_rows, np.int16)
        for col in range(left, right + 1):
            counts += self.filled_mask(col)
        listed: list[int] = counts.tolist()
        return listed

    def filled_mask(self, col: int) -> Mask:
        """For each row, whether the cell in a column is filled; cells of blanks only are not."""
        if col not in self._masks:
            column = self.table.column(col - 1)
            blank = pc.utf8_is_space(pc.utf8_slice_codeunits(column, 1))
            bare = pc.less(pc.binary_length(column), 2)
            seen = pc.and_not(pc.and_not(pc.is_valid(column), pc.fill_null(blank, False)), pc.fill_null(bare, False))
            self._masks[col] = np.asarray(seen)
        return self._masks[col]

    def rows_holding(self, left: int, right: int, words: Collection[str], at_least: int) -> list[int]:
        counts = np.zeros(self.n_rows, np.int16)
        for col in range(left, right + 1):
            spellings = self._spellings(col, words)
            if spellings:
                counts += np.asarray(pc.is_in(self.table.column(col - 1), pa.array(spellings)))
        rows: list[int] = (np.flatnonzero(counts >= at_least) + 1).tolist()
        return rows

    def rows_matching(self, col: int, pattern: str) -> list[int]:
        column = self.table.column(col - 1)
        hits = pc.and_(pc.starts_with(column, "s"), pc.match_substring_regex(column, pattern))
        rows: list[int] = (np.flatnonzero(np.asarray(pc.fill_null(hits, False))) + 1).tolist()
        return rows

    def _spellings(self, col: int, words: Collection[str]) -> list[str]:
        """How the words are really spelled in a column (with blanks and line breaks)."""
        distinct = pc.unique(self.table.column(col - 1))
        short = distinct.filter(
            pc.and_(pc.starts_with(distinct, "s"), pc.less(pc.binary_length(distinct), _LONGEST_HEADING))
        )
        return [raw for raw in short.to_pylist() if words_of(raw) in words]

    def _read_block(self, block: int) -> list[list[Raw]]:
        part = self.table.slice(block * _BLOCK, _BLOCK)
        return [list(row) for row in zip(*(column.to_pylist() for column in part.columns), strict=True)]


def _indices(rows: Sequence[int]) -> pa.Array:
    return pa.array(np.asarray(rows, np.int64) - 1)
