"""The moment each indicator looks at: its own stretch of time, ending where the period does."""

from __future__ import annotations

from datetime import date

from yici.core.expressions.moment import Moment
from yici.core.indicators.model import Span


def moment_of(span: Span, period: Moment) -> Moment:
    """The moment for an indicator of that span, within a run whose period is `period`."""
    day = period.as_of
    match span:
        case Span.MONTH:
            return Moment(day, day.replace(day=1))
        case Span.QUARTER:
            return Moment(day, date(day.year, (day.month - 1) // 3 * 3 + 1, 1))
        case Span.YEAR:
            return Moment(day, date(day.year, 1, 1))
        case Span.PERIOD:
            return period
