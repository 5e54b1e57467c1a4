"""From the typed tree to SQL of an engine."""

from __future__ import annotations

from yici.core.expressions.compiling.dates import period_of
from yici.core.expressions.compiling.dialect import DIALECTS, Dialect, DialectName
from yici.core.expressions.compiling.scope import APART, REGISTER_UNITS, Scope
from yici.core.expressions.compiling.sql import Param, Range, Sql, joined
from yici.core.expressions.compiling.values import Compiler

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
    "joined",
    "period_of",
]
