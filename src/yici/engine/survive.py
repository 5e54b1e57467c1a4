"""Survivorship in SQL: one rule for every element.

The golden value is that of the record with the highest order: authority above as-of date above arrival above the row
in the ledger; empty values do not take part. Elements are resolved a few at a time, so that the working memory stays
small, and those that the same batches hold go together, so that each pass reads only those.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from yici.core.elements import Element, Kind, Registry
from yici.core.identity import APART, HEAD
from yici.core.manifest import Manifest
from yici.engine.schema import (
    DERIVED_RECORD,
    key_sql,
    literal,
    quoted,
    source_table_of,
    stored_elements,
    table_of,
)
from yici.engine.stage import AUTHORITY, staged_elements

# Aggregation states of about this many (key, element) pairs are held at a time.
_PAIRS_AT_A_TIME = 5_000_000


@dataclass(frozen=True, slots=True)
class Resolver:
    """What resolving needs. With `touched` only the keys in the table touched (subject, key) are resolved."""

    con: duckdb.DuckDBPyConnection
    registry: Registry
    manifest: Manifest
    authority: Mapping[str, frozenset[int]]
    touched: bool = False

    def resolve(self) -> None:
        """Fill the golden tables, their twins and the conflicts from `stage`, `link` and the record rows."""
        households = self._groups("household")
        self._units(households)
        people = self._groups("person")
        self._insert("person", people, _PERSON)
        self.con.execute(_HEADS[self.touched])
        self.con.execute(_MEMBER_COUNTS[self.touched])
        self._insert("household", households, _HOUSEHOLD)
        self._insert("enterprise", self._groups("enterprise"), _ENTERPRISE)
        for subject in self.registry.added_subjects:
            self._added(subject)
        self.con.execute(_DERIVED_RIVALS[self.touched])

    def _added(self, subject: str) -> None:
        """A subject of a type that a pack adds: its unit is the village of its rows."""
        groups = self._groups(subject)
        if not self._anybody(subject):
            return
        units = _temporary(subject, "unit")
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE {units} AS SELECT {key_sql(subject)} AS key, arg_max(village, ord) AS unit,"  # noqa: S608
            f" arg_max(id, ord) AS record FROM stage WHERE {key_sql(subject)} IS NOT NULL AND village IS NOT NULL"
            " GROUP BY ALL"
        )
        plan = InsertPlan(
            columns=("pu.unit",),
            joins=f" LEFT JOIN {units} pu ON pu.key = k.key",
            derived={self.registry.village_of(subject): ("pu.unit", "pu.record")},
        )
        self._insert(subject, groups, plan)

    def _groups(self, subject: str) -> dict[str, list[str]]:
        """Resolve the subject's elements, a few at a time: temporary table → the elements in it."""
        self.con.execute(self._keys(subject))
        (count,) = [*self.con.execute(f"SELECT count(*) FROM {_temporary(subject, 'key')}").fetchall(), (0,)][0]  # noqa: S608
        if not count:
            return {}  # Stating the wide questions takes longer than answering them for nobody.
        size = max(4, min(40, _PAIRS_AT_A_TIME // max(1, count)))
        found: dict[str, list[str]] = {}
        for number, chunk in enumerate(self._chunks(subject, size)):
            table = _temporary(subject, str(number))
            self.con.execute(self._golden(subject, table, chunk))
            self.con.execute(self._rivals(subject, table, chunk))
            found[table] = [element.id for element in chunk]
        return found

    def _anybody(self, subject: str) -> bool:
        return bool(self.con.execute(f"SELECT 1 FROM {_temporary(subject, 'key')} LIMIT 1").fetchall())  # noqa: S608

    def _keys(self, subject: str) -> str:
        key = key_sql(subject)
        found = f"SELECT DISTINCT {key} AS key FROM record_row WHERE {key} IS NOT NULL"  # noqa: S608
        if self.touched:
            found += f" AND {key} IN (SELECT key FROM touched WHERE subject = {literal(subject)})"  # noqa: S608
        return f"CREATE OR REPLACE TEMP TABLE {_temporary(subject, 'key')} AS {found}"

    def _chunks(self, subject: str, size: int) -> Iterator[list[Element]]:
        """Elements that the same batches hold, at most `size` at a time."""
        staged = sorted(staged_elements(self.registry, self.manifest, subject), key=lambda pair: sorted(pair[1]))
        chunk: list[Element] = []
        carriers: frozenset[int] = frozenset()
        for element, holding in staged:
            if chunk and (len(chunk) == size or (size < 40 and holding != carriers)):
                yield chunk
                chunk = []
            chunk.append(element)
            carriers = holding
        if chunk:
            yield chunk

    def _golden(self, subject: str, table: str, elements: Sequence[Element]) -> str:
        """The statement of the rule: each element's value and record by the highest order."""
        picks = ", ".join(self._pick(subject, element) for element in elements)
        return (
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {key_sql(subject)} AS key, {picks}"  # noqa: S608 (registry's names)
            f" FROM stage WHERE {self._taking_part(subject, elements)} GROUP BY ALL"
        )

    def _pick(self, subject: str, element: Element) -> str:
        name, order = quoted(element.id), self._order(element.id)
        value = f"arg_max({name}, {order})"
        if element.id == self.registry.subjects[subject].key:
            key = key_sql(subject)
            value = f"CASE WHEN starts_with({key}, '{APART}') THEN NULL ELSE {key} END"
        return f"{value} AS {name}, arg_max(id, {order}) FILTER ({name} IS NOT NULL) AS {_source(element.id)}"

    def _order(self, element: str) -> str:
        speakers = sorted(self.authority.get(element, ()))
        if not speakers:
            return "ord"
        return f"(ord + CASE WHEN seq IN ({', '.join(map(str, speakers))}) THEN {AUTHORITY} ELSE 0 END)"

    def _taking_part(self, subject: str, elements: Sequence[Element]) -> str:
        filled = " OR ".join(f"{quoted(element.id)} IS NOT NULL" for element in elements)
        key = key_sql(subject)
        keys = f" AND {key} IN (SELECT key FROM {_temporary(subject, 'key')})" if self.touched else ""  # noqa: S608
        return f"{key} IS NOT NULL AND ({filled}){keys}"

    def _rivals(self, subject: str, table: str, elements: Sequence[Element]) -> str:
        """Values that differ from the golden one. A date known less precisely does not differ."""
        differing = ", ".join(
            f"CASE WHEN {_differs(element)} THEN {{'element': {literal(element.id)},"
            f" 'value': s.{quoted(element.id)}::VARCHAR, 'ord': {self._order(element.id)}}} END"
            for element in elements
        )
        anywhere = " OR ".join(_differs(element) for element in elements)
        key = key_sql(subject, "s")
        return (
            f"INSERT INTO conflict SELECT {literal(subject)}, key, d.element, d.value, arg_max(id, d.ord) FROM ("  # noqa: S608
            f"SELECT {key} AS key, s.id, unnest([{differing}]) AS d FROM stage s JOIN {table} g"
            f" ON g.key = {key} WHERE {anywhere}) WHERE d IS NOT NULL GROUP BY ALL"
        )

    def _inferred(self, element: Element, held: Mapping[str, str]) -> tuple[str, str] | None:
        """The (value, record) of an element that follows from another one; None for all others."""
        inference = self.registry.inferences.get(element.id)
        if inference is None or inference.source not in held:
            return None
        source = f"{held[inference.source]}.{quoted(inference.source)}"
        longest_first = sorted(inference.rules, key=lambda rule: -len(rule[0]))
        whens = " ".join(f"WHEN starts_with({source}, {literal(p)}) THEN {literal(v)}" for p, v in longest_first)
        value = f"CASE {whens} END"
        return value, f"CASE WHEN {value} IS NOT NULL THEN {DERIVED_RECORD} END"

    def _units(self, households: Mapping[str, list[str]]) -> None:
        """The tables household_unit and person_unit (key, unit, record)."""
        self.con.execute(_MEMBER_UNITS)
        holding = next((table for table, names in households.items() if "household.village" in names), None)
        stated = f'SELECT key, "household.village", {_source("household.village")} FROM {holding}'  # noqa: S608
        none = "SELECT NULL::VARCHAR, NULL::VARCHAR, NULL::BIGINT WHERE false"
        self.con.execute(_HOUSEHOLD_UNITS.replace("STATED", stated if holding else none))

    def _insert(self, subject: str, groups: Mapping[str, list[str]], plan: InsertPlan) -> None:
        if not self._anybody(subject):
            return
        held = {name: table for table, names in groups.items() for name in names}
        values, sources = [], []
        for element in stored_elements(self.registry, subject):
            table, name = held.get(element.id), quoted(element.id)
            value = f"{table}.{name}" if table else "NULL"
            source = f"{table}.{_source(element.id)}" if table else "NULL"
            derived = plan.derived.get(element.id) or self._inferred(element, held)
            if derived is not None:
                other, record = derived
                value, source = f"coalesce({value}, {other})", f"coalesce({source}, {record})"
            values.append(value)
            sources.append(source)
        joins = "".join(f" LEFT JOIN {table} ON {table}.key = k.key" for table in groups) + plan.joins
        head = ", ".join(["k.key", *plan.columns])
        # In the order of keys: the engine then reads the one block that may hold a key, not all of them.
        rows = f"FROM {_temporary(subject, 'key')} k{joins} ORDER BY k.key"
        self.con.execute(f"INSERT INTO {table_of(subject)} SELECT {', '.join([head, *values])} {rows}")
        self.con.execute(f"INSERT INTO {source_table_of(subject)} SELECT {', '.join(['k.key', *sources])} {rows}")


@dataclass(frozen=True, slots=True)
class InsertPlan:
    """How a golden table is put together besides its resolved elements: more columns, joins, and values derived when
    nobody states them: element → (value, record) in SQL."""

    columns: tuple[str, ...]
    joins: str = ""
    derived: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def _temporary(subject: str, what: str) -> str:
    """A working table of a subject's. Added subjects stay clear of the names of all others."""
    table = table_of(subject)
    return f"{table}_{what}" if table == subject else quoted(f"working_{subject}_{what}")


def _source(element: str) -> str:
    return quoted(f"record:{element}")


def _differs(element: Element) -> str:
    name = quoted(element.id)
    if element.kind is Kind.DATE:
        return f"(NOT starts_with(s.{name}, g.{name}) AND NOT starts_with(g.{name}, s.{name}))"
    return f"s.{name} <> g.{name}"


# What an ID number tells of its holder (GB 11643): digits 7-14 the birth date, digit 17 odd for men.
_NUMBERED = "regexp_full_match(k.key, '[0-9]{17}[0-9X]')"
_BIRTH = f"CASE WHEN {_NUMBERED} THEN concat_ws('-', k.key[7:10], k.key[11:12], k.key[13:14]) END"
_SEX = f"CASE WHEN {_NUMBERED} THEN CASE WHEN k.key[17]::INTEGER % 2 = 1 THEN '男' ELSE '女' END END"

_PERSON = InsertPlan(
    columns=("l.household", "coalesce(hu.unit, pu.unit)"),
    joins=" LEFT JOIN link l ON l.person = k.key LEFT JOIN household_unit hu ON hu.key = l.household"
    " LEFT JOIN person_unit pu ON pu.key = k.key",
    derived={
        "person.birth_date": (_BIRTH, f"CASE WHEN {_NUMBERED} THEN {DERIVED_RECORD} END"),
        "person.sex": (_SEX, f"CASE WHEN {_NUMBERED} THEN {DERIVED_RECORD} END"),
    },
)
_HOUSEHOLD = InsertPlan(
    columns=("hu.unit", "mc.members"),
    joins=" LEFT JOIN household_unit hu ON hu.key = k.key LEFT JOIN head hd ON hd.household = k.key"
    " LEFT JOIN member_count mc ON mc.household = k.key",
    derived={
        "household.village": ("hu.unit", "hu.record"),
        "household.head_name": ("hd.name", "hd.name_record"),
        "household.head_id_number": ("hd.id_number", "hd.id_record"),
    },
)
_ENTERPRISE = InsertPlan(columns=("pu.unit",), joins=" LEFT JOIN enterprise_unit pu ON pu.key = k.key")

_MEMBER_UNITS = """
CREATE OR REPLACE TEMP TABLE person_unit AS
SELECT person AS key, arg_max(village, ord) AS unit, arg_max(id, ord) AS record, max(ord) AS ord
FROM stage WHERE person IS NOT NULL AND village IS NOT NULL GROUP BY person;
CREATE OR REPLACE TEMP TABLE enterprise_unit AS
SELECT enterprise AS key, arg_max(village, ord) AS unit
FROM stage WHERE enterprise IS NOT NULL AND village IS NOT NULL GROUP BY enterprise
"""
_HOUSEHOLD_UNITS = """
CREATE OR REPLACE TEMP TABLE household_unit AS
WITH member AS (SELECT l.household AS key, arg_max(u.unit, u.ord) AS unit, arg_max(u.record, u.ord) AS record
    FROM person_unit u JOIN link l ON l.person = u.key GROUP BY l.household),
stated(key, unit, record) AS (STATED)
SELECT coalesce(s.key, m.key) AS key, coalesce(s.unit, m.unit) AS unit,
    CASE WHEN s.unit IS NULL THEN m.record ELSE s.record END AS record
FROM (SELECT * FROM stated WHERE unit IS NOT NULL) s FULL JOIN member m ON m.key = s.key
"""
# The member who is 户主 lends the household a head that no ledger states, when there is exactly one.
_HEADS_OF = """
CREATE OR REPLACE TEMP TABLE head AS
WITH chief AS MATERIALIZED (
    SELECT key, household, "person.name" AS name, "person.id_number" AS id_number FROM person
    WHERE "person.relation_to_head" = '{head}' AND household IS NOT NULL{only})
SELECT p.household, min(p.name) AS name, min(s."person.name") AS name_record,
    min(p.id_number) AS id_number, min(s."person.id_number") AS id_record
FROM chief p JOIN person_source s ON s.key = p.key GROUP BY p.household HAVING count(*) = 1
"""
_HEADS = {
    False: _HEADS_OF.format(head=HEAD, only=""),
    True: _HEADS_OF.format(head=HEAD, only=" AND household IN (SELECT key FROM household_key)"),
}
# Who is kept apart may be one of the others.
_MEMBERS_OF = """
CREATE OR REPLACE TEMP TABLE member_count AS SELECT household, count(*) AS members FROM person
WHERE household IS NOT NULL AND NOT starts_with(key, '{apart}'){only} GROUP BY household
"""
_MEMBER_COUNTS = {
    False: _MEMBERS_OF.format(apart=APART, only=""),
    True: _MEMBERS_OF.format(apart=APART, only=" AND household IN (SELECT key FROM household_key)"),
}


def _derived_rivals(*, touched: bool) -> str:
    """What the ID number tells against a stated birth date or sex is listed as a conflict, too."""
    # Those concerned are taken out into a table first: else the patterns are tried on everybody.
    only = (
        'CREATE OR REPLACE TEMP TABLE numbered AS SELECT key, "person.birth_date", "person.sex" FROM person'
        " WHERE key IN (SELECT key FROM person_key);"
    )
    parts = [
        f"SELECT 'person', k.key, '{element}', {derived}, {DERIVED_RECORD} FROM {'numbered' if touched else 'person'} k"  # noqa: S608
        f' WHERE {derived} <> "{element}" AND NOT starts_with({derived}, "{element}")'
        for element, derived in (("person.birth_date", _BIRTH), ("person.sex", _SEX))
    ]
    return f"{only if touched else ''} INSERT INTO conflict {' UNION ALL '.join(parts)}"


_DERIVED_RIVALS = {touched: _derived_rivals(touched=touched) for touched in (False, True)}
