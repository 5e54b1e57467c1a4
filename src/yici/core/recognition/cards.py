"""Cards: every empty cell looks for the label that asks for it, to its left first, then above."""

from __future__ import annotations

import re

from yici.core.grid import Span
from yici.core.recognition.blocks import Block, Blocks
from yici.core.recognition.roles import Role, is_counter, is_human
from yici.core.recognition.template import Area, Slot

_SUFFIX = re.compile(r"^(?:市|县|区|县[(（]市、区[)）]|乡镇[(（]街道[)）]|镇|乡|街道|村|路|号|组|栋|单元|室)$")
# Labels that ask nothing of the cell beside them: an annex number, a heading with room of its own.
_NO_QUESTION = re.compile(r"^(?:附件|附表|附)\d*[:：]?$|[:：].*年.*月|^表\s*\d+[:：]?$")
_STAMP = re.compile(r"[(（](?:盖章|公章|签章)[)）]")
_FILLABLE = (Role.EMPTY, Role.CHOICE, Role.PLACEHOLDER)


def read_card(blocks: Blocks, span: Span, taken: set[tuple[int, int]], context: tuple[str, ...]) -> Area | None:
    """The card slots of a region, leaving out what rosters and cross tables have taken."""
    framed = _framed(blocks, span, taken)
    slots: list[Slot] = []
    seen: set[int] = set()
    answered: set[int] = set()
    for row in range(span.top, span.bottom + 1):
        for block in blocks.row(row, span.left, span.right):
            if id(block) in seen or (row, block.span.left) in taken or block.span.top != row:
                continue
            seen.add(id(block))
            if block.role in _FILLABLE:
                slot = _slot_for(blocks, block, span, taken, framed, answered, context)
                if slot is not None:
                    slots.append(slot)
    if not slots:
        return None
    return Area("cells", blocks.sheet.name, span, slots, context)


def _framed(blocks: Blocks, span: Span, taken: set[tuple[int, int]]) -> bool:
    places = ((r, c) for r in range(span.top, span.bottom + 1) for c in range(span.left, span.right + 1))
    return sum(blocks.at(*place).bordered for place in places if place not in taken) >= 4


def _slot_for(
    blocks: Blocks, block: Block, span: Span, taken: set[tuple[int, int]], framed: bool,
    answered: set[int], context: tuple[str, ...],
) -> Slot | None:  # fmt: skip
    labels, side = _asking(blocks, block, span, taken, answered)
    if not labels or (framed and block.empty and not _framed_slot(block, labels)):
        return None
    if labels[0].role is Role.META and not block.bordered and labels[0].span.width >= 3 and block.span.width == 1:
        return None  # The heading cell is wide enough to hold its answer itself.
    text = "".join(label.text for label in labels)
    if len(text) > 80 or is_human(_STAMP.sub("", text)) or is_counter(text):
        return None
    if block.role is Role.PLACEHOLDER and side == "above" and not block.bordered:
        return None
    if any(label.role in (Role.NOTE, Role.SIGN) or _NO_QUESTION.search(label.text) for label in labels):
        return None
    answered.update(id(label) for label in labels)
    path = (*context, *_around(blocks, block, labels, span, taken), text)
    return Slot(
        block.span.top, block.span.left, path, block.cell.text, block.cell.options,
        block.cell.number_format, block.span.width,
    )  # fmt: skip


def _framed_slot(block: Block, labels: list[Block]) -> bool:
    """In a form with borders a slot has a border, or is the room right of a heading word such as 填报单位：."""
    if block.bordered:
        return True
    heading = labels[0].role is Role.META or labels[0].text.endswith((":", "(盖章)"))
    return heading and (not labels[0].bordered or block.span.width > 1)


def _asking(
    blocks: Blocks, block: Block, span: Span, taken: set[tuple[int, int]], answered: set[int]
) -> tuple[list[Block], str]:
    """The labels that ask for a cell, and on which side of it they stand."""
    left = [] if _title_row(blocks, block.span.top, span) else _left_labels(blocks, block, span, taken)
    right = _right_label(blocks, block, span, taken)
    if right is not None and _SUFFIX.match(right.text) and left and _SUFFIX.match(left[0].text):
        return [right], "right"
    if left and all(id(label) not in answered for label in left):
        fits = all(label.span.top >= block.span.top and label.span.bottom <= block.span.bottom for label in left)
        above = _above_label(blocks, block, span, taken)
        first_row = block.span.top == left[0].span.top
        if fits or (first_row and not _labelled_above(above, left[0], block, answered)):
            return ([], "") if _suffixes(left) else (left, "left")
        return ([above] if above else []), "above"
    above = _above_label(blocks, block, span, taken)
    heads = above is not None and id(above) not in answered and _covers(above, block) and block.bordered
    if heads and above is not None and not _in_list(blocks, above, span):
        return [above], "above"
    if right is not None and _SUFFIX.match(right.text) and id(right) not in answered:
        return [right], "right"
    return [], ""


def _title_row(blocks: Blocks, row: int, span: Span) -> bool:
    """Whether a row near the top holds only a wide title."""
    texts = [b for b in blocks.row(row, span.left, span.right) if not b.empty]
    wide = len(texts) == 1 and texts[0].span.width >= max(2, 0.5 * (span.right - span.left + 1))
    return row <= span.top + 2 and wide and not texts[0].text.endswith(":")


def _suffixes(left: list[Block]) -> bool:
    return len(left) == 1 and bool(re.match(r"^(?:市|乡镇[(（]街道[)）]|号|室)$", left[0].text))


def _left_labels(blocks: Blocks, block: Block, span: Span, taken: set[tuple[int, int]]) -> list[Block]:
    col = block.span.left - 1
    if col < span.left:
        return []
    found: list[Block] = []
    for row in range(block.span.top, block.span.bottom + 1):
        neighbour = blocks.at(row, col)
        if (row, col) in taken or neighbour.role not in (Role.LABEL, Role.META):
            return []
        if not found or found[-1] is not neighbour:
            found.append(neighbour)
    return found


def _above_label(blocks: Blocks, block: Block, span: Span, taken: set[tuple[int, int]]) -> Block | None:
    row = block.span.top - 1
    if row < span.top or (row, block.span.left) in taken:
        return None
    above = blocks.at(row, block.span.left)
    return above if above.role is Role.LABEL and above.span.height <= 2 else None


def _labelled_above(above: Block | None, side: Block, block: Block, answered: set[int]) -> bool:
    """Whether a cell right of a tall side label has a label of its own above it."""
    if above is None or id(above) in answered or not _covers(above, block):
        return False
    return side.span.height > block.span.height and side.span.top <= above.span.top


def _in_list(blocks: Blocks, above: Block, span: Span) -> bool:
    """Whether a text is one of several below each other (a list of values), so that it heads nothing."""
    row = above.span.top - 1
    if row < span.top:
        return False
    before = blocks.at(row, above.span.left)
    return before.role is Role.LABEL and _covers(before, above) and before.span.height == above.span.height


def _covers(above: Block, block: Block) -> bool:
    return above.span.left == block.span.left and above.span.right == block.span.right


def _right_label(blocks: Blocks, block: Block, span: Span, taken: set[tuple[int, int]]) -> Block | None:
    col = block.span.right + 1
    if col > span.right or (block.span.top, col) in taken:
        return None
    right = blocks.at(block.span.top, col)
    return right if right.role is Role.LABEL else None


def _around(
    blocks: Blocks, block: Block, labels: list[Block], span: Span, taken: set[tuple[int, int]]
) -> tuple[str, ...]:
    """The side labels and section rows a slot stands under, outermost first."""
    around: list[str] = []
    for col in range(span.left, labels[0].span.left):
        side = blocks.at(block.span.top, col)
        tall = side.span.height > max(block.span.height, 1) and side.span.top <= labels[0].span.top
        if side.role is Role.LABEL and tall and side not in labels and side.text not in around:
            around.append(side.text)
    first = blocks.at(block.span.top, span.left)
    # A label followed by another label has no slot of its own: it heads its row (代办人 | 姓名 | …).
    heads = first.role is Role.LABEL and first.span.right < span.right and first not in labels
    if heads and first.text not in around and blocks.at(first.span.top, first.span.right + 1).role is Role.LABEL:
        around.insert(0, first.text)
    return tuple(around)
