"""Drop-down lists and comments of a worksheet: what may be chosen in a cell, what is noted on it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from yici.core.grid import Cell, Grid, Sheet, Span
from yici.office.xlsx_form_sheet import read_spans
from yici.office.xlsx_form_texts import rich_text
from yici.office.xlsx_formulas import Reference, references
from yici.office.xlsx_package import Package, child, children, local

MAX_OPTIONS = 1000


@dataclass(slots=True)
class Names:
    """The defined names of a workbook: by (index of the tab they belong to or -1, lower-case name)."""

    by_name: dict[tuple[int, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, workbook: etree._Element) -> Names:
        holder = child(workbook, "definedNames")
        found = {}
        for item in () if holder is None else children(holder, "definedName"):
            scope = item.get("localSheetId", "-1")
            found[int(scope), item.get("name", "").lower()] = item.text or ""
        return cls(found)

    def get(self, name: str, tab: int) -> str | None:
        """What a name stands for as seen from a tab, or None."""
        return self.by_name.get((tab, name.lower()), self.by_name.get((-1, name.lower())))


def add_options(grid: Grid, sheet: Sheet, tab: int, root: etree._Element, names: Names) -> None:
    """Gives the cells of a sheet the entries of their drop-down lists.

    A list that goes on below the last row of the sheet is also put on the row after it (a roster of headings only).
    """
    for item in root.iter("{*}dataValidation"):
        if item.get("type") != "list":
            continue
        formula, where = _stated(item)
        options = _options(formula, grid, sheet, tab, names)
        if options:
            for span in read_spans(where):
                _put(sheet, span, options)


def _stated(item: etree._Element) -> tuple[str, str]:
    """The formula and the ranges of a validation, in the form of 2007 or that of 2010's extension list."""
    formula, where = "", item.get("sqref", "")
    for part in item:
        if local(part.tag) == "formula1":
            formula = "".join(str(text) for text in part.itertext())
        elif local(part.tag) == "sqref":
            where = part.text or ""
    return formula.strip(), where


def _options(formula: str, grid: Grid, sheet: Sheet, tab: int, names: Names) -> tuple[str, ...]:
    formula = formula.removeprefix("=")
    if quoted := re.fullmatch(r'"((?:[^"]|"")*)"', formula):
        entries = [entry.strip() for entry in quoted[1].replace('""', '"').split(",")]
    else:
        target = names.get(formula, tab) or formula
        found = references(target)
        if len(found) != 1 or (found[0].start, found[0].end) != (0, len(target)):
            return ()
        entries = _entries(found[0], grid, sheet)
    return tuple(dict.fromkeys(entry for entry in entries if entry))[:MAX_OPTIONS]


def _entries(ref: Reference, grid: Grid, sheet: Sheet) -> list[str]:
    source = next((s for s in grid.sheets if s.name.lower() == ref.sheet.lower()), None) if ref.sheet else sheet
    if source is None:
        return []
    bottom, right = min(ref.bottom, source.n_rows), min(ref.right or source.n_cols, source.n_cols)
    return [
        source.cells[row, col].text.strip()
        for row in range(ref.top, bottom + 1)
        for col in range(max(ref.left, 1), right + 1)
        if (row, col) in source.cells
    ]


def _put(sheet: Sheet, span: Span, options: tuple[str, ...]) -> None:
    for row in range(span.top, min(span.bottom, sheet.n_rows + 1) + 1):
        for col in range(span.left, min(span.right, sheet.n_cols) + 1):
            sheet.cells.setdefault((row, col), Cell(row, col)).options = options


def add_comments(package: Package, part: str, sheet: Sheet) -> None:
    """Gives the cells of a sheet the text of their comments."""
    for comments in package.related(part, "comments"):
        for item in package.xml(comments).iter("{*}comment"):
            text = child(item, "text")
            for span in read_spans(item.get("ref", "")):
                if text is not None and span.top <= sheet.n_rows and span.left <= sheet.n_cols:
                    cell = sheet.cells.setdefault((span.top, span.left), Cell(span.top, span.left))
                    cell.comment = rich_text(text)[0].strip()
