"""What stands around the rows of a worksheet part (merges, validations, formats, breaks), all moved along."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from yici.core.grid import Span, column_name
from yici.office.xlsx_edit import Area, split_spans
from yici.office.xlsx_moves import FormulaMover, RowMoves, span_text
from yici.office.xlsx_sheetxml import SheetSource, escape, unescape

BATCH = 2048
_RANGES = re.compile(r'(\s(?:ref|sqref)=")([^"]*)"')
_SQREF = re.compile(r"(<(?:[\w.-]+:)?sqref>)([^<]*)(?=</)")
_FORMULAS = re.compile(
    r"(<(?:[\w.-]+:)?(?:f|formula|formula1|formula2|calculatedColumnFormula|totalsRowFormula)(?:\s[^>]*)?>)([^<]+)(?=</)"
)
_LOCATION = re.compile(r'(\slocation=")([^"]*)"')
_ANCHOR_ROW = re.compile(r"(<(?:[\w.-]+:)?row>)(\d+)(?=</)")
_BREAKS = re.compile(r"<(?:[\w.-]+:)?rowBreaks.*?</(?:[\w.-]+:)?rowBreaks>", re.DOTALL)
_BREAK = re.compile(r'(<(?:[\w.-]+:)?brk\s[^>]*?\bid=")(\d+)"')
# CT_Worksheet: what may follow the merged cells (the custom views before them hold page set-ups of their own).
_FOLLOWING = (
    "phoneticPr|conditionalFormatting|dataValidations|hyperlinks|printOptions|pageMargins|pageSetup|headerFooter|rowBreaks|"
    "colBreaks|customProperties|cellWatches|ignoredErrors|smartTags|drawing|legacyDrawing|legacyDrawingHF|picture|"
    "oleObjects|controls|webPublishItems|tableParts|extLst"
)


@dataclass(slots=True)
class Surroundings:
    """Moves all that is not rows on one sheet."""

    source: SheetSource
    areas: list[Area]
    moves: RowMoves
    mover: FormulaMover

    def head(self, right: int) -> bytes:
        """The part before the rows; its dimension takes in the new rows and column `right`."""
        head = self.source.head.decode()

        def widened(match: re.Match[str]) -> str:
            first, _, last = self.moves.range_text(match[2]).partition(":")
            found = re.fullmatch(r"([A-Z]+)(\d+)", last or first)
            if found is None:
                return match[0]
            letters = max(found[1], column_name(max(right, 1)), key=lambda name: (len(name), name))
            return f'{match[1]}{first}:{letters}{found[2]}"'

        return re.sub(r'(<(?:[\w.-]+:)?dimension\s[^>]*?ref=")([^"]*)"', widened, head, count=1).encode()

    def tail(self) -> Iterator[bytes]:
        """The part after the rows, in pieces."""
        text = self.source.tail.decode()
        p = re.escape(self.source.prefix.decode())
        block = re.search(rf"<{p}mergeCells[\s>].*?</{p}mergeCells\s*>", text, re.DOTALL)
        changed = bool(self.moves) or any(area.vertical_merges for area in self.areas)
        changed = changed or bool(split_spans(self.source.merges, self.areas))
        if not changed:
            yield self._moved(text).encode()
            return
        at = block.span() if block is not None else (self._merges_place(text),) * 2
        yield self._moved(text[: at[0]]).encode()
        yield from self._merge_cells()
        yield self._moved(text[at[1] :]).encode()

    def _moved(self, text: str) -> str:
        if not self.mover:
            return text
        name = self.source.name
        text = _FORMULAS.sub(lambda m: m[1] + self.formula(m[2], name), text)
        text = _LOCATION.sub(lambda m: f'{m[1]}{self.formula(m[2], name)}"', text)
        if not self.moves:
            return text
        text = _RANGES.sub(lambda m: f'{m[1]}{self.moves.range_text(m[2])}"', text)
        text = _SQREF.sub(lambda m: m[1] + self.moves.range_text(m[2]), text)
        text = _BREAKS.sub(lambda m: _BREAK.sub(self._break, m[0]), text)
        return _ANCHOR_ROW.sub(lambda m: f"{m[1]}{moved_anchor(self.moves, int(m[2]))}", text)

    def formula(self, text: str, sheet: str) -> str:
        """A formula in XML text, moved."""
        plain = unescape(text)
        moved = self.mover.move(plain, sheet)
        return text if moved == plain else escape(moved)

    def _break(self, match: re.Match[str]) -> str:
        row = int(match[2])
        return f'{match[1]}{self.moves.bottom(row, row)}"'

    def _merges_place(self, text: str) -> int:
        p = re.escape(self.source.prefix.decode())
        views = re.search(rf"</{p}customSheetViews\s*>", text)
        found = re.compile(rf"<(?:{p}(?:{_FOLLOWING})|mc:AlternateContent)[\s/>]|</{p}worksheet\s*>").search(
            text, views.end() if views else 0
        )
        return found.start() if found else len(text)

    def _merge_cells(self) -> Iterator[bytes]:
        """The merged cells afterwards: those of the form, those copied with the last blank row, those of the fill."""
        p = self.source.prefix.decode()
        spans = self._spans()
        first = next(spans, None)
        if first is None:
            return
        yield f"<{p}mergeCells>".encode()
        pieces = [f'<{p}mergeCell ref="{span_text(first)}"/>']
        for span in spans:
            pieces.append(f'<{p}mergeCell ref="{span_text(span)}"/>')
            if len(pieces) == BATCH:
                yield "".join(pieces).encode()
                pieces = []
        yield ("".join(pieces) + f"</{p}mergeCells>").encode()

    def _spans(self) -> Iterator[Span]:
        undone = split_spans(self.source.merges, self.areas)
        blocks = [_Blocks(area, self.source.merges, self.moves.row(area.first)) for area in self.areas]
        for span in self.source.merges:
            if span not in undone and not any(block.covers(span) for block in blocks):
                yield self.moves.merge(span)
        for block in blocks:
            yield from block.spans()


class _Blocks:
    """The merged cells of one area's new rows, and those that join rows (households) downwards."""

    def __init__(self, area: Area, merges: list[Span], first: int) -> None:
        self.area, self.first = area, first
        flat = [m for m in merges if m.height == 1 and area.first <= m.top <= area.last]
        self.pattern = [(m.left, m.right) for m in flat if m.top == area.last]
        self.tall: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for index, length, col in area.vertical_merges:
            if length > 1:
                sides = next((s for s in self.pattern if s[0] <= col <= s[1]), (col, col))
                self.tall.setdefault(sides, []).append((index, length))

    def covers(self, span: Span) -> bool:
        """Whether a flat merged cell of the blank rows lies within a block that is joined downwards."""
        index = span.top - self.area.first
        return span.height == 1 and any(i <= index < i + n for i, n in self.tall.get((span.left, span.right), ()))

    def spans(self) -> Iterator[Span]:
        start = self.first + self.area.blank_rows
        for left, right in self.pattern:
            joined = {i + k for i, n in self.tall.get((left, right), ()) for k in range(n)}
            for row in range(start, self.first + self.area.n_rows):
                if row - self.first not in joined:
                    yield Span(row, left, row, right)
        for (left, right), blocks in self.tall.items():
            for index, length in blocks:
                yield Span(self.first + index, left, self.first + index + length - 1, right)


def moved_anchor(moves: RowMoves, row: int) -> int:
    """A row of a drawing's anchor, which counts from 0, afterwards."""
    return moves.row(row + 1) - 1


def replaced(pattern: re.Pattern[str], change: Callable[[str], str], text: str) -> str:
    """The text with group 2 of every match changed and group 1 kept."""
    return pattern.sub(lambda m: m[1] + change(m[2]), text)
