"""Layouts of the corpus as the grids a reader would give, and the truth in them as marks with addresses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from yici.core.grid import Cell, Grid, Sheet, Span, address
from yici.demo.draw_docx import table_top
from yici.demo.layout import Box, FormLayout, SheetLayout, load_forms

CORPUS = Path(__file__).parent / "corpus"


def corpus() -> list[FormLayout]:
    """Every form of the corpus."""
    return load_forms(CORPUS)


def placed(form: FormLayout) -> Iterator[tuple[SheetLayout, list[Box]]]:
    """Each sheet with its boxes where the file has them: Word tables count rows from their own first one."""
    for sheet in form.sheets:
        if form.kind == "docx":
            top = table_top(sheet)
            yield sheet, [replace(box, row=box.row - top + 1) for box in sheet.boxes if box.framed]
        else:
            yield sheet, sheet.boxes


def _cells(boxes: list[Box], borders: bool) -> dict[tuple[int, int], Cell]:
    cells = {}
    for box in boxes:
        for row in range(box.row, box.bottom + 1):
            for col in range(box.col, box.right + 1):
                first = (row, col) == (box.row, box.col)
                text = box.text if first else ""
                kind = "empty" if not text else "formula" if text.startswith("=") else "text"
                if text.isdecimal() and len(text) < 5:
                    kind = "number"
                cell = Cell(row, col, "" if kind == "formula" else text, kind)  # type: ignore[arg-type]
                cell.formula = text if kind == "formula" else None
                cell.border = 15 if box.framed and borders else 0
                cell.colour = "FF0000" if box.red else ""
                if not box.framed and box.row <= 2 and len(text) < 40:
                    cell.bold, cell.size, cell.align = True, 18.0, "center"
                if text or cell.border:
                    cells[row, col] = cell
    return cells


def to_grid(form: FormLayout) -> Grid:
    """The grid of a form, as a reader would give it."""
    grid = Grid(kind=form.kind)
    for sheet, boxes in placed(form):
        cells = _cells(boxes, bool(sheet.options.get("borders", True)))
        merges = [Span(b.row, b.col, b.bottom, b.right) for b in boxes if b.height > 1 or b.width > 1]
        n_rows = max((row for row, _ in cells), default=0)
        n_cols = max((col for _, col in cells), default=0)
        made = Sheet(sheet.name, n_rows, n_cols, cells, merges, "hidden" if sheet.hidden else "visible")
        if form.kind == "docx":
            top = table_top(sheet)
            made.kind = "table"
            outside = [box for box in sheet.boxes if not box.framed]
            made.before = tuple(box.text for box in outside if box.row < top)
            made.after = tuple(box.text for box in outside if box.row > top)
        grid.sheets.append(made)
    return grid


def label_of(box: Box, boxes: list[Box]) -> str:
    """The words a person would read for a place: the columns above it in a roster, the cell to its left in a card."""
    if box.area == "rows":
        above = [b for b in boxes if b.row < box.row and b.col <= box.col <= b.right and b.framed and b.truth is None]
        words = [b.text for b in above if b.text and not b.red and not b.text.isdecimal()]
        return " / ".join("".join(word.split()) for word in words[-3:])
    left = [b for b in boxes if b.right < box.col and b.row <= box.row <= b.bottom and b.text]
    if left:
        return "".join(max(left, key=lambda b: b.col).text.split())
    above = [b for b in boxes if b.bottom < box.row and b.col <= box.col <= b.right and b.text]
    return "".join(max(above, key=lambda b: b.row).text.split()) if above else ""


def marks(form: FormLayout) -> dict[str, Any]:
    """The truth of a form in the format of `marks/*.json` of the acceptance set."""
    slots: list[dict[str, Any]] = []
    maybe: list[dict[str, str]] = []
    for sheet, boxes in placed(form):
        for box in boxes:
            if box.truth is None:
                continue
            place = {"sheet": sheet.name, "cell": address(box.row, box.col)}
            if box.truth.note == "~" or box.again:
                maybe.append(place)
                continue
            elements = list(box.truth.elements)
            element = "?" if box.truth.note == "?" else elements[0] if len(elements) == 1 else elements or None
            slots.append({**place, "area": box.area, "label": label_of(box, boxes), "element": element})
        maybe += [
            {"sheet": sheet.name, "cell": address(b.row, b.col)} for b in boxes if b.truth is None and _heading_fact(b)
        ]
    return {"form": f"{form.name}.{form.kind}", "slots": slots, "may_be_slots": maybe}


def _heading_fact(box: Box) -> bool:
    """Text with room to write behind it (填报单位：   ): recognising it as a place is right, missing it too."""
    return "：" in box.text or ":" in box.text or " 日" in box.text or box.text.isdecimal()
