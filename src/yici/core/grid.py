"""What any form is to us: sheets of cells with what the eye sees of them (text, borders, merges)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

CellKind = Literal["empty", "text", "number", "date", "bool", "formula", "error"]

LEFT, RIGHT, TOP, BOTTOM, DIAGONAL = 1, 2, 4, 8, 16


@dataclass(slots=True)
class Cell:
    """One cell of a form. `row` and `col` count from 1; `text` is what is displayed, leading blanks kept.

    `border` is a bit set of LEFT, RIGHT, TOP, BOTTOM, DIAGONAL. `options` are the entries of a drop-down.
    `number_format` is the format code ("General", "@", "yyyy-mm-dd"). `colour` is the font's RGB ("FF0000") or "".
    `fixed` marks a cell that must not be typed into: a formula, a form control, a photo's place.
    """

    row: int
    col: int
    text: str = ""
    kind: CellKind = "empty"
    formula: str | None = None
    border: int = 0
    bold: bool = False
    size: float = 11.0
    align: str = ""
    indent: int = 0
    fill: str = ""
    colour: str = ""
    number_format: str = "General"
    options: tuple[str, ...] = ()
    comment: str = ""
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A rectangle of cells, all four bounds included, counted from 1."""

    top: int
    left: int
    bottom: int
    right: int

    def holds(self, row: int, col: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= col <= self.right

    @property
    def height(self) -> int:
        return self.bottom - self.top + 1

    @property
    def width(self) -> int:
        return self.right - self.left + 1

    def __str__(self) -> str:
        return f"{address(self.top, self.left)}:{address(self.bottom, self.right)}"


@dataclass(slots=True)
class Sheet:
    """One sheet of a workbook, or one table of a Word document (then `kind` is "table" and the name "T1", "T2" …).

    `cells` holds only cells that have text, a style or a border. `n_rows` and `n_cols` bound all that is there,
    trailing rows without text and border left out. `before` and `after` are the paragraphs around a Word table.
    """

    name: str
    n_rows: int = 0
    n_cols: int = 0
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    merges: list[Span] = field(default_factory=list)
    state: Literal["visible", "hidden"] = "visible"
    kind: Literal["sheet", "table"] = "sheet"
    hidden_rows: frozenset[int] = frozenset()
    hidden_cols: frozenset[int] = frozenset()
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def at(self, row: int, col: int) -> Cell:
        """The cell there, or an empty one."""
        return self.cells.get((row, col)) or Cell(row, col)

    def rows(self) -> Iterator[int]:
        return iter(range(1, self.n_rows + 1))


@dataclass(slots=True)
class Grid:
    """A form as read: its sheets in order, and the package it came in ("xlsx", "docx")."""

    kind: Literal["xlsx", "docx"]
    sheets: list[Sheet] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name. Raises KeyError."""
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        raise KeyError(name)


def column_name(col: int) -> str:
    """1 → "A", 28 → "AB"."""
    name = ""
    while col:
        col, rest = divmod(col - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_number(name: str) -> int:
    """ "A" → 1, "AB" → 28."""
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number


def address(row: int, col: int) -> str:
    """(3, 2) → "B3"."""
    return f"{column_name(col)}{row}"


def parse_address(text: str) -> tuple[int, int]:
    """ "B3" or "$B$3" → (3, 2). Raises ValueError."""
    match = re.fullmatch(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})", text)
    if not match:
        raise ValueError(f"not a cell address: {text!r}")
    return int(match[2]), column_number(match[1])


def grid_to_json(grid: Grid) -> dict[str, Any]:
    """A JSON value from which `grid_from_json` makes the same grid again (used across the parsing child process)."""
    plain = Cell(0, 0)
    names = [name for name in Cell.__slots__ if name not in ("row", "col")]

    def cell_json(cell: Cell) -> dict[str, Any]:
        shown = {n: getattr(cell, n) for n in names if getattr(cell, n) != getattr(plain, n)}
        return {"at": [cell.row, cell.col], **shown}

    return {
        "kind": grid.kind,
        "notes": grid.notes,
        "sheets": [
            {
                "name": s.name, "n_rows": s.n_rows, "n_cols": s.n_cols, "state": s.state, "kind": s.kind,
                "cells": [cell_json(c) for c in s.cells.values()],
                "merges": [[m.top, m.left, m.bottom, m.right] for m in s.merges],
                "hidden_rows": sorted(s.hidden_rows), "hidden_cols": sorted(s.hidden_cols),
                "widths": list(s.widths.items()), "heights": list(s.heights.items()),
                "before": list(s.before), "after": list(s.after),
            }
            for s in grid.sheets
        ],
    }  # fmt: skip


def grid_from_json(data: dict[str, Any]) -> Grid:
    """The inverse of `grid_to_json`."""
    grid = Grid(kind=data["kind"], notes=list(data["notes"]))
    for s in data["sheets"]:
        cells = {}
        for c in s["cells"]:
            row, col = c.pop("at")
            if "options" in c:
                c["options"] = tuple(c["options"])
            cells[row, col] = Cell(row, col, **c)
        grid.sheets.append(
            Sheet(
                name=s["name"], n_rows=s["n_rows"], n_cols=s["n_cols"], state=s["state"], kind=s["kind"], cells=cells,
                merges=[Span(*m) for m in s["merges"]],
                hidden_rows=frozenset(s["hidden_rows"]), hidden_cols=frozenset(s["hidden_cols"]),
                widths={int(k): v for k, v in s["widths"]}, heights={int(k): v for k, v in s["heights"]},
                before=tuple(s["before"]), after=tuple(s["after"]),
            )
        )  # fmt: skip
    return grid
