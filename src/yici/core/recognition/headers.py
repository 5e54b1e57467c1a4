"""Header bands: the closed run of label rows above the body of a roster or a cross table."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yici.core.recognition.blocks import Block, Blocks
from yici.core.recognition.roles import Role

MAX_LEVELS = 7
_COLUMN_NUMBER = re.compile(r"^(?:[甲乙丙丁戊己庚辛]|[(（]?\d{1,3}[)）]?|[A-Z]{1,2}|栏次|行次|\d{1,3}=[\d+\-*/×÷()]+)$")
_UNIT_ONLY = re.compile(
    r"^[(（]?(?:元|万元|亩|人|户|个|%|岁|平方米|㎡|m2|元/月|元/年|吨|次|件|名|千克|公斤|公里|处|台|套|座)[)）]?$"
)


@dataclass(frozen=True, slots=True)
class Group:
    """One leaf column of a header: the columns it covers and its label path from top to bottom."""

    left: int
    right: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """A header band: rows `top`..`bottom`, columns `left`..`right`, its leaf columns from left to right."""

    top: int
    bottom: int
    left: int
    right: int
    groups: tuple[Group, ...]


def find_header(blocks: Blocks, row: int, left: int, right: int) -> Header | None:
    """The header band that starts in a row between two columns, or None when there is none."""
    first = blocks.row(row, left, right)
    if not _opens(first, row, left, right):
        return None
    bottom = _closed_bottom(blocks, row, left, right)
    if bottom is None:
        return None
    groups = _leaf_groups(blocks, row, bottom, left, right)
    named = [group for group in groups if group.path]
    nameless = [group for group in groups[1:] if not group.path]
    if len(named) < 2 or (nameless and (len(nameless) > 1 or len(named) < 6)):
        return None
    if _holds_gaps(blocks, row, bottom, left, right):
        return None
    bottom, groups = _absorb(blocks, bottom, left, right, groups)
    return Header(row, bottom, left, right, tuple(groups))


def _opens(first: list[Block], row: int, left: int, right: int) -> bool:
    labels = [block for block in first if block.role is Role.LABEL]
    if any(block.span.top != row or block.span.left < left or block.span.right > right for block in first):
        return False
    if any(block.role in (Role.CHOICE, Role.PLACEHOLDER, Role.FORMULA, Role.SIGN) for block in first):
        return False
    # One heading word among several labels (单位：) is a column of its own.
    return len(labels) >= 2 and sum(block.role is Role.META for block in first) <= (len(labels) >= 3)


def _closed_bottom(blocks: Blocks, row: int, left: int, right: int) -> int | None:
    """The smallest lower edge that no block crosses and below which no header level follows."""
    bottom = row
    while bottom - row < MAX_LEVELS:
        below = max(block.span.bottom for r in range(row, bottom + 1) for block in blocks.row(r, left, right))
        if below > bottom:
            bottom = below
            continue
        if bottom < blocks.n_rows and _level_follows(blocks, row, bottom, left, right):
            bottom += 1
            continue
        return bottom
    return None


def _level_follows(blocks: Blocks, top: int, bottom: int, left: int, right: int) -> bool:
    """Whether the next row refines a wide header cell, or names columns that have no label yet."""
    columns = range(left, right + 1)
    next_labels = [c for c in columns if blocks.at(bottom + 1, c).role is Role.LABEL]
    # A row that names every column is a header by itself; what stands above it with gaps is a card row.
    if len(next_labels) == len(columns) and any(block.empty for block in blocks.row(top, left, right)):
        return False
    for block in blocks.row(bottom, left, right):
        if block.span.width > 1 and block.role is Role.LABEL:
            under = blocks.row(bottom + 1, block.span.left, block.span.right)
            if len(under) >= 2 and all(u.role is Role.LABEL for u in under):
                return True
    bare = [c for c in columns if all(blocks.at(r, c).empty for r in range(top, bottom + 1))]
    if not bare or len(bare) > 0.7 * len(columns):
        return False
    if bottom + 2 > blocks.n_rows or len(next_labels) == len(columns):
        return False
    # Group heads typed without merging stand beside leaf labels, which have nothing below them; card rows do not.
    leaves = [c for c in columns if not blocks.at(bottom, c).empty and blocks.at(bottom + 1, c).empty]
    if not leaves:
        return False
    after = blocks.row(bottom + 2, left, right)
    return set(bare) <= set(next_labels) and len(columns) >= 4 and all(
        block.empty or block.role is Role.NUMBER for block in after
    )  # fmt: skip


def _leaf_groups(blocks: Blocks, top: int, bottom: int, left: int, right: int) -> list[Group]:
    groups: list[Group] = []
    stacks: list[tuple[Block, ...]] = []
    for col in range(left, right + 1):
        stack: list[Block] = []
        for row in range(top, bottom + 1):
            block = blocks.at(row, col)
            if not block.empty and (not stack or stack[-1] is not block):
                stack.append(block)
        leaf = blocks.at(bottom, col)
        merged = leaf is blocks.at(bottom, col - 1) if col > left else False
        same = bool(stacks) and tuple(stack) == stacks[-1]
        if merged or (same and stack and leaf.empty and _joined(blocks, top, bottom, col)):
            groups[-1] = Group(groups[-1].left, col, groups[-1].path)
        else:
            groups.append(Group(col, col, _path(blocks, stack, top, col, left)))
        stacks.append(tuple(stack))
    return groups


def _joined(blocks: Blocks, top: int, bottom: int, col: int) -> bool:
    """Whether a column is one leaf with its left neighbour: their lowest blocks are the same merged block."""
    return any(
        blocks.at(row, col) is blocks.at(row, col - 1)
        for row in range(bottom, top - 1, -1)
        if not blocks.at(row, col).empty
    )


def _path(blocks: Blocks, stack: list[Block], top: int, col: int, left: int) -> tuple[str, ...]:
    """The labels above a column. A group head typed without merging reaches over the empty cells right of it."""
    path = [block.text for block in stack if block.role is not Role.NUMBER]
    if stack and stack[0].span.top > top and col > left:
        for back in range(col - 1, left - 1, -1):
            head = blocks.at(top, back)
            if head.empty:
                continue
            lower = blocks.at(stack[0].span.top, back)
            if (
                head.role is Role.LABEL
                and head.span.bottom < stack[0].span.top
                and lower is not head
                and not lower.empty
            ):
                path.insert(0, head.text)
            break
    return tuple(path)


def _holds_gaps(blocks: Blocks, top: int, bottom: int, left: int, right: int) -> bool:
    """Whether empty cells stand in the band where values would stand, so that it is no header."""
    for row in range(top, bottom + 1):
        row_blocks = blocks.row(row, left, right)
        opens = any(block.span.top == row and not block.empty for block in row_blocks)
        if not opens and row_blocks[0].span.top < row and any(block.empty for block in row_blocks):
            return True
        for block in row_blocks:
            if not block.empty:
                continue
            columns = range(block.span.left, block.span.right + 1)
            above = any(not blocks.at(r, c).empty for r in range(top, row) for c in columns)
            below = any(not blocks.at(r, c).empty for r in range(row + 1, bottom + 1) for c in columns)
            if row > top and above and not below and bottom - top > 3:
                return True
            if not above and not below and right - left + 1 <= 3:
                return True
    return False


def _absorb(blocks: Blocks, bottom: int, left: int, right: int, groups: list[Group]) -> tuple[int, list[Group]]:
    """Take in rows of column numbers (甲 乙 1 2), formula hints and units below the labels."""
    while bottom < blocks.n_rows:
        row = blocks.row(bottom + 1, left, right)
        texts = [block.text for block in row if not block.empty]
        if len(texts) >= max(3, 0.6 * len(groups)) and all(_COLUMN_NUMBER.match(text) for text in texts):
            bottom += 1
        elif len(texts) >= 2 and all(_UNIT_ONLY.match(text) for text in texts):
            groups = [_with_unit(blocks, bottom + 1, group) for group in groups]
            bottom += 1
        else:
            break
    return bottom, groups


def _with_unit(blocks: Blocks, row: int, group: Group) -> Group:
    unit = blocks.at(row, group.left).text.strip("()（）")
    if not unit or not group.path:
        return group
    return Group(group.left, group.right, (*group.path[:-1], f"{group.path[-1]}({unit})"))
