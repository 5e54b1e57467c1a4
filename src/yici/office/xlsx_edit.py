"""What changes in one worksheet part: a list of places and the bytes that come there instead.

Rows above the first insertion are edited cell by cell; from there on every row is written anew with its new number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice, repeat

from yici.core.errors import Place, Problem, YiciError
from yici.core.fillplan import FillValue, RowsFill, SheetFill
from yici.core.grid import Span, column_name
from yici.office.xlsx_cells import CellWriter, escaped
from yici.office.xlsx_formulas import translate
from yici.office.xlsx_moves import MAX_ROW, FormulaMover, Insertion, RowMoves, covering
from yici.office.xlsx_rows import PatternCell, Row, RowTemplate
from yici.office.xlsx_sheetxml import CellSpan, FormulaCell, RowSpan, SheetSource, address_of, escape

Values = dict[int, FillValue]
_HIDDEN = re.compile(rb'\s(?:hidden|r)="[^"]*"')


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes `start` to `end` of the part are replaced by the pieces of `content`."""

    start: int
    end: int
    content: Iterable[bytes]


@dataclass(slots=True)
class Area:
    """One roster area as it is written: the columns with values, the rows that do not fit the blank ones."""

    first: int
    blank_rows: int
    columns: tuple[int, ...]
    n_rows: int
    head: list[Row]
    rest: Iterator[Row]
    vertical_merges: tuple[tuple[int, int, int], ...]

    @property
    def last(self) -> int:
        return self.first + self.blank_rows - 1

    @property
    def inserted(self) -> int:
        return max(0, self.n_rows - self.blank_rows)


def open_areas(fill: SheetFill) -> list[Area]:
    """The roster areas of a fill from top to bottom; those side by side (same rows) become one.

    Raises ValueError when areas overlap otherwise.
    """
    areas: list[Area] = []
    for rows in sorted(fill.rows, key=lambda r: r.first_row):
        values: Iterator[Row] = iter(rows.rows)
        if areas and areas[-1].first == rows.first_row and areas[-1].blank_rows == rows.blank_rows:
            areas[-1] = _beside(areas[-1], rows, values)
            continue
        if areas and rows.first_row <= areas[-1].last:
            raise ValueError(f"roster areas overlap at row {rows.first_row}")
        head = list(islice(values, min(rows.blank_rows, rows.n_rows)))
        rest = _exactly(values, max(0, rows.n_rows - rows.blank_rows), len(rows.columns))
        areas.append(Area(rows.first_row, rows.blank_rows, rows.columns, rows.n_rows, head, rest, rows.vertical_merges))
    return areas


def _beside(left: Area, right: RowsFill, values: Iterator[Row]) -> Area:
    n_rows = max(left.n_rows, right.n_rows)
    blank_left, blank_right = (None,) * len(left.columns), (None,) * len(right.columns)
    ours = chain(left.head, islice(left.rest, left.inserted), repeat(blank_left))
    theirs = chain(values, repeat(blank_right))
    both: Iterator[Row] = islice((tuple(a) + tuple(b) for a, b in zip(ours, theirs, strict=False)), n_rows)
    head = list(islice(both, min(left.blank_rows, n_rows)))
    merges = left.vertical_merges + right.vertical_merges
    return Area(left.first, left.blank_rows, left.columns + right.columns, n_rows, head, both, merges)


def _exactly(rows: Iterator[Row], count: int, width: int) -> Iterator[Row]:
    """`count` rows: blank ones when fewer come. Raises ValueError when more come than were announced."""
    yield from islice(chain(islice(rows, count), repeat((None,) * width)), count)
    if next(rows, None) is not None:
        raise ValueError("more rows than announced")


def insertions(areas: list[Area]) -> RowMoves:
    """Where rows are inserted for areas that bring more rows than the form has blank ones."""
    return RowMoves(tuple(Insertion(a.first, a.last, a.inserted) for a in areas if a.inserted))


@dataclass(slots=True)
class SheetEdit:
    """Plans the edits of the rows of one sheet.

    `stale` are the addresses of formulas whose stored result is dropped, `mover` moves references to moved rows.
    """

    source: SheetSource
    cells: dict[tuple[int, int], FillValue]
    areas: list[Area]
    moves: RowMoves
    mover: FormulaMover
    stale: set[tuple[int, int]]
    writer: CellWriter = field(init=False)
    values: dict[int, Values] = field(init=False)
    plain_formulas: bool = field(init=False)

    def __post_init__(self) -> None:
        self.writer = self.source.writer
        self.values = self._values()
        masters = self.source.shared_masters
        self.plain_formulas = bool(masters) and (
            bool(self.mover) or any((row, col) in masters for row, values in self.values.items() for col in values)
        )

    @property
    def written(self) -> list[Span]:
        """The places that get values, in the addresses of the blank form."""
        places = [Span(row, col, row, col) for row, values in self.values.items() for col in values]
        return places + [Span(a.last, min(a.columns), a.last, max(a.columns)) for a in self.areas if a.inserted]

    @property
    def right(self) -> int:
        """The last column that gets values, at least 1."""
        cols = [max(values) for values in self.values.values()]
        return max([1, *cols, *(max(area.columns) for area in self.areas if area.inserted)])

    @property
    def overwrites_formulas(self) -> bool:
        """Whether a value takes the place of a formula."""
        return bool(self.source.formulas) and any(
            (row, col) in self.source.formulas for row, values in self.values.items() for col in values
        )

    def _values(self) -> dict[int, Values]:
        merges = self.source.merges
        tall = [m for m in merges if m.height > 1] if self.areas else []
        values: dict[int, Values] = {}
        for area in self.areas:
            for index, row in enumerate(area.head):
                number = area.first + index
                in_row = [m for m in merges if m.top <= number <= m.bottom]
                for col, value in zip(area.columns, row, strict=True):
                    span = covering(in_row, number, col)
                    if value is None or (
                        span in tall and span is not None and span.top != number and not _split(span, area)
                    ):
                        continue
                    values.setdefault(number, {})[span.left if span else col] = value
        for (at, col), value in self.cells.items():
            span = self.source.span_at(at, col)
            top, left = (span.top, span.left) if span and not self._split_span(span) else (at, col)
            values.setdefault(top, {})[left] = value
        return values

    def _split_span(self, span: Span) -> bool:
        return any(_split(span, area) for area in self.areas)

    def edits(self) -> list[Edit]:
        """The edits from the first to the last place of the part."""
        if not self.moves and (exchanged := self._exchanged()) is not None:
            return exchanged
        first = self.moves.insertions[0].last if self.moves else MAX_ROW
        last = max([*self.values, *(row for row, _ in self._touched_formulas()), 0])
        edits: list[Edit] = []
        previous = 0
        rows = self.source.rows()
        for row in rows:
            if row.number > previous + 1:
                edits += self._missing_rows(previous, min(row.number, first + 1), row.start)
            if row.number > first:
                return [*edits, self._from(row, previous, rows)]
            edits += self._row_edits(row)
            previous = row.number
            if row.number == first:
                return [*edits, self._after(row.end, row, rows)]
            if not self.moves and row.number >= last:
                return edits
        edits += self._missing_rows(previous, first + 1, self.source.body_end)
        return [*edits, self._from(None, previous, rows)] if self.moves else edits

    def _exchanged(self) -> list[Edit] | None:
        """The edits when every place to be written has its cell in the part already, else None: the way of cards."""
        exchanged = self.exchanged()
        return None if exchanged is None else [Edit(start, end, (new,)) for start, end, new in exchanged]

    def exchanged(self) -> list[tuple[int, int, bytes]] | None:
        """(start, end, new bytes) of every cell, in order; None when a cell to be written is not in the part."""
        places = self.source.places
        edits = []
        for row, values in self.values.items():
            for col, value in values.items():
                known = places.get((row, col))
                if known is None:
                    return None
                start, end = known[1].start, known[1].end
                shown = escaped(value) if value.__class__ is str else None
                if shown and shown.__class__ is str:
                    opening = self.source.openings.get(start) or self.source.opening(row, known[1], self.writer)
                    edits.append((start, end, b"%b%b%b" % (opening, shown.encode(), self.writer.closing)))
                else:
                    edits.append((start, end, self.writer.cell(address_of(row, col), known[1].style, value)))
        for at in self._touched_formulas():
            if at[1] in self.values.get(at[0], ()):
                continue
            if at not in places:
                return None
            span, cell = places[at]
            content = self._cell(span, cell, {})
            if content is not None:
                edits.append((cell.start, cell.end, content))
        edits.sort()
        return edits

    def _from(self, row: RowSpan | None, previous: int, rows: Iterator[RowSpan]) -> Edit:
        """The edit that begins before `row` when the last blank row of the first area is not in the part."""
        following = chain([row], rows) if row is not None else rows
        start = row.start if row is not None else self.source.body_end
        return self._after(start, None, following)

    def _after(self, start: int, pattern: RowSpan | None, rows: Iterator[RowSpan]) -> Edit:
        return Edit(start, self.source.body_end, self._moved_rows(pattern, rows))

    def _moved_rows(self, pattern: RowSpan | None, rows: Iterator[RowSpan]) -> Iterator[bytes]:
        """All rows after the first insertion: the inserted ones, the rest with new numbers, further areas."""
        growing = [area for area in self.areas if area.inserted]
        previous = growing[0].last
        yield from self._inserted(growing[0], pattern)
        for row in chain(rows, [None]):
            limit = row.number if row is not None else MAX_ROW + 1
            for area in growing[1:]:
                if previous < area.last < limit:
                    yield from self._missing(previous, area.last + 1)
                    yield from self._inserted(area, None)
                    previous = area.last
            yield from self._missing(previous, limit)
            if row is None:
                return
            yield self._moved(row)
            previous = row.number
            for area in growing[1:]:
                if area.last == row.number:
                    yield from self._inserted(area, row)

    def _missing_rows(self, previous: int, limit: int, at: int) -> list[Edit]:
        made = list(self._missing(previous, limit))
        return [Edit(at, at, made)] if made else []

    def _missing(self, previous: int, limit: int) -> Iterator[bytes]:
        """Rows with values between two rows of the part, which the part does not have."""
        for number in sorted(n for n in self.values if previous < n < limit):
            cells = [
                self._new_cell(number, self.moves.row(number), None, c, v)
                for c, v in sorted(self.values[number].items())
            ]
            p = self.source.prefix
            yield b'<%brow r="%d">%b</%brow>' % (p, self.moves.row(number), b"".join(cells), p)

    def _row_edits(self, row: RowSpan) -> list[Edit]:
        """Edits of single cells of a row that keeps its number."""
        values = self.values.get(row.number)
        if values is None:
            if row.number not in self.source.formula_rows or not self._formula_work(row):
                return []
            values = {}
        if not row.regular:
            return [Edit(row.start, row.end, [self._written(row, values)])]
        edits = []
        for cell in row.cells:
            content = self._cell(row, cell, values)
            if content is not None:
                edits.append(Edit(cell.start, cell.end, [content]))
        missing = values.keys() - {cell.col for cell in row.cells}
        if not missing:
            return edits
        for col in sorted(missing):
            at = next((cell.start for cell in row.cells if cell.col > col), row.inner_end)
            edits.append(Edit(at, at, [self._new_cell(row.number, row.number, row, col, values[col])]))
        return sorted(edits, key=lambda edit: (edit.start, edit.end))

    def _formula_work(self, row: RowSpan) -> bool:
        if self.mover or self.plain_formulas:
            return True
        return any((row.number, cell.col) in self.stale for cell in row.cells)

    def _touched_formulas(self) -> Iterable[tuple[int, int]]:
        return self.source.formulas if self.mover or self.plain_formulas else self.stale

    def _cell(self, row: RowSpan, cell: CellSpan, values: Values) -> bytes | None:
        """The new element of a cell, or None when it stays as it is (but for its address)."""
        number = self.moves.row(row.number)
        if cell.col in values:
            return self.writer.cell(address_of(number, cell.col), cell.style, values[cell.col])
        formula = self.source.formulas.get((row.number, cell.col))
        return self._formula_cell(row, cell, formula, number) if formula is not None else None

    def _formula_cell(self, row: RowSpan, cell: CellSpan, formula: FormulaCell, number: int) -> bytes | None:
        text = self.mover.move(formula.text, self.source.name, row.number)
        stale = (row.number, cell.col) in self.stale and formula.cached
        plain = formula.shared and self.plain_formulas
        if text == formula.text and not stale and not plain:
            return None
        raw = _renumbered(self.source.data[cell.start : cell.end], cell, number)
        p = re.escape(self.source.prefix)
        attributes = "" if plain else _moved_attributes(formula.attributes, self.moves)
        p_text = self.source.prefix.decode()
        body = f"<{p_text}f{attributes}>{escape(text)}</{p_text}f>".encode()
        if formula.shared and not plain:
            body = raw[slice(*_span(rb"<" + p + rb"f(?=[\s/>])[^>]*?(?:/>|>[^<]*</" + p + rb"f\s*>)", raw))]
        raw = re.sub(rb"<" + p + rb"f(?=[\s/>])[^>]*?(?:/>|>[^<]*</" + p + rb"f\s*>)", lambda _: body, raw, count=1)
        if stale:
            raw = re.sub(rb"<" + p + rb"v(?:\s[^>]*)?>[^<]*</" + p + rb"v\s*>", b"", raw, count=1)
            start = raw.index(b">")
            raw = re.sub(rb'\st="[^"]*"', b"", raw[:start]) + raw[start:]
        return raw

    def _new_cell(self, row: int, number: int, span: RowSpan | None, col: int, value: FillValue) -> bytes:
        return self.writer.cell(address_of(number, col), self._style(row, span, col), value)

    def _style(self, row: int, span: RowSpan | None, col: int) -> str:
        """The style of a cell that is not in the part: its merged cell's, row's, area's or column's."""
        merged = self.source.span_at(row, col)
        if merged is not None and span is not None:
            inside = next((c.style for c in span.cells if merged.left <= c.col <= merged.right and c.style), "")
            if inside:
                return inside
        return (span.style if span is not None else "") or self._area_style(row, col) or self.source.column_style(col)

    def _area_style(self, row: int, col: int) -> str:
        """The style that other blank rows of the same area have in that column."""
        area = next((a for a in self.areas if a.first <= row <= a.last), None)
        if area is None:
            return ""
        for other in self.source.rows():
            if other.number > area.last:
                return ""
            cell = other.cell(col) if other.number >= area.first else None
            if cell is not None and cell.style:
                return cell.style
        return ""

    def _written(self, row: RowSpan, values: Values) -> bytes:
        """A whole row element with its new number and its values."""
        number, data, p = self.moves.row(row.number), self.source.data, self.source.prefix
        made: dict[int, bytes] = {}
        for cell in row.cells:
            content = self._cell(row, cell, values)
            made[cell.col] = _renumbered(data[cell.start : cell.end], cell, number) if content is None else content
        for col in values.keys() - made.keys():
            made[col] = self._new_cell(row.number, number, row, col, values[col])
        attributes = re.sub(rb'\sr="\d+"', b"", row.attributes).rstrip()
        if made and (row.closed or values.keys() - {cell.col for cell in row.cells}):
            attributes = re.sub(rb'\sspans="[^"]*"', b"", attributes)
        body = b"".join(made[col] for col in sorted(made))
        return b'<%brow r="%d"%b>%b</%brow>' % (p, number, attributes, body, p)

    def _moved(self, row: RowSpan) -> bytes:
        """A row below an insertion. Raises YiciError when it falls off the end of the sheet with content in it."""
        if self.moves.row(row.number) > MAX_ROW:
            if any(cell.inner for cell in row.cells) or row.number in self.values:
                raise too_long(self.source.name)
            return b""
        return self._written(row, self.values.get(row.number, {}))

    def _inserted(self, area: Area, pattern: RowSpan | None) -> Iterator[bytes]:
        first = self.moves.row(area.last) + 1
        if first + area.inserted - 1 > MAX_ROW:
            raise too_long(self.source.name)
        template = RowTemplate(
            self.writer, self._attributes(pattern), self._pattern(area, pattern), len(area.columns), self._copied(area)
        )
        return template.elements(area.rest, first)

    def _attributes(self, pattern: RowSpan | None) -> str:
        return _HIDDEN.sub(b"", pattern.attributes).decode().rstrip() if pattern is not None else ""

    def _pattern(self, area: Area, pattern: RowSpan | None) -> list[PatternCell]:
        """The cells of the row to be copied: those of the last blank row, and the columns that get values."""
        cells: dict[int, PatternCell] = {}
        in_row = [m for m in self.source.merges if area.blank_rows and m.top <= area.last <= m.bottom]
        for cell in pattern.cells if pattern is not None else ():
            formula = self.source.formulas.get((area.last, cell.col))
            text = self.mover.move(formula.text, self.source.name, area.last) if formula is not None else ""
            cells[cell.col] = PatternCell(cell.col, cell.style, None, text)
        for index, col in enumerate(area.columns):
            span = covering(in_row, area.last, col)
            if span is not None and span.height > 1 and not _split(span, area):
                continue
            target = span.left if span is not None else col
            known = cells.get(target)
            style = known.style if known is not None else self._style(area.last, pattern, target)
            cells[target] = PatternCell(target, style, index, known.formula if known is not None else "")
        return [cells[col] for col in sorted(cells)]

    def _copied(self, area: Area) -> Callable[[str, int], str]:
        return lambda formula, below: escape(translate(formula, below))


def _split(span: Span, area: Area) -> bool:
    """Whether a tall merged cell of the blank rows is undone: each row of its columns gets a value of its own."""
    if span.height == 1 or span.top < area.first or span.bottom > area.last:
        return False
    if any(span.left <= col <= span.right for _, _, col in area.vertical_merges):
        return True
    whole = span.top == area.first and span.bottom == area.last
    return not whole and any(span.left <= col <= span.right for col in area.columns)


def split_spans(merges: Iterable[Span], areas: list[Area]) -> set[Span]:
    """The merged cells of the blank form that are undone."""
    return {span for span in merges if any(_split(span, area) for area in areas)}


def _renumbered(raw: bytes, cell: CellSpan, number: int) -> bytes:
    if cell.addressed:
        return re.sub(rb'(\sr="[A-Z]{1,3})\d+"', rb'\g<1>%d"' % number, raw, count=1)
    tag = re.match(rb"<[\w:.-]+", raw)
    end = tag.end() if tag is not None else 0
    return raw[:end] + f' r="{column_name(cell.col)}{number}"'.encode() + raw[end:]


def _moved_attributes(attributes: str, moves: RowMoves) -> str:
    attributes = attributes.rstrip()
    if not moves:
        return attributes
    return re.sub(r'(\s(?:ref|r1|r2)=")([^"]*)"', lambda m: f'{m[1]}{moves.range_text(m[2])}"', attributes)


def _span(pattern: bytes, raw: bytes) -> tuple[int, int]:
    match = re.search(pattern, raw)
    return match.span() if match is not None else (0, 0)


def too_long(sheet: str) -> YiciError:
    """The refusal of a fill that would push content off the end of a sheet."""
    return YiciError(
        Problem("too-many-rows", f"行数超过工作表上限 {MAX_ROW} 行。", "请按村（社区）分开生成。", Place(sheet=sheet))
    )
