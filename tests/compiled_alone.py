"""A condition or a value compiled by itself, nothing worked out beforehand: the engine's statements are held to it."""

from __future__ import annotations

from datetime import date

from yici.core.expressions import Filter, Moment, Sql
from yici.core.expressions.compiling import Compiler, Scope
from yici.core.expressions.derived import alias_of
from yici.core.expressions.nodes import Base, Expr
from yici.engine.schema import table_of

_HEAD = ' LEFT JOIN person hd ON hd.key = h."household.head_id_number"'
_FROM = {
    "person": f"person p LEFT JOIN household h ON h.key = p.household{_HEAD}",
    "household": f"household h{_HEAD}",
}


def condition_sql(condition: Filter, *, as_of: date | Moment) -> Sql:
    """TRUE, FALSE or NULL for unknown, over the tables of `from_sql`."""
    moment = as_of if isinstance(as_of, Moment) else Moment(as_of)
    return Compiler(Scope(moment, own=condition.subject)).truth(condition.expr)


def value_sql(expr: Expr, *, moment: Moment) -> Sql:
    """The value over the same tables; NULL where it is not known exactly."""
    compiler = Compiler(Scope(moment))
    return compiler.truth(expr) if expr.type.base is Base.BOOL else compiler.value(expr)


def from_sql(subject: str) -> str:
    """The tables a row about a subject is read from, under the aliases that compiled expressions refer to."""
    return _FROM.get(subject) or f"{table_of(subject)} {alias_of(subject)}"
