"""Making a projection and bringing one up to date: whole, or only the subjects that changes have touched."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import duckdb

from yici.core.elements import BUILT_IN, Registry
from yici.core.manifest import Manifest
from yici.core.survivorship import authorities
from yici.engine.matching import identity_elements, match_records
from yici.engine.refused import insert_refused
from yici.engine.register_units import fill_register_units
from yici.engine.schema import VERSION, literal, source_table_of, subjects_of, table_of, table_statements
from yici.engine.stage import make_inputs, make_stage
from yici.engine.survive import Resolver

# When more than this share of all rows came or went, resolving everything again is cheaper than picking.
_WHOLE_FROM = 0.3
_LONGEST_LOG = 200_000


@dataclass(frozen=True, slots=True)
class Past:
    """What a projection was made from, as far as it decides what must be done again."""

    sequence: int
    areas: str
    authority: dict[str, list[int]]
    sources: dict[int, int]
    edits: list[int]
    verdicts: list[int]
    covers: dict[int, list[str]]

    @classmethod
    def of(cls, manifest: Manifest) -> Past:
        """The past of a projection made from that manifest."""
        areas = json.dumps([[area.name, area.parent] for area in manifest.areas], ensure_ascii=False)
        return cls(
            sequence=manifest.sequence,
            areas=hashlib.sha256(areas.encode()).hexdigest(),
            authority={element: sorted(numbers) for element, numbers in authorities(manifest).items()},
            sources={source.seq: source.rows for source in manifest.sources},
            edits=[edit.seq for edit in manifest.edits],
            verdicts=[verdict.seq for verdict in manifest.verdicts],
            covers={source.seq: sorted(source.covers) for source in manifest.sources},
        )


def fingerprint(registry: Registry) -> str:
    """A short hash of what the tables depend on in the registry and in this program."""
    elements = [(e.id, str(e.kind), e.derived, e.authority) for e in registry.elements.values()]
    keys = [(subject, registry.subjects[subject].key) for subject in registry.added_subjects]
    inferred = [(name, i.source, i.rules) for name, i in registry.inferences.items()]
    return hashlib.sha256(json.dumps([VERSION, sorted(elements), sorted(keys), sorted(inferred)]).encode()).hexdigest()[
        :12
    ]


def build(con: duckdb.DuckDBPyConnection, home: Path, registry: Registry, manifest: Manifest) -> None:
    """Make the whole projection in an empty database."""
    for statement in table_statements(registry):
        con.execute(statement)
    authority = authorities(manifest)
    make_inputs(con, manifest, authority)
    match_records(con, home, registry, manifest)
    con.execute("INSERT INTO source SELECT seq, batch, department, as_of FROM origin")
    con.execute("INSERT INTO source VALUES (0, 'derived', '', NULL)")
    con.execute("INSERT INTO record_row SELECT * FROM matched ORDER BY id")
    con.execute("INSERT INTO record_row(id, seq, how) VALUES (0, 0, 'derived')")
    make_stage(con, home, registry, manifest, touched=False)
    Resolver(con, registry, manifest, authority).resolve()
    insert_refused(con, home, manifest.sources, touched=False)
    fill_register_units(con, home, registry, manifest)
    con.execute("INSERT INTO touch_log(sequence) VALUES (?)", [manifest.sequence])
    _remember(con, manifest)


def read_past(con: duckdb.DuckDBPyConnection) -> Past:
    """What the projection was made from."""
    (text,) = [*con.execute("SELECT value FROM meta WHERE name = 'past'").fetchall(), ("",)][0]
    values = json.loads(text)
    for name in ("sources", "covers"):
        values[name] = {int(seq): value for seq, value in values[name].items()}
    return Past(**values)


def can_update(past: Past, manifest: Manifest) -> bool:
    """Whether touching up a projection made of `past` is right and cheaper than making it anew."""
    now = Past.of(manifest)
    common = past.sources.keys() & now.sources.keys() | set(past.edits) & set(now.edits)
    same_authority = all(
        common.intersection(past.authority.get(element, ())) == common.intersection(now.authority.get(element, ()))
        for element in past.authority.keys() | now.authority.keys()
    )
    moved = dict(past.sources.items() ^ now.sources.items())
    small = sum(moved.values()) <= _WHOLE_FROM * max(1, sum(now.sources.values()))
    return past.areas == now.areas and same_authority and small


def update(con: duckdb.DuckDBPyConnection, home: Path, registry: Registry, manifest: Manifest) -> None:
    """Bring a projection up to date, resolving only the touched subjects again. Only when `can_update`."""
    past, authority = read_past(con), authorities(manifest)
    make_inputs(con, manifest, authority)
    whole = _identity_changed(past, registry, manifest)
    if whole:
        match_records(con, home, registry, manifest)
    for statement in (*(_COMPARE if whole else _MATCH_EDITS), *_TOUCH, *_clearing(registry), _TOUCHED_ROWS):
        con.execute(statement)
    make_stage(con, home, registry, manifest, touched=True)
    Resolver(con, registry, manifest, authority, touched=True).resolve()
    insert_refused(con, home, manifest.sources, touched=True)
    if whole or past.covers != Past.of(manifest).covers:
        fill_register_units(con, home, registry, manifest)
    _log_touched(con, manifest.sequence)
    _remember(con, manifest)


def _identity_changed(past: Past, registry: Registry, manifest: Manifest) -> bool:
    """Whether rows may belong to other subjects than before, or are there no more: not after plain edits."""
    now, known = Past.of(manifest), set(past.edits)
    if not known <= set(now.edits):
        return True
    elements = identity_elements(registry)
    identifying = any(edit.element in elements for edit in manifest.edits if edit.seq not in known)
    return identifying or past.sources != now.sources or past.verdicts != now.verdicts


def _log_touched(con: duckdb.DuckDBPyConnection, sequence: int) -> None:
    """Add who was resolved again to the log; a log grown long begins anew from here."""
    con.execute("INSERT INTO touch_log SELECT ?, subject, key FROM touched", [sequence])
    ((length,),) = con.execute("SELECT count(*) FROM touch_log").fetchall()
    if length > _LONGEST_LOG:
        con.execute("DELETE FROM touch_log")
        con.execute("INSERT INTO touch_log(sequence) VALUES (?)", [sequence])


def _remember(con: duckdb.DuckDBPyConnection, manifest: Manifest) -> None:
    past = Past.of(manifest)
    text = json.dumps({name: getattr(past, name) for name in Past.__slots__})
    con.execute("DELETE FROM meta")
    con.execute("INSERT INTO meta VALUES ('past', ?)", [text])


# After plain edits every row stays with its subject; only the new edits' own rows are added.
_MATCH_EDITS = (
    """
    CREATE OR REPLACE TEMP TABLE matched AS
    SELECT e.seq << 32 AS id, e.seq, NULL::VARCHAR AS sheet, NULL::INTEGER AS line, NULL::VARCHAR AS village,
        CASE WHEN subject = 'person' THEN key END AS person, CASE WHEN subject = 'household' THEN key END AS household,
        CASE WHEN subject = 'enterprise' THEN key END AS enterprise,
        CASE WHEN subject NOT IN ('person', 'household', 'enterprise') THEN subject END AS added,
        CASE WHEN subject NOT IN ('person', 'household', 'enterprise') THEN key END AS added_key,
        CASE WHEN subject = 'person' THEN 'id' END AS how
    FROM edit_row e WHERE e.seq NOT IN (SELECT seq FROM source)
    """,
    "CREATE OR REPLACE TEMP TABLE changed AS SELECT * FROM matched",
    # Only the households that an edit reaches, with all their people: the others stay as they are.
    """
    CREATE OR REPLACE TEMP TABLE link AS SELECT key AS person, household FROM person WHERE household IN (
        SELECT household FROM person WHERE key IN (SELECT person FROM changed) AND household IS NOT NULL
        UNION SELECT household FROM changed WHERE household IS NOT NULL)
    """,
    'CREATE OR REPLACE TEMP TABLE moved(person VARCHAR, "old" VARCHAR, "new" VARCHAR)',
)

_CHANGES = " UNION ALL ".join(
    f"SELECT '{subject}' AS subject, {subject} AS key FROM changed WHERE {subject} IS NOT NULL"  # noqa: S608 (own names)
    for subject in BUILT_IN
)

# What belongs to other subjects than before, and who moved to another household.
_COMPARE = (
    """
    CREATE OR REPLACE TEMP TABLE changed AS
    (SELECT id, village, person, household, enterprise, added, added_key, how FROM matched
     EXCEPT SELECT id, village, person, household, enterprise, added, added_key, how FROM record_row)
    UNION ALL
    (SELECT id, village, person, household, enterprise, added, added_key, how FROM record_row WHERE id <> 0
     EXCEPT SELECT id, village, person, household, enterprise, added, added_key, how FROM matched)
    """,
    """
    CREATE OR REPLACE TEMP TABLE moved AS
    SELECT coalesce(p.key, l.person) AS person, p.household AS old, l.household AS new
    FROM (SELECT key, household FROM person WHERE household IS NOT NULL) p FULL JOIN link l ON l.person = p.key
    WHERE p.household IS DISTINCT FROM l.household
    """,
)

_TOUCH = (
    f"""
    CREATE OR REPLACE TEMP TABLE touched AS
    {_CHANGES}
    UNION ALL SELECT added, added_key FROM changed WHERE added_key IS NOT NULL
    UNION SELECT 'person', person FROM moved
    UNION SELECT 'household', old FROM moved WHERE old IS NOT NULL
    UNION SELECT 'household', new FROM moved WHERE new IS NOT NULL
    """,  # noqa: S608 (own names)
    # A person's unit is the household's, and a household's head one of its people: both go together.
    """
    INSERT INTO touched SELECT 'household', l.household FROM link l
    WHERE l.person IN (SELECT key FROM touched WHERE subject = 'person')
        AND l.household NOT IN (SELECT key FROM touched WHERE subject = 'household')
    """,
    """
    INSERT INTO touched SELECT 'person', l.person FROM link l
    WHERE l.household IN (SELECT key FROM touched WHERE subject = 'household')
        AND l.person NOT IN (SELECT key FROM touched WHERE subject = 'person')
    """,
    "DELETE FROM record_row WHERE id IN (SELECT id FROM changed)",
    "INSERT INTO record_row SELECT * FROM matched WHERE id IN (SELECT id FROM changed)",
    "DELETE FROM source",
    "INSERT INTO source SELECT seq, batch, department, as_of FROM origin",
    "INSERT INTO source VALUES (0, 'derived', '', NULL)",
    *(
        f"DELETE FROM {table} WHERE (subject, key) IN (SELECT (subject, key) FROM touched)"  # noqa: S608
        for table in ("conflict", "refused")
    ),
)

_TOUCHED_ROWS = """
    CREATE OR REPLACE TEMP TABLE touched_row AS
    SELECT *, id & 4294967295 AS row FROM record_row WHERE id IN (
        SELECT id FROM record_row WHERE person IN (SELECT key FROM touched WHERE subject = 'person')
        UNION SELECT id FROM record_row WHERE household IN (SELECT key FROM touched WHERE subject = 'household')
        UNION SELECT id FROM record_row WHERE enterprise IN (SELECT key FROM touched WHERE subject = 'enterprise')
        UNION SELECT id FROM record_row
            WHERE added_key IS NOT NULL AND (added, added_key) IN (SELECT (subject, key) FROM touched))
    """


def _clearing(registry: Registry) -> list[str]:
    """Take the golden records of the touched subjects away, before they are resolved again."""
    return [
        f"DELETE FROM {table} WHERE key IN (SELECT key FROM touched WHERE subject = {literal(subject)})"  # noqa: S608
        for subject in subjects_of(registry)
        for table in (table_of(subject), source_table_of(subject))
    ]
