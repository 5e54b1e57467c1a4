"""The cells of one worksheet part as a form's sheet: texts as displayed, looks, formulas, merges, sizes."""

from __future__ import annotations

import datetime as dt
import io
import re
from dataclasses import dataclass, field

from lxml import etree

from yici.core.errors import Place, Problem, UploadRefused
from yici.core.grid import Cell, CellKind, Sheet, Span, address, column_number, parse_address
from yici.office.xlsx_form_numbers import is_date_format, show_number
from yici.office.xlsx_form_styles import PLAIN, Style
from yici.office.xlsx_form_texts import decoded, rich_text
from yici.office.xlsx_formulas import translate
from yici.office.xlsx_package import SheetPart, broken, child, children, local

MAX_ROWS, MAX_COLS = 2000, 500
MAX_CELLS = 200_000
MAX_MERGES = 50_000
_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")


@dataclass(slots=True)
class Texts:
    """What all sheets of a workbook share: texts with the colour of their runs, styles, the start of the calendar."""

    shared: list[tuple[str, str]]
    styles: list[Style]
    date1904: bool = False
    cells_left: int = MAX_CELLS


@dataclass(slots=True)
class SheetReader:
    """Reads one worksheet part row by row. `tail` is the rest of the part (merges, validations …) once read."""

    part: SheetPart
    texts: Texts
    cut: bool = False
    sheet: Sheet = field(init=False)
    tail: etree._Element | None = None
    _columns: dict[str, int] = field(default_factory=dict)
    _masters: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    _arrays: list[Span] = field(default_factory=list)
    _hidden_rows: set[int] = field(default_factory=set)
    _row_styles: dict[int, Style] = field(default_factory=dict)
    _dropped: bool = False

    def read(self, data: bytes) -> Sheet:
        """The sheet. Raises UploadRefused when it is broken, or bigger than any form."""
        self.sheet = Sheet(self.part.name, state=self.part.state)
        rows = etree.iterparse(
            io.BytesIO(data),
            events=("end",),
            tag="{*}row",
            resolve_entities=False,
            no_network=True,
            remove_comments=True,
        )
        row = 0
        try:
            for _, element in rows:
                parent = element.getparent()
                if parent is None or local(parent.tag) != "sheetData":
                    continue
                row = self._read_row(element, row)
                element.clear()
                while element.getprevious() is not None:
                    del parent[0]
        except etree.XMLSyntaxError as error:
            raise broken(self.part.part) from error
        self.tail = rows.root
        self._read_tail(rows.root)
        self._trim()
        return self.sheet

    def _read_row(self, element: etree._Element, previous: int) -> int:
        stated = element.get("r", "")
        row = int(stated) if stated.isdigit() else previous + 1
        if row <= MAX_ROWS:
            self._row_facts(element, row)
        col = 0
        for item in element:
            col = self._column(item.get("r"), col)
            if row <= MAX_ROWS and col <= MAX_COLS:
                self._keep(self._cell(item, row, col))
            elif any(local(part.tag) in ("v", "is", "f") and len(part) + len(part.text or "") for part in item):
                self._beyond(row, col)
        return row

    def _row_facts(self, element: etree._Element, row: int) -> None:
        if element.get("hidden") in ("1", "true"):
            self._hidden_rows.add(row)
        if height := element.get("ht"):
            self.sheet.heights[row] = float(height)
        if element.get("customFormat") in ("1", "true"):
            self._row_styles[row] = self._style(element.get("s"))

    def _column(self, stated: str | None, previous: int) -> int:
        match = _ADDRESS.match(stated) if stated else None
        if match is None:
            return previous + 1
        letters = match[1]
        if letters not in self._columns:
            self._columns[letters] = column_number(letters)
        return self._columns[letters]

    def _style(self, index: str | None) -> Style:
        number = int(index) if index and index.isdigit() else 0
        return self.texts.styles[number] if number < len(self.texts.styles) else PLAIN

    def _beyond(self, row: int, col: int) -> None:
        if self.part.state == "hidden":
            self._dropped = True
            return
        raise UploadRefused(
            Problem(
                "form-too-big",
                f"表格太大：单元格 {address(row, col)} 有内容，而一张空表最多 {MAX_ROWS} 行、{MAX_COLS} 列。",
                "如果这是已填好的台账，请用“导入台账”；如果是空表，请删除多余的行和列后重试。",
                Place(sheet=self.part.name, cell=address(row, col)),
            )
        )

    def _keep(self, cell: Cell | None) -> None:
        if cell is None:
            return
        if self.texts.cells_left <= 0:
            if cell.text:
                self._beyond(cell.row, cell.col)
            self._dropped = True
            return
        self.texts.cells_left -= 1
        self.sheet.cells[cell.row, cell.col] = cell

    def _cell(self, item: etree._Element, row: int, col: int) -> Cell | None:
        style = self._style(item.get("s"))
        value = formula = inline = None
        for part in item:
            name = local(part.tag)
            if name == "v":
                value = part.text
            elif name == "f":
                formula = self._formula(part, row, col)
            elif name == "is":
                inline = part
        if value is None and inline is None and formula is None:
            if style is PLAIN or style == PLAIN:
                return None
            return _styled(row, col, style)
        cell = _styled(row, col, style)
        if inline is not None:
            self._set_text(cell, *rich_text(inline))
        elif value is not None:
            self._set_value(cell, item.get("t", "n"), value, style)
        if formula is not None:
            cell.kind, cell.formula, cell.fixed = "formula", formula, True
        return cell if cell.text or cell.formula is not None or style != PLAIN else None

    def _set_text(self, cell: Cell, text: str, colour: str) -> None:
        cell.text = text
        cell.kind = "text" if text else "empty"
        cell.colour = colour or cell.colour

    def _set_value(self, cell: Cell, kind: str, value: str, style: Style) -> None:
        if kind == "s":
            index = int(value) if value.strip().isdigit() else -1
            if 0 <= index < len(self.texts.shared):
                self._set_text(cell, *self.texts.shared[index])
        elif kind in ("str", "inlineStr"):
            self._set_text(cell, decoded(value), "")
        else:
            cell.text, cell.kind = self._shown(kind, value.strip(), style.number_format)

    def _shown(self, kind: str, value: str, code: str) -> tuple[str, CellKind]:
        if kind == "b":
            return ("TRUE" if value in ("1", "true") else "FALSE"), "bool"
        if kind == "e":
            return value, "error"
        number = _iso_serial(value, self.texts.date1904) if kind == "d" else _number(value)
        if number is None:
            return value, "text" if value else "empty"
        return show_number(number, code, self.texts.date1904), "date" if is_date_format(code) else "number"

    def _formula(self, part: etree._Element, row: int, col: int) -> str:
        text = part.text or ""
        kind, index = part.get("t", "normal"), part.get("si", "")
        if kind == "array" and part.get("ref"):
            self._arrays += read_spans(part.get("ref", ""))
        if kind == "shared":
            if text:
                self._masters[index] = text, row, col
            elif index in self._masters:
                master, top, left = self._masters[index]
                return translate(master, row - top, col - left)
        return text

    def _read_tail(self, root: etree._Element) -> None:
        merged = child(root, "mergeCells")
        if merged is not None:
            if len(merged) > MAX_MERGES:
                raise UploadRefused(
                    Problem(
                        "too-many-merges",
                        "表格里的合并单元格多得不正常。",
                        "请删除多余内容后另存再试。",
                        Place(sheet=self.part.name),
                    )
                )
            self.sheet.merges = [
                span for item in children(merged, "mergeCell") for span in read_spans(item.get("ref", ""))
            ]
        for span in self._arrays:
            for at, cell in self.sheet.cells.items():
                if span.holds(*at) and cell.formula is None:
                    cell.kind, cell.formula, cell.fixed = "formula", "", True

    def _trim(self) -> None:
        """Bounds the sheet by its texts and borders, and forgets styled blanks beyond them."""
        sheet = self.sheet
        shown = [at for at, cell in sheet.cells.items() if cell.text or cell.border or cell.formula is not None]
        sheet.n_rows = max((row for row, _ in shown), default=0)
        sheet.n_cols = max((col for _, col in shown), default=0)
        rows, cols = sheet.n_rows, sheet.n_cols
        if len(shown) < len(sheet.cells):
            sheet.cells = {at: cell for at, cell in sheet.cells.items() if at[0] <= rows and at[1] <= cols}
        sheet.merges = [m for m in sheet.merges if m.height * m.width > 1 and m.top <= rows and m.left <= cols]
        sheet.heights = {row: height for row, height in sheet.heights.items() if row <= rows}
        sheet.hidden_rows = frozenset(row for row in self._hidden_rows if row <= rows)
        self._read_columns()

    def _read_columns(self) -> None:
        """Widths and hidden columns, and the borders of blank cells that only a row's or column's style draws."""
        sheet, hidden = self.sheet, set()
        styles: dict[int, Style] = {}
        holder = child(self.tail, "cols") if self.tail is not None else None
        for item in () if holder is None else children(holder, "col"):
            first, last = int(item.get("min", "1")), min(int(item.get("max", "1")), sheet.n_cols)
            width = float(item.get("width", "0") or 0)
            for col in range(first, last + 1):
                if item.get("width") is not None:
                    sheet.widths[col] = width
                if item.get("hidden") in ("1", "true") or (item.get("width") is not None and width == 0):
                    hidden.add(col)
                if (style := self._style(item.get("style"))).border:
                    styles[col] = style
        sheet.hidden_cols = frozenset(hidden)
        for row in range(1, sheet.n_rows + 1) if styles or self._row_styles else ():
            row_style = self._row_styles.get(row)
            if row_style is None or row_style.border:
                for col in range(1, sheet.n_cols + 1) if row_style else styles:
                    if (row, col) not in sheet.cells:
                        self._keep(_styled(row, col, row_style or styles[col]))

    @property
    def note(self) -> str:
        """A sentence for the grid's notes when blank or hidden cells were left out, else ""."""
        return f"工作表“{self.part.name}”过大，超出部分未读入。" if self._dropped or self.cut else ""


def _styled(row: int, col: int, style: Style) -> Cell:
    return Cell(
        row, col, border=style.border, bold=style.bold, size=style.size, align=style.align, indent=style.indent,
        fill=style.fill, colour=style.colour, number_format=style.number_format,
    )  # fmt: skip


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 1e300 else None


def _iso_serial(text: str, date1904: bool) -> float | None:
    try:
        moment = dt.datetime.fromisoformat(text.rstrip("Z"))
    except ValueError:
        return None
    start = dt.datetime(1904, 1, 1) if date1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001  Sheets hold local times.
    return (moment.replace(tzinfo=None) - start).total_seconds() / 86400


def read_spans(text: str) -> list[Span]:
    """The rectangles of a list such as "A1:B2 C3"; what is not readable is left out."""
    spans = []
    for piece in text.split():
        first, _, last = piece.partition(":")
        try:
            top, left = parse_address(first)
            bottom, right = parse_address(last or first)
        except ValueError:
            continue
        spans.append(Span(top, left, bottom, right))
    return spans
