"""Where compiled expressions run: the projection in DuckDB, or the same golden records in Apache Spark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa

from yici.core.expressions.compiling import DIALECTS, Dialect, Sql
from yici.engine.projection import Projection


class Source(Protocol):
    """Golden records that can be asked in SQL of its dialect."""

    @property
    def dialect(self) -> Dialect:
        """How its SQL is spelt."""

    def table(self, sql: Sql) -> pa.Table:
        """The result as columns."""

    def rows(self, sql: Sql) -> Sequence[tuple[Any, ...]]:
        """The result as rows."""


@dataclass(frozen=True, slots=True)
class DuckSource:
    """A projection."""

    projection: Projection
    dialect: Dialect = DIALECTS["duckdb"]

    def table(self, sql: Sql) -> pa.Table:
        """The result as columns."""
        return self.projection.con.sql(sql.text, params=list(sql.params)).to_arrow_table()

    def rows(self, sql: Sql) -> Sequence[tuple[Any, ...]]:
        """The result as rows."""
        found: list[tuple[Any, ...]] = self.projection.con.execute(sql.text, list(sql.params)).fetchall()
        return found


def source_of(pool: Projection | Source) -> Source:
    """A projection as what can be asked; what can be asked already, as it is."""
    return DuckSource(pool) if isinstance(pool, Projection) else pool
