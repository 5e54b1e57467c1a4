"""Rosters and cross tables: a header band with the body below it, turned into areas with slots."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yici.core.grid import Span
from yici.core.recognition.blocks import Block, Blocks
from yici.core.recognition.bodies import Body, RowKind, read_body
from yici.core.recognition.headers import Group, Header, find_header
from yici.core.recognition.matrix import read_matrix
from yici.core.recognition.roles import Role, is_counter
from yici.core.recognition.template import Area, Slot

_MEMBERS = re.compile(r"成员|家属|子女情况")


def find_table(blocks: Blocks, row: int, span: Span, context: tuple[str, ...]) -> tuple[Area, Span] | None:
    """A roster or cross table whose header starts in a row of a region, with the rectangle it takes up; else None.

    The header may leave out label cells at the sides (a tall side label, a second half of the form).
    """
    halves = _half(blocks, row, span)
    for left, right in (*halves, *_ranges(blocks, row, span)):
        header = find_header(blocks, row, left, right)
        if header is None:
            continue
        body = read_body(blocks, header, span.bottom)
        area = _area(blocks, header, body, span, (*context, *_side_labels(blocks, header, span)))
        if area is not None and area.slots and (area.kind == "matrix" or (left, right) not in halves):
            return area, Span(header.top, header.left, max(body.end, header.bottom), header.right)
    return None


def _half(blocks: Blocks, row: int, span: Span) -> list[tuple[int, int]]:
    """The first of two or more equal halves side by side (指标|单位|数值‖指标|单位|数值)."""
    row_blocks = blocks.row(row, span.left, span.right)
    texts = [block.text for block in row_blocks]
    for times in (2, 3, 4):
        size, rest = divmod(len(texts), times)
        if not rest and size >= 2 and all(texts) and texts == texts[:size] * times:
            return [(row_blocks[0].span.left, row_blocks[size - 1].span.right)]
    return []


def _ranges(blocks: Blocks, row: int, span: Span) -> Iterator[tuple[int, int]]:
    """The column ranges to try for a header: the whole row first, then without label cells at either side."""
    row_blocks = blocks.row(row, span.left, span.right)
    while row_blocks and row_blocks[-1].empty and not _texts_below(blocks, row, row_blocks[-1], span):
        row_blocks.pop()
    while row_blocks and row_blocks[0].empty and not _texts_below(blocks, row, row_blocks[0], span):
        row_blocks.pop(0)
    n = len(row_blocks)
    for dropped_left in range(min(3, n)):
        for dropped_right in range(min(4, n - dropped_left)):
            kept = row_blocks[dropped_left : n - dropped_right]
            dropped = row_blocks[:dropped_left] + row_blocks[n - dropped_right :]
            if len(kept) >= 2 and len(kept) > dropped_right and all(_may_drop(block, row) for block in dropped):
                yield kept[0].span.left, kept[-1].span.right


def _side_labels(blocks: Blocks, header: Header, span: Span) -> tuple[str, ...]:
    """The tall labels left of a table (家庭成员): they say whose rows these are."""
    sides = blocks.row(header.top, span.left, header.left - 1) if header.left > span.left else []
    return tuple(side.text for side in sides if side.role is Role.LABEL and side.span.height > 1)


def _texts_below(blocks: Blocks, row: int, block: Block, span: Span) -> bool:
    """Whether texts stand below an empty cell at the edge of a header: then it is the empty corner over a stub."""
    below = range(row + 1, min(row + 6, span.bottom) + 1)
    return sum(not blocks.at(r, block.span.left).empty for r in below) >= min(2, len(below))


def _may_drop(block: Block, row: int) -> bool:
    return block.span.height > 1 or block.span.top < row


def _area(blocks: Blocks, header: Header, body: Body, span: Span, context: tuple[str, ...]) -> Area | None:
    blank = body.rows(RowKind.BLANK)
    stubs = body.rows(RowKind.STUB)
    whole = header.left <= _first_used(blocks, header, span) and header.right >= _last_used(blocks, header, span)
    if stubs and (len(stubs) >= max(1, len(blank) * 0.5) or _prefixed(stubs + body.rows(RowKind.TOTAL), blank)):
        return read_matrix(blocks, header, body, context)
    if stubs and not blank:
        return None
    if not blank and body.rows(RowKind.FILLED):
        return None
    if len(header.groups) < 3 and not (context and blank) and len(blank) < 2:
        return None
    virtual = not blank
    if virtual and not (whole and _nothing_below(blocks, header, body, span)):
        return None
    listed = any(_MEMBERS.search(part) for part in context)
    if len(blank) == 1 and not listed and (not whole or len(header.groups) < 4) and not _closes(blocks, body, span):
        return None
    return _roster(blocks, header, body, context)


def _first_used(blocks: Blocks, header: Header, span: Span) -> int:
    return next((c for c in range(span.left, span.right + 1) if not blocks.at(header.top, c).empty), span.left)


def _last_used(blocks: Blocks, header: Header, span: Span) -> int:
    columns = range(span.right, span.left - 1, -1)
    return next((c for c in columns if not blocks.at(header.top, c).empty), span.right)


def _prefixed(stubs: list[int], blank: list[int]) -> bool:
    """A total row first, blank rows, and another stub at the end: the rows between belong to a cross table."""
    return bool(blank) and min(stubs) < min(blank) and max(stubs) > max(blank)


def _nothing_below(blocks: Blocks, header: Header, body: Body, span: Span) -> bool:
    """Whether below a header without blank rows only notes, signatures or nothing follow."""
    for row in range(body.end + 1, min(span.bottom, body.end + 4) + 1):
        texts = [b for b in blocks.row(row, span.left, span.right) if not b.empty]
        if len([b for b in texts if b.role is Role.LABEL]) > 1:
            return False
        if any(b.empty and b.bordered for b in blocks.row(row, header.left, header.right)):
            return False
    return True


def _closes(blocks: Blocks, body: Body, span: Span) -> bool:
    """Whether a one-row body is the end of its table: only one text, or nothing, stands in the next row."""
    if body.rows(RowKind.TOTAL) or body.rows(RowKind.EXAMPLE):
        return True
    if body.end >= span.bottom:
        return True
    below = blocks.row(body.end + 1, span.left, span.right)
    return len([block for block in below if not block.empty]) <= 1 and not any(b.empty and b.bordered for b in below)


def _roster(blocks: Blocks, header: Header, body: Body, context: tuple[str, ...]) -> Area:
    blank = body.rows(RowKind.BLANK)
    first = _run_start(blank) if blank else body.end + 1
    count = _run_length(blank, first)
    first_group = header.groups[0]
    counter = next((g.left for g in header.groups if _counts(g, first_group)), None)
    if counter is None and blank and not header.groups[0].path:
        numbered = [blocks.at(row, header.left) for row in blank]
        counter = header.left if all(b.role is Role.NUMBER for b in numbered) else None
    counters = tuple(g.left for g in header.groups if _counts(g, first_group)) or (
        (counter,) if counter is not None else ()
    )
    slots = [
        _slot(blocks, first, group, context)
        for group in header.groups
        if group.path and group.left not in counters and not _stub_group(blocks, group, first, bool(blank))
        and blocks.at(first, group.left).role is not Role.FORMULA
    ]  # fmt: skip
    span = Span(header.top, header.left, max(body.end, header.bottom), header.right)
    repeat = _repeats([slot.path[-1] for slot in slots])
    return Area("rows", blocks.sheet.name, span, slots, context, first, count, counter, counters, repeat)


def _counts(group: Group, first: Group) -> bool:
    """Whether a column counts rows. 编号 does so only where it stands first; elsewhere it asks for a number."""
    if not group.path or not is_counter(group.path[-1]):
        return False
    return group is first or group.path[-1].startswith(("序", "行次", "项次"))


def _stub_group(blocks: Blocks, group: Group, first: int, blank: bool) -> bool:
    block = blocks.at(first, group.left)
    return blank and not block.empty and block.span.height > 1 and block.role is Role.LABEL


def _run_start(blank: list[int]) -> int:
    return blank[0]


def _run_length(blank: list[int], first: int) -> int:
    length = 0
    while first + length in blank:
        length += 1
    return length


def _repeats(labels: list[str]) -> int:
    """How many times the same labels stand side by side (姓名|电话‖姓名|电话 → 2)."""
    for times in (4, 3, 2):
        size, rest = divmod(len(labels), times)
        if size >= 2 and not rest and all(labels[i] == labels[i % size] for i in range(len(labels))):
            return times
    return 1


def _slot(blocks: Blocks, row: int, group: Group, context: tuple[str, ...]) -> Slot:
    block = blocks.at(row, group.left)
    return Slot(
        row, group.left, (*context, *group.path), block.cell.text, block.cell.options,
        block.cell.number_format, group.right - group.left + 1,
    )  # fmt: skip
