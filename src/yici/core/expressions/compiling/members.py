"""SQL of aggregates over the members of a household, as the least and the greatest value they may have.

An item whose condition is unknown may count or not. An item that counts, or may count, and whose value is unknown
leaves the bound open that it could move. Bounds need not be tight, but they always hold.
"""

from __future__ import annotations

from yici.core.expressions.compiling.sql import EXACT
from yici.core.expressions.nodes import AggregateOp


def bounds_over(op: AggregateOp, condition: str, low: str, high: str) -> tuple[str, str]:
    """Two aggregate expressions over columns of the items: a condition, and the least and greatest value."""
    counted = f"count(CASE WHEN {condition} THEN 1 END)"
    possible = f"({condition} IS NULL OR {condition})"
    may_count = f"count(CASE WHEN {possible} THEN 1 END)"
    open_values = f"count(CASE WHEN {possible} AND ({low} IS NULL OR {high} IS NULL) THEN 1 END)"
    match op:
        case "count":
            return counted, may_count
        case "share":
            return _exact(f"{counted} / NULLIF(count(*), 0)"), _exact(f"{may_count} / NULLIF(count(*), 0)")
        case "sum":
            return tuple(  # type: ignore[return-value]
                f"CASE WHEN {open_values} = 0 THEN coalesce(sum(CASE WHEN {condition} THEN {value}"
                f" WHEN {condition} IS NULL THEN {limit}({value}, 0) END), 0) END"
                for value, limit in ((low, "least"), (high, "greatest"))
            )
        case "min":
            sure = f"CASE WHEN {counted} > 0 AND {open_values} = 0 THEN min(CASE WHEN {possible} THEN {low} END) END"
            return sure, f"min(CASE WHEN {condition} THEN {high} END)"
        case "max":
            sure = f"CASE WHEN {counted} > 0 AND {open_values} = 0 THEN max(CASE WHEN {possible} THEN {high} END) END"
            return f"max(CASE WHEN {condition} THEN {low} END)", sure
        case "avg" | "median":
            return tuple(  # type: ignore[return-value]
                f"CASE WHEN {counted} > 0 AND {open_values} = 0 THEN {limit}({{0}}, coalesce({{1}}, {{0}})) END".format(
                    _exact(f"{op}(CASE WHEN {condition} THEN CAST({value} AS DOUBLE) END)"),
                    _exact(f"{picked}(CASE WHEN {condition} IS NULL THEN {value} END)"),
                )
                for value, limit, picked in ((low, "least", "min"), (high, "greatest", "max"))
            )


def _exact(number: str) -> str:
    return f"TRY_CAST({number} AS {EXACT})"


def nothing(op: AggregateOp) -> str:
    """The value over no items."""
    return "0" if op in ("count", "sum") else "NULL"
