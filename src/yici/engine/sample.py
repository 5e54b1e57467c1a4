"""A small projection in memory made of given values: what a policy's cases are run on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from yici.core.elements import Registry
from yici.core.expressions.nodes import Scalar
from yici.engine.projection import Projection
from yici.engine.register_units import keep_where_known
from yici.engine.schema import COUNT_MEMBERS, quoted, table_of, table_statements

Row = Mapping[str, Scalar]
"""Column (key, household, unit, or an element's id) → value."""


def sample_projection(registry: Registry, rows: Mapping[str, Sequence[Row]]) -> Projection:
    """A projection that holds just these rows, by subject type; their values are of registers of their units."""
    con = duckdb.connect(":memory:")
    for statement in table_statements(registry):
        con.execute(statement)
    for subject, members in rows.items():
        for row in members:
            names = ", ".join(quoted(name) for name in row)
            marks = ", ".join("?" for _ in row)
            con.execute(f"INSERT INTO {table_of(subject)}({names}) VALUES ({marks})", list(row.values()))  # noqa: S608
    con.execute(COUNT_MEMBERS)
    given = {name for members in rows.values() for row in members for name in row}
    if elements := [element for element in registry.elements.values() if element.id in given]:
        keep_where_known(con, registry, elements)
    return Projection(con, 0)
