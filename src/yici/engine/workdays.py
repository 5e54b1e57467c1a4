"""The official working days of the mainland: holidays, and weekend days worked in exchange (调休).

The State Council announces each year's in the autumn before. The package `holidays` keeps them; a year it holds no
exchanged days for has not been announced yet, and nothing is known of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import lru_cache

from holidays.countries.china import China

from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import Elapsed, Expr, Shifted, walk
from yici.core.expressions.workdays import WorkCalendar

_FIRST_YEAR = 2001
"""Exchanged days are kept from this year on."""


@lru_cache(maxsize=4)
def official_calendar(until: int) -> WorkCalendar:
    """The working days from 2001 to the last year announced, at most to the end of the year `until`."""
    known = China(years=range(_FIRST_YEAR, until + 1))
    last = max((day.year for day in known.weekend_workdays), default=_FIRST_YEAR)
    return WorkCalendar(date(_FIRST_YEAR, 1, 1), date(last, 12, 31), known, known.weekend_workdays)


def at_work(moment: Moment, exprs: Iterable[Expr]) -> Moment:
    """The moment with the official calendar, when one of the expressions counts working days and it has none."""
    if moment.calendar is not None or not any(_counts_workdays(node) for expr in exprs for node in walk(expr)):
        return moment
    return replace(moment, calendar=official_calendar(moment.as_of.year + 2))


def _counts_workdays(node: Expr) -> bool:
    return isinstance(node, Shifted | Elapsed) and node.unit == "workday"
