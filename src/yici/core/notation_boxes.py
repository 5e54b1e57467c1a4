"""Ticking a box in a cell that lists the choices: □是 □否, 男□ 女□, （ ）是 （ ）否, ○是 ○否."""

from __future__ import annotations

import re
from collections.abc import Sequence

from yici.core.elements import Element, Kind, Registry
from yici.core.values import Value, ValueKind, kind_of
from yici.core.values.spelling import squash

_BOX = re.compile(r"[□☐◻▢⬜○◯〇☑☒■●]|[(（\[【]\s*[√✓✔]?\s*[)）\]】]")
_TICKED = {
    "□": "☑",
    "☐": "☑",
    "◻": "☑",
    "▢": "☑",
    "⬜": "☑",
    "○": "●",
    "◯": "●",
    "〇": "●",
    "☑": "☑",
    "☒": "☑",
    "■": "■",
    "●": "●",
}
_CLEARED = {"☑": "□", "☒": "□", "■": "□", "●": "○"}
_NUMBERING = re.compile(r"^(?:[(（]?[0-9A-Za-z][)）.、．:：]|[①-⑳])\s*|^[、，,;；/|.。:：]+")
_ENDING = re.compile(r"[_＿…]+$|[、，,;；/|.。]+$")
_NOTE = re.compile(r"[(（][^()（）]*[)）]$")
_SPELLED = (Kind.TEXT, Kind.REGION, Kind.NAME)


def tick(text: str, value: Value, element: Element, registry: Registry) -> str | None:
    """The same text with the one box ticked that stands for `value`; None when none or several do.

    □ becomes ☑, ○ becomes ●, brackets get a √. Choices may be spelled shorter or longer than the label (视力). A single
    box that states a yes (□低保户) stays as it is for a known no.
    """
    boxes = list(_BOX.finditer(text))
    if not boxes or value is None:
        return None
    meanings = _meanings(text, boxes, kind_of(element, registry), element)
    wanted = squash(str(value)) if element.kind in _SPELLED else value
    chosen = [index for index, meaning in enumerate(meanings) if meaning is not None and meaning == wanted]
    if len(chosen) != 1:
        return text if value is False and meanings == [True] else None
    parts, at = [], 0
    for index, box in enumerate(boxes):
        parts += [text[at : box.start()], _mark(box[0], index == chosen[0])]
        at = box.end()
    return "".join(parts) + text[at:]


def _mark(box: str, chosen: bool) -> str:
    if len(box) == 1:
        return _TICKED[box] if chosen else _CLEARED.get(box, box)
    return f"{box[0]}√{box[-1]}" if chosen else box.replace("√", " ").replace("✓", " ").replace("✔", " ")


def _meanings(text: str, boxes: Sequence[re.Match[str]], kind: ValueKind, element: Element) -> list[Value]:
    """What each box stands for: read from the words after the boxes or before them, whichever explains more."""
    edges = [0, *[edge for box in boxes for edge in box.span()], len(text)]
    pieces = [text[edges[i] : edges[i + 1]] for i in range(0, len(edges), 2)]
    after = [_meaning(piece, kind, element, alone=len(boxes) == 1) for piece in pieces[1:]]
    before = [_meaning(re.split(r"[:：]", piece)[-1], kind, element) for piece in pieces[:-1]]
    first_counts = squash(pieces[0]) == ""
    return after if (_known(after), first_counts) >= (_known(before), not first_counts) else before


def _known(meanings: Sequence[Value]) -> int:
    return sum(meaning is not None for meaning in meanings)


def _meaning(piece: str, kind: ValueKind, element: Element, *, alone: bool = False) -> Value:
    word = _ENDING.sub("", _NUMBERING.sub("", piece.strip())).strip()
    if not word:
        # A box alone in a cell of a yes-or-no column says yes.
        return True if element.kind == Kind.BOOL and alone else None
    if element.kind in _SPELLED:
        return squash(word)
    if element.kind not in (Kind.BOOL, Kind.CODE):
        return None
    value = kind.clean("s" + word).value
    return kind.clean("s" + _NOTE.sub("", word)).value if value is None else value
