"""Bands in captions: 60周岁(含)以上, 70(含)至80岁(不含), 500万元(含)-2000万元, 不满16周岁, 超过5亩, with any digits."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from yici.core.values import measure_of

_N = r"(?:\d+(?:,\d{3})*(?:\.\d+)?|[零〇一二两三四五六七八九十百千]{1,7})"
_AGES = r"(?:周岁|周年岁|岁)"
_UNIT = (
    r"(?:周岁|周年岁|岁|亿元|千万元|百万元|十万元|万元|千元|元|公顷|平方米|㎡|亩|万千瓦时|千瓦时|吨标准煤"
    r"|口人|人|口|户|万|亿)"
)
_PER = r"(?:/(?:年|月|人|户))?"
_MARK = r"(?:不含|含)"
_DASH = r"(?:-{1,2}|[—–―－~～至到]{1,2})"
_UNDER = r"(?:不满|未满|不足|低于|少于|小于|不到)"
_OVER = r"(?:超过|大于|高于|多于)"
_FULL = r"(?:年满|已满|满|达到)"
_IN_BRACKETS = re.compile(
    rf"(?<=[\d岁元亩米人口户万亿上下内顷])\((不含|不包含|不包括|含|包含|包括)(?:本数|本级|{_N}{_UNIT}?)?\)"
)
_SPAN = re.compile(
    rf"(?:{_FULL})?(?P<low>{_N})(?P<unit1>{_UNIT}{_PER})?(?P<in1>{_MARK})?(?P<up>(?:及其?|和)?以上)?[,、]?(?:{_DASH})?"
    rf"(?P<under>{_UNDER})?(?P<high>{_N})(?P<unit2>{_UNIT}{_PER})(?P<in2>{_MARK})?(?P<and>及其?|和)?"
    rf"(?P<tail>以下|以内|之间)?(?P<in3>{_MARK})?(?:之间)?"
)
_UP = re.compile(
    rf"(?:年龄在)?(?P<full>{_FULL})?(?P<low>{_N})(?P<unit>{_UNIT}{_PER})(?P<in1>{_MARK})?"
    rf"(?P<and>及其?|和)?以上(?P<in2>{_MARK})?"
)
_DOWN = re.compile(
    rf"(?P<high>{_N})(?P<unit>{_UNIT}{_PER})(?P<in1>{_MARK})?(?P<and>及其?|和)?(?:以下|以内)(?P<in2>{_MARK})?"
)
_BELOW = re.compile(rf"(?P<under>{_UNDER})(?P<high>{_N})(?P<unit>{_UNIT}{_PER})")
_ABOVE = re.compile(rf"(?P<over>{_OVER})(?P<low>{_N})(?P<unit>{_UNIT}{_PER})(?:以上)?")
_FROM = re.compile(rf"(?P<full>{_FULL})(?P<low>{_N})(?P<unit>{_UNIT}{_PER})")
_BARE_AGES = re.compile(rf"^(?P<low>{_N})(?P<in1>{_MARK})?{_DASH}(?P<under>{_UNDER})?(?P<high>{_N})(?P<in2>{_MARK})?$")


_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0}


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a band. `said` is whether the form says itself if the number belongs to it (及, 含, 不满): 以上 and
    以下 alone take it in, unless a neighbouring band does."""

    value: Decimal
    inside: bool = True
    said: bool = False


@dataclass(frozen=True, slots=True)
class Interval:
    """A band as written: how long it is, its ends, and its unit as written (岁, 万元)."""

    length: int
    low: Bound | None
    high: Bound | None
    unit: str = ""
    strict: bool = False

    @property
    def of_age(self) -> bool:
        return re.fullmatch(_AGES, self.unit) is not None


def folded(text: str) -> str:
    """Marks of what belongs to a band, out of their brackets: 60周岁(含)以上 → 60周岁含以上.

    >>> folded("70(含)至80岁(不含)"), folded("60岁以上(含60岁)")
    ('70含至80岁不含', '60岁以上含')
    """
    return _IN_BRACKETS.sub(lambda found: "不含" if found[1].startswith("不") else "含", text)


def read_band(text: str, at: int = 0) -> Interval | None:
    """The band with a unit that begins at a place of a normalised text whose marks are folded, or None.

    >>> read_band("不满16周岁").high
    Bound(value=Decimal('16'), inside=False, said=True)
    """
    for pattern, make in _readers():
        found = pattern.match(text, at)
        if found is not None and (band := make(found)) is not None:
            return band
    return None


def _readers() -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Interval | None]], ...]:
    return (_SPAN, _span), (_UP, _up), (_DOWN, _down), (_BELOW, _below), (_ABOVE, _above), (_FROM, _from)


def read_bare_span(text: str) -> Interval | None:
    """A span without any unit (60-69, 70含至80不含): it is one only under a heading that says of what."""
    found = _BARE_AGES.match(text)
    return None if found is None else _span(found)


def _value(text: str) -> Decimal | None:
    if text[0].isdigit():
        return Decimal(text.replace(",", ""))
    value = number(text.replace("两", "二"))
    return None if value is None else Decimal(value)


def _unit(text: str) -> str:
    """A unit as the units of measure have it: 万 is 万元 there, 口人 is 人."""
    bare = {"万": "万元", "亿": "亿元", "口人": "人", "口": "人"}.get(text, text)
    return "周岁" if re.fullmatch(_AGES, bare) else bare


def _bound(value: Decimal, *marks: str | None, said: bool = False) -> Bound | None:
    """An end with the marks beside it; None when they contradict each other."""
    found = {mark for mark in marks if mark}
    if len(found) > 1:
        return None
    return Bound(value, "不含" not in found, said or bool(found))


def _span(found: re.Match[str]) -> Interval | None:
    parts = found.groupdict()
    low, high = _value(parts["low"]), _value(parts["high"])
    unit = _unit(parts.get("unit2") or "")
    first = _unit(parts.get("unit1") or "") or unit
    if low is None or high is None or not _linked(found):
        return None
    if first != unit:
        one, two = measure_of(first), measure_of(unit)
        if one is None or two is None or one.dimension != two.dimension:
            return None
        low = low * one.numerator * two.denominator / one.denominator / two.numerator
    start = _bound(low, parts["in1"], said=bool(parts.get("up")))
    end = _bound(high, "不含" if parts["under"] else None, parts["in2"], parts.get("in3"), said=bool(parts.get("and")))
    if start is None or end is None or low > high or (low == high and not (start.inside and end.inside)):
        return None
    return Interval(found.end() - found.start(), start, end, unit)


def _linked(found: re.Match[str]) -> bool:
    """Whether something between the two numbers makes them a span: a dash, or 以上 before 不满 or 以下."""
    between = found.string[found.end("low") : found.start("high")]
    parts = found.groupdict()
    if re.search(_DASH, between) is not None:
        return True
    return bool(parts.get("up")) and bool(parts["under"] or parts.get("tail"))


def _up(found: re.Match[str]) -> Interval | None:
    low = _value(found["low"])
    start = None if low is None else _bound(low, found["in1"], found["in2"], said=bool(found["and"] or found["full"]))
    return None if start is None else Interval(found.end() - found.start(), start, None, _unit(found["unit"]))


def _down(found: re.Match[str]) -> Interval | None:
    high = _value(found["high"])
    end = None if high is None else _bound(high, found["in1"], found["in2"], said=bool(found["and"]))
    return None if end is None else Interval(found.end() - found.start(), None, end, _unit(found["unit"]))


def _below(found: re.Match[str]) -> Interval | None:
    high = _value(found["high"])
    end = None if high is None else Bound(high, inside=False, said=True)
    return None if end is None else Interval(found.end() - found.start(), None, end, _unit(found["unit"]))


def _above(found: re.Match[str]) -> Interval | None:
    low = _value(found["low"])
    start = None if low is None else Bound(low, inside=False, said=True)
    # Of a count of whole years 超过60岁 may still mean those who are 60 and some months.
    length = found.end() - found.start()
    return None if start is None else Interval(length, start, None, _unit(found["unit"]), strict=True)


def _from(found: re.Match[str]) -> Interval | None:
    low = _value(found["low"])
    start = None if low is None else Bound(low, said=True)
    return None if start is None else Interval(found.end() - found.start(), start, None, _unit(found["unit"]))


def number(text: str) -> int | None:
    """A number in digits or Chinese numerals up to 9999; None when it is neither.

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
        elif char in "百千":
            total, current = total + (current or 1) * (100 if char == "百" else 1000), 0
        else:
            return None
    return total + current if text else None
