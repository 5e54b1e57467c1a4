"""Generates the rows of a roster area: one text template a row signature, filled by formatting many rows at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice

from yici.core.fillplan import FillValue
from yici.core.grid import column_name
from yici.office.xlsx_cells import EXACT, MAX_TEXT, CellWriter, writable

BATCH = 256
_NUMBER = b"\x01"
_FORMULA = "\x02"
_BETWEEN = "|"
Row = Sequence[FillValue | None]
Kinds = tuple[type, ...]
Values = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class PatternCell:
    """One cell of the row that is copied: its column, its style, and which value of a row goes there (None: none).

    `formula` is its formula in the pattern row, copied with its references moved down.
    """

    col: int
    style: str
    value: int | None = None
    formula: str = ""


class RowTemplate:
    """Makes row elements after the pattern of one row.

    `attributes` are those of the row element without its number. `copied` gives a formula `n` rows below the pattern.
    Rows must have `width` values each.
    """

    def __init__(
        self,
        writer: CellWriter,
        attributes: str,
        cells: Sequence[PatternCell],
        width: int,
        copied: Callable[[str, int], str],
    ) -> None:
        self.writer, self.attributes, self.cells, self.width = writer, attributes, cells, width
        self.copied = copied
        self.formulas = {cell.col: cell.formula for cell in cells if cell.formula}
        self.order = tuple(cell.value for cell in cells if cell.value is not None)
        self._straight = self.order == tuple(range(width))
        self._by_kinds: dict[Kinds, bytes] = {}

    def elements(self, rows: Iterable[Row], first: int) -> Iterator[bytes]:
        """Row elements numbered from `first`, many at a time. Raises ValueError for a row of another length."""
        rows = iter(rows)
        number = first
        while batch := [self._ordered(row) for row in islice(rows, BATCH)]:
            kinds = [tuple(map(type, row)) for row in batch]
            texts = [value for row in batch for value in row if value.__class__ is str]
            packed = _packed_texts(texts, batch, set(kinds))
            if packed is None:
                batch = [tuple(map(_ready, row)) for row in batch]
                kinds = [tuple(map(type, row)) for row in batch]
                packed = [value.encode() for row in batch for value in row if isinstance(value, str)]
            template = b"".join(
                [
                    (self._by_kinds.get(kind) or self._template(kind)).replace(_NUMBER, b"%d" % at)
                    for at, kind in enumerate(kinds, number)
                ]
            )
            if self.formulas:
                template = self._with_formulas(template, number, first)
            yield template % tuple(_flat(batch, kinds, packed))
            number += len(batch)

    def _ordered(self, row: Row) -> Values:
        """The values of a row in the order of the cells."""
        if len(row) != self.width:
            raise ValueError(f"a row of {len(row)} values for {self.width} columns")
        return tuple(row) if self._straight else tuple([row[i] for i in self.order])

    def _template(self, kinds: Kinds) -> bytes:
        """A row whose values are of these kinds: places for the values, a mark for the row's number."""
        p, mark = self.writer.prefix, _NUMBER.decode()
        pieces = [f'<{p}row r="{mark}"{self.attributes.replace("%", "%%")}>']
        waiting = iter(kinds)
        for cell in self.cells:
            kind = next(waiting) if cell.value is not None else type(None)
            before, after = self.writer.shape(kind, cell.style)
            start = f'<{p}c r="{column_name(cell.col)}{mark}'
            if kind is type(None) and cell.formula:
                style = f' s="{cell.style}"' if cell.style else ""
                start = f'{start}"{style}><{p}f>{_FORMULA}{cell.col},{mark}{_FORMULA}</{p}f></{p}c>'
                before = after = ""
            pieces.append(f"{start}{before}{_place(kind) if cell.value is not None else ''}{after}")
        made = self._by_kinds[kinds] = ("".join(pieces) + f"</{p}row>").encode()
        return made

    def _with_formulas(self, template: bytes, number: int, first: int) -> bytes:
        def copied(match: re.Match[str]) -> str:
            return self.copied(self.formulas[int(match[1])], int(match[2]) - first + 1).replace("%", "%%")

        return re.sub(f"{_FORMULA}(\\d+),(\\d+){_FORMULA}", copied, template.decode()).encode()


def _place(kind: type) -> str:
    """The place of a value in a template: texts come as bytes, numbers as they are, None shows nothing."""
    if kind is type(None):
        return "%.0a"
    return "%b" if issubclass(kind, (str, bytes)) else "%a"


def _packed_texts(texts: list[str], batch: list[Values], kinds: set[Kinds]) -> list[bytes] | None:
    """The texts of a batch as bytes, or None when one needs escaping, its blanks kept, or another look."""
    present = set(chain.from_iterable(kinds))
    if present - {str, int, float, type(None)} or (present & {int, float} and not _exact(batch, kinds)):
        return None
    joined = _BETWEEN.join(texts)
    plain = (
        joined.isprintable()
        and not ("&" in joined or "<" in joined or ">" in joined or "_x" in joined)
        and not (" |" in joined or "| " in joined or joined[:1] == " " or joined[-1:] == " ")
        and "" not in texts
        and (len(joined) <= MAX_TEXT or max(map(len, texts)) <= MAX_TEXT)
    )
    if not plain:
        return None
    packed = joined.encode().split(_BETWEEN.encode()) if texts else []
    return packed if len(packed) == len(texts) else None


def _flat(batch: list[Values], kinds: list[Kinds], packed: list[bytes]) -> list[object]:
    """All values of a batch in one list, texts replaced by their bytes."""
    flat = list(chain.from_iterable(batch))
    kind = kinds[0]
    if kinds.count(kind) == len(kinds):
        columns = [i for i, made in enumerate(kind) if issubclass(made, str)]
        for place, column in enumerate(columns):
            flat[column :: len(kind)] = packed[place :: len(columns)]
        return flat
    waiting = iter(packed)
    return [next(waiting) if isinstance(value, str) else value for value in flat]


def _exact(batch: list[Values], kinds: set[Kinds]) -> bool:
    """Whether a workbook holds all numbers of a batch without losing digits (and none is endless)."""
    columns = {i for kind in kinds for i, made in enumerate(kind) if made is int or made is float}
    for i in columns:
        for row in batch:
            value = row[i]
            if isinstance(value, (int, float)) and not -EXACT < value < EXACT:
                return False
    return True


def _ready(value: object) -> FillValue | bytes | None:
    """A value as the templates take it; an empty text leaves a blank cell."""
    shown = writable(value)  # type: ignore[arg-type]  # It raises TypeError for what is no cell value.
    if isinstance(shown, Decimal):
        return f"{shown:f}".encode()
    return None if shown == "" else shown
