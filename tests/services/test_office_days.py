"""Working days as far as the calendar was announced; beyond it weekdays, and it is said."""

from __future__ import annotations

from datetime import date, timedelta

from yici.engine.workdays import official_calendar
from yici.services.office_days import calendar_note, due_after, unannounced_year, working_days

LAST = official_calendar(date.today().year + 1).last  # noqa: DTZ011 (any day will do)


def test_days_off_and_exchanged_days_count_as_announced() -> None:
    assert due_after(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert working_days(date(2026, 10, 1), date(2026, 10, 8)) == 1
    assert not calendar_note(date(2026, 10, 8)) and due_after(date(2026, 10, 8), 0) == date(2026, 10, 8)


def test_beyond_the_calendar_weekdays_count_and_it_is_said() -> None:
    beyond = due_after(LAST, 5)
    assert unannounced_year(beyond) == LAST.year + 1 and f"{LAST.year + 1} 年" in calendar_note(beyond)
    assert 7 <= (beyond - LAST).days <= 8
    # The part that was announced is counted as announced.
    eve = LAST - timedelta(days=120)
    known = official_calendar(LAST.year).between(eve, LAST)
    assert known is not None
    assert due_after(eve, known + 5) == beyond
    assert working_days(eve + timedelta(days=1), beyond) == known + 5
