"""The table register_unit of a projection: for which units each register (名册) was imported.

A ledger with a column that is not empty is the register of that element in the units somebody said it is for. Where
nobody said it, its rows must show it: a column is a register where everybody its sheets list has a value (an empty cell
says nothing of anybody), and where it is not a survey with both 是 and 否. It then is the register of the unit its
department's name names, else of those its rows lie in. Edits make none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import duckdb

from yici.core.elements import Element, Registry
from yici.core.expressions.compiling import REGISTER_UNITS
from yici.core.manifest import Manifest, Source
from yici.core.registers import NOWHERE, covered_units
from yici.engine.scan import Lane, lanes, make_table, scan
from yici.engine.schema import key_sql, literal, quoted, sql_type, stored_elements, subjects_of, table_of


def fill_register_units(con: duckdb.DuckDBPyConnection, home: Path, registry: Registry, manifest: Manifest) -> None:
    """Make the table anew, from the matched rows and golden units of a projection that was just resolved."""
    said = [source for source in manifest.sources if source.covers]
    guessed = [source for source in manifest.sources if not source.covers]
    units = [(source.seq, unit) for source in manifest.sources for unit in covered_units(source, manifest.areas)]
    held = _held(con, home, registry, said)
    full = _full(con, home, registry, guessed, frozenset(seq for seq, _ in units))
    make_table(con, "register_column", _columns(("seq", "element"), held))
    make_table(con, "register_area", _columns(("seq", "unit"), units))
    make_table(con, "register_full", _columns(("seq", "element", "unit"), full))
    con.execute(f"DELETE FROM {REGISTER_UNITS}")  # noqa: S608 (own name)
    con.execute(
        f"INSERT INTO {REGISTER_UNITS}"  # noqa: S608 (own names)
        " SELECT c.element, a.unit FROM register_column c JOIN register_area a USING (seq)"
        " UNION SELECT f.element, coalesce(a.unit, f.unit) FROM register_full f LEFT JOIN register_area a USING (seq)"
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
) -> Iterator[tuple[int, str]]:
    """(batch, element) of every column in which a batch has a value; and of what follows from it."""
    by_path = {str(home / "batches" / f"{source.batch}.parquet"): source.seq for source in sources}
    if not by_path:
        return
    rows = con.execute(
        "SELECT file_name, path_in_schema FROM parquet_metadata(?) GROUP BY ALL"
        " HAVING bool_or(stats_null_count IS NULL) OR sum(stats_null_count) < sum(num_values)",
        [list(by_path)],
    ).fetchall()
    followers = _followers(registry)
    for path, column in rows:
        yield from ((by_path[path], name) for name in (column, *followers[column]) if name in registry.elements)


def _full(
    con: duckdb.DuckDBPyConnection, home: Path, registry: Registry, sources: Iterable[Source], named: frozenset[int]
) -> Iterator[tuple[int, str, str]]:
    """(batch, element, unit) of every column that has a value for everybody of the unit whom the batch lists in its
    sheets; in the `named` batches, whose department names a unit, for everybody in it.

    A sheet in which the column has no value at all lacks it. With a 否 in it a column of 是否 is no list of those who
    are, but tells of each whom it names, and of nobody else.
    """
    followers = _followers(registry)
    for lane in lanes(sources):
        for subject in subjects_of(registry):
            columns = [e for e in stored_elements(registry, subject) if e.id in lane.columns]
            if columns:
                rows = con.execute(_filled(home, lane, subject, columns)).fetchall()
                for place, element in enumerate(columns):
                    counts = [(row[:2], row[2], row[3], *row[4 + 2 * place : 6 + 2 * place]) for row in rows]
                    for seq, unit in _full_units(counts, named):
                        yield from ((seq, name, unit) for name in (element.id, *followers[element.id]))


def _full_units(
    counts: Sequence[tuple[tuple[int, str], str, int, int, int]], named: frozenset[int] = frozenset()
) -> set[tuple[int, str]]:
    """(batch, unit) in which a column is full, from (sheet, unit, subjects, subjects with a value, with a 否); of the
    `named` batches only those in which it is full everywhere."""
    mixed = {sheet[0] for sheet, _, _, _, refusals in counts if refusals}
    carrying = {sheet for sheet, _, _, filled, _ in counts if filled and sheet[0] not in mixed}
    told = [count for count in counts if count[0] in carrying]
    short = {(sheet[0], unit) for sheet, unit, listed, filled, _ in told if filled < listed}
    broken = {seq for seq, _ in short} & named
    return {(sheet[0], unit) for sheet, unit, *_ in told if (sheet[0], unit) not in short and sheet[0] not in broken}


def _filled(home: Path, lane: Lane, subject: str, columns: Sequence[Element]) -> str:
    """(batch, sheet, unit, subjects, and for each column: subjects with a value, with a 否).

    The unit is as the row has it, else as the subject is known to be.
    """
    key = key_sql(subject, "k")
    values = {f"c{n}": f"try_cast(b.{quoted(e.id)} AS {sql_type(e)})" for n, e in enumerate(columns)}
    each = "".join(
        f", count(c{n}) > 0 AS h{n}, {f'bool_or(NOT c{n})' if sql_type(e) == 'BOOLEAN' else 'false'} AS f{n}"
        for n, e in enumerate(columns)
    )
    sums = "".join(f", count_if(h{n}), count_if(f{n})" for n in range(len(columns)))
    return (
        f"SELECT seq, sheet, unit, count(*){sums} FROM ("  # noqa: S608 (own names)
        f"SELECT k.seq, k.sheet, coalesce(k.village, g.unit, '{NOWHERE}') AS unit, {key} AS subject{each}"
        f" FROM ({scan(home, lane, values)}) v JOIN record_row k ON k.id = v.id"
        f" LEFT JOIN {table_of(subject)} g ON g.key = {key} WHERE {key} IS NOT NULL GROUP BY ALL) GROUP BY ALL"
    )


def _followers(registry: Registry) -> defaultdict[str, list[str]]:
    """What follows from each element: whoever has the one has the other."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for element, inference in registry.inferences.items():
        found[inference.source].append(element)
    return found


def _columns(names: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> dict[str, tuple[str, list[object]]]:
    kinds, values = {"seq": "BIGINT"}, list(rows)
    return {name: (kinds.get(name, "VARCHAR"), [row[place] for row in values]) for place, name in enumerate(names)}
