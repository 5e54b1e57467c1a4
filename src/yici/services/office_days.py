"""Working days as the office counts them: by the official calendar as far as it was announced, beyond it by weekdays.

The State Council announces a year's days off in the autumn before. What reaches further is reckoned from Mondays to
Fridays, and whoever is shown such a day is told so: see `calendar_note`.
"""

from __future__ import annotations

from datetime import date, timedelta

from yici.core.expressions.workdays import WorkCalendar
from yici.engine.workdays import official_calendar

_SATURDAY = 5


def due_after(day: date, days: int) -> date:
    """The day so many working days after a day, by the official calendar with its exchanged working days (调休)."""
    calendar = official_calendar(day.year + 1)
    while days > 0:
        day += timedelta(days=1)
        days -= _is_working(day, calendar)
    return day


def working_days(start: date, end: date) -> int:
    """The working days from one day to another, both included."""
    calendar = official_calendar(end.year)
    every = (start + timedelta(days=offset) for offset in range((end - start).days + 1))
    return sum(_is_working(day, calendar) for day in every)


def first_working_day(day: date) -> date | None:
    """The first working day from a day on; None where the days off of its year were not announced."""
    return official_calendar(day.year + 1).shifted(day - timedelta(days=1), 1)


def unannounced_year(day: date) -> int | None:
    """The year of a day whose days off were not announced yet, so that weekdays were counted; None otherwise."""
    return day.year if day > official_calendar(day.year + 1).last else None


def calendar_note(day: date) -> str:
    """What has to be said of a day that was counted to; "" where the official calendar reaches it."""
    year = unannounced_year(day)
    return f"{year} 年的放假安排还没有公布，{year} 年的日子按周一至周五推算" if year else ""


def _is_working(day: date, calendar: WorkCalendar) -> bool:
    known = calendar.between(day - timedelta(days=1), day)
    return day.weekday() < _SATURDAY if known is None else known > 0
