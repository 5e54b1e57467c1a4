"""The tables of the projection. Every value is one of its element's column; its twin table names the record behind it.

A subject type that a pack adds (事项 as "matter") has the table subject_matter(key, unit, …), by the same rules.

person(key, household, unit, …), household(key, unit, members, …), enterprise(key, unit, …): golden records (主记录).
    `key` is the ID number, household number or credit code; one that begins with "?" is kept apart until a person
    has judged. `unit` is the name of the smallest known unit, `members` how many people of a household the pool has,
    who is kept apart left out; NULL for none. Then one column per stored element of the subject, named by its id.
person_source(key, …) and so on: the same columns, each the id of the record the value came from; 0: derived.
record(id, batch, sheet, line, department, as_of, seq, person, household, enterprise, added, added_key, how): every row
    of every batch in force and every edit (batch "edit"). A row tells of at most one subject of the types that packs
    add: `added` is its type, `added_key` its key, so more types need no more columns. `how` the row came to its
    person: "id", "prefix" (name and the 15 digits left of a number), "name" (name, birth date and village), "apart"
    (kept apart), "edit".
conflict(subject, key, element, value, record): values that lost against a different one, each with its newest record.
area_map(raw, unit): every spelling of a village in the rows and the unit meant.
refused(subject, key, element, status, reason, original, record): cells that could not be read.
register_unit(element, unit): for which units each register (名册) was imported; "" for subjects of no known unit.
meta(name, value): what the projection was made from.
touch_log(sequence, subject, key): who was resolved again when this file was brought up to that pool sequence; the row
    without subject says from which sequence on the log is complete. What is calculated from golden records and kept
    elsewhere (matches of policies) is brought up to date by it.
"""

from __future__ import annotations

from collections.abc import Sequence

from yici.core.elements import BUILT_IN, Element, Kind, Registry
from yici.core.identity import APART

VERSION = "9"
KEYS = {"person": "person.id_number", "household": "household.number", "enterprise": "enterprise.uscc"}
DERIVED_RECORD = 0
"""The record id of values that follow from others."""

COUNT_MEMBERS = (
    "UPDATE household SET members = (SELECT NULLIF(count(*), 0) FROM person p"  # noqa: S608 (own names)
    f" WHERE p.household = household.key AND NOT starts_with(p.key, '{APART}'))"
)
"""The statement that counts the members of every household anew, for tables that were filled by hand."""

_TYPES = {Kind.INTEGER: "BIGINT", Kind.DECIMAL: "DECIMAL(24,6)", Kind.BOOL: "BOOLEAN"}
# Columns besides the key and the values.
_EXTRA = {"person": ("household VARCHAR", "unit VARCHAR"), "household": ("unit VARCHAR", "members BIGINT")}
# What is looked for among all, and differs from row to row, is stored as it is: packing it saves a third of the file
# and makes every look at it three times as slow.
_OPEN = {Kind.NAME, Kind.PHONE, Kind.ID_NUMBER, Kind.USCC}
_AS_IT_IS = "VARCHAR USING COMPRESSION uncompressed"


def sql_type(element: Element) -> str:
    """The DuckDB type of an element's column. Dates are ISO text, as their precision varies."""
    return _TYPES.get(element.kind, "VARCHAR")


def _stored_type(element: Element) -> str:
    return _AS_IT_IS if element.kind in _OPEN or element.id in KEYS.values() else sql_type(element)


def subjects_of(registry: Registry) -> tuple[str, ...]:
    """Every subject type that has a table: the built-in ones, then those that packs add."""
    return (*BUILT_IN, *registry.added_subjects)


def table_of(subject: str) -> str:
    """The table of a subject's golden records, ready for SQL."""
    return subject if subject in BUILT_IN else quoted(f"subject_{subject}")


def source_table_of(subject: str) -> str:
    """The twin table that names the record behind every value."""
    return f"{subject}_source" if subject in BUILT_IN else quoted(f"subject_{subject}_source")


def key_sql(subject: str, alias: str = "") -> str:
    """The key of the subject a record row tells of, NULL when it tells of none of this type."""
    prefix = f"{alias}." if alias else ""
    if subject in BUILT_IN:
        return f"{prefix}{subject}"
    return f"CASE WHEN {prefix}added = {literal(subject)} THEN {prefix}added_key END"


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def stored_elements(registry: Registry, subject: str) -> list[Element]:
    """The elements of a subject that have a column: those not derived."""
    return [element for element in registry.of_subject(subject) if not element.derived]


def table_statements(registry: Registry) -> list[str]:
    """The statements that make an empty projection."""
    statements = [
        "CREATE TABLE meta(name VARCHAR, value VARCHAR)",
        "CREATE TABLE area_map(raw VARCHAR, unit VARCHAR)",
        "CREATE TABLE register_unit(element VARCHAR, unit VARCHAR)",
        "CREATE TABLE touch_log(sequence BIGINT, subject VARCHAR, key VARCHAR)",
        "CREATE TABLE source(seq BIGINT, batch VARCHAR, department VARCHAR, as_of DATE)",
        f"CREATE TABLE record_row(id BIGINT, seq BIGINT, sheet VARCHAR, line INTEGER, village VARCHAR,"
        f" person {_AS_IT_IS}, household VARCHAR, enterprise VARCHAR, added VARCHAR, added_key VARCHAR, how VARCHAR)",
        "CREATE VIEW record AS SELECT r.id, s.batch, r.sheet, r.line, s.department, s.as_of, s.seq, r.person,"
        " r.household, r.enterprise, r.added, r.added_key, r.how FROM record_row r JOIN source s USING (seq)",
        "CREATE TABLE conflict(subject VARCHAR, key VARCHAR, element VARCHAR, value VARCHAR, record BIGINT)",
        "CREATE TABLE refused(subject VARCHAR, key VARCHAR, element VARCHAR, status VARCHAR, reason VARCHAR,"
        " original VARCHAR, record BIGINT)",
    ]
    for subject in subjects_of(registry):
        elements = stored_elements(registry, subject)
        extra = _EXTRA.get(subject, ("unit VARCHAR",))
        values = [f"{quoted(e.id)} {_stored_type(e)}" for e in elements]
        sources = [f"{quoted(element.id)} BIGINT" for element in elements]
        statements.append(_create(table_of(subject), [f"key {_AS_IT_IS}", *extra, *values]))
        statements.append(_create(source_table_of(subject), [f"key {_AS_IT_IS}", *sources]))
    return statements


def _create(table: str, columns: Sequence[str]) -> str:
    return f"CREATE TABLE {table}({', '.join(columns)})"
