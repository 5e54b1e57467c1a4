"""The lines of a cross table: each row and column with the labels that lead to it, as they are written."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Line:
    """A row or column of a cross table. `at` is its number in the sheet.

    `labels` are the texts that lead to it, outermost first, as written but for their leading blanks, of which `indent`
    keeps how wide they are (a full-width blank is 2). `unit` is what a unit column says; `heads` marks a line without
    slots that only heads the lines below it.
    """

    at: int
    labels: tuple[str, ...]
    indent: int = 0
    unit: str = ""
    heads: bool = False


@dataclass(slots=True)
class Cross:
    """A cross table's rows and columns, the labels over its stub, and the texts around it on the sheet.

    `stub_heads` are the labels over the stub columns from left to right (行政村, 指标名称). `above` and `below` are the
    texts of the sheet before and after it that belong to nothing else: titles, unit lines, notes.
    """

    rows: list[Line] = field(default_factory=list)
    columns: list[Line] = field(default_factory=list)
    stub_heads: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()


def indent_of(text: str) -> int:
    """How wide the blanks before a text are, in half-width characters."""
    width = 0
    for char in text:
        if char == "\u3000":
            width += 2
        elif char in " \u00a0":
            width += 1
        elif char == "\t":
            width += 4
        else:
            break
    return width
