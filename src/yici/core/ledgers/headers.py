"""Finding the heading rows of a table: 1 to 4 levels, merged or not, with the row that numbers the columns."""

from __future__ import annotations

from dataclasses import dataclass

from yici.core.ledgers.cells import is_filled, words_of
from yici.core.ledgers.lexicon import Lexicon
from yici.core.ledgers.marks import is_column_numbering, is_meta, is_note, is_unit_only
from yici.core.ledgers.window import Box, Window

MAX_LEVELS = 4


@dataclass(frozen=True, slots=True)
class Header:
    """A heading block. `rows` are its levels, outermost first; `bottom` also counts units and column numbers.

    `paths` gives each column its headings from outside to inside; columns without any have an empty path.
    """

    top: int
    bottom: int
    paths: dict[int, tuple[str, ...]]

    @property
    def left(self) -> int:
        return min(self.paths)

    @property
    def right(self) -> int:
        return max(self.paths)


def find_header(window: Window, start: int, lexicon: Lexicon) -> Header | None:
    """The first heading block at or below a row, or None."""
    row = _first_heading_row(window, start, lexicon)
    return header_at(window, row, lexicon, start) if row else None


def header_at(window: Window, row: int, lexicon: Lexicon, start: int = 1) -> Header:
    """The heading block of which `row` is one level; `start` is the highest row it may reach."""
    top = row
    while top > max(start, window.first) and row - top < MAX_LEVELS - 1 and _is_parent_row(window, top - 1, top):
        top -= 1
    levels, bottom = _downwards(window, top, row, lexicon)
    return Header(top, bottom, _paths(window, levels))


def is_heading_row(window: Window, row: int, lexicon: Lexicon) -> bool:
    """Whether known headings stand in a row, and hardly any value among them."""
    boxes = window.starting(row)
    known = sum(lexicon.is_heading(box.raw) for box in boxes)
    values = sum(lexicon.is_value(box.raw) and not lexicon.is_heading(box.raw) for box in boxes)
    if len(boxes) < 2 or known < 2 or values * 4 > len(boxes):
        return False
    # A filled card (姓名 | 王某 | 性别 | 男) has a value beside every heading; a heading row has hardly any.
    return values == 0 or known * 2 > len(boxes)


def _first_heading_row(window: Window, start: int, lexicon: Lexicon) -> int | None:
    rows = range(max(start, window.first), window.last + 1)
    found = next((row for row in rows if is_heading_row(window, row, lexicon)), None)
    return found or next((row for row in rows if _differs_from_below(window, row, lexicon)), None)


def _differs_from_below(window: Window, row: int, lexicon: Lexicon) -> bool:
    """Without a known word: distinct texts over at least three columns, with values in the same columns below."""
    boxes = window.starting(row)
    texts = [words_of(box.raw) for box in boxes]
    if len(boxes) < 3 or len(set(texts)) < len(texts) or row + 1 > window.last:
        return False
    if any(lexicon.is_value(box.raw) or is_meta(words_of(box.raw)) or len(words_of(box.raw)) > 20 for box in boxes):
        return False
    below = window.boxes(row + 1)
    return len(below) * 2 > len(boxes) and any(lexicon.is_value(box.raw) for box in below[1:])


def _is_parent_row(window: Window, row: int, top: int) -> bool:
    """Whether the row above a heading row is a level of the same block."""
    boxes = window.boxes(row)
    starting = window.starting(row)
    if any(box.span.bottom >= top for box in boxes):
        return True
    texts = [words_of(box.raw) for box in starting]
    if len(starting) < 2 or any(is_meta(text) or is_note(text) or len(text) > 20 for text in texts):
        return False
    return all(_has_children(window, box, top) for box in starting)


def _has_children(window: Window, box: Box, row: int) -> bool:
    return any(is_filled(window.raw(row, col)) for col in range(box.span.left, box.span.right + 1))


def _downwards(window: Window, top: int, row: int, lexicon: Lexicon) -> tuple[list[int], int]:
    """The rows of the levels, and the last row of the block."""
    bottom = row
    while bottom < window.last and bottom - top < MAX_LEVELS - 1 and _is_child_row(window, top, bottom, lexicon):
        bottom += 1
    levels = list(range(top, bottom + 1))
    if bottom < window.last and is_column_numbering([words_of(box.raw) for box in window.boxes(bottom + 1)]):
        bottom += 1
    return levels, bottom


def _is_child_row(window: Window, top: int, bottom: int, lexicon: Lexicon) -> bool:
    """Whether the row below a block still belongs to it: a heading reaches into it, or it only refines headings."""
    if window.crossing(bottom, top):
        return True
    boxes = window.starting(bottom + 1)
    texts = [words_of(box.raw) for box in boxes]
    if not boxes or is_column_numbering(texts):
        return False
    if all(is_unit_only(text) for text in texts):
        return True
    if any(lexicon.is_value(box.raw) and not lexicon.is_heading(box.raw) for box in boxes):
        return False
    known = sum(lexicon.is_heading(box.raw) for box in boxes)
    return known * 2 >= len(boxes) or _only_refines(window, boxes, bottom)


def _only_refines(window: Window, boxes: list[Box], above: int) -> bool:
    """All boxes stand below headings that span several columns, and some heading gets at least two."""
    parents = [window.span(above, box.span.left) for box in boxes]
    if any(parent.width == 1 for parent in parents):
        return False
    return len(set(parents)) < len(parents)


def _paths(window: Window, levels: list[int]) -> dict[int, tuple[str, ...]]:
    headed = [box.span for row in levels for box in window.boxes(row)]
    left, right = min(span.left for span in headed), max(span.right for span in headed)
    spread = {row: _spread(window, row, row + 1 if row + 1 in levels else None, left, right) for row in levels}
    return {col: _path([spread[row].get(col) for row in levels]) for col in range(left, right + 1)}


def _spread(window: Window, row: int, below: int | None, left: int, right: int) -> dict[int, Box]:
    """Which heading of a level stands over each column. A level without any merge spreads its headings to the right.

    A heading spreads over a blank only where the level below has headings both under it and under the blank.
    """
    seen = {col: box for box in window.boxes(row) for col in range(box.span.left, box.span.right + 1)}
    if below is None or any(box.span.width > 1 for box in seen.values()):
        return seen
    under = {col for box in window.starting(below) for col in range(box.span.left, box.span.right + 1)}
    for col in range(left + 1, right + 1):
        if col not in seen and col in under and col - 1 in seen and col - 1 in under:
            seen[col] = seen[col - 1]
    return seen


def _path(boxes: list[Box | None]) -> tuple[str, ...]:
    texts: list[str] = []
    last: Box | None = None
    for box in boxes:
        if box is None or box == last:
            continue
        text = (box.raw or "")[1:].strip()
        if texts and is_unit_only(text):
            texts[-1] = f"{texts[-1]}({words_of(box.raw).strip('()')})"
        else:
            texts.append(text)
        last = box
    return tuple(texts)
