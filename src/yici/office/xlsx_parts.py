"""The other parts that know rows: drawings, comments, tables, charts, names. They move with the rows of the sheets."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from yici.office.xlsx_moves import FormulaMover, RowMoves
from yici.office.xlsx_package import Package
from yici.office.xlsx_sheetxml import escape, unescape
from yici.office.xlsx_tail import moved_anchor

_P = r"(?:[\w.-]+:)?"
_ANCHOR = re.compile(rf"<({_P})twoCellAnchor\b([^>]*)>.*?</\1twoCellAnchor\s*>", re.DOTALL)
_ONE_ANCHOR = re.compile(rf"<({_P})oneCellAnchor\b[^>]*>.*?</\1oneCellAnchor\s*>", re.DOTALL)
_FROM = re.compile(rf"(<{_P}from>.*?<{_P}row>\s*)(\d+)", re.DOTALL)
_TO = re.compile(rf"(<{_P}to>.*?<{_P}row>\s*)(\d+)", re.DOTALL)
_RANGE = re.compile(r'(\s(?:ref|sqref)=")([^"]*)"')
_CELL = re.compile(r'(\sref="[A-Z]{1,3})(\d+)"')
_FORMULA = re.compile(rf"(<{_P}(?:f|calculatedColumnFormula|totalsRowFormula)(?:\s[^>]*)?>)([^<]+)(?=</)")
_CLIENT = re.compile(r"<(?P<p>[\w.-]+:)ClientData\b.*?</(?P=p)ClientData\s*>", re.DOTALL)
_NOTE_ROW = re.compile(r"(<[\w.-]+:Row>\s*)(\d+)")
_NOTE_ANCHOR = re.compile(r"(<[\w.-]+:Anchor>)([^<]*)")
_NOTE_FORMULA = re.compile(r"(<[\w.-]+:Fmla\w+>)([^<]+)")
_LINK = re.compile(r'(\s(?:fmlaLink|fmlaRange|fmlaTxbx)=")([^"]*)"')
_PIVOT_SOURCE = re.compile(r"<[\w.-]*:?worksheetSource\b[^>]*>")
Change = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class PartMover:
    """Finds the parts of a package that rows of the changed sheets concern, and moves them."""

    package: Package
    mover: FormulaMover
    moves: dict[str, RowMoves]
    parts: dict[str, str]

    def changes(self) -> Iterator[tuple[str, bytes]]:
        """(part, new content) of each part that changes. `parts` gives the part of each sheet by name."""
        for part, change in self._wanted():
            content = self.package.read(part)
            moved = change(content.decode("utf-8")).encode()
            if moved != content:
                yield part, moved

    def _wanted(self) -> Iterator[tuple[str, Change]]:
        for name, part in self.parts.items():
            moves = self.moves.get(name)
            for relation in self.package.relations(part).values() if moves else ():
                change = self._of_kind(relation.kind, name, moves) if moves else None
                if change is not None and not relation.external and self.package.has(relation.target):
                    yield relation.target, change
        for info in self.package.zip.infolist():
            folder = posixpath.basename(posixpath.dirname(info.filename))
            if info.filename.endswith(".xml") and folder in ("charts", "chartEx"):
                yield info.filename, self._formulas("")
            elif info.filename.endswith(".xml") and folder == "pivotCache" and "Definition" in info.filename:
                yield info.filename, self._pivot_source

    def _of_kind(self, kind: str, sheet: str, moves: RowMoves) -> Change | None:
        if kind == "drawing":
            return lambda text: _drawing(text, moves)
        if kind in ("comments", "threadedComment"):
            return lambda text: _CELL.sub(lambda m: f'{m[1]}{moves.row(int(m[2]))}"', text)
        if kind == "vmlDrawing":
            return lambda text: _CLIENT.sub(lambda m: self._note(m[0], sheet, moves), text)
        if kind in ("table", "pivotTable"):
            formulas = self._formulas(sheet)
            return lambda text: formulas(_RANGE.sub(lambda m: f'{m[1]}{moves.range_text(m[2])}"', text))
        if kind == "ctrlProp":
            return lambda text: _LINK.sub(lambda m: f'{m[1]}{self._formula(m[2], sheet)}"', text)
        return None

    def _formulas(self, sheet: str) -> Change:
        return lambda text: _FORMULA.sub(lambda m: m[1] + self._formula(m[2], sheet), text)

    def _formula(self, text: str, sheet: str) -> str:
        plain = unescape(text)
        moved = self.mover.move(plain, sheet)
        return text if moved == plain else escape(moved)

    def _note(self, text: str, sheet: str, moves: RowMoves) -> str:
        """The client data of a comment's box or a form control: the cell it belongs to and where it is drawn."""
        text = _NOTE_ROW.sub(lambda m: f"{m[1]}{moved_anchor(moves, int(m[2]))}", text)
        text = _NOTE_FORMULA.sub(lambda m: m[1] + self._formula(m[2], sheet), text)
        return _NOTE_ANCHOR.sub(lambda m: m[1] + _box(m[2], moves), text)

    def _pivot_source(self, text: str) -> str:
        def change(match: re.Match[str]) -> str:
            named = re.search(r'\ssheet="([^"]*)"', match[0])
            moves = self.mover.moves.get(unescape(named[1]).lower()) if named else None
            return _RANGE.sub(lambda m: f'{m[1]}{moves.range_text(m[2])}"', match[0]) if moves else match[0]

        return _PIVOT_SOURCE.sub(change, text)


def _box(text: str, moves: RowMoves) -> str:
    """A VML anchor: left column, offset, top row, offset, right column, offset, bottom row, offset; its size stays."""
    numbers = text.split(",")
    if len(numbers) != 8 or not all(n.strip().isdigit() for n in (numbers[2], numbers[6])):
        return text
    top = int(numbers[2])
    down = moved_anchor(moves, top) - top
    numbers[2], numbers[6] = f" {top + down}", f" {int(numbers[6]) + down}"
    return ",".join(numbers)


def _drawing(text: str, moves: RowMoves) -> str:
    """A drawing part: pictures below move, those across the insertion grow as Excel lets them."""
    text = _ANCHOR.sub(lambda m: _two_cells(m[0], m[2], moves), text)
    return _ONE_ANCHOR.sub(lambda m: _row(_FROM, m[0], lambda row: moved_anchor(moves, row)), text)


def _two_cells(text: str, attributes: str, moves: RowMoves) -> str:
    kept = re.search(r'editAs="(\w+)"', attributes)
    if kept is not None and kept[1] == "absolute":
        return text
    start = _FROM.search(text)
    down = moved_anchor(moves, int(start[2])) - int(start[2]) if start is not None else 0
    moved = _row(_FROM, text, lambda row: row + down)
    if kept is not None and kept[1] == "oneCell":
        return _row(_TO, moved, lambda row: row + down)
    return _row(_TO, moved, lambda row: moved_anchor(moves, row))


def _row(pattern: re.Pattern[str], text: str, change: Callable[[int], int]) -> str:
    return pattern.sub(lambda m: f"{m[1]}{change(int(m[2]))}", text, count=1)
