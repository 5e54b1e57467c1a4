"""The marks in the sender's own workbook: each cell that was refused, doubted or repaired, with why and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import numpy as np
import pyarrow as pa

from yici.core.elements import Registry
from yici.core.ledgers.columns import Column, Unmapped
from yici.core.ledgers.reasons import CHECK_REASONS, COLUMN_REASONS
from yici.core.values.kinds import explain
from yici.core.values.model import Status
from yici.office.annotate import CellMark, Level
from yici.services.ledgers_cells import is_problem
from yici.services.ledgers_rows import Chunk, TableReader

_LEVELS: dict[Status, Level] = {
    Status.REFUSED: "refused",
    Status.LOST: "refused",
    Status.AMBIGUOUS: "doubtful",
    Status.DOUBTFUL: "doubtful",
    Status.FIXED: "changed",
}
# A workbook with more comments than this is of no use to anybody; the report then shows the first ones.
MOST_MARKS = 100_000


class MarkCollector:
    """Gathers marks while a ledger is read."""

    def __init__(self, registry: Registry, *, wanted: bool) -> None:
        self._registry, self._wanted = registry, wanted
        self._headed: set[int] = set()
        self.marks: list[CellMark] = []

    def take(self, chunk: Chunk, reader: TableReader) -> None:
        """Add the marks of one chunk."""
        if not self._wanted:
            return
        if id(chunk.plan) not in self._headed:
            self._headed.add(id(chunk.plan))
            self.marks.extend(self._heading_marks(chunk))
        for mark in chain(self._cell_marks(chunk), self._doubt_marks(chunk, reader)):
            if len(self.marks) >= MOST_MARKS:
                return
            self.marks.append(mark)

    def _heading_marks(self, chunk: Chunk) -> Iterator[CellMark]:
        """Headings of columns that were not understood for certain."""
        row = chunk.plan.table.first_row - 1
        for column in chunk.plan.mapped.columns:
            if not column.element and column.why_not in (Unmapped.UNSURE, Unmapped.VIOLATIONS, Unmapped.TWICE):
                message = (
                    f"本栏没有导入：{COLUMN_REASONS[column.why_not]}{self._suggestions(column)}。内容已按原样保存。"
                )
                yield CellMark(chunk.plan.sheet.name, row, column.col, "doubtful", message)

    def _suggestions(self, column: Column) -> str:
        names = [self._registry.elements[name].name for name in column.candidates]
        return f"（可能是：{'、'.join(names)}）" if names else ""

    def _cell_marks(self, chunk: Chunk) -> Iterator[CellMark]:
        for column in chunk.plan.mapped.mapped:
            clean = chunk.columns[column.col]
            unusual = [place for place, one in enumerate(clean.cleaned) if is_problem(one)]
            kind = column.kind(self._registry)
            words = {
                place: "".join(explain(kind, clean.encoded.raws[place], clean.cleaned[place])) for place in unusual
            }
            for at in np.flatnonzero(np.isin(clean.encoded.index, unusual)).tolist():
                place = int(clean.encoded.index[at])
                level = _LEVELS[clean.cleaned[place].status]
                yield CellMark(chunk.plan.sheet.name, int(chunk.rows[at]), column.col, level, words[place])

    def _doubt_marks(self, chunk: Chunk, reader: TableReader) -> Iterator[CellMark]:
        for doubt in chunk.doubts:
            message = "".join(CHECK_REASONS[doubt.reason])
            col = reader.column_of(doubt.element)
            for at in _true_places(doubt.rows):
                yield CellMark(chunk.plan.sheet.name, int(chunk.rows[at]), col, "doubtful", message)


def _true_places(rows: pa.Array) -> list[int]:
    places: list[int] = np.flatnonzero(np.asarray(rows)).tolist()
    return places
