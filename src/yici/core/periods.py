"""Reporting periods (报告期) as clerks write them: 2025, 2025年第3季度, 2025-10, 2025上半年, 2025-01-01..2025-03-15."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from yici.core.errors import ExpressionError, Problem
from yici.core.expressions.moment import Moment

_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_DAY = r"(\d{4})-(\d{1,2})-(\d{1,2})"
_HINT = "可以写 2025、2025年第3季度（2025Q3）、2025上半年、2025-10、2025年第8周 或 2025-01-01..2025-03-15。"


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to `end`, both days included; `name` as people call it."""

    start: date
    end: date
    name: str

    def moment(self, today: date) -> Moment:
        """The moment the period is judged at: its end, or today while it still runs."""
        return Moment(max(self.start, min(self.end, today)), self.start)

    @property
    def months(self) -> int:
        """How many calendar months it touches."""
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1

    def __str__(self) -> str:
        return self.name


def parse_period(text: str) -> Period:
    """The period a text names. Raises ExpressionError for text that names none, or ends before it begins."""
    written = re.sub(r"\s+", "", text).upper()
    for pattern, build in _FORMS:
        found = re.fullmatch(pattern, written)
        if found:
            try:
                return build(*found.groups())
            except ValueError:
                break
    raise ExpressionError(Problem("period", f"“{text}”不是一个时期。", _HINT))


def around(day: date, kind: str) -> Period:
    """The "week" (Monday to Sunday), "month", "quarter" or "year" a day lies in."""
    year = f"{day.year}"
    match kind:
        case "week":
            return _week(*(f"{part}" for part in day.isocalendar()[:2]))
        case "month":
            return _month(year, f"{day.month}")
        case "quarter":
            return _quarter(year, f"{(day.month + 2) // 3}")
        case _:
            return _year(year)


def _week(year: str, week: str) -> Period:
    start = date.fromisocalendar(int(year), int(week), 1)
    return Period(start, start + timedelta(days=6), f"{int(year)}年第{int(week)}周")


def _months(year: str, first: int, last: int, name: str) -> Period:
    return Period(date(int(year), first, 1), date(int(year), last, monthrange(int(year), last)[1]), name)


def _year(year: str) -> Period:
    return _months(year, 1, 12, f"{year}年")


def _half(year: str, which: str) -> Period:
    first = which in "上1"
    return _months(year, *((1, 6) if first else (7, 12)), f"{year}年{'上' if first else '下'}半年")


def _quarter(year: str, which: str) -> Period:
    number = _QUARTERS[which]
    return _months(year, number * 3 - 2, number * 3, f"{year}年第{number}季度")


def _month(year: str, month: str) -> Period:
    return _months(year, int(month), int(month), f"{year}年{int(month)}月")


def _span(*parts: str) -> Period:
    year, month, day, year2, month2, day2 = map(int, parts)
    start, end = date(year, month, day), date(year2, month2, day2)
    if end < start:
        raise ValueError("the period ends before it begins")
    return Period(start, end, f"{start}至{end}")


_FORMS: tuple[tuple[str, Callable[..., Period]], ...] = (
    (r"(\d{4})年?", _year),
    (r"(\d{4})年?-?(上|下)半年", _half),
    (r"(\d{4})-?H([12])", _half),
    (r"(\d{4})年?-?(?:Q|第)([1-4一二三四])(?:季度?)?", _quarter),
    (r"(\d{4})年?([1-4一二三四])季度?", _quarter),
    (r"(\d{4})年第(\d{1,2})周", _week),
    (r"(\d{4})-?W(\d{1,2})", _week),
    (r"(\d{4})-(\d{1,2})", _month),
    (r"(\d{4})年(\d{1,2})月", _month),
    (rf"{_DAY}(?:\.\.|~|～|至){_DAY}", _span),
)
