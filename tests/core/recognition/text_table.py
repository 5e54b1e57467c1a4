"""Forms drawn as text: "|" between cells, "<" and "^" for merges, "~" for a cell without border."""

from __future__ import annotations

from yici.core.grid import Cell, Grid, Sheet, Span

FRAME = 15


def sheet_of(table: str, name: str = "Sheet1") -> Sheet:
    """The sheet a text table draws."""
    lines = [line for line in table.splitlines() if line.strip()]
    fields = [[field.strip() for field in line.split("|")] for line in lines]
    width = max(len(row) for row in fields)
    fields = [row + [""] * (width - len(row)) for row in fields]
    sheet = Sheet(name, len(fields), width)
    for row, texts in enumerate(fields, 1):
        for col, text in enumerate(texts, 1):
            shown = "" if text in ("<", "^", "~") else text
            border = 0 if text == "~" or _heading(texts) else FRAME
            if shown or border:
                sheet.cells[row, col] = Cell(row, col, shown, "text" if shown else "empty", border=border)
    sheet.merges = _merges(fields)
    return sheet


def grid_of(table: str) -> Grid:
    """A workbook with that one sheet."""
    return Grid("xlsx", [sheet_of(table)])


def _heading(texts: list[str]) -> bool:
    """Titles, heading lines and footers stand outside the frame."""
    filled = [text for text in texts if text not in ("", "<", "~")]
    return (len(filled) == 1 and texts.count("<") == len(texts) - 1) or any(text.endswith("：") for text in filled)


def _merges(fields: list[list[str]]) -> list[Span]:
    merges = []
    for row, texts in enumerate(fields):
        for col, text in enumerate(texts):
            if text in ("<", "^"):
                continue
            right, bottom = col, row
            while right + 1 < len(texts) and texts[right + 1] == "<":
                right += 1
            while bottom + 1 < len(fields) and fields[bottom + 1][col] == "^":
                bottom += 1
            if (right, bottom) != (col, row):
                merges.append(Span(row + 1, col + 1, bottom + 1, right + 1))
    return merges
