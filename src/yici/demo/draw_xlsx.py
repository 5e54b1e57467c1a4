"""A form layout drawn as a workbook, with the things real forms bring along: drop-downs, formulas, print set-up."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from yici.demo.draw_picture import add_pictures
from yici.demo.layout import Box, FormLayout, SheetLayout

THIN = Side(style="thin", color="000000")
FRAME = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
EDGES = {
    "left": Side(style="thin"),
    "right": Side(style="thin"),
    "top": Side(style="thin"),
    "bottom": Side(style="thin"),
}


def _font(box: Box) -> Font:
    if not box.framed and box.row <= 2 and box.width > 2 and len(box.text) < 40:
        return Font(name="方正小标宋简体", size=18, bold=True)
    return Font(name="仿宋_GB2312", size=11, color="FFFF0000" if box.red else None)


def _draw_box(sheet: Worksheet, box: Box, frames: bool) -> None:
    cell = sheet.cell(box.row, box.col)
    if box.text:
        cell.value = int(box.text) if box.text.isdecimal() and len(box.text) < 5 else box.text
    cell.font = _font(box)
    left = (not box.framed and "：" in box.text) or len(box.text) > 40
    cell.alignment = Alignment(horizontal="left" if left else "center", vertical="center", wrap_text=True)
    if box.framed and frames:
        for row in range(box.row, box.bottom + 1):
            for col in range(box.col, box.right + 1):
                sheet.cell(row, col).border = FRAME
    if box.height > 1 or box.width > 1:
        # merge_cells would wipe the borders of the covered cells; the range is registered after they are set.
        sheet.merge_cells(start_row=box.row, start_column=box.col, end_row=box.bottom, end_column=box.right)
        for row in range(box.row, box.bottom + 1):
            for col in range(box.col, box.right + 1):
                if box.framed and frames:
                    sheet.cell(row, col).border = FRAME


def _validations(sheet: Worksheet, layout: SheetLayout) -> None:
    for cells, source in layout.options.get("lists", {}).items():
        text = source if isinstance(source, str) else '"' + ",".join(map(str, source)) + '"'
        validation = DataValidation(type="list", formula1=text, allow_blank=True)
        sheet.add_data_validation(validation)
        validation.add(cells)


def _extras(sheet: Worksheet, layout: SheetLayout) -> None:
    """What a form brings along beside its cells, as the layout's options name it."""
    options = layout.options
    for cell, text in options.get("comments", {}).items():
        sheet[cell].comment = Comment(text, "设计人")
    for cell, code in options.get("formats", {}).items():
        for row in sheet[cell] if ":" in cell else ((sheet[cell],),):
            for one in row:
                one.number_format = code
    for cells, limit in options.get("highlight", {}).items():
        style = DifferentialStyle(fill=PatternFill(bgColor="FFFFC7CE", fill_type="solid"))
        rule = Rule(type="cellIs", operator="greaterThan", formula=[str(limit)], dxf=style, priority=1)
        sheet.conditional_formatting.add(cells, rule)
    if options.get("freeze"):
        sheet.freeze_panes = options["freeze"]
    if options.get("print_area"):
        sheet.print_area = options["print_area"]
    if options.get("print_titles"):
        sheet.print_title_rows = options["print_titles"]
    if options.get("landscape"):
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = 9
        sheet.page_setup.fitToWidth = 1
    if options.get("footer"):
        footer = sheet.HeaderFooter.oddFooter
        if footer is not None:
            footer.center.text = options["footer"]


def draw_sheet(sheet: Worksheet, layout: SheetLayout) -> None:
    """Draw one sheet's boxes, widths, and extras."""
    frames = layout.options.get("borders", True)
    for box in layout.boxes:
        _draw_box(sheet, box, bool(frames))
    widths = {get_column_letter(col): 11.0 for col in range(1, layout.n_cols + 1)}
    for box in layout.boxes:
        letter = get_column_letter(box.col)
        if box.width == 1 and box.framed:
            longest = max((len(line) for line in box.text.split("\n")), default=0)
            widths[letter] = max(widths[letter], min(30.0, 2.1 * longest))
    widths.update({key: float(value) for key, value in layout.options.get("widths", {}).items()})
    for letter, width in widths.items():
        sheet.column_dimensions[letter].width = width
    _validations(sheet, layout)
    _extras(sheet, layout)
    if layout.hidden:
        sheet.sheet_state = "hidden"


def draw_xlsx(form: FormLayout, path: Path) -> Path:
    """Write a form's workbook to `path` and return it."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for layout in form.sheets:
        draw_sheet(workbook.create_sheet(layout.name), layout)
    workbook.active = next(number for number, layout in enumerate(form.sheets) if not layout.hidden)
    workbook.save(path)
    pictures = [
        (number, layout.options["picture"])
        for number, layout in enumerate(form.sheets, 1)
        if "picture" in layout.options
    ]
    if pictures:
        add_pictures(path, pictures)
    return path
