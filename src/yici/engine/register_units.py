"""The table register_unit of a projection: for which units each register (名册) was imported.

A ledger with a column that is not empty is the register of that element in the units it was imported for; where nothing
says which these are, in those its rows lie in. Edits by hand make no register.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb

from yici.core.elements import Element, Registry
from yici.core.expressions.compiling import REGISTER_UNITS
from yici.core.manifest import Manifest, Source
from yici.core.registers import NOWHERE, covered_units
from yici.engine.scan import make_table
from yici.engine.schema import key_sql, literal, quoted, stored_elements, subjects_of, table_of


def fill_register_units(con: duckdb.DuckDBPyConnection, home: Path, registry: Registry, manifest: Manifest) -> None:
    """Make the table anew, from the matched rows and golden units of a projection that was just resolved."""
    held = list(_held(con, home, registry, manifest.sources))
    said = [(source.seq, unit) for source in manifest.sources for unit in covered_units(source, manifest.areas)]
    make_table(con, "register_column", _columns(("seq", "element", "subject"), held))
    make_table(con, "register_area", _columns(("seq", "unit"), said))
    con.execute(f"CREATE OR REPLACE TEMP TABLE register_row AS {_rows(registry)}")
    con.execute(f"DELETE FROM {REGISTER_UNITS}")  # noqa: S608 (own name)
    con.execute(
        f"INSERT INTO {REGISTER_UNITS}"  # noqa: S608 (own names)
        " SELECT c.element, r.unit FROM register_column c JOIN register_row r USING (seq, subject)"
        " WHERE NOT EXISTS (SELECT 1 FROM register_area a WHERE a.seq = c.seq)"
        " UNION SELECT c.element, a.unit FROM register_column c JOIN register_area a USING (seq)"
    )


def keep_where_known(con: duckdb.DuckDBPyConnection, registry: Registry, elements: Iterable[Element] = ()) -> None:
    """The table for a pool that was not imported: every value stands for a register of its subject's unit.

    Only of these elements, when given.
    """
    wanted = tuple(elements)
    for subject in subjects_of(registry):
        for element in wanted or stored_elements(registry, subject):
            if element.subject == subject:
                con.execute(
                    f"INSERT INTO {REGISTER_UNITS} SELECT DISTINCT {literal(element.id)}, coalesce(unit, '{NOWHERE}')"  # noqa: S608
                    f" FROM {table_of(subject)} WHERE {quoted(element.id)} IS NOT NULL"
                )


def _held(
    con: duckdb.DuckDBPyConnection, home: Path, registry: Registry, sources: Iterable[Source]
) -> Iterator[tuple[int, str, str]]:
    """(batch, element, subject type) of every column in which a batch has a value; and of what follows from it."""
    by_path = {str(home / "batches" / f"{source.batch}.parquet"): source.seq for source in sources}
    if not by_path:
        return
    rows = con.execute(
        "SELECT file_name, path_in_schema FROM parquet_metadata(?) GROUP BY ALL"
        " HAVING bool_or(stats_null_count IS NULL) OR sum(stats_null_count) < sum(num_values)",
        [list(by_path)],
    ).fetchall()
    followers: dict[str, list[str]] = {}
    for element, inference in registry.inferences.items():
        followers.setdefault(inference.source, []).append(element)
    for path, column in rows:
        for name in (column, *followers.get(column, ())):
            if name in registry.elements:
                yield by_path[path], name, registry.elements[name].subject


def _rows(registry: Registry) -> str:
    """(batch, subject type, unit) of every unit rows lie in: as the row has it, else as the subject is known to be."""
    return " UNION ".join(
        f"SELECT r.seq, {literal(subject)} AS subject, coalesce(r.village, g.unit, '{NOWHERE}') AS unit"  # noqa: S608
        f" FROM record_row r LEFT JOIN {table_of(subject)} g ON g.key = {key} WHERE {key} IS NOT NULL"
        for subject, key in ((subject, key_sql(subject, "r")) for subject in subjects_of(registry))
    )


def _columns(
    names: tuple[str, ...], rows: list[tuple[int, str, str]] | list[tuple[int, str]]
) -> dict[str, tuple[str, list[object]]]:
    kinds = {"seq": "BIGINT"}
    return {name: (kinds.get(name, "VARCHAR"), [row[place] for row in rows]) for place, name in enumerate(names)}
