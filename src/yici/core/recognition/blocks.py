"""Sheet blocks: every merged rectangle or single cell is one block, and every position knows its block."""

from __future__ import annotations

from dataclasses import dataclass, field

from yici.core.grid import Cell, Sheet, Span
from yici.core.recognition.labels import squash
from yici.core.recognition.roles import Role, role_of


@dataclass(frozen=True, slots=True)
class Block:
    """A merged rectangle or a single cell: what it covers, its text without blanks, its role."""

    span: Span
    cell: Cell
    text: str
    role: Role
    bordered: bool

    @property
    def empty(self) -> bool:
        return self.role is Role.EMPTY

    @property
    def label(self) -> bool:
        return self.role in (Role.LABEL, Role.META, Role.NOTE, Role.SIGN)


@dataclass(slots=True)
class Blocks:
    """The blocks of a sheet, by position."""

    sheet: Sheet
    n_rows: int
    n_cols: int
    by_place: dict[tuple[int, int], Block] = field(default_factory=dict)

    def at(self, row: int, col: int) -> Block:
        block = self.by_place.get((row, col))
        if block is None:
            cell = self.sheet.at(row, col)
            block = Block(Span(row, col, row, col), cell, squash(cell.text), _role(cell), cell.border & 15 != 0)
            self.by_place[row, col] = block
        return block

    def row(self, row: int, left: int, right: int) -> list[Block]:
        """The distinct blocks that touch a row between two columns, from left to right."""
        found: list[Block] = []
        for col in range(left, right + 1):
            block = self.at(row, col)
            if not found or found[-1] is not block:
                found.append(block)
        return found

    def blank_row(self, row: int, left: int, right: int) -> bool:
        """Neither text nor border in a row."""
        return all(block.empty and not block.bordered for block in self.row(row, left, right))


def make_blocks(sheet: Sheet) -> Blocks:
    """Cut a sheet into blocks."""
    bottom = max([sheet.n_rows, *(span.bottom for span in sheet.merges if span.bottom <= sheet.n_rows + 200)])
    right = max([sheet.n_cols, *(span.right for span in sheet.merges if span.right <= sheet.n_cols + 20)])
    blocks = Blocks(sheet, min(bottom, 2000), min(right, 500))
    for span in sheet.merges:
        if span.height * span.width > 200_000:
            continue
        cell = sheet.at(span.top, span.left)
        border = 0
        for row in range(span.top, span.bottom + 1):
            for col in (span.left, span.right):
                border |= sheet.at(row, col).border
        block = Block(span, cell, squash(cell.text), _role(cell), border & 15 != 0)
        for row in range(span.top, span.bottom + 1):
            for col in range(span.left, span.right + 1):
                blocks.by_place[row, col] = block
    return blocks


def _role(cell: Cell) -> Role:
    if cell.kind == "formula" or cell.formula:
        return Role.FORMULA
    return role_of(cell.text)
