"""Why a condition came out so for one subject: its facts with their records, read from the projection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from yici.core.elements import Registry
from yici.core.errors import NotFound, Problem
from yici.core.expressions.deciding import Deciders
from yici.core.expressions.explaining import Explained, deciders, explain
from yici.core.expressions.facts import Fact, Facts
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import Expr, Filter
from yici.core.expressions.parsing import parse_expression
from yici.engine.projection import Projection
from yici.engine.registers import KeptRegisters
from yici.engine.schema import quoted, source_table_of, stored_elements, subjects_of, table_of
from yici.engine.workdays import at_work
from yici.services.pool import Pool, open_pool

HEAD = "household.head_id_number"


@dataclass(frozen=True, slots=True)
class SubjectExplained:
    """An expression explained for one subject, and what would decide it where it is unknown."""

    subject: str
    kind: str
    key: str
    name: str
    explained: Explained
    deciders: Deciders | None


def explain_key(*, home: Path, key: str, text: str, as_of: date | None, today: date) -> SubjectExplained:
    """Explain a condition or a value, typed as `text`, for the person, household or other subject of that key.

    Raises NotFound for an unknown key, ExpressionError for what cannot be understood.
    """
    pool = open_pool(home)
    with pool.projection(as_of) as projection:
        subject, exact = _find(projection, pool.registry, key.strip())
        expr = parse_expression(text, pool.registry, subject=subject)
        moment = Moment(as_of or today)
        return explain_subject(pool, projection, subject=subject, key=exact, expr=expr, moment=moment)


def explain_subject(
    pool: Pool, projection: Projection, *, subject: str, key: str, expr: Expr | Filter, moment: Moment
) -> SubjectExplained:
    """Explain an expression for the subject of a type and key. Raises NotFound."""
    condition = expr.expr if isinstance(expr, Filter) else expr
    facts = subject_facts(projection, pool.registry, subject=subject, key=key)
    explained = explain(condition, facts, moment=at_work(moment, [condition]), registry=pool.registry)
    open_ = explained.is_condition and explained.verdict is None
    kind = pool.registry.subjects[subject].name
    return SubjectExplained(subject, kind, key, facts.name, explained, deciders(explained) if open_ else None)


def subject_facts(projection: Projection, registry: Registry, *, subject: str, key: str) -> Facts:
    """What is known of a subject, its household, the household's head and members, with records. Raises NotFound."""
    reader = _Reader(projection, registry)
    own = reader.read(subject, [key])
    if key not in own:
        raise NotFound(Problem("unknown_subject", f"库里没有编号为“{key}”的{registry.subjects[subject].name}。"))
    values, keys = {subject: own[key].values}, {subject: key}
    home = key if subject == "household" else own[key].household
    units = {subject: own[key].unit}
    members: tuple[Facts, ...] | None = None
    households = reader.read("household", [home]) if home and subject == "person" else own
    if home and subject in ("person", "household") and home in households:
        values["household"], keys["household"], units["household"] = (
            households[home].values,
            home,
            households[home].unit,
        )
        members = reader.members(home)
        head = values["household"].get(HEAD)
        heads = reader.read("person", [str(head.value)]) if head else {}
        for head_key, row in heads.items():
            values["head"], keys["head"], units["head"] = row.values, head_key, row.unit
    name = _name(own[key].values, registry, subject)
    return Facts(subject, values, members, keys, name, KeptRegisters(projection), units)


@dataclass(frozen=True, slots=True)
class _Row:
    values: dict[str, Fact]
    household: str | None
    unit: str


@dataclass(frozen=True, slots=True)
class _Reader:
    projection: Projection
    registry: Registry

    def members(self, home: str) -> tuple[Facts, ...]:
        """The people of a household who are not kept apart, in the order of their keys."""
        rows = self.projection.con.execute(
            "SELECT key FROM person WHERE household = ? AND NOT starts_with(key, '?') ORDER BY key", [home]
        ).fetchall()
        found = self.read("person", [row[0] for row in rows])
        return tuple(
            Facts("person", {"person": row.values}, keys={"person": key},
                  name=_name(row.values, self.registry, "person"), units={"person": row.unit})
            for key, row in found.items()
        )  # fmt: skip

    def read(self, subject: str, keys: list[str]) -> dict[str, _Row]:
        """Golden values with their records, by key."""
        elements = stored_elements(self.registry, subject)
        home = "v.household" if subject == "person" else "NULL"
        columns = [*(f"v.{quoted(e.id)}" for e in elements), *(f"s.{quoted(e.id)}" for e in elements)]
        rows = self.projection.con.execute(
            f"SELECT v.key, {home}, v.unit, {', '.join(columns)} FROM {table_of(subject)} v"  # noqa: S608 (own names)
            f" LEFT JOIN {source_table_of(subject)} s ON s.key = v.key"
            " WHERE v.key IN (SELECT unnest(?)) ORDER BY v.key",
            [keys],
        ).fetchall()
        width = len(elements)
        origins = self._origins(record for row in rows for record in row[3 + width :] if record)
        found = {}
        for row in rows:
            told = zip(elements, row[3 : 3 + width], row[3 + width :], strict=True)
            values = {e.id: _fact(value, record, origins) for e, value, record in told if value is not None}
            found[row[0]] = _Row(values, row[1], row[2] or "")
        return found

    def _origins(self, records: Iterable[int]) -> dict[int, tuple[str, str, str]]:
        """Record id → department, as-of date, place in the ledger."""
        rows = self.projection.con.execute(
            "SELECT id, department, as_of, sheet, line FROM record WHERE id IN (SELECT unnest(?))", [sorted({*records})]
        ).fetchall()
        return {
            row[0]: (row[1] or "", str(row[2] or ""), f"{row[3] or ''}第{row[4]}行" if row[4] else "") for row in rows
        }


def _fact(value: object, record: int | None, origins: dict[int, tuple[str, str, str]]) -> Fact:
    department, as_of, place = origins.get(record or -1, ("", "", ""))
    return Fact(value, record or None, as_of, department, place)  # type: ignore[arg-type]


def _name(values: dict[str, Fact], registry: Registry, subject: str) -> str:
    fact = values.get(registry.name_of(subject))
    return str(fact.value) if fact else ""


def _find(projection: Projection, registry: Registry, key: str) -> tuple[str, str]:
    """The one subject of that key; of that name when only one is so called. Raises NotFound."""
    found: list[tuple[str, str]] = []
    for subject in subjects_of(registry):
        name = quoted(registry.name_of(subject))
        sql = f"SELECT key FROM {table_of(subject)} WHERE key IN (?, ?) OR {name} = ? LIMIT 20"  # noqa: S608 (own names)
        found += [(subject, row[0]) for row in projection.con.execute(sql, [key, key.upper(), key]).fetchall()]
    exact = [pair for pair in found if pair[1] in (key, key.upper())] or found
    people = [pair for pair in exact if pair[0] == "person"]
    chosen = exact if len(exact) == 1 else people
    if len(chosen) == 1:
        return chosen[0]
    if exact:
        several = "、".join(each for _, each in exact[:5])
        raise NotFound(Problem("several_subjects", f"叫“{key}”的不止一个：{several}。", "请写编号。"))
    raise NotFound(Problem("unknown_subject", f"库里没有“{key}”。", "请核对编号或姓名。"))
