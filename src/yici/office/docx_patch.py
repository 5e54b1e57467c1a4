"""Filling a Word form: only word/document.xml is rewritten; every cell keeps the font of its own run."""

from __future__ import annotations

import io
import zipfile
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

from lxml import etree

from yici.core.errors import Place, Problem, YiciError
from yici.core.fillplan import FillValue, RowsFill, SheetFill, WorkbookFill
from yici.office.docx_form import DOCUMENT, document_body
from yici.office.docx_tables import W14, XML_SPACE, WordTable, cell_paragraphs, cell_text, tables_of, w
from yici.office.xlsx_zip import Entry, ZipOut, read_entries


class PreparedDocument:
    """A Word form opened once and written many times. Raises UploadRefused when it is broken."""

    def __init__(self, source: Path) -> None:
        self.data = source.read_bytes()
        self.root = document_body(self.data).getroottree().getroot()
        self.entries = _entries(self.data)

    def write(self, fill: WorkbookFill, out: Path) -> None:
        """Write the filled document to `out`, at once or not at all. Raises YiciError for a table that is not there."""
        root = deepcopy(self.root)
        body = root.find(w("body"))
        tables = tables_of(root if body is None else body)
        for sheet in fill.sheets:
            _fill_table(_table(tables, sheet.sheet), sheet)
        content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary = out.with_name(f".{out.name}.{uuid4().hex[:8]}.tmp")
        try:
            with temporary.open("wb") as stream:
                archive = ZipOut(stream)
                for entry in self.entries:
                    archive.add(entry.filled(content) if entry.part == DOCUMENT else entry)
                archive.close()
            temporary.replace(out)
        finally:
            temporary.unlink(missing_ok=True)


def _entries(data: bytes) -> list[Entry]:
    return read_entries(zipfile.ZipFile(io.BytesIO(data)), data)


def _table(tables: list[WordTable], name: str) -> WordTable:
    number = int(name[1:]) if name[1:].isdigit() else 0
    if not 0 < number <= len(tables):
        raise YiciError(Problem("no-table", f"文档里没有表格“{name}”。", "", Place(sheet=name)))
    return tables[number - 1]


def _fill_table(table: WordTable, fill: SheetFill) -> None:
    for (row, col), value in fill.cells.items():
        if (cell := table.cells.get((row, col))) is not None:
            set_cell(cell.element, shown(value))
    for rows in fill.rows:
        _fill_rows(table, rows)


def _fill_rows(table: WordTable, rows: RowsFill) -> None:
    """Fill the blank rows, and below them copies of the last one."""
    last = rows.first_row + rows.blank_rows - 1
    at = table.rows[last - 1]  # Without blank rows, the row above: its look is kept and its texts are not.
    pattern = deepcopy(at)
    for cell in pattern.iter(w("tc")) if not rows.blank_rows else ():
        set_cell(cell, "")
    for index, values in enumerate(rows.rows):
        number = rows.first_row + index
        if index < rows.blank_rows:
            cells = {col: table.cells[number, col].element for col in rows.columns if (number, col) in table.cells}
        else:
            copy = deepcopy(pattern)
            at.addnext(copy)
            at = copy
            cells = _columns(copy)
        for col, value in zip(rows.columns, values, strict=True):
            if value is not None and col in cells:
                set_cell(cells[col], shown(value))


def _columns(row: etree._Element) -> dict[int, etree._Element]:
    """The cells of one row by the grid column they begin at."""
    holder = etree.Element(w("tbl"))
    holder.append(deepcopy(row))
    places = [col for _, col in tables_of_row(holder)]
    cells = [cell for cell in row.iter(w("tc")) if next(cell.iterancestors(w("tr"))) is row]
    return dict(zip(places, cells, strict=False))


def tables_of_row(holder: etree._Element) -> list[tuple[int, int]]:
    """(row, column) of the cells of a table that has one row."""
    wrapper = etree.Element(w("body"))
    wrapper.append(holder)
    return sorted(tables_of(wrapper)[0].cells)


def shown(value: FillValue) -> str:
    """A value as text: numbers without exponent."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return repr(value) if isinstance(value, float) else str(value)


def set_cell(cell: etree._Element, text: str) -> None:
    """Put a text into a cell, keeping its font. A text of the same length (a ticked box) is changed in place."""
    old = cell_text(cell)
    if len(old) == len(text) and old and _change_in_place(cell, old, text):
        return
    paragraphs = cell_paragraphs(cell)
    if not paragraphs:
        paragraphs = [etree.SubElement(cell, w("p"))]
    for paragraph in paragraphs[1:]:
        if old.strip():
            for run in list(paragraph.iter(w("r"))):
                _drop(run)
    _set_paragraph(paragraphs[0], text)


def _set_paragraph(paragraph: etree._Element, text: str) -> None:
    runs = list(paragraph.iter(w("r")))
    marks = paragraph.find(f"{w('pPr')}/{w('rPr')}")
    style = runs[0].find(w("rPr")) if runs else marks
    kept = deepcopy(style) if style is not None else None
    run = etree.Element(w("r"))
    if runs:
        runs[0].addprevious(run)  # Where the old text began: inside its content control, when it has one.
    else:
        paragraph.append(run)
    for old in runs:
        _drop(old)
    if kept is not None:
        kept.tag = w("rPr")
        run.append(kept)
    for index, line in enumerate(_legal(text).split("\n")):
        if index:
            etree.SubElement(run, w("br"))
        node = etree.SubElement(run, w("t"))
        node.text = line
        node.set(XML_SPACE, "preserve")


def _drop(run: etree._Element) -> None:
    parent = run.getparent()
    if parent is not None:
        parent.remove(run)


def _legal(text: str) -> str:
    """Text without the characters XML has no place for."""
    return "".join(c for c in text if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff"))


def _change_in_place(cell: etree._Element, old: str, new: str) -> bool:
    """Change single characters where they stand. False when the text nodes do not add up to the text."""
    nodes = [n for p in cell_paragraphs(cell) for n in p.iter(w("t"))]
    flat = "".join(node.text or "" for node in nodes)
    keep = [i for i, c in enumerate(old) if c != "\n"]
    if len(keep) != len(flat) or any(old[i] != flat[j] for j, i in enumerate(keep)):
        return False
    changed = "".join(new[i] for i in keep)
    at = 0
    for node in nodes:
        size = len(node.text or "")
        piece = changed[at : at + size]
        if piece != node.text:
            _check_control(node, piece)
            node.text = piece
        at += size
    return True


def _check_control(node: etree._Element, text: str) -> None:
    """A box that is a content control is marked as checked, or not, like the sign it shows."""
    ticked = "1" if set(text) & set("☑☒■●√✓✔") else "0"
    for control in node.iterancestors(w("sdt")):
        for mark in control.iter(f"{{{W14}}}checked"):
            mark.set(f"{{{W14}}}val", ticked)
        return
