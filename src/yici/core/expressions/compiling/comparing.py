"""SQL of comparisons: true or false where every value within the bounds agrees, else NULL."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import ceil, floor

from yici.core.expressions.compiling.sql import Range, Sql, joined
from yici.core.expressions.derived import birthday_limit

MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}


def ranges_compared(op: str, left: Range, right: Range) -> Sql:
    """TRUE or FALSE where every value within the bounds agrees, else NULL.

    A literal of less than a day stands for the whole period: '= 1950-03' is within that month, '> 1950' after it.
    """
    if left.period and not right.period:
        left, right, op = right, left, MIRRORED[op]
    if right.period:
        edge = right.low if op in ("<", ">=") else right.high
        right = right if op == "=" else Range(edge, edge)
    return _decided(op, left, right)


def _decided(op: str, left: Range, right: Range) -> Sql:
    if op in (">", ">="):
        return _decided(MIRRORED[op], right, left)
    if op == "=" and right.period:
        within = joined("{} >= {} AND {} <= {}", left.low, right.low, left.high, right.high)
    elif op == "=":
        # Equal for certain only when both are points: least of one not below the greatest of the other, both ways.
        within = joined("{} = {} AND {} = {}", left.low, right.high, left.high, right.low)
    else:
        contrary = ">=" if op == "<" else ">"
        certain = joined(f"{{}} {op} {{}}", left.high, right.low)
        return joined("(CASE WHEN {} THEN TRUE WHEN {} THEN FALSE END)", certain,
                      joined(f"{{}} {contrary} {{}}", left.low, right.high))  # fmt: skip
    apart = joined("{} < {} OR {} > {}", left.high, right.low, left.low, right.high)
    return joined("(CASE WHEN {} THEN TRUE WHEN {} THEN FALSE END)", within, apart)


def age_compared(op: str, born: Range, years: Decimal, as_of: date) -> Sql:
    """An age against a number, as the birth date against the days on which those years are completed."""
    # Nobody has a negative age: below zero the limit is the as-of date itself.
    least = max(0, floor(years) + 1 if op in (">", "<=") else ceil(years))
    since, today = Sql("?", (birthday_limit(as_of, least),)), Sql("?", (as_of.isoformat(),))
    old = joined("({} <= {})", born.high, since)
    young = joined("({} > {} AND {} <= {})", born.low, since, born.high, today)
    if op == "=" and years != least:
        return joined("(CASE WHEN {} <= {} THEN FALSE END)", born.high, today)
    if op == "=":
        before = Sql("?", (birthday_limit(as_of, least + 1),))
        this_year = joined("({} <= {} AND {} > {} AND {} <= {})", born.high, since, born.low, before, born.high, today)
        older = joined("({} <= {})", born.high, before)
        return joined("(CASE WHEN {} THEN TRUE WHEN {} OR {} THEN FALSE END)", this_year, young, older)
    certain, excluded = (old, young) if op in (">", ">=") else (young, old)
    return joined("(CASE WHEN {} THEN TRUE WHEN {} THEN FALSE END)", certain, excluded)
