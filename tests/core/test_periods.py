"""Periods as clerks write them."""

from __future__ import annotations

from datetime import date

import pytest

from yici.core.errors import ExpressionError
from yici.core.periods import parse_period


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2025", "2025-01-01", "2025-12-31"),
        ("2025年", "2025-01-01", "2025-12-31"),
        ("2025Q3", "2025-07-01", "2025-09-30"),
        ("2025-q1", "2025-01-01", "2025-03-31"),
        ("2025年第三季度", "2025-07-01", "2025-09-30"),
        ("2025年 第4季度", "2025-10-01", "2025-12-31"),
        ("2025年二季度", "2025-04-01", "2025-06-30"),
        ("2025上半年", "2025-01-01", "2025-06-30"),
        ("2025H2", "2025-07-01", "2025-12-31"),
        ("2025年下半年", "2025-07-01", "2025-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025年10月", "2025-10-01", "2025-10-31"),
        ("2025-01-05..2025-03-15", "2025-01-05", "2025-03-15"),
        ("2025-01-05至2025-03-15", "2025-01-05", "2025-03-15"),
        ("2026年第1周", "2025-12-29", "2026-01-04"),
        ("2026-w48", "2026-11-23", "2026-11-29"),
    ],
)
def test_periods(text: str, start: str, end: str) -> None:
    period = parse_period(text)
    assert (str(period.start), str(period.end)) == (start, end)
    assert parse_period(period.name) == period


@pytest.mark.parametrize(
    "text", ["", "25", "2025Q5", "2025年第54周", "2025-13", "2025-02-30..2025-03-01", "2025-05-01..2025-04-01", "今年"]
)
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(ExpressionError, match="不是一个时期"):
        parse_period(text)


def test_a_running_period_is_judged_today() -> None:
    period = parse_period("2025")
    assert period.moment(date(2025, 6, 1)).as_of == date(2025, 6, 1)
    assert period.moment(date(2026, 6, 1)).as_of == date(2025, 12, 31)
    assert period.moment(date(2026, 6, 1)).start == date(2025, 1, 1)
    assert period.months == 12
