"""Whose record every row is: identity in SQL, over all rows at once.

A valid ID number, household number or credit code decides. A row without an ID number belongs to the person of the same
name and the first 15 digits that are left of a damaged number, or of the same name, birth date and village, when there
is exactly one such person. What nothing decides is kept apart under a key that begins with "?". Subjects of the types
that packs add are known by their key alone.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from yici.core.elements import BUILT_IN, Registry
from yici.core.identity import different, fold, unit_names
from yici.core.manifest import Manifest
from yici.engine.matching_sql import ADDED, ENTERPRISES, HOUSEHOLDS, PEOPLE, RECORDS
from yici.engine.scan import ROW_BITS, Lane, lanes, make_table, scan
from yici.engine.schema import literal, quoted, subjects_of

# What identity is decided by: name in the table of rows → element.
_IDENTIFYING = {
    "name": "person.name",
    "idn": "person.id_number",
    "birth": "person.birth_date",
    "relation": "person.relation_to_head",
    "number": "household.number",
    "head_name": "household.head_name",
    "head_id": "household.head_id_number",
    "uscc": "enterprise.uscc",
    "ent": "enterprise.name",
}
_PLAIN = {"prefix": "_id_prefix", "sheet": "_sheet", "line": "_line"}


def identity_elements(registry: Registry) -> frozenset[str]:
    """Elements an edit of which may change whose record a row is, or where its subject belongs."""
    return frozenset({*_IDENTIFYING.values(), *village_elements(registry)})


def village_elements(registry: Registry) -> tuple[str, ...]:
    """The elements that tell the unit of a row's subject: the household's village, and those of added subjects."""
    own = (registry.village_of(subject) for subject in ("household", *registry.added_subjects))
    return tuple(element for element in own if element in registry.elements)


def match_records(con: duckdb.DuckDBPyConnection, home: Path, registry: Registry, manifest: Manifest) -> None:
    """Make the temporary tables `matched` (as record_row) and `link` (person, household). Needs `rank` and `origin`."""
    con.execute(_rows_view(home, registry, manifest))
    _make_areas(con, manifest)
    _judgements(con, registry, manifest)
    for statement in (*PEOPLE, *HOUSEHOLDS, *ENTERPRISES, *ADDED, *RECORDS):
        con.execute(statement)


def _make_areas(con: duckdb.DuckDBPyConnection, manifest: Manifest) -> None:
    """The table `area_map`: every spelling of a village in the rows → the unit meant."""
    raws = [row[0] for row in con.execute("SELECT DISTINCT raw FROM raw_row WHERE raw IS NOT NULL").fetchall()]
    names = unit_names(raws, manifest.areas)
    make_table(con, "area", {"raw": ("VARCHAR", list(names)), "unit": ("VARCHAR", list(names.values()))})
    con.execute("DELETE FROM area_map")
    con.execute("INSERT INTO area_map SELECT raw, unit FROM area")


def raw_village(lane: Lane, registry: Registry) -> str:
    """The village as the row has it: its own column, else what was found for the row."""
    present = [f"b.{quoted(name)}" for name in (*village_elements(registry), "_village") if name in lane.columns]
    return f"coalesce({', '.join(present)})" if present else "NULL::VARCHAR"


def _rows_view(home: Path, registry: Registry, manifest: Manifest) -> str:
    parts = [scan(home, lane, _expressions(lane, registry)) for lane in lanes(manifest.sources)]
    has = [f"has_{subject}" for subject in BUILT_IN]
    names = ", ".join(("id", "seq", *_IDENTIFYING, "prefix", "sheet", "line", "raw", *has, "added", "added_key"))
    return f"CREATE OR REPLACE TEMP VIEW raw_row({names}) AS " + " UNION ALL ".join([*parts, _edits(registry)])


def _expressions(lane: Lane, registry: Registry) -> dict[str, str]:
    """The identifying columns of a lane, NULL where its files lack one, and whether a row tells of each subject."""
    found = {name: f"b.{quoted(element)}" for name, element in _IDENTIFYING.items() if element in lane.columns}
    plain = {name: f"b.{column}" for name, column in _PLAIN.items() if column in lane.columns}
    texts = dict.fromkeys([*_IDENTIFYING, "prefix", "sheet"], "NULL::VARCHAR") | {"line": "NULL::INTEGER"}
    tells = {f"has_{subject}": _tells(lane, registry, subject) for subject in BUILT_IN} | _added(lane, registry)
    values = texts | found | plain | {"raw": raw_village(lane, registry)} | tells
    return {name: values[name] for name in (*_IDENTIFYING, "prefix", "sheet", "line", "raw", *tells)}


def _added(lane: Lane, registry: Registry) -> dict[str, str]:
    """The subject of an added type that a row tells of: the one whose key it has, else one that it tells of."""
    keys = {s: registry.subjects[s].key for s in registry.added_subjects}
    keyed = {s: f"b.{quoted(key)}" for s, key in keys.items() if key in lane.columns}
    telling = [(s, f"{key} IS NOT NULL") for s, key in keyed.items()]
    telling += [(s, _tells(lane, registry, s)) for s in keys]
    whens = [f"WHEN {told} THEN {literal(s)}" for s, told in telling if told != "false"]
    return {
        "added": f"CASE {' '.join(whens)} END" if whens else "NULL::VARCHAR",
        "added_key": f"coalesce({', '.join(keyed.values())})" if keyed else "NULL::VARCHAR",
    }


def _tells(lane: Lane, registry: Registry, subject: str) -> str:
    # A village alone says where somebody is, not that the row tells anything of the household.
    own = [element.id for element in registry.of_subject(subject) if element.id in lane.columns]
    villages = village_elements(registry)
    filled = [f"b.{quoted(element)} IS NOT NULL" for element in own if element not in villages]
    if subject == "person" and "_id_prefix" in lane.columns:
        filled.append("b._id_prefix IS NOT NULL")
    return f"({' OR '.join(filled)})" if filled else "false"


def _judgements(con: duckdb.DuckDBPyConnection, registry: Registry, manifest: Manifest) -> None:
    """The tables `fold` (subject, key, keep) and `differ` (subject, one, other)."""
    subjects = subjects_of(registry)
    folded = [(subject, *pair) for subject in subjects for pair in fold(manifest.verdicts, subject).items()]
    apart = [(subject, *pair) for subject in subjects for pair in sorted(different(manifest.verdicts, subject))]
    for table, names, rows in (
        ("fold", ("subject", "key", "keep"), folded),
        ("differ", ("subject", "one", "other"), apart),
    ):
        columns = {name: ("VARCHAR", [row[index] for row in rows]) for index, name in enumerate(names)}
        make_table(con, table, columns)


def _edits(registry: Registry) -> str:
    """Edits name their subject, so they are rows that nothing has to be matched for."""
    villages = ", ".join(literal(element) for element in village_elements(registry))
    return _EDITS.replace("VILLAGES", villages or "NULL")


_EDITS = f"""
SELECT seq << {ROW_BITS}, seq,
    CASE WHEN element = 'person.name' THEN value END,
    CASE WHEN subject = 'person' THEN key END,
    CASE WHEN element = 'person.birth_date' THEN value END,
    CASE WHEN element = 'person.relation_to_head' THEN value END,
    CASE WHEN subject = 'household' THEN key WHEN element = 'household.number' THEN value END,
    CASE WHEN element = 'household.head_name' THEN value END,
    CASE WHEN element = 'household.head_id_number' THEN value END,
    CASE WHEN subject = 'enterprise' THEN key END,
    CASE WHEN element = 'enterprise.name' THEN value END,
    NULL, NULL, NULL,
    CASE WHEN element IN (VILLAGES) THEN value END,
    false, false, false,
    CASE WHEN subject NOT IN ('person', 'household', 'enterprise') THEN subject END,
    CASE WHEN subject NOT IN ('person', 'household', 'enterprise') THEN key END
FROM edit_row
"""  # noqa: S608 (own names)
