"""The areas of a sheet: regions split at empty columns, tables found in them, cards in what is left."""

from __future__ import annotations

from dataclasses import dataclass, field

from yici.core.grid import Sheet, Span
from yici.core.recognition.blocks import Block, Blocks, make_blocks
from yici.core.recognition.cards import read_card
from yici.core.recognition.roles import Role
from yici.core.recognition.surroundings import around
from yici.core.recognition.tables import find_table
from yici.core.recognition.template import Area, Heading


@dataclass(slots=True)
class SheetReading:
    """What was found on one sheet: areas from top to bottom, heading cells with room, titles and section rows."""

    areas: list[Area] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)


def read_sheet(sheet: Sheet) -> SheetReading:
    """Find every area of a sheet."""
    reading = SheetReading()
    if not any(cell.text for cell in sheet.cells.values()):
        return reading
    blocks = make_blocks(sheet)
    if sheet.kind == "table":
        reading.titles.extend(sheet.before[-3:])
    for span in _regions(blocks):
        _read_region(blocks, span, reading)
    reading.areas.sort(key=lambda area: (area.span.top, area.span.left))
    return reading


def _regions(blocks: Blocks) -> list[Span]:
    """The column ranges between columns in which nothing stands, on any row."""
    used = [col for col in range(1, blocks.n_cols + 1) if _column_used(blocks, col)]
    spans: list[Span] = []
    for col in used:
        if spans and col == spans[-1].right + 1:
            spans[-1] = Span(1, spans[-1].left, blocks.n_rows, col)
        else:
            spans.append(Span(1, col, blocks.n_rows, col))
    return spans


def _column_used(blocks: Blocks, col: int) -> bool:
    """Whether a column belongs to the form: text, a merged cell, or borders on more than stray rows."""
    column = [blocks.at(row, col) for row in range(1, blocks.n_rows + 1)]
    if any(not block.empty or block.span.width > 1 for block in column):
        return True
    return sum(block.bordered for block in column) > 0.1 * len(column)


def _read_region(blocks: Blocks, span: Span, reading: SheetReading) -> None:
    taken: set[tuple[int, int]] = set()
    sections = _sections(blocks, span)
    tables: list[tuple[Area, Span]] = []
    row = span.top
    while row <= span.bottom:
        found = _table_at(blocks, row, span, taken, sections)
        if found is None:
            row += 1
            continue
        used = found[1]
        tables.append(found)
        taken.update((r, c) for r in range(used.top, used.bottom + 1) for c in range(used.left, used.right + 1))
        row = row if used.left > span.left or used.right < span.right else used.bottom + 1
        row = row if _more_in(blocks, row, span, taken) else row + 1
    _note_headings(blocks, span, taken, reading)
    reading.areas.extend(_without_repeats([area for area, _ in tables]))
    for top, bottom, context in _card_bands(span, sections):
        card = read_card(blocks, Span(top, span.left, bottom, span.right), taken, context)
        if card is not None:
            reading.areas.append(card)
    for area in reading.areas:
        area.above, area.below = around(blocks, span, area, reading.areas)
    if blocks.sheet.kind == "table":
        for area in reading.areas:
            area.above, area.below = (*blocks.sheet.before, *area.above), (*area.below, *blocks.sheet.after)


def _without_repeats(areas: list[Area]) -> list[Area]:
    """Leave out a roster whose header is printed again further down (续表): its rows belong to the first one."""
    kept: dict[tuple[object, ...], Area] = {}
    for area in areas:
        labels = tuple(slot.path for slot in area.slots)
        kept.setdefault((area.kind, labels, area.span.left) if area.kind == "rows" else (id(area),), area)
    return list(kept.values())


def _more_in(blocks: Blocks, row: int, span: Span, taken: set[tuple[int, int]]) -> bool:
    return any((row, col) not in taken for col in range(span.left, span.right + 1))


def _table_at(
    blocks: Blocks, row: int, span: Span, taken: set[tuple[int, int]], sections: dict[int, str]
) -> tuple[Area, Span] | None:
    free = [col for col in range(span.left, span.right + 1) if (row, col) not in taken]
    if not free:
        return None
    left, right = _run(free)
    bottom = next((r - 1 for r in sorted(sections) if r > row), span.bottom)
    above = [sections[r] for r in sorted(sections) if r < row][-1:]
    return find_table(blocks, row, Span(row, left, bottom, right), tuple(above))


def _run(free: list[int]) -> tuple[int, int]:
    """The longest run of neighbouring columns."""
    best = current = (free[0], free[0])
    for col in free[1:]:
        current = (current[0], col) if col == current[1] + 1 else (col, col)
        best = max(best, current, key=lambda run: run[1] - run[0])
    return best


def _sections(blocks: Blocks, span: Span) -> dict[int, str]:
    """Rows that hold one wide label inside the form (一、基本情况): they head what follows. Row → text."""
    sections: dict[int, str] = {}
    started = False
    for row in range(span.top, span.bottom + 1):
        row_blocks = [b for b in blocks.row(row, span.left, span.right) if b.span.top == row]
        texts = [block for block in row_blocks if not block.empty]
        if len(texts) >= 2 and sum(b.role is Role.LABEL for b in texts) >= 2:
            started = True
        if len(texts) != 1 or len(row_blocks) != 1 or texts[0].role is not Role.LABEL:
            continue
        wide = texts[0].span.width >= 0.6 * (span.right - span.left + 1) and texts[0].span.height == 1
        if wide and (started or _heads_table(blocks, row, span)) and len(texts[0].text) <= 30 and row < span.bottom:
            sections[row] = texts[0].text
    return sections


def _heads_table(blocks: Blocks, row: int, span: Span) -> bool:
    """Whether a wide label before the first table row is a section of it: it is framed like the rows below it."""
    here, below = blocks.at(row, span.left), blocks.at(row + 1, span.left) if row < span.bottom else None
    return here.bordered and below is not None and below.bordered and row > span.top


def _card_bands(span: Span, sections: dict[int, str]) -> list[tuple[int, int, tuple[str, ...]]]:
    """The rows between sections, with the section they stand under. A section row itself opens its band."""
    starts = sorted(sections)
    bands: list[tuple[int, int, tuple[str, ...]]] = []
    top = span.top
    context: tuple[str, ...] = ()
    for start in [*starts, span.bottom + 1]:
        if start > top:
            bands.append((top, start - 1, context))
        top, context = start, (sections.get(start, ""),)
    return bands


def _note_headings(blocks: Blocks, span: Span, taken: set[tuple[int, int]], reading: SheetReading) -> None:
    """Keep the cells of the heading that have room in their own text, and the titles above the first table."""
    name = blocks.sheet.name
    for row in range(span.top, span.bottom + 1):
        for block in blocks.row(row, span.left, span.right):
            if block.span.top != row or block.empty or (row, block.span.left) in taken:
                continue
            if block.role is Role.META and _has_room(block):
                reading.headings.append(Heading(name, row, block.span.left, block.cell.text))
            elif block.role is Role.LABEL and row <= span.top + 4 and block.span.width >= 2 and len(block.text) > 5:
                reading.titles.append(block.text)


def _has_room(block: Block) -> bool:
    """Whether a heading cell is wide enough to hold its answer itself."""
    return "年" in block.text or block.text.count(":") > 1 or block.cell.text.rstrip() != block.cell.text or (
        block.span.width > 2
    )  # fmt: skip
