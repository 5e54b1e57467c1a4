"""Where compiled expressions run: the projection in DuckDB, or the same golden records in Apache Spark."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
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

    def kept(self, sql: Sql) -> AbstractContextManager[str]:
        """The result as a table under the name that is given back, until the block ends."""


_names = itertools.count()


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

    @contextmanager
    def kept(self, sql: Sql) -> Iterator[str]:
        """The result as a temporary table. How many rows it has is known when a statement that joins it is planned."""
        name, con = f"kept_{next(_names)}", self.projection.con
        con.execute(f"CREATE TEMP TABLE {name} AS {sql.text}", list(sql.params))
        try:
            yield name
        finally:
            con.execute(f"DROP TABLE {name}")


def source_of(pool: Projection | Source) -> Source:
    """A projection as what can be asked; what can be asked already, as it is."""
    return DuckSource(pool) if isinstance(pool, Projection) else pool
