"""Headings with room in them: 填报单位：        填报日期：    年  月  日."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from yici.core.values.spelling import squash, words

UNIT_LABELS = words(
    "填报单位 填报单位名称 填报村（社区） 填报社区 填报村 填表单位 填写单位 制表单位 上报单位 报送单位 "
    "填报乡镇 填报乡镇（街道） "
    "村（社区） 村（社区）名称 村（居） 村（居）名称 村（居）委会 村/社区 村民委员会 村委会 社区（村） 社区名称 "
    "村（居）民委员会 居民委员会 居委会 社区居委会 村 社区 行政村 行政村名称 村名 村名称 "
    "所在村 所在村（社区） 单位名称 单位"
)
"""Labels of the unit that fills the form in."""
DATE_LABELS = words(
    "填报日期 填表日期 填写日期 填报时间 填表时间 填写时间 制表日期 制表时间 填制日期 "
    "上报日期 上报时间 报送日期 报送时间 报表日期 日期 "
    "统计日期 统计时间 统计时点 统计截止日期 统计截止时间 数据截止日期 数据截止时间"
)
"""Labels of the date of filling in, or of the day the figures are of."""

_BLANK = r"[ \t\u3000\u00a0_＿]"
_DAY = rf"(?P<date>(?P<year>20\d\d|20{_BLANK}*|二〇{_BLANK}*)?{_BLANK}*年{_BLANK}*月(?:{_BLANK}*日)?)"
_NOTES = r"(?P<notes>(?:\s*[（(][^（()）]*[)）])*)"
_SIGNED = re.compile(r"签(?!章)")
_NEXT_LABEL = re.compile(r"[^\s:：]{1,20}(?:\s?[^\s:：]{1,20}){0,6}\s*[:：]|[（(]|第|共|单位|(?:20\d*)?[ \u3000_＿]*年")
_SIGNATURE = re.compile(r"签字|签名|签章|手印|按印")
_ROOM_WITHOUT_COLON = 3
_SHORT_LABEL = 2


@dataclass(frozen=True, slots=True)
class _Room:
    """A place to write in a heading: the fact it asks for, its bounds, and what kind of fact it is."""

    fact: str
    start: int
    end: int
    is_date: bool
    with_day: bool
    year: str = ""
    """The year printed already, which the date must have."""


def complete(text: str, facts: Mapping[str, str | date]) -> str | None:
    """A heading with its room filled from facts; None when there is nothing to fill.

    `facts` holds "unit" (the unit asked for) and "date" (the as-of date), and may hold values under further labels
    that stand in headings (户主姓名). Everything else in the text stays, signatures and their dates too.
    """
    parts, at = [], 0
    for room in _rooms(text, tuple(facts)):
        written = _written(room, facts)
        if written is None:
            continue
        left = text[room.start : room.end]
        parts += [text[at : room.start], written, _remaining(left, written, text[room.end :])]
        at = room.end
    return "".join(parts) + text[at:] if parts else None


def _written(room: _Room, facts: Mapping[str, str | date]) -> str | None:
    value = facts.get(room.fact)
    if value is None or value == "":
        return None
    if isinstance(value, date):
        if room.year not in ("", str(value.year)):
            return None
        return f"{value.year}年{value.month}月{value.day}日" if room.with_day else f"{value.year}年{value.month}月"
    return value


def _remaining(room: str, written: str, after: str) -> str:
    """The blanks that stay behind what was written, so that what follows keeps about its place."""
    if not after or after[0] == "\n":
        return ""
    blanks = "".join(char for char in room if char in " \u3000\t\u00a0")
    narrow = sum(2 if char == "\u3000" else 1 for char in blanks)
    used = sum(1 if char.isascii() else 2 for char in written)
    return " " * max(2, narrow - used)


@lru_cache(maxsize=256)
def _pattern(further: tuple[str, ...]) -> re.Pattern[str]:
    names = sorted({*UNIT_LABELS, *DATE_LABELS, *further} - {"unit", "date"}, key=lambda name: (-len(name), name))
    spaced = "|".join(r"[ \u3000]*".join(map(_either_width, name)) for name in names)
    start = r"(?:(?<=^)|(?<=[\s:：;；,，。|]))"
    return re.compile(
        rf"{start}(?P<label>{spaced}){_NOTES}(?:[ \u3000]*(?P<colon>[:：]))?(?P<room>{_BLANK}*){_DAY}?", re.MULTILINE
    )


def _either_width(char: str) -> str:
    return {"（": "[（(]", "）": "[）)]"}.get(char, re.escape(char))


def _rooms(text: str, further: tuple[str, ...]) -> Iterator[_Room]:
    for found in _pattern(further).finditer(text):
        label = squash(found["label"])
        is_date = label in _DATE_KEYS
        fact = "date" if is_date else "unit" if label in _UNIT_KEYS and label not in further else label
        start, end = found.start("room"), found.end("room")
        if _SIGNED.search(found["notes"]) or (label == "日期" and _follows_signature(text[: found.start()])):
            continue
        if is_date and found["date"]:
            year = squash(found["year"] or "")
            yield _Room(fact, start, found.end("date"), True, "日" in found["date"], year if len(year) == 4 else "")
        elif _announces(label, found["colon"], found["notes"], end - start) and _is_open(text[end:], end - start):
            yield _Room(fact, start, end, is_date, True)


def _announces(label: str, colon: str | None, notes: str, room: int) -> bool:
    """Does the label ask for something: with a colon, or being long, with much room? A bare 单位 is one of measure."""
    if label == "单位" and "章" not in notes:
        return False
    return bool(colon) or (room >= _ROOM_WITHOUT_COLON and (len(label) > _SHORT_LABEL or "章" in notes))


def _follows_signature(before: str) -> bool:
    """Is a bare 日期 that of the signature before it in the same line?"""
    return _SIGNATURE.search(before.rpartition("\n")[2]) is not None


def _is_open(after: str, room: int) -> bool:
    """Is nothing written there yet: the end, a line break, or another label follows?"""
    return not after or after[0] == "\n" or (room > 0 and _NEXT_LABEL.match(after) is not None)


_UNIT_KEYS = frozenset(squash(label) for label in UNIT_LABELS)
_DATE_KEYS = frozenset(squash(label) for label in DATE_LABELS)
