"""The tables of a sheet: side by side or one below the other, each with its headings, rows, titles and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from yici.core.ledgers.cells import bare_label, words_of
from yici.core.ledgers.headers import Header, find_header, header_at, is_heading_row
from yici.core.ledgers.lexicon import Lexicon
from yici.core.ledgers.marks import is_pivot
from yici.core.ledgers.rows import RowKind, unlike_rows
from yici.core.ledgers.sheet import RawSheet
from yici.core.ledgers.window import MergeIndex, Window, window_of

HEAD_ROWS = 60


@dataclass(slots=True)
class Table:
    """One table found: columns with their heading paths, the rows of its body, what is said above it.

    `skipped` tells why single rows of the body are not records; `groups` are the rows that divide it (row, name).
    """

    top: int
    first_row: int
    last_row: int
    paths: dict[int, tuple[str, ...]]
    above: tuple[str, ...] = ()
    skipped: dict[int, str] = field(default_factory=dict)
    groups: list[tuple[int, str]] = field(default_factory=list)

    @property
    def left(self) -> int:
        return min(self.paths)

    @property
    def right(self) -> int:
        return max(self.paths)

    def heading(self, col: int) -> str:
        """A column's headings in one text: 户主信息/姓名; a column without any is named by its place."""
        return "/".join(words_of("s" + text) for text in self.paths[col]) or f"第{col}列"


@dataclass(frozen=True, slots=True)
class Finding:
    """The tables of a sheet, or why there are none."""

    tables: list[Table]
    reason: str = ""


def find_tables(sheet: RawSheet, lexicon: Lexicon) -> Finding:
    """All tables of a sheet, from top to bottom and left to right."""
    merges = MergeIndex(sheet.merges)
    window = window_of(sheet, merges, 1, HEAD_ROWS)
    header = find_header(window, 1, lexicon)
    if header is None:
        return Finding([], "no heading row")
    if _has_pivot_words(window, header):
        return Finding([], "pivot table")
    tables: list[Table] = []
    for block, last_row, repeats in _stacked(sheet, merges, header, lexicon):
        whole = Table(block.top, block.bottom + 1, last_row, dict(block.paths), _above(sheet, merges, block, tables))
        _widen(sheet, whole)
        for row in repeats:
            whole.skipped[row] = RowKind.HEADING
        tables.extend(_side_by_side(sheet, whole))
    tables = [table for table in tables if table.last_row >= table.first_row]
    for table in tables:
        _mark_rows(sheet, merges, table, lexicon)
    return Finding(tables, "" if tables else "no rows below the heading")


def _mark_rows(sheet: RawSheet, merges: MergeIndex, table: Table, lexicon: Lexicon) -> None:
    for row, why, text in unlike_rows(sheet, merges, table.first_row, table.last_row, table.paths, lexicon):
        table.skipped.setdefault(row, why)
        if why == RowKind.GROUP:
            table.groups.append((row, text))


def _has_pivot_words(window: Window, header: Header) -> bool:
    rows = range(window.first, min(header.bottom + 2, window.last) + 1)
    return any(is_pivot(words_of(box.raw)) for row in rows for box in window.boxes(row))


def _stacked(
    sheet: RawSheet, merges: MergeIndex, header: Header, lexicon: Lexicon
) -> list[tuple[Header, int, list[int]]]:
    """Heading blocks with the last row of each body and the rows in it that repeat the heading."""
    found: list[tuple[Header, int, list[int]]] = []
    repeats: list[int] = []
    at_least = 3 if len(header.paths) > 3 else 2
    words = lexicon.headings | {words_of("s" + text) for path in header.paths.values() for text in path}
    done = header.bottom
    for row in sheet.rows_holding(1, sheet.n_cols, words, at_least):
        if row <= done:
            continue
        window = window_of(sheet, merges, row - 4, row + 5)
        if not is_heading_row(window, row, lexicon):
            continue
        block = header_at(window, row, lexicon, done + 1)
        done = block.bottom
        if _same_leaves(block, header):
            repeats.extend(range(block.top, block.bottom + 1))
            continue
        found.append((header, block.top - 1, repeats))
        header, repeats = block, []
    found.append((header, sheet.n_rows, repeats))
    return found


def _same_leaves(block: Header, header: Header) -> bool:
    ours = {col: bare_label(path[-1]) for col, path in header.paths.items() if path}
    theirs = {col: bare_label(path[-1]) for col, path in block.paths.items() if path}
    same = sum(ours.get(col) == label for col, label in theirs.items())
    return same * 10 >= 7 * max(len(ours), 1)


def _above(sheet: RawSheet, merges: MergeIndex, block: Header, before: Sequence[Table]) -> tuple[str, ...]:
    """The texts of the lines above a heading block, up to the body of the table before it."""
    lowest = 1 if not before else max(block.top - 4, 1)
    window = window_of(sheet, merges, lowest, block.top - 1) if block.top > lowest else None
    if window is None:
        return ()
    lines: list[str] = []
    for row in range(window.last, window.first - 1, -1):
        boxes = window.starting(row)
        # Rows of the table before, or its end: what stands above that says nothing about this one.
        if before and (len(boxes) > 2 or (not boxes and lines)):
            break
        lines[:0] = [(box.raw or "")[1:] for box in boxes if (box.raw or "")[0] in "sd"]
    return tuple(lines)


def _widen(sheet: RawSheet, table: Table) -> None:
    """Columns outside the headings that hold data in most rows belong to the table too, without a heading."""
    rows = list(range(table.first_row, min(table.first_row + 50, table.last_row + 1)))
    for col in (*range(table.left - 1, 0, -1), *range(table.right + 1, sheet.n_cols + 1)):
        filled = sum(bool(words_of(raw)) for raw in sheet.column(col, rows))
        if filled * 2 > len(rows):
            table.paths[col] = ()


def _side_by_side(sheet: RawSheet, table: Table) -> list[Table]:
    starts = _repeated_starts(table) or _gap_starts(sheet, table)
    if not starts:
        return [table]
    bounds = [*starts, table.right + 1]
    if table.left < starts[0]:
        bounds[0] = table.left
    return [_part(table, left, right - 1) for left, right in pairwise(bounds)]


def _part(table: Table, left: int, right: int) -> Table:
    paths = {col: path for col, path in table.paths.items() if left <= col <= right}
    while paths and not paths[max(paths)]:
        del paths[max(paths)]
    return Table(table.top, table.first_row, table.last_row, paths, table.above, dict(table.skipped))


def _repeated_starts(table: Table) -> list[int]:
    """Where the same sequence of headings begins again: 序号|姓名|电话|序号|姓名|电话."""
    headed = [(col, path) for col, path in sorted(table.paths.items()) if path]
    sequence = [tuple(bare_label(text) for text in path) for _, path in headed]
    places = [place for place, path in enumerate(sequence) if path == sequence[0]]
    if len(places) < 2:
        return []
    parts = [sequence[a:b] for a, b in zip(places, [*places[1:], len(sequence)], strict=True)]
    if len(parts[0]) < 2 or any(part != parts[0][: len(part)] for part in parts):
        return []
    return [headed[place][0] for place in places]


def _gap_starts(sheet: RawSheet, table: Table) -> list[int]:
    """Where a wholly empty column divides two tables of clearly different length."""
    for gap in range(table.left + 2, table.right - 1):
        if table.paths.get(gap):
            continue
        left, right = sheet.filled(table.left, gap - 1), sheet.filled(gap + 1, table.right)
        if any(sheet.filled(gap, gap)[table.top - 1 : table.last_row]):
            continue
        body = slice(table.first_row - 1, table.last_row)
        lengths = sorted((sum(n > 0 for n in left[body]), sum(n > 0 for n in right[body])))
        if lengths[0] * 10 < lengths[1] * 8:
            return [table.left, gap + 1]
    return []
