"""Room inside running text: 共有__人，其中女__人, and cells whose unit is printed already (      元)."""

from __future__ import annotations

import re

from yici.core.elements import Element, Kind, Registry
from yici.core.notation_boxes import tick
from yici.core.notation_model import Empty, Notation, Refused
from yici.core.notation_write import render
from yici.core.values import Value, measure_of
from yici.core.values.spelling import squash

_ROOM = re.compile(
    r"[_＿]+(?:[ \u3000]*[_＿]+)*"
    r"|(?<=[^\s])[ \u3000\u00a0]{2,}(?=[^\s])"
    r"|[（(][ \u3000]{2,}[)）]"
    r"|(?<=[:：])[ \u3000]*(?=$|\n)"
)
_DAY_ROOM = re.compile(r"[ \u3000_＿]*年[ \u3000_＿]*月(?:[ \u3000_＿]*日)?")
_CLAUSE = re.compile(r"[，,；;。.、：:\n]")
_CHINESE_DATE = re.compile(r"^[ \u3000_＿]*年[ \u3000_＿]*月([ \u3000_＿]*日)?[ \u3000]*$")
_UNIT_ONLY = re.compile(r"^[ \u3000_＿]*[（(]?([^\s_＿（()）]{1,8})[)）]?[ \u3000]*$")


def inline_slots(text: str) -> list[tuple[str, int, int]]:
    """Room inside a text, in order: (label, start, end).

    The label is the clause around the room, with __ for the room (共有__人); what a colon announces is its label alone
    (填报单位). Room for year, month and day is one slot.
    """
    spans = [match.span() for match in _DAY_ROOM.finditer(text)]
    for match in _ROOM.finditer(text):
        if not any(start <= match.start() < end or start < match.end() <= end for start, end in spans):
            spans.append(match.span())
    spans.sort()
    slots = []
    for index, (start, end) in enumerate(spans):
        previous = spans[index - 1][1] if index else 0
        following = spans[index + 1][0] if index + 1 < len(spans) else len(text)
        slots.append((_label(text[previous:start], text[end:following]), start, end))
    return [slot for slot in slots if slot[0]]


def _label(before: str, after: str) -> str:
    before = before.rstrip()
    if before.endswith((":", "：")):
        return squash(_CLAUSE.split(re.split(r"[ \u3000]{2,}", before[:-1])[-1])[-1])
    head = squash(_CLAUSE.split(before)[-1])
    tail = squash(_CLAUSE.split(after)[0])
    return f"{head}__{tail}" if head or tail else ""


def complete_cell(text: str, value: Value, element: Element, registry: Registry) -> str | None:
    """A slot's own printed text with a value written into it; None when the text has no room for it.

    □是 □否 is ticked, "年  月  日" gets its numbers, a printed unit ("      元") the amount in that unit before it.
    """
    if value is None:
        return None
    if (ticked := tick(text, value, element, registry)) is not None:
        return ticked
    if element.kind == Kind.DATE and (found := _CHINESE_DATE.match(text)):
        return _numbered(str(value), with_day=found[1] is not None)
    if element.kind in (Kind.INTEGER, Kind.DECIMAL) and (found := _UNIT_ONLY.match(text)) and measure_of(found[1]):
        written = render(value, element, Notation("number", unit=found[1]), registry)
        printed = text.strip(" _＿\u3000")
        return None if isinstance(written, Empty | Refused) else f"{written}{printed}"
    return None


def _numbered(iso: str, *, with_day: bool) -> str | None:
    """1950年3月7日 or 1950年3月, when that much is known."""
    parts = [int(part) for part in iso.split("-")]
    words = "年月日" if with_day else "年月"
    return "".join(f"{n}{word}" for n, word in zip(parts, words, strict=False)) if len(parts) >= len(words) else None
