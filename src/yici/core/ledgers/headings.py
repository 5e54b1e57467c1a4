"""What a column's headings prescribe besides the element: the unit of measure and the marks that stand for values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from yici.core.recognition.labels import read_label, squash
from yici.core.values.units import convertible, measure_of

_SEPARATORS = re.compile(r"[,、;，；\s]+")
_UNIT_LINE = re.compile(r"单位:([^:]+)")
_MARK_FIRST = re.compile(r"(\d{1,2}|[A-Za-z√×○])[、.:=\-—]?([一-龥]+)")
_MARK_LAST = re.compile(r"([一-龥]+)[:=\-—]?(\d{1,2})")


def unit_in_headings(path: Sequence[str]) -> str:
    """The unit a column's own headings state, innermost first: 家庭年收入(万元) → 万元; "" when none does."""
    for part in reversed(path):
        for hint in read_label(part).hints:
            unit = next((word for word in _SEPARATORS.split(hint) if measure_of(word)), "")
            if unit:
                return unit
    return ""


def unit_in_lines(lines: Iterable[str], target: str) -> str:
    """The unit that a line above the table states for all columns of that measure: 单位:千元; "" when none does."""
    found: set[str] = set()
    for line in lines:
        for match in _UNIT_LINE.finditer(squash(line)):
            words = (word.strip("()") for word in _SEPARATORS.split(match[1]))
            found.update(word for word in words if convertible(word, target))
    return found.pop() if len(found) == 1 else ""


def legend_in_headings(path: Sequence[str]) -> dict[str, str]:
    """The marks a heading explains: 性别(1男2女) → {"1": 男, "2": 女}; empty when it explains none."""
    for part in reversed(path):
        for hint in read_label(part).hints:
            flat = squash(hint)
            pairs = _MARK_FIRST.findall(flat)
            if len(pairs) < 2 and (turned := _MARK_LAST.findall(flat)):
                pairs = [(mark, word) for word, mark in turned]
            if len(pairs) >= 2 and len({mark for mark, _ in pairs}) == len(pairs):
                return dict(pairs)
    return {}
