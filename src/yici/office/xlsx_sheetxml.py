"""A worksheet part as bytes with the places of its rows and cells: what is not written stays byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from yici.core.grid import Span, column_name, column_number
from yici.office.xlsx_cells import CellWriter
from yici.office.xlsx_form_sheet import read_spans
from yici.office.xlsx_formulas import translate
from yici.office.xlsx_moves import covering
from yici.office.xlsx_package import broken, parse_xml

_ROOT = re.compile(rb"<(?:([\w.-]+):)?worksheet[\s>]")
_ENCODING = re.compile(rb"""^<\?xml[^>]*?encoding=["']([\w.-]+)""")
_ROW_NUMBER = re.compile(rb'\sr="(\d+)"')
_CELL_ADDRESS = re.compile(rb'\sr="([A-Z]{1,3})\d+"')
_STYLE = re.compile(rb'\ss="(\d+)"')
_CUSTOM = re.compile(rb'\scustomFormat="(?:1|true)"')


@dataclass(slots=True)
class CellSpan:
    """A cell element: its column, its place in the part, its style index ("" when none), the bytes inside it."""

    col: int
    start: int
    end: int
    style: str
    inner: bytes
    addressed: bool


@dataclass(slots=True)
class RowSpan:
    """A row element: its number, its place, the attributes and the place of what it holds (empty for `<row/>`)."""

    number: int
    start: int
    end: int
    attributes: bytes
    inner_start: int
    inner_end: int
    closed: bool
    cells: list[CellSpan] = field(default_factory=list)
    regular: bool = False
    """Whether it is open and every cell states its address, so that cells can be exchanged one by one."""

    @property
    def style(self) -> str:
        """The style the row gives to cells that are not there, or ""."""
        match = _STYLE.search(self.attributes)
        return match[1].decode() if match and _CUSTOM.search(self.attributes) else ""

    def cell(self, col: int) -> CellSpan | None:
        return next((cell for cell in self.cells if cell.col == col), None)


@dataclass(frozen=True, slots=True)
class FormulaCell:
    """A formula as it stands in a cell: its text (that of shared formulas written out), whether it was shared."""

    text: str
    shared: bool
    attributes: str
    cached: bool


# Parts smaller than this many bytes are parsed once.
KEPT_BELOW = 1 << 20
MAX_COVERED = 200_000


class SheetSource:
    """One worksheet part opened for writing. Raises UploadRefused when the part is broken."""

    def __init__(self, name: str, part: str, data: bytes) -> None:
        self.name, self.part = name, part
        self._kept: list[RowSpan] | None = None
        self.openings: dict[int, bytes] = {}
        self.data = _normalised(data, part)
        root = _ROOT.search(self.data)
        if root is None:
            raise broken(part)
        self.prefix = root[1] + b":" if root[1] else b""
        self.writer = CellWriter(self.prefix)
        p = re.escape(self.prefix)
        self.data = re.sub(
            rb"<" + p + rb"sheetData\s*/>", b"<%bsheetData></%bsheetData>" % ((self.prefix,) * 2), self.data, count=1
        )
        opened = re.compile(rb"<" + p + rb"sheetData(?:\s[^>]*)?>").search(self.data)
        self.body_end = self.data.rfind(b"</" + self.prefix + b"sheetData>")
        if opened is None or self.body_end < 0:
            raise broken(part)
        self.body_start = opened.end()
        self._row = re.compile(rb"<" + p + rb"row(?=[\s/>])([^>]*?)(?:(/)>|>(.*?)</" + p + rb"row\s*>)", re.DOTALL)
        self._cell = re.compile(rb"<" + p + rb"c(?=[\s/>])([^>]*?)(?:/>|>(.*?)</" + p + rb"c\s*>)", re.DOTALL)
        self._formula = re.compile(rb"<" + p + rb"f(?=[\s/>])([^>]*?)(?:/>|>([^<]*)</" + p + rb"f\s*>)")
        self._value = re.compile(rb"<" + p + rb"v[\s>]")

    @property
    def head(self) -> bytes:
        """The part up to its rows."""
        return self.data[: self.body_start]

    @property
    def tail(self) -> bytes:
        """The part after its rows."""
        return self.data[self.body_end :]

    def rows(self) -> Iterator[RowSpan]:
        """The rows in order with their cells; those without a number count on from the row before.

        The rows of a small part are kept: a card is written many times from the same source.
        """
        if len(self.data) > KEPT_BELOW:
            return self._parsed()
        if self._kept is None:
            self._kept = list(self._parsed())
        return iter(self._kept)

    def _parsed(self) -> Iterator[RowSpan]:
        number = 0
        for match in self._row.finditer(self.data, self.body_start, self.body_end):
            stated = _ROW_NUMBER.search(match[1])
            number = int(stated[1]) if stated else number + 1
            inner = match.span(3) if match[2] is None else (match.end(), match.end())
            row = RowSpan(number, *match.span(), match[1], *inner, match[2] is not None)
            row.cells = self._cells(row)
            row.regular = not row.closed and all(cell.addressed for cell in row.cells)
            yield row

    def _cells(self, row: RowSpan) -> list[CellSpan]:
        cells = []
        col = 0
        for match in self._cell.finditer(self.data, row.inner_start, row.inner_end):
            stated = _CELL_ADDRESS.search(match[1])
            col = column_number(stated[1].decode()) if stated else col + 1
            style = _STYLE.search(match[1])
            cells.append(
                CellSpan(col, *match.span(), style[1].decode() if style else "", match[2] or b"", stated is not None)
            )
        return cells

    @cached_property
    def merges(self) -> list[Span]:
        """The merged cells of the sheet."""
        found = re.findall(rb"<" + re.escape(self.prefix) + rb'mergeCell\s[^>]*?ref="([^"]*)"', self.tail)
        return [span for ref in found for span in read_spans(ref.decode())]

    @cached_property
    def _covered(self) -> dict[tuple[int, int], Span] | None:
        """The merged cell of every address in one, or None when they are too large to list."""
        if sum(span.height * span.width for span in self.merges) > MAX_COVERED:
            return None
        return {
            (row, col): span
            for span in self.merges
            for row in range(span.top, span.bottom + 1)
            for col in range(span.left, span.right + 1)
        }

    def span_at(self, row: int, col: int) -> Span | None:
        """The merged cell that takes in an address, or None."""
        covered = self._covered
        return covering(self.merges, row, col) if covered is None else covered.get((row, col))

    @cached_property
    def places(self) -> dict[tuple[int, int], tuple[RowSpan, CellSpan]]:
        """The cells of a small part that can be exchanged one by one, by address."""
        if len(self.data) > KEPT_BELOW:
            return {}
        return {(row.number, cell.col): (row, cell) for row in self.rows() if row.regular for cell in row.cells}

    def opening(self, row: int, cell: CellSpan, writer: CellWriter) -> bytes:
        """What stands before the text when a text comes into a cell."""
        opening = f'<{writer.prefix}c r="{address_of(row, cell.col)}{writer.shape(str, cell.style)[0]}'.encode()
        self.openings[cell.start] = opening
        return opening

    @cached_property
    def shared_masters(self) -> frozenset[tuple[int, int]]:
        """The cells whose formula others share."""
        return frozenset(at for at, f in self.formulas.items() if f.shared and "ref=" in f.attributes)

    @cached_property
    def column_styles(self) -> list[tuple[int, int, str]]:
        """First and last column and style of the columns that give one to cells that are not there."""
        styles = []
        for item in re.findall(rb"<" + re.escape(self.prefix) + rb"col\s[^>]*>", self.head):
            facts = dict(re.findall(rb'\s(min|max|style)="(\d+)"', item))
            if b"style" in facts and b"min" in facts and b"max" in facts:
                styles.append((int(facts[b"min"]), int(facts[b"max"]), facts[b"style"].decode()))
        return styles

    def column_style(self, col: int) -> str:
        return next((style for first, last, style in self.column_styles if first <= col <= last), "")

    @cached_property
    def formulas(self) -> dict[tuple[int, int], FormulaCell]:
        """The formulas of the sheet by address."""
        mark = b"<" + self.prefix + b"f"
        if self.data.find(mark, self.body_start, self.body_end) < 0:
            return {}
        found: dict[tuple[int, int], FormulaCell] = {}
        masters: dict[str, tuple[str, int, int]] = {}
        for row in self.rows():
            for cell in row.cells:
                if mark in cell.inner and (formula := self._formula_of(cell.inner, row.number, cell.col, masters)):
                    found[row.number, cell.col] = formula
        return found

    @cached_property
    def formula_rows(self) -> frozenset[int]:
        """The rows that hold formulas."""
        return frozenset(row for row, _ in self.formulas)

    def _formula_of(
        self, inner: bytes, row: int, col: int, masters: dict[str, tuple[str, int, int]]
    ) -> FormulaCell | None:
        match = self._formula.search(inner)
        if match is None:
            return None
        attributes, text = match[1].decode(), unescape((match[2] or b"").decode())
        shared = 't="shared"' in attributes
        if shared:
            index = re.search(r'si="(\d+)"', attributes)
            key = index[1] if index else ""
            if text:
                masters[key] = text, row, col
            elif key in masters:
                master, top, left = masters[key]
                text = translate(master, row - top, col - left)
        return FormulaCell(text, shared, attributes, self._value.search(inner) is not None)


def unescape(text: str) -> str:
    """XML text as plain text."""
    if "&" not in text:
        return text
    text = re.sub(r"&#x([0-9A-Fa-f]+);", lambda m: chr(int(m[1], 16)), text)
    text = re.sub(r"&#(\d+);", lambda m: chr(int(m[1])), text)
    for name, sign in (("lt", "<"), ("gt", ">"), ("quot", '"'), ("apos", "'"), ("amp", "&")):
        text = text.replace(f"&{name};", sign)
    return text


def escape(text: str) -> str:
    """Plain text as XML text or as an attribute between double quotes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def address_of(row: int, col: int) -> str:
    """(3, 2) → "B3"."""
    return f"{column_name(col)}{row}"


def _normalised(data: bytes, part: str) -> bytes:
    """The part as UTF-8 with double quotes, without comments, CDATA and byte order mark; mostly the same bytes."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    encoding = _ENCODING.match(data)
    foreign = data[:2] in (b"\xff\xfe", b"\xfe\xff") or (
        encoding is not None and encoding[1].lower() not in (b"utf-8", b"us-ascii")
    )
    if b"<!DOCTYPE" in data[:4096]:
        raise broken(part)
    if foreign or b"<!" in data or b"='" in data or b"= " in data[:4096] or b"<?" in data[5:]:
        root = parse_xml(data, part)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return data
