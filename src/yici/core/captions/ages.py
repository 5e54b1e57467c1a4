"""Ages in captions: 0—17周岁, 60周岁及以上, 不满16岁, 35岁以下, 百岁, with any digits."""

from __future__ import annotations

import re

from yici.core.captions.intervals import Interval, number
from yici.core.captions.model import Condition, age_condition

_N = r"(\d{1,3}|[零〇一二三四五六七八九十百]{1,4})"
_YEARS = r"(?:周岁|周年岁|岁)"
_INCLUDED = r"(?:及其?|和|\(含\)|含)?"
_EXACT = re.compile(rf"{_N}{_YEARS}(?![及以至到~—-])")
_BARE_OVER = re.compile(rf"^{_N}(?:{_INCLUDED}以上|\+|≥)$")
_BARE_MOST = re.compile(rf"^{_N}(?:及其?|含)以下$")
_SIGNED = re.compile(rf"^(?:年龄)?(≥|>=|≤|<=|>|<|＞|＜){_N}{_YEARS}?$")


def read_exact_age(text: str, at: int = 0) -> tuple[int, Condition] | None:
    """A single age (18岁) that begins at a place of a normalised text: its length and what it means."""
    found = _EXACT.match(text, at)
    value = number(found[1]) if found is not None else None
    return None if found is None or value is None or value > 150 else (len(found[0]), age_condition(value, value))


def age_of(band: Interval) -> Condition | None:
    """A band of ages in whole years; None when it holds nobody or is of no such age."""
    if any(end is not None and end.value != int(end.value) for end in (band.low, band.high)):
        return None
    low = None if band.low is None else int(band.low.value) + (not band.low.inside)
    high = None if band.high is None else int(band.high.value) - (not band.high.inside)
    if (low or 0) > 150 or (high or 0) > 150 or (low is not None and high is not None and low > high):
        return None
    return age_condition(low, high)


def read_bare_band(text: str) -> Condition | None:
    """A band without 岁 (80及以上, ≥60): it is one only under a heading of ages."""
    if found := _SIGNED.match(text):
        value = number(found[2])
        return None if value is None else _signed(found[1], value)
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
