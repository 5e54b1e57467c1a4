"""Working days (工作日), and whole days, months and years between two days.

The official calendar comes from outside as plain data: the weekdays off and the weekend days worked (调休) between two
dates. Nothing is known of a day outside them.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property
from itertools import accumulate

from yici.core.expressions.nodes import DateUnit

_SATURDAY = 5
EARLIEST = 1000
"""Dates before this year are no dates: their text would not sort."""


class WorkCalendar:
    """The working days from `first` to `last`: Mondays to Fridays without `days_off`, and `days_on`."""

    def __init__(self, first: date, last: date, days_off: Iterable[date], days_on: Iterable[date]) -> None:
        self.first, self.last = first, last
        off, on = frozenset(days_off), frozenset(days_on)
        every = (first + timedelta(days=n) for n in range((last - first).days + 1))
        self.days = tuple(day for day in every if day in on or (day.weekday() < _SATURDAY and day not in off))
        """Every working day in order."""

    def count(self, day: date) -> int | None:
        """How many working days lie from `first` to the day, both included; None outside the calendar."""
        return bisect_right(self.days, day) if self.first <= day <= self.last else None

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """count() of every day from first to last."""
        on, span = set(self.days), (self.last - self.first).days + 1
        return tuple(accumulate(int(self.first + timedelta(days=n) in on) for n in range(span)))

    @cached_property
    def texts(self) -> tuple[str, str]:
        """The days and the counts parted by commas, as compiled expressions carry them: decades of them, made once."""
        return ",".join(day.isoformat() for day in self.days), ",".join(map(str, self.counts))

    def lacking(self, days: Iterable[date]) -> int | None:
        """The year of the first of these days that lies outside the calendar; None when it holds them all."""
        return next((day.year for day in days if not self.first <= day <= self.last), None)

    def between(self, since: date, to: date) -> int | None:
        """Working days after `since` up to `to`, negative when `to` is the earlier; None outside the calendar."""
        before, after = self.count(since), self.count(to)
        return None if before is None or after is None else after - before

    def shifted(self, day: date, count: int) -> date | None:
        """The count-th working day after the day (before it when negative, the day itself for 0); None outside."""
        if count == 0:
            return day
        known = self.count(day if count > 0 else day - timedelta(days=1))
        place = None if known is None else known + count - (count > 0)
        return self.days[place] if place is not None and 0 <= place < len(self.days) else None


def lacking_words(year: int, calendar: WorkCalendar) -> str:
    """Why nothing is known of working days in a year, and what would decide it."""
    if year < calendar.first.year:
        return f"工作日历里没有 {year} 年，从 {calendar.first.year} 年起才有；请改用 天"
    return f"工作日历里没有 {year} 年的放假安排；等国务院办公厅公布、系统更新后就能判断，或者改用 天"


def shifted(day: date, count: int, unit: DateUnit, calendar: WorkCalendar | None = None) -> date | None:
    """A day moved. Where the month has no such day its last one is taken (民法典 第二百零二条). None: out of reach."""
    if unit == "workday":
        return calendar.shifted(day, count) if calendar else None
    try:
        moved = day + timedelta(days=count) if unit == "day" else _months(day, count * (12 if unit == "year" else 1))
    except (OverflowError, ValueError):
        return None
    return moved if moved.year >= EARLIEST else None


def _months(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def elapsed(since: date, to: date, unit: DateUnit, calendar: WorkCalendar | None = None) -> int | None:
    """Whole days, working days, months or years from one day to another, negative when `to` is the earlier.

    A month or year is complete when its day comes again; one that the month lacks comes on the first of the next.
    """
    if unit == "workday":
        return calendar.between(since, to) if calendar else None
    if unit == "day":
        return (to - since).days
    if to < since:
        backwards = elapsed(to, since, unit)
        return None if backwards is None else -backwards
    months = (to.year - since.year) * 12 + to.month - since.month - (to.day < since.day)
    return months // 12 if unit == "year" else months
