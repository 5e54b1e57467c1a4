"""SQL of dates within bounds: moved, compared by how much lies between them, and their parts."""

from __future__ import annotations

from calendar import monthrange

from yici.core.errors import ExpressionError, Problem
from yici.core.expressions.compiling.dialect import Dialect
from yici.core.expressions.compiling.scope import Scope
from yici.core.expressions.compiling.sql import Range, Sql, joined
from yici.core.expressions.nodes import DateUnit
from yici.core.expressions.workdays import EARLIEST, WorkCalendar

_FARTHEST = 100_000
_NEAR = {"day": 300_000, "month": 9_000, "year": 750}
"""Moves after which a date of our time is still one of four digits."""


def period_of(value: str) -> tuple[str, str]:
    """First and last day of an ISO date with its precision."""
    if len(value) == 4:
        return f"{value}-01-01", f"{value}-12-31"
    if len(value) == 7:
        return f"{value}-01", f"{value}-{monthrange(int(value[:4]), int(value[5:]))[1]:02d}"
    return value, value


def calendar_of(scope: Scope) -> WorkCalendar:
    """The calendar working days are counted by. Raises ExpressionError when there is none."""
    if scope.moment.calendar is None:
        message, hint = "没有工作日历，不能计算工作日。", "请用 天 代替 工作日。"
        raise ExpressionError(Problem("expression.no-calendar", message, hint))
    return scope.moment.calendar


def shifted(scope: Scope, day: Range, count: Sql, fixed: int | None, unit: DateUnit) -> Range:
    """The bounds of a date moved by `count`, which is `fixed` when it is written in the expression itself."""
    if unit == "workday":
        return Range(_moved_workdays(scope, day.low, count), _moved_workdays(scope, day.high, count))
    if not day.period:
        return Range(_moved(scope, day.low, count, fixed, unit), _moved(scope, day.high, count, fixed, unit))
    # A whole period is moved by both its ends: the last day of February becomes the last day of March.
    dialect = scope.dialect
    after = joined(dialect.iso(dialect.plus_days(dialect.day("{}"), "1")), day.high)
    moved = _moved(scope, after, count, fixed, unit)
    last = joined(dialect.iso(dialect.plus_days(dialect.day("{}"), "-1")), moved)
    return Range(_moved(scope, day.low, count, fixed, unit), last, period=True)


def _moved(scope: Scope, text: Sql, count: Sql, fixed: int | None, unit: DateUnit) -> Sql:
    dialect = scope.dialect
    months = 12 if unit == "year" else 1
    if fixed is not None:
        number = Sql(str(max(-_FARTHEST, min(_FARTHEST, fixed)) * (1 if unit == "day" else months)))
    else:
        times = "" if months == 1 or unit == "day" else f" * {months}"
        whole = joined(
            f"CASE WHEN abs({{}}) <= {_FARTHEST} AND {{}} = floor({{}}) THEN {{}} END", count, count, count, count
        )
        number = joined(f"(CAST({{}} AS INTEGER){times})", whole)
    move = dialect.plus_days if unit == "day" else dialect.plus_months
    day = joined(move(dialect.day("{}"), "{}"), text, number)
    if fixed is not None and abs(fixed) <= _NEAR[unit]:
        return joined(dialect.iso("{}"), day)
    return joined(f"CASE WHEN year({{}}) BETWEEN {EARLIEST} AND 9999 THEN {dialect.iso('{}')} END", day, day)


def _moved_workdays(scope: Scope, text: Sql, count: Sql) -> Sql:
    calendar, dialect = calendar_of(scope), scope.dialect
    days = joined(dialect.texts("{}"), Sql("?", (calendar.texts[0],)))
    known = _counted(scope, text)
    before = _counted(scope, joined(dialect.iso(dialect.plus_days(dialect.day("{}"), "-1")), text))
    number = joined("CAST({} AS INTEGER)", joined(f"CASE WHEN abs({{}}) <= {_FARTHEST} THEN {{}} END", count, count))
    later = joined(dialect.element("{}", "({} + {})"), days, known, number)
    earlier = joined(dialect.element("{}", "({} + {} + 1)"), days, before, number)
    pattern = "(CASE WHEN {} <> floor({}) THEN NULL WHEN {} > 0 THEN {} WHEN {} < 0 THEN {} WHEN {} = 0 THEN {} END)"
    return joined(pattern, count, count, count, later, count, earlier, count, text)


def _counted(scope: Scope, text: Sql) -> Sql:
    """How many working days lie from the calendar's first day to a day."""
    calendar, dialect = calendar_of(scope), scope.dialect
    counts = joined(dialect.numbers("{}"), Sql("?", (calendar.texts[1],)))
    place = joined(f"({dialect.days_between(_day(calendar.first.isoformat()), dialect.day('{}'))} + 1)", text)
    return joined(dialect.element("{}", "CAST({} AS INTEGER)"), counts, place)


def _day(iso: str) -> str:
    return f"DATE '{iso}'"


def elapsed(scope: Scope, since: Range, to: Range, unit: DateUnit) -> Range:
    """The bounds of how much lies between two dates."""
    return Range(_between(scope, since.high, to.low, unit), _between(scope, since.low, to.high, unit))


def _between(scope: Scope, since: Sql, to: Sql, unit: DateUnit) -> Sql:
    dialect = scope.dialect
    if unit == "workday":
        return joined("({} - {})", _counted(scope, to), _counted(scope, since))
    if unit == "day":
        return joined(dialect.days_between(dialect.day("{}"), dialect.day("{}")), *_in_order(dialect, since, to))
    number = _yyyymmdd if unit == "year" else _months_days
    difference = joined("{} - {}", number(to), number(since))
    return joined(dialect.whole("{}", 10_000 if unit == "year" else 100), difference)


def _in_order(dialect: Dialect, since: Sql, to: Sql) -> tuple[Sql, Sql]:
    """Both dates in the order this dialect names them."""
    return (to, since) if dialect.name == "spark" else (since, to)


def _yyyymmdd(text: Sql) -> Sql:
    return joined("TRY_CAST(replace({}, '-', '') AS BIGINT)", text)


def _months_days(text: Sql) -> Sql:
    """A number that grows by 100 with every month and by 1 with every day within it."""
    year, rest = "TRY_CAST(substr({}, 1, 4) AS BIGINT) * 1200", "TRY_CAST(replace(substr({}, 6), '-', '') AS BIGINT)"
    return joined(f"({year} + {rest})", text, text)


def part(bounds: Range, which: str) -> Sql:
    """The year, month or day of a date, where every day it may be agrees."""
    start, length = {"year": (1, 4), "month": (6, 2), "day": (9, 2)}[which]
    upto = start + length - 1
    value = joined(f"TRY_CAST(substr({{}}, {start}, {length}) AS BIGINT)", bounds.low)
    if bounds.low == bounds.high:
        return value
    same = joined(f"substr({{}}, 1, {upto}) = substr({{}}, 1, {upto})", bounds.low, bounds.high)
    return joined("(CASE WHEN {} THEN {} END)", same, value)
