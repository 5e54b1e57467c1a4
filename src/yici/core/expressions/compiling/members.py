"""SQL of aggregates over the members of a household, as the least and the greatest value they may have.

An item whose condition is unknown may count or not. An item that counts, or may count, and whose value is not known
leaves the whole unknown: a sum without it would be wrong, not partly right.
"""

from __future__ import annotations

from yici.core.expressions.compiling.sql import EXACT
from yici.core.expressions.nodes import AggregateOp


def bounds_over(op: AggregateOp, condition: str, value: str) -> tuple[str, str]:
    """Two aggregate expressions over columns of the items: whether each counts, and its value."""
    counted = f"count(CASE WHEN {condition} THEN 1 END)"
    possible = f"({condition} IS NULL OR {condition})"
    may_count = f"count(CASE WHEN {possible} THEN 1 END)"
    blank = f"count(CASE WHEN {possible} AND {value} IS NULL THEN 1 END)"
    sure, maybe = f"CASE WHEN {condition} THEN {value} END", f"CASE WHEN {possible} THEN {value} END"
    known = f"CASE WHEN {counted} > 0 AND {blank} = 0 THEN {{}} END"
    match op:
        case "count":
            return counted, may_count
        case "share":
            return _exact(f"{counted} / NULLIF(count(*), 0)"), _exact(f"{may_count} / NULLIF(count(*), 0)")
        case "sum":
            total = (
                "CASE WHEN {} = 0 THEN coalesce(sum(CASE WHEN {} THEN {} WHEN {} IS NULL THEN {}({}, 0) END), 0) END"
            )
            least, most = (
                total.format(blank, condition, value, condition, end, value) for end in ("least", "greatest")
            )
            return least, most
        case "min":
            return known.format(f"min({maybe})"), known.format(f"min({sure})")
        case "max":
            return known.format(f"max({sure})"), known.format(f"max({maybe})")
        case "avg" | "median":
            middle = _exact(f"{op}(CAST({sure} AS DOUBLE))")
            exact = f"CASE WHEN {counted} = {may_count} AND {blank} = 0 THEN {middle} END"
            return exact, exact


def _exact(number: str) -> str:
    return f"TRY_CAST({number} AS {EXACT})"


def over_nothing(op: AggregateOp) -> str:
    """The value over no items."""
    return "0" if op in ("count", "sum") else "NULL"
