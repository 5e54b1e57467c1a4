"""Generates the rows of a roster area: one text template a row signature, filled by string formatting."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from yici.core.fillplan import FillValue
from yici.core.grid import column_name
from yici.office.xlsx_cells import EXACT, MAX_TEXT, CellWriter, writable

BATCH = 256
_NUMBER = "\x01"
_FORMULA = "\x02"
Row = Sequence[FillValue | None]


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
        self._by_kinds: dict[tuple[type, ...], tuple[str, tuple[int, ...]]] = {}
        used = [cell.value for cell in cells if cell.value is not None]
        self._straight = used == list(range(width))

    def elements(self, rows: Iterable[Row], first: int) -> Iterator[bytes]:
        """Row elements numbered from `first`, many at a time. Raises ValueError for a row of another length."""
        rows = iter(rows)
        number = first
        while batch := list(map(tuple, islice(rows, BATCH))):
            kinds = [tuple(map(type, row)) for row in batch]
            if not self._plain(batch, set(kinds)):
                batch = [tuple(map(_ready, row)) for row in batch]
                kinds = [tuple(map(type, row)) for row in batch]
            yield self._join(batch, kinds, number, first).encode()
            number += len(batch)

    def _join(self, batch: Sequence[tuple[object, ...]], kinds: list[tuple[type, ...]], number: int, first: int) -> str:
        shown = []
        templates = self._by_kinds
        for kind, row in zip(kinds, batch, strict=True):
            template, order = templates.get(kind) or self._template(kind)
            text = (template % (row if self._straight else tuple([row[i] for i in order]))).replace(
                _NUMBER, str(number)
            )
            if _FORMULA in text:
                text = self._with_formulas(text, number - first + 1)
            shown.append(text)
            number += 1
        return "".join(shown)

    def _plain(self, batch: list[tuple[FillValue | None, ...]], kinds: set[tuple[type, ...]]) -> bool:
        """Whether no value of a batch needs escaping, blanks kept, or another look at its kind."""
        present = set(chain.from_iterable(kinds))
        if present - {str, int, float, type(None)}:
            return False
        if present & {int, float} and not _exact(batch, kinds):
            return False
        texts = [value for row in batch for value in row if value.__class__ is str]
        joined = "|".join(texts)  # Checked by class above, which mypy does not follow.
        return (
            joined.isprintable()
            and not ("&" in joined or "<" in joined or ">" in joined or "_x" in joined)
            and not (" |" in joined or "| " in joined or joined[:1] == " " or joined[-1:] == " ")
            and "" not in texts
            and (len(joined) <= MAX_TEXT or max(map(len, texts)) <= MAX_TEXT)
        )

    def _template(self, kinds: tuple[type, ...]) -> tuple[str, tuple[int, ...]]:
        """The text of a row whose values are of these kinds: %s for values, a mark for the row's number."""
        if len(kinds) != self.width:
            raise ValueError(f"a row of {len(kinds)} values for {self.width} columns")
        p = self.writer.prefix
        pieces, order = [f'<{p}row r="{_NUMBER}"{self.attributes.replace("%", "%%")}>'], []
        for cell in self.cells:
            kind = kinds[cell.value] if cell.value is not None else type(None)
            before, after = self.writer.shape(kind, cell.style)
            start = f'<{p}c r="{column_name(cell.col)}{_NUMBER}'
            if kind is type(None) and cell.formula:
                mark = f' s="{cell.style}"' if cell.style else ""
                start, before, after = f'{start}"{mark}><{p}f>{_FORMULA}{cell.col}{_FORMULA}</{p}f></{p}c>', "", ""
            value = "" if cell.value is None else "%.0s" if kind is type(None) else "%s"
            pieces.append(f"{start}{before}{value}{after}")
            if cell.value is not None:
                order.append(cell.value)
        made = "".join(pieces) + f"</{p}row>", tuple(order)
        self._by_kinds[kinds] = made
        return made

    def _with_formulas(self, text: str, below: int) -> str:
        formulas = {cell.col: cell.formula for cell in self.cells if cell.formula}
        return re.sub(f"{_FORMULA}(\\d+){_FORMULA}", lambda m: self.copied(formulas[int(m[1])], below), text)


def _exact(batch: list[tuple[FillValue | None, ...]], kinds: set[tuple[type, ...]]) -> bool:
    """Whether a workbook holds all numbers of a batch without losing digits (and none is endless)."""
    columns = {i for kind in kinds for i, made in enumerate(kind) if made is int or made is float}
    for i in columns:
        for row in batch:
            value = row[i]
            if isinstance(value, (int, float)) and not -EXACT < value < EXACT:
                return False
    return True


def _ready(value: FillValue | None) -> FillValue | None:
    """A value as the templates take it; an empty text leaves a blank cell."""
    shown = writable(value)
    return None if shown == "" else shown
