"""Dates with the precision they were given in: "1950", "1950-03", "1950-03-07"."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from yici.core.values.model import EMPTY_MARK, Cleaned, Status, Value, ValueKind, ok, refused
from yici.core.values.numerals import below_hundred, digits_of
from yici.core.values.spelling import half_width, plain_number

EARLIEST, LATEST = 1850, 2100
_SEP = r"\s*[-/.\\·,、—–－年]\s*"
_YMD = re.compile(
    rf"(\d{{4}})(?:{_SEP}(\d{{1,2}})(?:(?:\s*[-/.\\·,、—–－月]\s*|\s*月份\s*)(\d{{1,2}})\s*[日号.]?|\s*月份?|\.)?|\s*年)?",
    re.ASCII,
)
_SPACED = re.compile(r"(\d{4})\s+(\d{1,2})(?:\s+(\d{1,2}))?", re.ASCII)
_TIME = re.compile(
    r"[\sT]+\d{1,2}[:时点]\d{0,2}分?(?:[:.]?\d{1,2}(?:\.\d+)?秒?)?\s*(?:Z|\+\d\d:?\d\d)?$|[\sT]+\d{1,2}[时点]$",
    re.ASCII,
)
_DIGITS8 = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_DIGITS6 = re.compile(r"(\d{4})(\d\d)", re.ASCII)
_TWO_DIGIT = re.compile(rf"'?\d{{2}}(?:{_SEP}\d{{1,2}}.*|\s*年.*)", re.ASCII)
_DAY_FIRST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})", re.ASCII)
_CHINESE = re.compile(
    r"([〇○零◯OＯ一二三四五六七八九壹贰叁肆伍陆柒捌玖]{4})年(?:([一二三四五六七八九十廿〇零○]{1,3})月份?(?:([一二三四五六七八九十廿卅〇零○]{1,4})[日号])?)?"
)
_LUNAR = re.compile("农历|阴历|旧历|正月|腊月|冬月|闰|初[一二三四五六七八九十]|古历")
_ABOUT = re.compile("^约|左右$|前后$|^大约|以前$|以后$|上半年$|下半年$|初$|底$|年代$")
_SUFFIX = re.compile("(?:出生|生)$")
_EPOCH = date(1899, 12, 30)
"""Serial numbers of dates count from here (the 1900 system, whose imaginary 29 February 1900 lies before them)."""
_SERIALS = (3654, 73415)
"""Serial numbers of 1910-01-02 and 2100-12-31: outside them a number is not taken for a date."""


class DateKind(ValueKind):
    """A date. Its value is an ISO text of the precision known; nothing is made up to complete it."""

    def of_text(self, text: str) -> Cleaned:
        text = _SUFFIX.sub("", half_width(text))
        if found := _YMD.fullmatch(text):
            return _checked(found[1], found[2], found[3])
        if text.isdecimal():
            return _digits(text, typed=True)
        without_time = _TIME.sub("", text)
        if found := _YMD.fullmatch(without_time) or _SPACED.fullmatch(without_time):
            return _checked(found[1], found[2], found[3])
        if _TIME.search(text) and _DIGITS8.fullmatch(without_time):
            return _digits(without_time, typed=True)
        return _in_words(re.sub(r"\s+", "", text))

    def of_number(self, text: str) -> Cleaned:
        plain = plain_number(text)
        if plain is None:
            return refused("not_a_date")
        whole, dot, fraction = plain.partition(".")
        if not dot:
            return _digits(plain, typed=False)
        if len(whole) == 4 and EARLIEST <= int(whole) <= LATEST:
            if fraction == "1":
                return Cleaned(whole, Status.AMBIGUOUS, "date_october")
            return _checked(whole, fraction, None) if len(fraction) <= 2 else refused("not_a_date")
        return _serial(whole) if len(whole) == 5 else refused("not_a_date")

    def of_date(self, text: str) -> Cleaned:
        found = _YMD.fullmatch(text[:10])
        return _checked(found[1], found[2], found[3]) if found else refused("date_impossible")

    def likeness(self, a: Value, b: Value) -> float:
        left, right = str(a), str(b)
        if left.startswith(right) or right.startswith(left):
            return 0.95
        if sorted(left) == sorted(right):
            return 0.5
        return 0.3 if left[:4] == right[:4] else 0.0


def _digits(text: str, *, typed: bool) -> Cleaned:
    """Digits without separators: 19900507, 199005, 1990, or a serial number."""
    if text.strip("0") == "":
        return EMPTY_MARK
    if found := _DIGITS8.fullmatch(text):
        return _checked(found[1], found[2], None if found[3] == "00" else found[3])
    if found := _DIGITS6.fullmatch(text):
        cleaned = _checked(found[1], found[2], None)
        return cleaned if cleaned.status == Status.OK else refused("date_two_digit_year")
    if len(text) == 4:
        return _checked(text, None, None)
    if len(text) == 5:
        # Somebody who types text may have meant 1990 5; a date cell without its format is always a number.
        return refused("date_digits") if typed and text[:2] in ("19", "20") else _serial(text)
    if len(text) == 14 and text.startswith(("19", "20")):
        return _digits(text[:8], typed=typed)
    return refused("date_digits" if len(text) == 7 else "not_a_date")


def _serial(digits: str) -> Cleaned:
    number = int(digits)
    if not _SERIALS[0] <= number <= _SERIALS[1]:
        return refused("not_a_date")
    return Cleaned((_EPOCH + timedelta(number)).isoformat(), Status.FIXED, "date_serial")


def _in_words(text: str) -> Cleaned:
    """Chinese numerals, and the reasons why a text is not taken for a date."""
    if _LUNAR.search(text):
        return refused("date_lunar")
    if found := _CHINESE.fullmatch(text):
        month = below_hundred(found[2]) if found[2] else None
        day = below_hundred(found[3]) if found[3] else None
        if (found[2] and not month) or (found[3] and not day):
            return refused("date_impossible")
        return _checked(str(digits_of(found[1])), month and str(month), day and str(day))
    if _ABOUT.search(text):
        return refused("approximate")
    if _TWO_DIGIT.fullmatch(text):
        return refused("date_two_digit_year" if not _DAY_FIRST.fullmatch(text) else "date_day_first")
    if _DAY_FIRST.fullmatch(text):
        return refused("date_day_first")
    return refused("date_several" if len(re.findall(r"(?:19|20)\d\d", text)) > 1 else "not_a_date")


@lru_cache(maxsize=65536)
def _checked(year: str, month: str | None, day: str | None) -> Cleaned:
    """The date of these parts, if there is such a day in a sensible year."""
    y, m, d = int(year), int(month or 1), int(day or 1)
    if not EARLIEST <= y <= LATEST:
        return refused("date_impossible")
    try:
        date(y, m, d)
    except ValueError:
        return refused("date_impossible")
    return ok(f"{y:04}" + (f"-{m:02}" if month else "") + (f"-{d:02}" if day else ""))
