"""The tables of a Word document and where their cells stand on the table's own grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


# Signs of the Wingdings fonts that show a ticked box; every other symbol is taken for an empty one.
_TICKED = {"F0FE", "F0FD", "F052", "F053", "F054", "F0FC"}


def w(name: str) -> str:
    """A name in the main namespace: w("tc") → "{…}tc"."""
    return f"{{{W}}}{name}"


@dataclass(slots=True)
class WordCell:
    """One cell of a Word table: its element and the rectangle it covers, counted from 1."""

    element: etree._Element
    row: int
    col: int
    bottom: int
    right: int


@dataclass(slots=True)
class WordTable:
    """One table: its rows' elements in order and its cells; `before` and `after` are the paragraphs around it."""

    element: etree._Element
    rows: list[etree._Element] = field(default_factory=list)
    cells: dict[tuple[int, int], WordCell] = field(default_factory=dict)
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


def tables_of(body: etree._Element) -> list[WordTable]:
    """Every table of a document body in order; a nested table follows the one it stands in."""
    found: list[WordTable] = []
    loose: list[str] = []
    for block in _blocks(body):
        if block.tag == w("tbl"):
            table = _read(block)
            table.before = loose[-6:]
            loose = []
            found.append(table)
            found.extend(_nested(table))
        elif text := paragraph_text(block).strip():
            loose.append(text)
            if found and len(found[-1].after) < 6:
                found[-1].after.append(text)
    return found


def _blocks(parent: etree._Element) -> Iterator[etree._Element]:
    """Paragraphs and tables, looking through content controls."""
    for child in parent:
        if child.tag in (w("p"), w("tbl")):
            yield child
        elif child.tag in (w("sdt"), w("sdtContent"), w("customXml"), w("ins")):
            yield from _blocks(child)


def _inside(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    for child in parent:
        if child.tag == w(name):
            yield child
        elif child.tag in (w("sdt"), w("sdtContent"), w("customXml"), w("ins")):
            yield from _inside(child, name)


def _nested(table: WordTable) -> list[WordTable]:
    found: list[WordTable] = []
    for cell in table.cells.values():
        for inner in _inside(cell.element, "tbl"):
            nested = _read(inner)
            found.append(nested)
            found.extend(_nested(nested))
    return found


def _read(element: etree._Element) -> WordTable:
    table = WordTable(element, list(_inside(element, "tr")))
    open_above: dict[int, WordCell] = {}
    for number, row in enumerate(table.rows, 1):
        col = 1 + _number(row.find(f"{w('trPr')}/{w('gridBefore')}"))
        for tc in _inside(row, "tc"):
            width = max(1, _number(tc.find(f"{w('tcPr')}/{w('gridSpan')}"), 1))
            merge = tc.find(f"{w('tcPr')}/{w('vMerge')}")
            above = open_above.get(col)
            if merge is not None and merge.get(w("val"), "continue") != "restart" and above is not None:
                above.bottom = number
            else:
                cell = WordCell(tc, number, col, number, col + width - 1)
                table.cells[number, col] = cell
                if merge is not None:
                    open_above[col] = cell
                else:
                    open_above.pop(col, None)
            col += width
    return table


def _number(element: etree._Element | None, default: int = 0) -> int:
    value = element.get(w("val"), "") if element is not None else ""
    return int(value) if value.isdigit() else default


def paragraph_text(paragraph: etree._Element) -> str:
    """The text of a paragraph as it is shown, without nested tables."""
    pieces: list[str] = []
    for node in paragraph.iter():
        if node.tag == w("t"):
            pieces.append(node.text or "")
        elif node.tag == w("tab"):
            pieces.append(" ")
        elif node.tag in (w("br"), w("cr")):
            pieces.append("\n")
        elif node.tag == w("sym"):
            pieces.append("☑" if node.get(w("char"), "").upper() in _TICKED else "□")
    return "".join(pieces)


def cell_paragraphs(cell: etree._Element) -> list[etree._Element]:
    """The paragraphs of a cell itself, not of tables nested in it."""
    return list(_inside(cell, "p"))


def cell_text(cell: etree._Element) -> str:
    """The text of a cell: its paragraphs line by line."""
    return "\n".join(paragraph_text(paragraph) for paragraph in cell_paragraphs(cell)).strip("\n")
