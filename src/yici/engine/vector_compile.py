"""Conditions as polars expressions over a frame's columns, three-valued. What is not done here DuckDB does.

Done here: comparisons of stored values, ages and dates with constants; in, between, is null, like on coded texts; and,
or, not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import ceil, floor
from operator import and_, or_
from typing import Literal as Choice
from typing import Protocol

import polars as pl

from yici.core.elements import Kind
from yici.core.expressions.derived import AGE, birthday_limit
from yici.core.expressions.evaluating import Evaluator
from yici.core.expressions.facts import Facts
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import (
    TEXT,
    Aggregate,
    Base,
    Between,
    Comparison,
    Expr,
    InList,
    IsNull,
    Junction,
    Like,
    Literal,
    Not,
    Ref,
    walk,
)
from yici.core.expressions.spans import Span

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
_CODED = frozenset({Kind.CODE, Kind.REGION})


class NotNative(Exception):
    """A condition that DuckDB computes as a column of the load."""


@dataclass(frozen=True, slots=True)
class Days:
    """The columns of a date: first and last day it may be. One column twice where every date is known to the day."""

    low: pl.Expr
    high: pl.Expr
    exact: bool
    latest: date | None


class Columns(Protocol):
    """The columns a condition may ask for: recorded before a frame is loaded, present afterwards."""

    def plain(self, expr: Expr, kind: Choice["number", "bool", "text"]) -> pl.Expr:
        """The column of a value. Raises NotNative when it cannot be held exactly."""

    def coded(self, ref: Ref) -> tuple[pl.Expr, Mapping[str, int]]:
        """The column of a text as numbers, and the number of each text."""

    def days(self, ref: Ref) -> Days:
        """The columns of a date; of the birth date for an age."""

    def given(self, condition: Expr) -> pl.Expr:
        """The column of a condition that DuckDB computes."""


def junctions_of(expr: Expr, atom: Callable[[Expr], pl.Expr]) -> pl.Expr:
    """and, or and not over single conditions."""
    match expr:
        case Junction():
            parts = [junctions_of(part, atom) for part in expr.parts]
            return reduce(and_ if expr.op == "and" else or_, parts)
        case Not():
            return ~junctions_of(expr.operand, atom)
        case _:
            return atom(expr)


def atoms_of(expr: Expr) -> list[Expr]:
    """The single conditions of a condition, in order."""
    match expr:
        case Junction():
            return [atom for part in expr.parts for atom in atoms_of(part)]
        case Not():
            return atoms_of(expr.operand)
        case _:
            return [expr]


@dataclass(frozen=True, slots=True)
class VectorCompiler:
    """Single conditions as polars expressions."""

    columns: Columns
    moment: Moment

    def atom(self, expr: Expr) -> pl.Expr:
        """A single condition, natively or as a column computed by DuckDB."""
        try:
            return self._native(expr)
        except NotNative:
            return self.columns.given(expr)

    def _native(self, expr: Expr) -> pl.Expr:
        match expr:
            case Comparison():
                return self._compared(expr.op, expr.left, expr.right)
            case InList():
                return self._in(expr)
            case Between():
                low = self._compared(">=", expr.operand, expr.low)
                return low & self._compared("<=", expr.operand, expr.high)
            case Like():
                return self._like(expr)
            case IsNull() if isinstance(expr.operand, Ref) and not expr.operand.element.derived:
                return self._column(expr.operand).is_null()
            case Literal() if isinstance(expr.value, bool):
                return pl.lit(expr.value)
            case Ref() if expr.type.base is Base.BOOL:
                return self._column(expr)
        raise NotNative

    def _column(self, ref: Ref) -> pl.Expr:
        match ref.type.base:
            case Base.DATE:
                return self.columns.days(ref).low
            case Base.NUMBER:
                return self.columns.plain(ref, "number")
            case Base.BOOL:
                return self.columns.plain(ref, "bool")
            case _ if ref.element.kind in _CODED:
                return self.columns.coded(ref)[0]
        return self.columns.plain(ref, "text")

    def _in(self, expr: InList) -> pl.Expr:
        return reduce(or_, [self._compared("=", expr.operand, item) for item in expr.items])

    def _like(self, expr: Like) -> pl.Expr:
        if not (isinstance(expr.operand, Ref) and expr.operand.element.kind in _CODED):
            raise NotNative
        column, numbers = self.columns.coded(expr.operand)
        kept = [number for text, number in numbers.items() if _is_like(text, expr.pattern)]
        return reduce(or_, [column == number for number in kept], column < 0)

    def _compared(self, op: str, left: Expr, right: Expr) -> pl.Expr:
        if op == "<>":
            return ~self._compared("=", left, right)
        if _is_constant(left) and not _is_constant(right):
            left, right, op = right, left, _MIRRORED[op]
        if not _is_constant(right):
            raise NotNative
        constant = Evaluator(Facts(""), self.moment).span(right)
        if constant is None:
            raise NotNative
        if isinstance(left, Ref) and left.element.id == AGE:
            return self._age(op, left, constant)
        if left.type.base is Base.DATE:
            return self._date(op, left, constant)
        return self._plain(op, left, constant)

    def _plain(self, op: str, left: Expr, constant: Span) -> pl.Expr:
        value = constant.point
        if isinstance(value, Fraction):
            return _ordered(op, self.columns.plain(left, "number"), _number(value))
        if not isinstance(left, Ref) or not isinstance(value, str | bool):
            raise NotNative
        if isinstance(value, str) and left.element.kind in _CODED:
            column, numbers = self.columns.coded(left)
            # A text that nobody has equals nobody's.
            return column == numbers[value] if value in numbers else column < 0
        return self.columns.plain(left, "bool" if isinstance(value, bool) else "text") == value

    def _age(self, op: str, age: Ref, constant: Span) -> pl.Expr:
        """An age against a number, as the birth date against the days on which those years are completed."""
        years = constant.point
        if not isinstance(years, Fraction):
            raise NotNative
        today = self.moment.as_of
        born = self.columns.days(age)
        # Nobody has a negative age: below zero the limit is the as-of date itself.
        least = max(0, floor(years) + 1 if op in (">", "<=") else ceil(years))
        since = _limit(today, least)
        before_today = born.high <= today
        if op == "=" and years != least:
            return pl.when(before_today).then(False).otherwise(None)
        old = born.high <= since
        young = born.low > since if _all_before(born, today) else (born.low > since) & before_today
        if op == "=":
            before = _limit(today, least + 1)
            this_year = (born.high <= since) & (born.low > before)
            return _settled(this_year, young | (born.high <= before), born, today)
        return _settled(old, young, born, today) if op in (">", ">=") else _settled(young, old, born, today)

    def _date(self, op: str, left: Expr, period: Span) -> pl.Expr:
        """A date against a day or a period: '< 2020' is before it, '= 2020' within it."""
        if not isinstance(left, Ref):
            raise NotNative
        first, last = period.low, period.high
        assert isinstance(first, date)
        assert isinstance(last, date)
        days = self.columns.days(left)
        low, high = days.low, days.high
        if op == "=" and not period.period and first != last:
            raise NotNative
        match op:
            case "<":
                certain, excluded = high < first, low >= first
            case "<=":
                certain, excluded = high <= last, low > last
            case ">":
                certain, excluded = low > last, high <= last
            case ">=":
                certain, excluded = low >= first, high < first
            case _:
                certain, excluded = (low >= first) & (high <= last), (high < first) | (low > last)
        return _settled(certain, excluded, days, None)


def _settled(certain: pl.Expr, excluded: pl.Expr, days: Days, today: date | None) -> pl.Expr:
    """TRUE where certain, FALSE where excluded, else unknown. Where every day is known, what is not certain is
    excluded, as long as nobody is born after today."""
    if days.exact and (today is None or _all_before(days, today)):
        return certain
    return pl.when(certain | excluded).then(certain).otherwise(None)


def _all_before(days: Days, today: date) -> bool:
    return days.latest is not None and days.latest <= today


def _limit(today: date, years: int) -> date:
    """The last birth date of somebody who has completed so many years; for 29 February the day before 1 March."""
    year, month, day = (int(part) for part in birthday_limit(today, years).split("-"))
    if year < 1:
        return date.min
    return date(year, 2, 28) if (month, day) == (2, 29) and not _is_leap(year) else date(year, month, day)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _ordered(op: str, column: pl.Expr, value: float | int) -> pl.Expr:
    operations: dict[str, Callable[[], pl.Expr]] = {
        "=": lambda: column == value, "<": lambda: column < value, "<=": lambda: column <= value,
        ">": lambda: column > value, ">=": lambda: column >= value,
    }  # fmt: skip
    return operations[op]()


def _number(value: Fraction) -> float | int:
    return int(value) if value.denominator == 1 else float(Decimal(value.numerator) / Decimal(value.denominator))


def _is_constant(expr: Expr) -> bool:
    return not any(isinstance(node, Ref | Aggregate) for node in walk(expr))


def _is_like(text: str, pattern: str) -> bool:
    return Evaluator(Facts(""), Moment(date.max)).truth(Like(Literal(text, TEXT), pattern)) is True
