"""Ages in captions: 0—17周岁, 60周岁及以上, 不满16岁, 35岁以下, 百岁, with any digits."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yici.core.captions.model import Condition, age_condition

_N = r"(\d{1,3}|[零〇一二三四五六七八九十百]{1,4})"
_YEARS = r"(?:周岁|周年岁|岁)"
_DASH = r"(?:-{1,2}|[—–―－~～至到]{1,2})"
_INCLUDED = r"(?:及其?|和|\(含\)|含|\(包括\d+岁\))?"
_NOTE = r"(?:\(含\d{1,3}(?:周岁|岁)?\)|\(含\))?"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("span", re.compile(rf"(?:年满|满)?{_N}{_YEARS}?{_INCLUDED}{_DASH}(?:不满|未满)?{_N}{_YEARS}{_NOTE}(?:之间)?")),
    ("below", re.compile(rf"(?:年满|满)?{_N}{_YEARS}{_INCLUDED}以上[,、]?(?:不满|未满){_N}{_YEARS}")),
    ("within", re.compile(rf"(?:年满|满)?{_N}{_YEARS}{_INCLUDED}以上[,、]?(?:至|到)?{_N}{_YEARS}{_INCLUDED}以下")),
    ("over", re.compile(rf"(?:年满|满|年龄在)?{_N}{_YEARS}{_INCLUDED}以上{_NOTE}")),
    ("under", re.compile(rf"(?:不满|未满|不足){_N}{_YEARS}")),
    ("most", re.compile(rf"{_N}{_YEARS}(及其?|和|\(含\)|含)以下{_NOTE}")),
    ("most?", re.compile(rf"{_N}{_YEARS}以下(\(含\d{{1,3}}(?:周岁|岁)?\)|\(含\))?")),
    ("over", re.compile(rf"(?:年满|满){_N}{_YEARS}")),
    ("exact", re.compile(rf"{_N}{_YEARS}(?![及以至到~—-])")),
)
_BARE_SPAN = re.compile(rf"^{_N}{_DASH}{_N}$")
_BARE_OVER = re.compile(rf"^{_N}(?:{_INCLUDED}以上|\+|≥)$")
_BARE_MOST = re.compile(rf"^{_N}(?:及其?|含)以下$")
_SIGNED = re.compile(rf"^(?:年龄)?(≥|>=|≤|<=|>|<|＞|＜){_N}{_YEARS}?$")
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0}


@dataclass(frozen=True, slots=True)
class Band:
    """An age band read at a place of a text: how long it is and what it means. `open_ended` marks 以下 without 及,
    which may leave its bound out where a neighbouring band takes it."""

    length: int
    condition: Condition
    open_ended: bool = False


def read_age(text: str, at: int = 0) -> Band | None:
    """The age band that begins at a place of a normalised text, or None."""
    for kind, pattern in _PATTERNS:
        if found := pattern.match(text, at):
            low, high = number(found[1]), number(found[2]) if kind in ("span", "below", "within") else None
            if low is None or low > 150 or (high is not None and high > 150):
                continue
            return _band(kind, found, low, high)
    return None


def _band(kind: str, found: re.Match[str], low: int, high: int | None) -> Band | None:
    length = found.end() - found.start()
    if kind in ("span", "below", "within") and high is not None:
        top = high - 1 if kind == "below" or re.search("不满|未满", found[0]) else high
        return Band(length, age_condition(low, top)) if low <= top else None
    if kind == "over":
        return Band(length, age_condition(low, None))
    if kind == "under":
        return Band(length, age_condition(None, low - 1))
    if kind == "most":
        return Band(length, age_condition(None, low))
    if kind == "most?":
        return Band(length, age_condition(None, low), open_ended=found[2] is None)
    return Band(length, age_condition(low, low))


def read_bare_band(text: str) -> Condition | None:
    """A band without 岁 (60-69, 80及以上, ≥60): it is one only under a heading of ages."""
    if found := _SIGNED.match(text):
        value = number(found[2])
        return None if value is None else _signed(found[1], value)
    if (found := _BARE_SPAN.match(text)) and (low := number(found[1])) is not None:
        high = number(found[2])
        return age_condition(low, high) if high is not None and low <= high <= 150 else None
    if (found := _BARE_OVER.match(text)) and (low := number(found[1])) is not None:
        return age_condition(low, None)
    if (found := _BARE_MOST.match(text)) and (high := number(found[1])) is not None:
        return age_condition(None, high)
    return None


def _signed(sign: str, value: int) -> Condition:
    if sign in ("≥", ">="):
        return age_condition(value, None)
    if sign in ("≤", "<="):
        return age_condition(None, value)
    return age_condition(value + 1, None) if sign in (">", "＞") else age_condition(None, value - 1)


def number(text: str) -> int | None:
    """A number in digits or Chinese numerals up to 999; None when it is neither.

    >>> number("十八"), number("60"), number("一百"), number("二十五"), number("〇")
    (18, 60, 100, 25, 0)
    """
    if text.isdecimal():
        return int(text)
    total = current = 0
    for char in text:
        if char in _DIGITS:
            current = current * 10 + _DIGITS[char]
        elif char == "十":
            total, current = total + (current or 1) * 10, 0
        elif char == "百":
            total, current = total + (current or 1) * 100, 0
        else:
            return None
    return total + current if text else None
