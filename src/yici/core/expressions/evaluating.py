"""An expression evaluated for one subject from plain facts, three-valued: what the engine's SQL means, in Python.

Dates and ages may be known in part: they are spans, and a comparison holds or fails only where the whole span agrees.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor, inf

from yici.core.expressions.facts import Facts
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import (
    Aggregate,
    Arithmetic,
    Base,
    Between,
    Call,
    Case,
    Clock,
    Comparison,
    Converted,
    Elapsed,
    Expr,
    InList,
    IsNull,
    Junction,
    Like,
    Literal,
    Negative,
    Not,
    Part,
    Ref,
    Role,
    Scalar,
    Shifted,
    register_of,
)
from yici.core.expressions.spans import Single, Span, compare, date_text, days_of, exactly, round_half_up
from yici.core.expressions.tallying import aggregate
from yici.core.expressions.workdays import elapsed, shifted

_ONE_DAY = timedelta(days=1)
AGE, SIZE, PER_HEAD = "person.age", "household.size", "household.income_per_head"


def evaluate(expr: Expr, facts: Facts, *, moment: Moment) -> Scalar:
    """The value of an expression for one subject; None where it is unknown.

    Numbers are ints or Decimals of at most six decimals, dates ISO text with its precision, codes labels.
    """
    return plain(Evaluator(facts, moment).span(expr))


def holds(condition: Expr, facts: Facts, *, moment: Moment) -> bool | None:
    """Whether a condition holds for the subject: True, False, or None for unknown."""
    return Evaluator(facts, moment).truth(condition)


def plain(span: Span | None) -> Scalar:
    """A span as a value to show: None when it is not one value (a date may have a coarser precision)."""
    if span is None:
        return None
    if isinstance(span.low, date):
        return date_text(span)
    point = span.point
    if isinstance(point, Fraction):
        exact = round_half_up(point, 6)
        assert isinstance(exact, Fraction)
        return int(exact) if exact.denominator == 1 else Decimal(exact.numerator) / Decimal(exact.denominator)
    assert not isinstance(point, date | float)
    return point


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Evaluates expressions for one subject at one moment."""

    facts: Facts
    moment: Moment

    def truth(self, expr: Expr) -> bool | None:
        """A condition."""
        match expr:
            case Junction():
                return joined(expr.op, [self.truth(part) for part in expr.parts])
            case Not():
                inner = self.truth(expr.operand)
                return None if inner is None else not inner
            case Comparison():
                return self._compared(expr.op, expr.left, expr.right)
            case InList():
                return joined("or", [self._compared("=", expr.operand, item) for item in expr.items])
            case Between():
                low = self._compared(">=", expr.operand, expr.low)
                return joined("and", [low, self._compared("<=", expr.operand, expr.high)])
            case Like():
                text = self.point(expr.operand)
                return None if text is None else bool(_pattern(expr.pattern).fullmatch(str(text)))
            case IsNull():
                return self._is_null(expr.operand)
            case _:
                value = self.point(expr)
                return None if value is None else bool(value)

    def point(self, expr: Expr) -> Single | None:
        """The one value of an expression; None when nothing, or no single value, is known."""
        span = self.span(expr)
        return None if span is None else span.point

    def span(self, expr: Expr) -> Span | None:
        """What is known of an expression's value; None when nothing is."""
        match expr:
            case Literal():
                return _literal(expr)
            case Ref():
                return self._ref(expr)
            case Clock():
                low, high = self.moment.bounds(expr.word)
                return Span(low, high, period=True)
            case Negative() | Converted() | Arithmetic() | Part() | Call():
                return self._calculated(expr)
            case Shifted():
                return self._shifted(expr)
            case Elapsed():
                return self._elapsed(expr)
            case Case():
                return self._case(expr)
            case Aggregate():
                items = self.facts.items(expr.subject) if expr.members else None
                return None if items is None else aggregate(expr, [Evaluator(item, self.moment) for item in items])
            case _:
                verdict = self.truth(expr)
                return None if verdict is None else exactly(verdict)

    def _compared(self, op: str, left: Expr, right: Expr) -> bool | None:
        ours, theirs = self.span(left), self.span(right)
        return None if ours is None or theirs is None else compare(op, ours, theirs)

    def _is_null(self, operand: Expr) -> bool:
        span = self.span(operand)
        return span is None or (span.point is None and operand.type.base is not Base.DATE)

    def _ref(self, ref: Ref) -> Span | None:
        fact = self.facts.fact(ref.element.id, ref.role)
        if fact is not None:
            return _value(fact.value, ref.type.base)
        derived: dict[str, Callable[[Role], Span | None]] = {AGE: self._age, SIZE: self._size, PER_HEAD: self._per_head}
        formula = derived.get(ref.element.id)
        return formula(ref.role) if formula else None

    def _age(self, role: Role) -> Span | None:
        born = self.facts.fact("person.birth_date", role)
        if born is None:
            return None
        days = days_of(str(born.value))
        assert isinstance(days.low, date)
        assert isinstance(days.high, date)
        today = self.moment.as_of
        if days.high > today:
            return None
        youngest, oldest = (elapsed(day, today, "year") or 0 for day in (days.high, days.low))
        return Span(Fraction(youngest), Fraction(oldest), whole=True)

    def _size(self, role: Role) -> Span | None:
        members = self.facts.members if role == "household" else None
        return exactly(Fraction(len(members))) if members else None

    def _per_head(self, role: Role) -> Span | None:
        income, given = self.facts.fact("household.annual_income", role), self.facts.fact(SIZE, role)
        size = _value(given.value, Base.NUMBER) if given else self._size(role)
        if income is None or size is None or not size.low:
            return None
        total = _value(income.value, Base.NUMBER).low
        assert isinstance(total, Fraction)
        assert isinstance(size.low, Fraction)
        return exactly(round_half_up(total / size.low, 6))

    def _shifted(self, expr: Shifted) -> Span | None:
        span, count = self.span(expr.operand), self.point(expr.count)
        if span is None or not isinstance(count, Fraction) or count.denominator != 1:
            return None
        low = shifted(_day(span.low), int(count), expr.unit, self.moment.calendar)
        period = span.period and span.low != span.high and expr.unit != "workday"
        if period:
            # A whole period is moved by both its ends: the last day of February becomes the last day of March.
            after = shifted(_day(span.high) + _ONE_DAY, int(count), expr.unit)
            high = None if after is None else after - _ONE_DAY
        else:
            high = shifted(_day(span.high), int(count), expr.unit, self.moment.calendar)
        if low is None and high is None:
            return None
        return Span(low or date.min, high or date.max, period=period)

    def _elapsed(self, expr: Elapsed) -> Span | None:
        since, to = self.span(expr.since), self.span(expr.to)
        if since is None or to is None:
            return None
        least = elapsed(_day(since.high), _day(to.low), expr.unit, self.moment.calendar)
        most = elapsed(_day(since.low), _day(to.high), expr.unit, self.moment.calendar)
        if least is None and most is None:
            return None
        low, high = (-inf if least is None else Fraction(least)), (inf if most is None else Fraction(most))
        return Span(low, high, whole=True)

    def _case(self, expr: Case) -> Span | None:
        for condition, value in expr.branches:
            verdict = self.truth(condition)
            if verdict is None:
                return None
            if verdict:
                return _as_chosen(self.span(value))
        return None if expr.otherwise is None else _as_chosen(self.span(expr.otherwise))

    def _calculated(self, expr: Negative | Converted | Arithmetic | Part | Call) -> Span | None:
        """What takes exactly known values only."""
        match expr:
            case Part():
                return _part(expr.part, self.span(expr.operand))
            case Call():
                return self._call(expr)
            case Negative():
                value, number = self.span(expr.operand), self._number(expr.operand)
                return None if value is None or number is None else replace(value, low=-number, high=-number)
            case Converted():
                number = self._number(expr.operand)
                if number is None:
                    return None
                inexact, product = not isinstance(expr.operand, Literal), number * expr.factor
                return _result(product if inexact else round_half_up(product, 6), inexact=inexact)
            case Arithmetic():
                return self._arithmetic(expr)

    def _arithmetic(self, expr: Arithmetic) -> Span | None:
        left, right = self._number(expr.left), self._number(expr.right)
        if left is None or right is None or (expr.op == "/" and right == 0):
            return None
        results: dict[str, Callable[[], Fraction]] = {
            "+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right, "/": lambda: left / right,
        }  # fmt: skip
        parts = (self.span(expr.left), self.span(expr.right))
        inexact = expr.op in "*/" or any(part is not None and part.inexact for part in parts)
        return _result(results[expr.op](), inexact=inexact)

    def _number(self, expr: Expr) -> Fraction | None:
        value = self.point(expr)
        return value if isinstance(value, Fraction) else None

    def _call(self, expr: Call) -> Span | None:
        spans = [self.span(part) for part in expr.args]
        if expr.function == "listed":
            register = register_of(expr)
            kept = self.facts.keeps(register.element.id, register.role)
            if len(expr.args) == 1:
                return exactly(spans[0] is not None) if spans[0] is not None or kept else None
            return _as_chosen(spans[1] if spans[0] is None and kept else spans[0])
        if expr.function == "coalesce":
            return _as_chosen(next((span for span in spans if span is not None), None))
        if any(span is None for span in spans):
            return None
        found = [span for span in spans if span is not None]
        if expr.type.base is Base.DATE:
            pick = min if expr.function == "least" else max
            return Span(pick(_day(span.low) for span in found), pick(_day(span.high) for span in found))
        points = [round_half_up(span.point, 6) for span in found if span.point is not None]
        return called(expr.function, points) if len(points) == len(spans) else None


def _as_chosen(span: Span | None) -> Span | None:
    """What a case or coalesce chose: a number of six decimals, dates without being a written period."""
    if span is None:
        return None
    return Span(round_half_up(span.low, 6), round_half_up(span.high, 6), whole=span.whole)


def called(function: str, values: Sequence[Single]) -> Span:
    """A function of exactly known numbers, worked out to six decimals."""
    if function in ("least", "greatest"):
        return exactly(min(values) if function == "least" else max(values))
    number = values[0]
    assert isinstance(number, Fraction)
    match function:
        case "abs":
            return exactly(abs(number))
        case "floor":
            return exactly(Fraction(floor(number)))
        case "ceil":
            return exactly(Fraction(ceil(number)))
    decimals = values[1] if len(values) > 1 else Fraction(0)
    assert isinstance(decimals, Fraction)
    return exactly(round_half_up(number, max(-15, min(6, int(decimals)))))


def joined(op: str, parts: Sequence[bool | None]) -> bool | None:
    """The parts joined by "and" or "or": the deciding value wins, then unknown."""
    decisive = op == "or"
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


def _result(value: Single, *, inexact: bool) -> Span:
    return Span(value, value, inexact=inexact)


def _day(value: Single) -> date:
    assert isinstance(value, date)
    return value


def _literal(literal: Literal) -> Span | None:
    if literal.value is None:
        return None
    span = _value(literal.value, literal.type.base)
    return replace(span, period=True) if literal.type.base is Base.DATE else span


def _value(value: Scalar, base: Base) -> Span:
    if base is Base.DATE:
        return days_of(str(value))
    if base is Base.NUMBER and not isinstance(value, bool):
        return exactly(Fraction(value or 0))
    assert value is not None
    return exactly(value if isinstance(value, str | bool) else Fraction(value))


def _part(part: str, span: Span | None) -> Span | None:
    if span is None:
        return None
    length = {"year": 1, "month": 2, "day": 3}[part]
    low, high = ((d.year, d.month, d.day)[:length] for d in (_day(span.low), _day(span.high)))
    return exactly(Fraction(low[-1])) if low == high else None


@lru_cache(maxsize=1024)
def _pattern(like: str) -> re.Pattern[str]:
    """LIKE as a regular expression: % any characters, _ one."""
    wild = {"%": ".*", "_": "."}
    return re.compile("".join(wild.get(sign) or re.escape(sign) for sign in like), re.DOTALL)
