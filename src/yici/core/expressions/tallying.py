"""Numbers about the members of a household, where what is not known about a member makes a range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Protocol

from yici.core.expressions.nodes import Aggregate, Expr
from yici.core.expressions.spans import Single, Span, exactly, round_half_up


class Item(Protocol):
    """One member, ready to be asked."""

    def truth(self, expr: Expr) -> bool | None:
        """A condition about the member."""

    def span(self, expr: Expr) -> Span | None:
        """What is known of a value of the member."""


@dataclass(frozen=True, slots=True)
class _Tally:
    """Members that count for certain, and those of whom it is not known whether they do, with their values."""

    sure: list[Single]
    maybe: list[Single]
    blank: int
    maybe_blank: int

    @property
    def sure_count(self) -> int:
        return len(self.sure) + self.blank

    @property
    def maybe_count(self) -> int:
        return len(self.maybe) + self.maybe_blank


def aggregate(expr: Aggregate, items: Sequence[Item]) -> Span | None:
    """The number over the members as a range; None when nothing is known of it."""
    tally = _tally(expr, items)
    if expr.op == "count":
        low = Fraction(tally.sure_count)
        return Span(low, low + tally.maybe_count, whole=True)
    if expr.op == "share":
        if not items:
            return None
        least, most = tally.sure_count, tally.sure_count + tally.maybe_count
        return Span(_six(Fraction(least, len(items))), _six(Fraction(most, len(items))))
    return _of_values(expr.op, tally)


def _tally(expr: Aggregate, items: Sequence[Item]) -> _Tally:
    tally = _Tally([], [], 0, 0)
    blank = maybe_blank = 0
    for item in items:
        counts = True if expr.where is None else item.truth(expr.where)
        if counts is False:
            continue
        span = None if expr.value is None else item.span(expr.value)
        if expr.op == "count" and expr.value is not None and span is None:
            continue
        point = None if span is None else round_half_up(span.point, 6) if span.point is not None else None
        if point is not None:
            (tally.sure if counts else tally.maybe).append(point)
        elif counts:
            blank += 1
        else:
            maybe_blank += 1
    return _Tally(tally.sure, tally.maybe, blank, maybe_blank)


def _of_values(op: str, tally: _Tally) -> Span | None:
    """sum, avg, min, max, median of the members' values. A member whose value is not known leaves the whole unknown:
    a sum without it would be wrong, not partly right."""
    if tally.blank or tally.maybe_blank:
        return None
    if op == "sum":
        low = sum((_number(value) for value in tally.sure), Fraction(0))
        gains = [_number(value) for value in tally.maybe]
        return Span(low + sum(v for v in gains if v < 0), low + sum(v for v in gains if v > 0))
    if not tally.sure:
        return None
    if op == "min":
        return Span(min([*tally.sure, *tally.maybe]), min(tally.sure))
    if op == "max":
        return Span(max(tally.sure), max([*tally.sure, *tally.maybe]))
    if tally.maybe:
        return None
    numbers = [_number(value) for value in tally.sure]
    middle = Fraction(median(numbers)) if op == "median" else sum(numbers, Fraction(0)) / len(numbers)
    return exactly(_six(middle))


def _number(value: Single) -> Fraction:
    assert isinstance(value, Fraction)
    return value


def _six(value: Fraction) -> Single:
    return round_half_up(value, 6)
