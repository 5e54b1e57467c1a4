"""Values that may be known only in part: a least and a greatest possible value, and how two of them compare."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

Single = Fraction | date | str | bool | float
"""Floats are only the two infinities: the end of a span of which nothing is known."""
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}


@dataclass(frozen=True, slots=True)
class Span:
    """All values from `low` to `high`. `period` marks a date as written ('1950-03', 本月): comparing with it means with
    the whole period. `whole` marks numbers that are counted, `inexact` numbers calculated in floating point."""

    low: Single
    high: Single
    period: bool = False
    whole: bool = False
    inexact: bool = False

    @property
    def point(self) -> Single | None:
        """The one value, or None when there are several."""
        return self.low if self.low == self.high else None


def exactly(value: Single) -> Span:
    """A value known exactly."""
    return Span(value, value)


def days_of(text: str) -> Span:
    """First and last day an ISO date with its precision ("1950", "1950-03", "1950-03-07") may mean."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        return exactly(date(*parts))
    first, last = (parts[1], parts[1]) if len(parts) == 2 else (1, 12)
    return Span(date(parts[0], first, 1), date(parts[0], last, monthrange(parts[0], last)[1]))


def date_text(span: Span) -> str | None:
    """The span as an ISO date of its precision; None when it is no day, month or year."""
    low, high = span.low, span.high
    if not isinstance(low, date) or not isinstance(high, date):
        return None
    if low == high:
        return low.isoformat()
    if (low.day, high) == (1, low.replace(day=monthrange(low.year, low.month)[1])):
        return f"{low.year:04d}-{low.month:02d}"
    return f"{low.year:04d}" if (low, high) == (date(low.year, 1, 1), date(low.year, 12, 31)) else None


def compare(op: str, left: Span, right: Span) -> bool | None:
    """True or False where all values of the two agree, else None.

    A written period stands for the whole of it: '= 1950-03' is within that month, '> 1950' after it.
    """
    if op == "<>":
        equal = compare("=", left, right)
        return None if equal is None else not equal
    if left.period and not right.period:
        left, right, op = right, left, _MIRRORED[op]
    if right.period and op != "=":
        edge = right.low if op in ("<", ">=") else right.high
        right = exactly(edge)
    if left.inexact or right.inexact:
        left, right = _rounded(left), _rounded(right)
    return _decided(op, left, right)


def _decided(op: str, left: Span, right: Span) -> bool | None:
    if op in (">", ">="):
        return _decided(_MIRRORED[op], right, left)
    if op == "=":
        return _equal(left, right)
    if op == "<":
        return True if left.high < right.low else False if left.low >= right.high else None  # type: ignore[operator]
    return True if left.high <= right.low else False if left.low > right.high else None  # type: ignore[operator]


def _equal(left: Span, right: Span) -> bool | None:
    if right.period and right.low <= left.low and left.high <= right.high:  # type: ignore[operator]
        return True
    if not right.period and left.low == left.high == right.low == right.high:
        return True
    if left.low == left.high and right.low == right.high and not right.period:
        return False
    if (_is_counted(left) and _is_fraction(right)) or (_is_counted(right) and _is_fraction(left)):
        return False
    apart = left.high < right.low or left.low > right.high  # type: ignore[operator]
    return False if apart else None


def _is_counted(span: Span) -> bool:
    return span.whole and isinstance(span.low, Fraction)


def _is_fraction(span: Span) -> bool:
    """One number that is not whole: no count and no age equals it."""
    return isinstance(span.low, Fraction) and span.low == span.high and span.low.denominator != 1


def _rounded(span: Span) -> Span:
    """What was calculated in floating point is compared to six decimals."""
    return replace(span, low=round_half_up(span.low, 6), high=round_half_up(span.high, 6))


def round_half_up(value: Single, decimals: int) -> Single:
    """A number rounded to so many decimals, halves away from zero; other values as they are."""
    if not isinstance(value, Fraction):
        return value
    scaled = value * Fraction(10) ** decimals
    whole = (abs(scaled) + Fraction(1, 2)).__floor__()
    return Fraction(whole if scaled >= 0 else -whole) / Fraction(10) ** decimals
