"""The texts around an area that belong to no other: titles, unit lines, notes."""

from __future__ import annotations

from yici.core.grid import Span
from yici.core.recognition.blocks import Blocks
from yici.core.recognition.roles import Role
from yici.core.recognition.template import Area


def around(blocks: Blocks, span: Span, area: Area, areas: list[Area]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The texts above an area (down from the area before it) and those below it (to the next one), in one region."""
    tables = [other for other in areas if other.kind != "cells" and other is not area]
    top = max((t.span.bottom + 1 for t in tables if t.span.bottom < area.span.top), default=span.top)
    bottom = min((t.span.top - 1 for t in tables if t.span.top > area.span.bottom), default=span.bottom)
    asked = {label for other in areas if other.kind == "cells" for slot in other.slots for label in slot.path}
    if area.kind == "cells":
        slots = [slot.row for slot in area.slots]
        return _texts(blocks, Span(span.top, span.left, min(slots), span.right), asked), ()
    above = _texts(
        blocks, Span(span.top if top <= span.top + 1 else top, span.left, area.span.top - 1, span.right), asked
    )
    if not above and top > span.top:
        # A second table without a title of its own stands under that of the sheet.
        above = _texts(blocks, Span(span.top, span.left, min(t.span.top for t in tables) - 1, span.right), asked)
    return above, _texts(blocks, Span(area.span.bottom + 1, span.left, bottom, span.right), asked)


def _texts(blocks: Blocks, span: Span, asked: set[str]) -> tuple[str, ...]:
    found: list[str] = []
    for row in range(span.top, span.bottom + 1):
        for block in blocks.row(row, span.left, span.right):
            skipped = block.empty or block.span.top != row or block.text in asked
            if not skipped and block.role in (Role.LABEL, Role.META, Role.NOTE, Role.PLACEHOLDER):
                found.append(block.cell.text)
    return tuple(dict.fromkeys(found))
