"""The words of the language that are no names: functions, aggregates and days that follow from the moment."""

from __future__ import annotations

from typing import Literal, TypeVar

from yici.core.expressions.nodes import AggregateOp, ClockWord, DateUnit, Function

DatePart = Literal["year", "month", "day"]

AGGREGATES: dict[str, AggregateOp] = {
    "count": "count", "计数": "count",
    "sum": "sum", "求和": "sum",
    "avg": "avg", "平均": "avg",
    "min": "min", "最小": "min",
    "max": "max", "最大": "max",
    "median": "median", "中位数": "median",
    "share": "share", "占比": "share",
}  # fmt: skip
"""How an aggregate is written → its operation; what comes first is printed."""

ELAPSED: dict[str, DateUnit] = {
    "years_between": "year", "相差年数": "year",
    "months_between": "month", "相差月数": "month",
    "days_between": "day", "相差天数": "day",
    "workdays_between": "workday", "相差工作日": "workday",
}  # fmt: skip

PARTS: dict[str, DatePart] = {
    "year": "year",
    "年份": "year",
    "month": "month",
    "月份": "month",
    "day": "day",
    "日": "day",
}

CALLS: dict[str, Function] = {
    "round": "round", "四舍五入": "round",
    "abs": "abs", "绝对值": "abs",
    "floor": "floor", "向下取整": "floor",
    "ceil": "ceil", "向上取整": "ceil",
    "least": "least", "取小": "least",
    "greatest": "greatest", "取大": "greatest",
    "coalesce": "coalesce", "首个已知": "coalesce",
    "listed": "listed", "在册": "listed",
}  # fmt: skip

FUNCTIONS = frozenset([*AGGREGATES, *ELAPSED, *PARTS, *CALLS])
"""Every word that means something before a bracket, and nothing elsewhere."""

CLOCKS: dict[str, ClockWord] = {
    "今天": "today", "期末": "today", "today": "today",
    "期初": "period_start", "period_start": "period_start",
    "本月": "this_month", "this_month": "this_month",
    "上月": "last_month", "last_month": "last_month",
    "本季": "this_quarter", "本季度": "this_quarter", "this_quarter": "this_quarter",
    "上季": "last_quarter", "上季度": "last_quarter", "last_quarter": "last_quarter",
    "今年": "this_year", "本年": "this_year", "this_year": "this_year",
    "去年": "last_year", "上年": "last_year", "last_year": "last_year",
}  # fmt: skip

DATE_UNITS: dict[str, DateUnit] = {"天": "day", "工作日": "workday", "月": "month", "年": "year"}
"""Base unit of a length of time → what a date is moved by."""

PARAMETERS = "参数"
"""The first word of a path to a parameter: 参数.起始年龄."""


T = TypeVar("T")


def first_word(table: dict[str, T], meaning: T, *, chinese: bool = False) -> str:
    """The first word of a table that has the meaning, or the first Chinese one."""
    return next(word for word, what in table.items() if what == meaning and (not chinese or not word.isascii()))
