"""Conditions and values of policies as columns, a row a subject: by the vector evaluator, or by DuckDB alone."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from yici.core.elements import Registry
from yici.core.expressions.compiling import Sql
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import Expr
from yici.engine.projection import Projection
from yici.engine.rows import Rows
from yici.engine.vector import load_frame, truths
from yici.engine.vector import values as values_of
from yici.engine.workdays import at_work

# A statement with too many columns costs more to plan than to run.
_COLUMNS_AT_A_TIME = 400


def policy_columns(
    projection: Projection,
    registry: Registry,
    subject: str,
    conditions: Sequence[Expr],
    values: Sequence[Expr],
    *,
    moment: Moment,
    keys: Sequence[str] | None = None,
    units: Sequence[str] | None = None,
) -> pl.DataFrame:
    """By one statement: key, household, unit, then `c{i}` for each condition (null: unknown), `v{i}` for each value.

    Rows come in the order of their keys. Who is kept apart is left out, an enterprise without a unit is everybody's.
    """
    moment = at_work(moment, (*conditions, *values))
    named = [(f"c{i}", expr, True) for i, expr in enumerate(conditions)]
    named += [(f"v{i}", expr, False) for i, expr in enumerate(values)]
    found: pl.DataFrame | None = None
    for start in range(0, max(1, len(named)), _COLUMNS_AT_A_TIME):
        part = _part(projection, subject, named[start : start + _COLUMNS_AT_A_TIME], moment, keys, units)
        found = part if found is None else found.hstack(part.drop("key", "household", "unit"))
    assert found is not None
    return found


def vector_columns(
    projection: Projection,
    registry: Registry,
    subject: str,
    conditions: Sequence[Expr],
    values: Sequence[Expr],
    *,
    moment: Moment,
    keys: Sequence[str] | None = None,
    units: Sequence[str] | None = None,
) -> pl.DataFrame:
    """The same columns by the vector evaluator, in the same order."""
    frame = load_frame(projection, registry, subject, [*conditions, *values], moment=moment, keys=keys, units=units)
    columns = [frame.keys.alias("key"), frame.households.alias("household"), frame.units.alias("unit")]
    columns += [truth.alias(f"c{i}") for i, truth in enumerate(truths(frame, conditions))]
    columns += [value.alias(f"v{i}") for i, value in enumerate(values_of(frame, values))]
    return pl.DataFrame(columns).sort("key")


def _part(
    projection: Projection,
    subject: str,
    named: Sequence[tuple[str, Expr, bool]],
    moment: Moment,
    keys: Sequence[str] | None,
    units: Sequence[str] | None,
) -> pl.DataFrame:
    rows = Rows(subject, moment)
    alias = rows.alias
    household = {"person": f"{alias}.household", "household": f"{alias}.key"}.get(subject, "NULL::VARCHAR")
    columns = [Sql(f"{alias}.key AS key"), Sql(f"{household} AS household"), Sql(f"{alias}.unit AS unit")]
    for name, expr, is_condition in named:
        sql = rows.truth(expr) if is_condition else rows.value(expr)
        columns.append(Sql(f"{sql.text} AS {name}", sql.params))
    statement = rows.select(columns, order=f" ORDER BY {alias}.key", within=_where(subject, alias, keys, units))
    table = projection.con.sql(statement.text, params=list(statement.params)).to_arrow_table()
    found = pl.from_arrow(table)
    assert isinstance(found, pl.DataFrame)
    return found


def _where(subject: str, alias: str, keys: Sequence[str] | None, units: Sequence[str] | None) -> list[Sql]:
    """Which rows: parameters are lists, one ? each."""
    found: list[Sql] = []
    if keys is not None:
        found.append(Sql(f"{alias}.key IN (SELECT unnest(?))", (list(keys),)))  # type: ignore[arg-type]
    if units is not None:
        nobody = f"{alias}.unit IS NULL OR " if subject not in ("person", "household") else ""
        found.append(Sql(f"({nobody}{alias}.unit IN (SELECT unnest(?)))", (list(units),)))  # type: ignore[arg-type]
    return found
