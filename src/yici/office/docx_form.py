"""Reading a Word form: every table becomes a sheet named T1, T2, … on its own grid."""

from __future__ import annotations

import io
import zipfile

from lxml import etree

from yici.core.errors import Problem, UploadRefused
from yici.core.grid import Cell, Grid, Sheet, Span
from yici.office.docx_tables import WordTable, cell_text, tables_of, w

DOCUMENT = "word/document.xml"
_FRAME = 15


def read_docx_form(data: bytes) -> Grid:
    """The grid of a Word document. Raises UploadRefused when it cannot be read or holds no table."""
    tables = tables_of(document_body(data))
    if not tables:
        raise UploadRefused(
            Problem("no-word-table", "这个 Word 文件里没有表格。", "请使用用表格排版的文件，或改用 Excel 表。")
        )
    return Grid("docx", [_sheet(number, table) for number, table in enumerate(tables, 1)])


def document_body(data: bytes) -> etree._Element:
    """The body element of a document package. Raises UploadRefused when it is broken."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            root = etree.fromstring(archive.read(DOCUMENT), _parser())
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError, NotImplementedError) as error:
        raise UploadRefused(
            Problem("broken-document", "Word 文件已损坏，无法读取。", "请用 Word 或 WPS 打开并另存为 .docx 后重试。")
        ) from error
    body = root.find(w("body"))
    return root if body is None else body


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


def _sheet(number: int, table: WordTable) -> Sheet:
    sheet = Sheet(f"T{number}", kind="table", before=tuple(table.before), after=tuple(table.after))
    for cell in table.cells.values():
        text = cell_text(cell.element)
        shown = text if text.strip() else ""
        for row in range(cell.row, cell.bottom + 1):
            for col in range(cell.col, cell.right + 1):
                here = shown if (row, col) == (cell.row, cell.col) else ""
                sheet.cells[row, col] = Cell(row, col, here, "text" if here else "empty", border=_FRAME)
        if (cell.row, cell.col) != (cell.bottom, cell.right):
            sheet.merges.append(Span(cell.row, cell.col, cell.bottom, cell.right))
        sheet.n_rows = max(sheet.n_rows, cell.bottom)
        sheet.n_cols = max(sheet.n_cols, cell.right)
    return sheet
