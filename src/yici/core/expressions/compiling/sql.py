"""Pieces of SQL with their parameters, and values known only within bounds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from yici.core.errors import ExpressionError, Problem

Param = str | int | Decimal | bool
EXACT = "DECIMAL(38, 6)"
"""The type calculations are exact in."""

_LONGEST = 400_000


@dataclass(frozen=True, slots=True)
class Sql:
    """SQL text with its parameters, each a ? in the text, in order."""

    text: str
    params: tuple[Param, ...] = ()


@dataclass(frozen=True, slots=True)
class Range:
    """A value between two bounds; a point when both are the same SQL. A bound that is NULL is not known.

    `period` marks days written less finely than a day ('1950-03', 本月): they compare as a whole.
    """

    low: Sql
    high: Sql
    period: bool = False


def joined(pattern: str, *parts: Sql) -> Sql:
    """The parts put into the {} of a pattern, their parameters in order. Raises ExpressionError past all measure."""
    text = pattern.format(*(part.text for part in parts))
    if len(text) > _LONGEST:
        raise ExpressionError(Problem("expression.too-deep", "条件套得太深。", "请把条件写得简单一些。"))
    return Sql(text, tuple(p for part in parts for p in part.params))


def listed(joiner: str, parts: list[Sql]) -> Sql:
    """The parts with something between them."""
    return joined(joiner.join(["{}"] * len(parts)), *parts)


def point(value: Sql) -> Range:
    """A value known exactly, or not at all."""
    return Range(value, value)


def exactly(bounds: Range) -> Sql:
    """The value where both bounds agree, else NULL."""
    if bounds.low == bounds.high:
        return bounds.low
    return joined("(CASE WHEN {} = {} THEN {} END)", bounds.low, bounds.high, bounds.low)
