"""From the typed tree to SQL of an engine."""

from __future__ import annotations

from datetime import date

from yici.core.elements import Element
from yici.core.expressions.compiling.dates import period_of
from yici.core.expressions.compiling.dialect import DIALECTS, Dialect, DialectName
from yici.core.expressions.compiling.scope import APART, REGISTER_UNITS, Scope
from yici.core.expressions.compiling.sql import Param, Range, Sql, joined
from yici.core.expressions.compiling.values import Compiler
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import Base, Expr, Filter, Role

__all__ = [
    "APART",
    "DIALECTS",
    "REGISTER_UNITS",
    "Compiler",
    "Dialect",
    "DialectName",
    "Param",
    "Range",
    "Scope",
    "Sql",
    "compile_filter",
    "compile_value",
    "element_sql",
    "joined",
    "period_of",
]


def compile_filter(condition: Filter, *, as_of: date | Moment, dialect: DialectName = "duckdb") -> Sql:
    """A boolean SQL expression over the aliases p (person), h (household), e (enterprise), hd (head of household).

    TRUE, FALSE or NULL for unknown, with ages and the like as of the end of `as_of`. Raises ExpressionError for what
    no row has: a population's aggregate, working days without a calendar.
    """
    moment = as_of if isinstance(as_of, Moment) else Moment(as_of)
    return Compiler(Scope(moment, DIALECTS[dialect], own=condition.subject)).truth(condition.expr)


def compile_value(expr: Expr, *, moment: Moment, dialect: DialectName = "duckdb") -> Sql:
    """An SQL expression of the value over the same aliases; NULL where it is not known exactly."""
    compiler = Compiler(Scope(moment, DIALECTS[dialect]))
    return compiler.truth(expr) if expr.type.base is Base.BOOL else compiler.value(expr)


def element_sql(element: Element, *, as_of: date, role: Role | None = None) -> str:
    """DuckDB's SQL of one element over the aliases p, h, e, hd; NULL where it is unknown or cannot be decided.

    `role` "head" asks for the element of the household's head. Raises ExpressionError for a derived element
    that has no formula here.
    """
    return Compiler(Scope(Moment(as_of))).element(element, role or element.subject)
