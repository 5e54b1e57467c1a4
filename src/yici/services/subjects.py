"""Finding subjects: the first one that meets a filter."""

from __future__ import annotations

from datetime import date

from yici.core.expressions import parse_filter
from yici.engine.select import select_rows
from yici.services.pool import Pool


def first_subject(*, pool: Pool, subject: str, unit: str | None, where: str | None, as_of: date) -> str | None:
    """The key of the first subject of a kind in a unit that meets a filter, in roster order; None when none does.

    Raises ExpressionError, NotFound.
    """
    units = pool.units_below(unit) if unit else None
    condition = parse_filter(where, pool.registry, subject=subject) if where else None
    with pool.projection(as_of) as projection:
        rows = select_rows(
            projection, pool.registry, subject=subject, elements=[], filter=condition, units=units, as_of=as_of
        )
    return str(rows[0]["key"]) if rows else None
