"""Cleaning a column of a ledger chunk by chunk: each distinct spelling once, results spread over the rows by index."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yici.core.elements import Element, Kind
from yici.core.grid import column_name
from yici.core.values.model import BLANK, Cleaned, Status, ValueKind
from yici.core.values.spelling import is_ditto

Rows = npt.NDArray[np.int64]
Index = npt.NDArray[np.int32]
# Spellings are remembered from chunk to chunk as long as there are not more of them than this.
_REMEMBERED = 100_000
_TYPES: dict[Kind, pa.DataType] = {
    Kind.INTEGER: pa.int64(),
    Kind.DECIMAL: pa.decimal128(24, 6),
    Kind.BOOL: pa.bool_(),
}


def arrow_type(element: Element) -> pa.DataType:
    """The column type of an element in a batch."""
    return _TYPES.get(element.kind, pa.string())


@dataclass(frozen=True, slots=True)
class Encoded:
    """A chunk of a column: the distinct raw cells and, for each row, which one it holds (-1: empty)."""

    raws: list[str]
    index: Index

    @classmethod
    def of(cls, cells: pa.Array) -> Encoded:
        encoded = cells.dictionary_encode()
        return cls(encoded.dictionary.to_pylist(), np.asarray(pc.fill_null(encoded.indices, -1), np.int32))

    def spread(self, distinct: Sequence[object], kind: pa.DataType) -> pa.Array:
        """An array over the rows from one value for each distinct raw cell; null where the cell is empty."""
        return pa.array([*distinct, None], kind).take(pa.array(self.rows_or_last()))

    def rows_or_last(self) -> Index:
        return np.where(self.index < 0, np.int32(len(self.raws)), self.index).astype(np.int32)


@dataclass(slots=True)
class DittoFiller:
    """Replaces 同上 by the cell above, across chunks."""

    last: str | None = None

    def fill(self, cells: pa.Array) -> pa.Array:
        encoded = cells.dictionary_encode()
        marks = [
            place for place, raw in enumerate(encoded.dictionary.to_pylist()) if raw[0] == "s" and is_ditto(raw[1:])
        ]
        index = np.asarray(pc.fill_null(encoded.indices, -1))
        ditto = np.isin(index, marks) if marks else np.zeros(len(index), bool)
        if ditto.any():
            above = np.maximum.accumulate(np.where(ditto, -1, np.arange(len(index))))
            carried = pa.concat_arrays([cells, pa.array([self.last], pa.string())])
            cells = carried.take(pa.array(np.where(above < 0, len(index), above)))
        if len(cells):
            self.last = cells[-1].as_py()
        return cells


@dataclass(slots=True)
class CleanColumn:
    """A cleaned chunk of one column. `original` and `problem` are pieces of JSON, null in most rows."""

    values: pa.Array
    original: pa.Array
    problem: pa.Array
    encoded: Encoded
    cleaned: list[Cleaned]


@dataclass(slots=True)
class ColumnCleaner:
    """Cleans the cells of one column as one element, and counts what came of them."""

    element: Element
    col: int
    kind: ValueKind
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], list[tuple[int, str]]] = field(default_factory=dict)
    _known: dict[str, Cleaned] = field(default_factory=dict)

    def clean(self, cells: pa.Array, rows: Rows) -> CleanColumn:
        """Clean one chunk; `rows` are the sheet rows of its cells."""
        encoded = Encoded.of(cells)
        cleaned = self._clean_distinct(encoded.raws)
        self._count(encoded, cleaned, rows)
        values = encoded.spread([one.value for one in cleaned], arrow_type(self.element))
        changed = [_original(self.element.id, raw, one) for raw, one in zip(encoded.raws, cleaned, strict=True)]
        problems = [self._problem(one) for one in cleaned]
        return CleanColumn(
            values, encoded.spread(changed, pa.string()), encoded.spread(problems, pa.string()), encoded, cleaned
        )

    def _clean_distinct(self, raws: Sequence[str]) -> list[Cleaned]:
        known, clean = self._known, self.kind.clean
        if len(known) > _REMEMBERED:
            known.clear()
        result = []
        for raw in raws:
            one = known.get(raw)
            if one is None:
                one = known[raw] = clean(raw)
            result.append(one)
        return result

    def _count(self, encoded: Encoded, cleaned: Sequence[Cleaned], rows: Rows) -> None:
        unusual = {place: one for place, one in enumerate(cleaned) if is_problem(one)}
        if not unusual:
            return
        times = np.bincount(encoded.index[encoded.index >= 0], minlength=len(cleaned))
        for place, one in unusual.items():
            key = (str(one.status), one.reason)
            self.counts[key] += int(times[place])
            found = self.examples.setdefault(key, [])
            if len(found) < 3:
                first = int(np.argmax(encoded.index == place))
                found.append((int(rows[first]), encoded.raws[place][1:]))

    def _problem(self, one: Cleaned) -> str | None:
        return problem_piece(self.element.id, one.status, one.reason, self.col) if is_problem(one) else None


def is_problem(one: Cleaned) -> bool:
    """Whether somebody should look at a cell: refused, lost, ambiguous, doubtful, or repaired by a rule."""
    return one.status not in (Status.OK, Status.EMPTY)


def problem_piece(element: str, status: str, reason: str, col: int) -> str:
    """The beginning of a problem as JSON; the row's number and the end are joined to it."""
    facts = json.dumps({"element": element, "status": str(status), "reason": reason}, ensure_ascii=False)
    return f'{facts[:-1]}, "cell": "{column_name(col)}'


def _original(element: str, raw: str, one: Cleaned) -> str | None:
    """A piece of JSON with the original text, where the value is not written just as it was."""
    if one is BLANK or (one.status is Status.OK and str(one.value) == raw[1:]):
        return None
    return f"{json.dumps(element)}: {json.dumps(raw[1:], ensure_ascii=False)}"


def joined_objects(pieces: Sequence[pa.Array], opening: str, closing: str, count: int) -> pa.Array:
    """For `count` rows, the pieces that are not null joined by commas between brackets; null where there are none."""
    if not pieces:
        return pa.nulls(count, pa.string())
    # The empty first piece keeps rows without any other: pyarrow 26 drops rows whose pieces are all null.
    start = pa.array(np.full(count, "", object), pa.string())
    joined = pc.binary_join_element_wise(start, *pieces, ", ", null_handling="skip")
    whole = pc.binary_join_element_wise(opening, pc.utf8_slice_codeunits(joined, 2), closing, "")
    return pc.if_else(pc.equal(pc.binary_length(joined), 0), None, whole)


def extra_pieces(headings: Mapping[int, str], cells: Mapping[int, pa.Array]) -> list[pa.Array]:
    """For each unmapped column, its cells as pieces of JSON under its heading."""
    pieces = []
    for col, heading in headings.items():
        encoded = Encoded.of(cells[col])
        key = json.dumps(heading, ensure_ascii=False)
        texts = [
            f"{key}: {json.dumps(raw[1:].strip(), ensure_ascii=False)}" if raw[1:].strip() else None
            for raw in encoded.raws
        ]
        pieces.append(encoded.spread(texts, pa.string()))
    return pieces
