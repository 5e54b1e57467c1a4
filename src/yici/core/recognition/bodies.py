"""Bodies: the rows below a header band, and whether they make a roster or a cross table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from yici.core.recognition.blocks import Block, Blocks
from yici.core.recognition.headers import Header
from yici.core.recognition.roles import Role, is_counter, is_total

_EXAMPLE = re.compile(r"^(?:例|示例|例如|样例|举例|例子|填写示例|示范)\d?[:：]?$")
_DOTS = re.compile(r"^[.…·。]+$")


class RowKind(StrEnum):
    """What a body row is."""

    BLANK = "blank"
    EXAMPLE = "example"
    TOTAL = "total"
    STUB = "stub"
    FILLED = "filled"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Body:
    """The rows below a header: the kind of each row by its number, in order; `end` is the last of them."""

    kinds: dict[int, RowKind]
    end: int

    def rows(self, kind: RowKind) -> list[int]:
        return [row for row, found in self.kinds.items() if found is kind]


def read_body(blocks: Blocks, header: Header, bottom: int) -> Body:
    """Classify the rows below a header down to `bottom`, stopping where they no longer belong to it."""
    kinds: dict[int, RowKind] = {}
    framed = any(block.bordered for block in blocks.row(header.bottom, header.left, header.right))
    for row in range(header.bottom + 1, bottom + 1):
        kind = _row_kind(blocks, header, row, framed)
        if kind is RowKind.OUTSIDE:
            break
        seen_blank = RowKind.BLANK in kinds.values()
        seen_stub = RowKind.STUB in kinds.values()
        if kind is RowKind.FILLED and seen_blank:
            break  # A full row of texts after blank rows is the header of another table.
        if kind is RowKind.STUB and seen_blank and not seen_stub and not _stub_later(blocks, header, row, bottom):
            break
        kinds[row] = kind
    while kinds and framed is False and kinds[max(kinds)] is RowKind.BLANK and len(kinds) > 1:
        del kinds[max(kinds)]
    return Body(kinds, max(kinds, default=header.bottom))


def _stub_later(blocks: Blocks, header: Header, row: int, bottom: int) -> bool:
    """Whether a text after blank rows is a stub of the table (its total row came first), not something below it."""
    first = blocks.row(header.bottom + 1, header.left, header.right)
    here = blocks.row(row, header.left, header.right)
    framed = any(block.bordered for block in first)
    opened = any(is_total(block.text) for block in first[:2])
    return opened and any(block.empty and (block.bordered or not framed) for block in here)


def _row_kind(blocks: Blocks, header: Header, row: int, framed: bool) -> RowKind:
    row_blocks = blocks.row(row, header.left, header.right)
    if not _aligned(row_blocks, header):
        return RowKind.TOTAL if _total_row(row_blocks) else RowKind.OUTSIDE
    texts = [b for b in row_blocks if not b.empty and b.role is not Role.FORMULA and not _tall_stub(b, header)]
    if framed and not any(block.bordered for block in row_blocks):
        return RowKind.OUTSIDE
    if not texts:
        return RowKind.BLANK
    if any(is_total(block.text) for block in texts[:2]):
        return RowKind.TOTAL
    if any(_EXAMPLE.match(block.text) for block in texts[:2]):
        return RowKind.EXAMPLE
    if all(
        _DOTS.match(b.text) or _running_number(b, header) or b.role in (Role.CHOICE, Role.PLACEHOLDER) for b in texts
    ):
        return RowKind.BLANK
    if any(b.role in (Role.META, Role.SIGN, Role.NOTE) for b in texts) and len(texts) <= 2:
        return RowKind.OUTSIDE
    if len(texts) > 0.6 * len(header.groups) and len(texts) >= 3 and _text_after_gap(row_blocks):
        return RowKind.FILLED
    return RowKind.STUB


def _aligned(row_blocks: list[Block], header: Header) -> bool:
    """Whether every block keeps to one leaf column of the header."""
    for block in row_blocks:
        if block.span.left < header.left or block.span.right > header.right:
            return False
        home = [g for g in header.groups if g.left <= block.span.left and block.span.right <= g.right]
        if not home:
            return False
        whole = block.span.left == home[0].left and block.span.right == home[0].right
        if block.empty and not whole and block.span.width > 1:
            return False
    return True


def _text_after_gap(row_blocks: list[Block]) -> bool:
    """Whether a text stands right of an empty cell, or none is empty: a filled row, not the stub of a cross table."""
    gap = next((i for i, block in enumerate(row_blocks) if block.empty), None)
    return gap is None or any(not block.empty for block in row_blocks[gap:])


def _total_row(row_blocks: list[Block]) -> bool:
    texts = [block for block in row_blocks if not block.empty]
    return (
        bool(texts)
        and is_total(texts[0].text)
        and len(row_blocks) > 1
        and not any(b.role is Role.LABEL for b in texts[1:])
    )


def _tall_stub(block: Block, header: Header) -> bool:
    """A label merged over several body rows (初中在校学生): it groups rows and is none itself."""
    return block.span.height > 1 and block.span.top > header.bottom and block.role is Role.LABEL


def _running_number(block: Block, header: Header) -> bool:
    if block.role is not Role.NUMBER:
        return False
    home = next((g for g in header.groups if g.left <= block.span.left <= g.right), None)
    return home is not None and (not home.path or is_counter(home.path[-1]) or home is header.groups[0])
