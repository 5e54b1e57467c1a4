"""Values and truths of many expressions for every subject of a type, one row each: what subjects are scored from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from yici.core.elements import Registry
from yici.core.expressions.compiling import Sql, joined
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import Expr, Ref, walk
from yici.engine.calculating import shown
from yici.engine.projection import Projection
from yici.engine.rows import Rows
from yici.engine.workdays import at_work

# After so many rows it is told how far the reading is: about a twentieth of a second.
_TOLD_EVERY = 200


@dataclass(frozen=True, slots=True)
class RowValues:
    """One subject: its values and truths in the order asked for, and what is known of every element they mention."""

    key: str
    name: str
    unit: str
    values: tuple[Decimal | None, ...]
    truths: tuple[bool | None, ...]
    seen: dict[str, Any]

    def missing(self, expr: Expr) -> tuple[str, ...]:
        """The names of the elements the expression mentions of which nothing is known."""
        names = (node.element.name for node in walk(expr) if isinstance(node, Ref))
        return tuple(dict.fromkeys(name for name in names if self.seen.get(name) is None))


def row_values(
    projection: Projection,
    registry: Registry,
    *,
    subject: str,
    values: Sequence[Expr],
    conditions: Sequence[Expr],
    moment: Moment,
    units: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[RowValues]:
    """Every subject of the type (of the units, when given), in the order of their keys; who is kept apart is left out.

    An enterprise whose unit is not known belongs to whoever asks, as everywhere. `progress` is told how many of the
    rows were read; what it raises stops the reading.
    """
    exprs = [*values, *conditions]
    moment = at_work(moment, exprs)
    rows = Rows(subject, moment)
    refs = {node.element.name: node for expr in exprs for node in walk(expr) if isinstance(node, Ref)}
    name = registry.elements.get("household.head_name" if subject == "household" else f"{subject}.name")
    columns = [Sql(f"{rows.alias}.key"), Sql("NULL" if name is None else f'{rows.alias}."{name.id}"')]
    columns += [Sql(f"{rows.alias}.unit")]
    columns += [rows.value(expr) for expr in values]
    columns += [rows.truth(expr) for expr in conditions]
    columns += [rows.shown(ref) for ref in refs.values()]
    within = [] if units is None else [_within(subject, rows.alias, units)]
    sql = rows.select(columns, order=f" ORDER BY {rows.alias}.key", within=within)
    found = projection.con.execute(sql.text, list(sql.params)).fetchall()
    first, last = 3 + len(values), 3 + len(exprs)
    read: list[RowValues] = []
    for row in found:
        if progress is not None and len(read) % _TOLD_EVERY == 0:
            progress(len(read), len(found))
        numbers, truths = tuple(map(_number, row[3:first])), tuple(row[first:last])
        seen = dict(zip(refs, map(_plain, row[last:]), strict=True))
        read.append(RowValues(row[0], str(row[1] or row[0]), row[2] or "", numbers, truths, seen))
    return read


def _within(subject: str, alias: str, units: Sequence[str]) -> Sql:
    inside = Sql(f"{alias}.unit IN ({', '.join('?' * len(units)) or 'NULL'})", tuple(units))
    return joined(f"({alias}.unit IS NULL OR {{}})", inside) if subject == "enterprise" else inside


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(_plain(value)))


def _plain(value: Any) -> Any:
    return shown(Fraction(value)) if isinstance(value, Decimal | float) else value
