"""Which formulas show a stale result once cells are written: those that depend on them, directly or not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from yici.core.grid import Span
from yici.office.xlsx_formulas import references
from yici.office.xlsx_sheetxml import FormulaCell

MAX_COL = 16_384
MAX_ROW = 1_048_576
# What depends on more than the references it shows: volatile functions and parts of tables.
_OPAQUE = re.compile(r"\b(?:INDIRECT|OFFSET|NOW|TODAY|RAND|RANDBETWEEN|CELL|INFO)\(|\w\[|\]!", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d]\w*(?![\w(!])")
Place = tuple[str, int, int]


@dataclass(slots=True)
class _Formula:
    place: Place
    inputs: list[tuple[str, Span]]
    opaque: bool


class Dependencies:
    """The formulas of a workbook and what they read. Sheet names are compared without regard to case."""

    def __init__(self, formulas: dict[str, dict[tuple[int, int], FormulaCell]], names: dict[str, str]) -> None:
        self.names = {name.lower(): text for name, text in names.items()}
        self.formulas = [
            self._formula((sheet, *at), cell.text) for sheet, cells in formulas.items() for at, cell in cells.items()
        ]

    def _formula(self, place: Place, text: str) -> _Formula:
        inputs = _areas(text, place[0])
        opaque = _OPAQUE.search(text) is not None
        for word in set(_WORD.findall(text)):
            if (named := self.names.get(word.lower())) is not None:
                inputs += _areas(named, place[0])
                opaque = opaque or _OPAQUE.search(named) is not None
        return _Formula(place, inputs, opaque)

    def stale(self, written: Iterable[tuple[str, Span]]) -> set[Place]:
        """The places (sheet, row, column) of the formulas that read any of the written areas, at any remove."""
        changed: dict[str, list[Span]] = {}
        for sheet, span in written:
            changed.setdefault(sheet.lower(), []).append(span)
        if not changed:
            return set()
        stale: set[Place] = set()
        waiting = self.formulas
        while True:
            fresh = [f for f in waiting if f.opaque or any(_touches(changed.get(s, ()), span) for s, span in f.inputs)]
            if not fresh:
                return stale
            for formula in fresh:
                sheet, row, col = formula.place
                stale.add(formula.place)
                changed.setdefault(sheet.lower(), []).append(Span(row, col, row, col))
            waiting = [formula for formula in waiting if formula.place not in stale]


def _touches(spans: Iterable[Span], other: Span) -> bool:
    return any(
        span.top <= other.bottom and other.top <= span.bottom and span.left <= other.right and other.left <= span.right
        for span in spans
    )


def _areas(text: str, sheet: str) -> list[tuple[str, Span]]:
    areas = []
    for ref in references(text):
        span = Span(ref.top or 1, ref.left or 1, ref.bottom or MAX_ROW, ref.right or MAX_COL)
        areas.append(((ref.sheet or sheet).lower(), span))
    return areas
