"""Reads an .xlsx form into a grid: what the eye sees of every cell, and what a cell asks for (lists, comments)."""

from __future__ import annotations

from yici.core.grid import Grid
from yici.office.xlsx_form_cut import read_sheet_part
from yici.office.xlsx_form_lists import Names, add_comments, add_options
from yici.office.xlsx_form_sheet import MAX_ROWS, SheetReader, Texts
from yici.office.xlsx_form_styles import read_styles
from yici.office.xlsx_form_texts import read_shared_strings
from yici.office.xlsx_package import Package, child


def read_xlsx_form(data: bytes) -> Grid:
    """The grid of a workbook: all its worksheets, hidden ones too, in the order of their tabs.

    A form has at most 2,000 rows and 500 columns; blank formatted rows beyond do not count.
    Raises UploadRefused for a file that is broken, not an .xlsx workbook, or bigger than that.
    """
    package = Package(data)
    workbook = package.xml(package.workbook)
    styles, palette = read_styles(package)
    properties = child(workbook, "workbookPr")
    date1904 = properties is not None and properties.get("date1904") in ("1", "true")
    texts = Texts(read_shared_strings(package, palette), styles, date1904)
    grid = Grid("xlsx")
    readers = []
    for part in package.sheets(workbook):
        body, cut = read_sheet_part(package, part.part, part.name, MAX_ROWS, strict=part.state == "visible")
        reader = SheetReader(part, texts, cut)
        grid.sheets.append(reader.read(body))
        readers.append(reader)
    names = Names.of(workbook)
    for reader in readers:
        if reader.tail is not None:
            add_options(grid, reader.sheet, reader.part.index, reader.tail, names)
            protection = child(reader.tail, "sheetProtection")
            if protection is not None and protection.get("sheet") in ("1", "true"):
                grid.notes.append(f"工作表“{reader.part.name}”设有保护。")
        add_comments(package, reader.part.part, reader.sheet)
        if reader.note:
            grid.notes.append(reader.note)
    return grid
