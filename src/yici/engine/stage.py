"""The rows that are resolved: `stage` holds every row with its keys, its rank and the values of its elements."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from yici.core.elements import Element, Registry
from yici.core.manifest import Edit, Manifest
from yici.core.survivorship import ranks
from yici.engine.matching import raw_village, village_elements
from yici.engine.scan import ROW_BITS, Lane, lanes, make_table, scan
from yici.engine.schema import literal, quoted, sql_type, stored_elements, subjects_of

AUTHORITY = "(1::BIGINT << 62)"
"""Added to the order of a record that speaks with the element's authority: above every rank."""

# Up to this many values the rows are kept in memory for all passes; above it every pass reads its columns again.
_CELLS_IN_MEMORY = 30_000_000


def make_inputs(con: duckdb.DuckDBPyConnection, manifest: Manifest, authority: dict[str, frozenset[int]]) -> None:
    """The tables `rank` (seq, base, number_base), `origin` (seq, batch, …) and `edit_row` that all statements read.

    `base` orders records: rank in the upper bits, the row goes in the lower 32. `number_base` is the order for the link
    of person and household, in which the authority of household numbers goes first.
    """
    ranked = ranks(manifest)
    speakers = authority.get("household.number", frozenset())
    bases = [rank << ROW_BITS for rank in ranked.values()]
    first = [base | (1 << 62 if seq in speakers else 0) for seq, base in zip(ranked, bases, strict=True)]
    make_table(
        con,
        "rank",
        {"seq": ("BIGINT", list(ranked)), "base": ("BIGINT", bases), "number_base": ("BIGINT", first)},
    )
    _make_origins(con, manifest)
    _make_edits(con, manifest.edits)


def _make_origins(con: duckdb.DuckDBPyConnection, manifest: Manifest) -> None:
    origins = [(source.seq, source.batch, source.department, source.as_of) for source in manifest.sources]
    origins += [(edit.seq, "edit", edit.department or edit.by, edit.as_of) for edit in manifest.edits]
    make_table(
        con,
        "origin",
        {
            "seq": ("BIGINT", [origin[0] for origin in origins]),
            "batch": ("VARCHAR", [origin[1] for origin in origins]),
            "department": ("VARCHAR", [origin[2] for origin in origins]),
            "as_of": ("DATE", [origin[3] for origin in origins]),
        },
    )


def _make_edits(con: duckdb.DuckDBPyConnection, edits: Sequence[Edit]) -> None:
    columns = {name: ("VARCHAR", [getattr(edit, name) for edit in edits]) for name in ("subject", "element", "value")}
    keys = ("VARCHAR", [edit.key for edit in edits])
    make_table(con, "edit_row", {"seq": ("BIGINT", [edit.seq for edit in edits]), "key": keys, **columns})


def make_stage(
    con: duckdb.DuckDBPyConnection, home: Path, registry: Registry, manifest: Manifest, *, touched: bool
) -> None:
    """Make `stage`. With `touched` only the rows named in the table touched_row, else those of record_row."""
    rows = "touched_row" if touched else "record_row"
    found = lanes(manifest.sources)
    if touched:
        numbers = {row[0] for row in con.execute("SELECT DISTINCT seq FROM touched_row").fetchall()}
        found = lanes(source for source in manifest.sources if source.seq in numbers)
    parts = [_lane(home, lane, registry, touched=touched) for lane in found]
    parts += [_edits(registry, manifest.edits), _shape(registry, manifest)]
    select = _stage_select(" UNION ALL BY NAME ".join(parts), rows)
    cells = sum(source.rows * len(source.columns) for lane in found for source in lane.sources)
    kind = "TABLE" if touched or cells <= _CELLS_IN_MEMORY else "VIEW"
    for old in ("TABLE", "VIEW"):
        with contextlib.suppress(duckdb.CatalogException):  # It is of the other kind, which the other turn drops.
            con.execute(f"DROP {old} IF EXISTS stage")
    con.execute(f"CREATE TEMP {kind} stage AS {select}")


def staged_elements(registry: Registry, manifest: Manifest, subject: str) -> list[tuple[Element, frozenset[int]]]:
    """The subject's elements that any record may hold, each with the batches and edits that do."""
    carriers: dict[str, set[int]] = {}
    for source in manifest.sources:
        columns = {*source.columns, "household.village"} if "_village" in source.columns else set(source.columns)
        for column in columns:
            carriers.setdefault(column, set()).add(source.seq)
    for edit in manifest.edits:
        carriers.setdefault(edit.element, set()).add(edit.seq)
    # The village of an added subject is its unit, which is found from the rows' villages.
    apart = set(village_elements(registry)) - {"household.village"}
    stored = [element for element in stored_elements(registry, subject) if element.id not in apart]
    return [(element, frozenset(carriers[element.id])) for element in stored if element.id in carriers]


def _stage_select(rows: str, keys: str) -> str:
    return (
        "SELECT k.person, k.household, k.enterprise, k.added, k.added_key, v.* EXCLUDE (raw), k.village,"  # noqa: S608 (own names)
        ' a.unit AS "household.village", r.base | (v.id & 4294967295) AS ord'
        f" FROM ({rows}) v JOIN {keys} k ON k.id = v.id JOIN rank r ON r.seq = v.seq LEFT JOIN area_map a USING (raw)"
    )


def _lane(home: Path, lane: Lane, registry: Registry, *, touched: bool) -> str:
    values = {
        quoted(element.id): f"try_cast(b.{quoted(element.id)} AS {sql_type(element)})"
        for element in _valued(registry)
        if element.id in lane.columns
    }
    select = scan(home, lane, values | {"raw": raw_village(lane, registry)})
    return f"{select} WHERE b._row IN (SELECT row FROM touched_row)" if touched else select  # noqa: S608 (own names)


def _valued(registry: Registry) -> list[Element]:
    """The stored elements whose values are read as they are: villages are read as units."""
    villages = village_elements(registry)
    stored = (element for subject in subjects_of(registry) for element in stored_elements(registry, subject))
    return [element for element in stored if element.id not in villages]


def _shape(registry: Registry, manifest: Manifest) -> str:
    """No rows, but every column that any batch has: the touched rows may all be of batches that lack some."""
    held = {column for source in manifest.sources for column in source.columns}
    columns = "".join(
        f", NULL::{sql_type(element)} AS {quoted(element.id)}" for element in _valued(registry) if element.id in held
    )
    return f"SELECT NULL::BIGINT AS id, NULL::BIGINT AS seq, NULL::VARCHAR AS raw{columns} WHERE false"


def _edits(registry: Registry, edits: Iterable[Edit]) -> str:
    """Edits as rows: one column for each element that any of them tells of."""
    villages = village_elements(registry)
    edited = sorted({edit.element for edit in edits} & set(registry.elements) - set(villages))
    raw = " OR ".join(f"element = {literal(name)}" for name in villages) or "false"
    columns = "".join(
        f", CASE WHEN element = {literal(name)} THEN try_cast(value AS {sql_type(registry.elements[name])}) END"
        f" AS {quoted(name)}"
        for name in edited
    )
    return (
        f"SELECT (seq << {ROW_BITS}) AS id, seq, CASE WHEN {raw} THEN value END AS raw"  # noqa: S608
        f"{columns} FROM edit_row"
    )
