"""A form layout drawn as a Word document: one table a sheet, lines outside the frame as paragraphs before and after.

Only the parts a reader needs are written (content types, relations, styles-less document), with the standard library.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

from yici.demo.layout import Box, FormLayout, SheetLayout

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="word/document.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)
EDGE = "".join(f'<w:{side} w:val="single" w:sz="4" w:color="000000"/>' for side in ("top", "left", "bottom", "right"))


def _paragraph(text: str, *, centred: bool = False, size: int = 21) -> str:
    lines = text.split("\n") if text else []
    runs = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in lines)
    align = '<w:pPr><w:jc w:val="center"/></w:pPr>' if centred else ""
    run = f'<w:r><w:rPr><w:rFonts w:eastAsia="宋体"/><w:sz w:val="{size}"/></w:rPr>{runs}</w:r>' if text else ""
    return f"<w:p>{align}{run}</w:p>"


def _cell(box: Box, row: int) -> str:
    span = f'<w:gridSpan w:val="{box.width}"/>' if box.width > 1 else ""
    merge = "" if box.height == 1 else '<w:vMerge w:val="restart"/>' if row == box.row else "<w:vMerge/>"
    width = f'<w:tcW w:w="{box.width * 1100}" w:type="dxa"/>'
    text = box.text if row == box.row else ""
    properties = f'<w:tcPr>{width}{span}{merge}<w:vAlign w:val="center"/></w:tcPr>'
    return f"<w:tc>{properties}{_paragraph(text, centred=len(text) < 30)}</w:tc>"


def _row(boxes: list[Box], row: int, n_cols: int) -> str:
    covering = sorted((box for box in boxes if box.row <= row <= box.bottom), key=lambda box: box.col)
    cells, col = "", 1
    for box in covering:
        cells += "".join(_cell(Box(row, at), row) for at in range(col, box.col))
        cells += _cell(box, row)
        col = box.right + 1
    cells += "".join(_cell(Box(row, at), row) for at in range(col, n_cols + 1))
    return f"<w:tr>{cells}</w:tr>"


def _table(layout: SheetLayout, boxes: list[Box]) -> str:
    grid = "".join('<w:gridCol w:w="1100"/>' for _ in range(layout.n_cols))
    top, bottom = min(box.row for box in boxes), max(box.bottom for box in boxes)
    rows = "".join(_row(boxes, row, layout.n_cols) for row in range(top, bottom + 1))
    inner = '<w:insideH w:val="single" w:sz="4"/><w:insideV w:val="single" w:sz="4"/>'
    borders = f"<w:tblPr><w:tblBorders>{EDGE}{inner}</w:tblBorders></w:tblPr>"
    return f"<w:tbl>{borders}<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"


def table_top(layout: SheetLayout) -> int:
    """The layout row at which the Word table begins: rows of the table count from there."""
    return min(box.row for box in layout.boxes if box.framed)


def _sheet(layout: SheetLayout) -> str:
    framed = [box for box in layout.boxes if box.framed]
    top, bottom = table_top(layout), max(box.bottom for box in framed)
    before = [box for box in layout.boxes if not box.framed and box.row < top]
    after = [box for box in layout.boxes if not box.framed and box.row > bottom]
    head = "".join(_paragraph(box.text, centred=box.width > 2, size=32 if box.row == 1 else 21) for box in before)
    # Word asks for a paragraph between two tables and after the last one.
    return head + _table(layout, framed) + ("".join(_paragraph(box.text) for box in after) or _paragraph(""))


def draw_docx(form: FormLayout, path: Path) -> Path:
    """Write a form as a Word document to `path` and return it."""
    body = "".join(_sheet(layout) for layout in form.sheets)
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    document = f'{head}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", CONTENT_TYPES)
        package.writestr("_rels/.rels", RELATIONS)
        package.writestr("word/document.xml", document)
    return path
