"""When an expression is evaluated: the day "today" is, and the period that ends on it."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta

from yici.core.expressions.nodes import ClockWord
from yici.core.expressions.workdays import WorkCalendar


@dataclass(frozen=True, slots=True)
class Moment:
    """As of the end of `as_of`. The reporting period began on `start`: 1 January of that year when none is given.

    `calendar` is what working days are counted by; the engine adds the official one where none is given.
    """

    as_of: date
    start: date | None = None
    calendar: WorkCalendar | None = field(default=None, compare=False, repr=False)

    @property
    def period_start(self) -> date:
        """The first day of the period (期初)."""
        return self.start or date(self.as_of.year, 1, 1)

    def bounds(self, word: ClockWord) -> tuple[date, date]:
        """First and last day of what a word means at this moment: 今天, 期初, 本月, 上月, 本季, 今年 …"""
        today = self.as_of
        quarter = (today.month - 1) // 3
        match word:
            case "today":
                return today, today
            case "period_start":
                return self.period_start, self.period_start
            case "this_month":
                return _months(today.year, today.month, 1)
            case "last_month":
                before = today.replace(day=1) - timedelta(days=1)
                return _months(before.year, before.month, 1)
            case "this_quarter":
                return _months(today.year, quarter * 3 + 1, 3)
            case "last_quarter":
                year, previous = (today.year, quarter - 1) if quarter else (today.year - 1, 3)
                return _months(year, previous * 3 + 1, 3)
            case "this_year":
                return _months(today.year, 1, 12)
            case "last_year":
                return _months(today.year - 1, 1, 12)


def _months(year: int, first: int, count: int) -> tuple[date, date]:
    last = first + count - 1
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])
