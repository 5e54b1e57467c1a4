"""Golden records: what is known of a subject and from where; conflicts; edits by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from yici.core.elements import Element, Registry
from yici.core.errors import NotFound, Place, Problem, YiciError
from yici.core.manifest import Manifest
from yici.core.survivorship import RULE_WORDS, Rule, authorities, choose_rule
from yici.core.values import REASONS, kind_of
from yici.engine.projection import Projection
from yici.engine.scan import ROW_BITS
from yici.engine.schema import quoted, source_table_of, stored_elements, subjects_of, table_of
from yici.engine.standing import golden_of
from yici.services.forms import find_element
from yici.services.pool import Pool, open_pool
from yici.storage.entries import NewEntry, add_entries
from yici.storage.manifest import newest_day


@dataclass(frozen=True, slots=True)
class Origin:
    """The record behind a value: department or editor, as-of date, batch, sheet and line, and its number."""

    department: str
    as_of: str
    batch: str
    sheet: str
    line: int | None
    record: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """One golden value with where it came from, the rule that chose it, and its rivals."""

    element: Element
    value: object
    origin: Origin | None
    rule: str
    rivals: tuple[tuple[str, Origin | None], ...] = ()


@dataclass(slots=True)
class GoldenRecord:
    """What the pool holds about one subject (主记录). `kind` is the Chinese name of the subject's type."""

    subject: str
    kind: str
    key: str
    unit: str
    values: list[Known] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rival:
    """A value that lost against a different one. `kind` is the Chinese name of the subject's type."""

    subject: str
    kind: str
    key: str
    element: str
    chosen: str
    value: str
    origin: Origin | None


def show_subject(*, home: Path, key: str, as_of: date | None = None) -> list[GoldenRecord]:
    """The golden record of an ID number, household number, credit code or other key; of a name, everybody so called.

    Raises NotFound when there is none.
    """
    pool = open_pool(home)
    manifest = pool.manifest()
    with pool.projection(as_of) as projection:
        found = _find(projection, pool.registry, key.strip())
        if not found:
            raise NotFound(Problem("unknown_subject", f"库里没有“{key}”。", "请核对编号或姓名。"))
        return [_record(projection, pool.registry, manifest, subject, one) for subject, one in found]


def golden_record(projection: Projection, pool: Pool, subject: str, key: str) -> GoldenRecord:
    """The golden record of a subject that is there."""
    return _record(projection, pool.registry, pool.manifest(), subject, key)


def _find(projection: Projection, registry: Registry, text: str) -> list[tuple[str, str]]:
    """The subjects of any type with that key, else those of that name."""
    found: list[tuple[str, str]] = []
    for subject in subjects_of(registry):
        name = quoted(registry.name_of(subject))
        rows = projection.con.execute(
            f"SELECT key FROM {table_of(subject)} WHERE key IN (?, ?) OR {name} = ? ORDER BY key LIMIT 20",  # noqa: S608
            [text, text.upper(), text],
        ).fetchall()
        found += [(subject, row[0]) for row in rows]
    exact = [pair for pair in found if _is_key(pair[1], text)]
    return exact or found


def _is_key(key: str, text: str) -> bool:
    return key in (text, text.upper())


def _record(projection: Projection, registry: Registry, manifest: Manifest, subject: str, key: str) -> GoldenRecord:
    elements = stored_elements(registry, subject)
    columns = ", ".join(quoted(element.id) for element in elements)
    con = projection.con
    table, twin = table_of(subject), source_table_of(subject)
    values = con.execute(f"SELECT unit, {columns} FROM {table} WHERE key = ?", [key]).fetchall()[0]  # noqa: S608
    sources = con.execute(f"SELECT {columns} FROM {twin} WHERE key = ?", [key]).fetchall()  # noqa: S608
    records = sources[0] if sources else [None] * len(elements)
    rivals = con.execute(
        "SELECT element, value, record FROM conflict WHERE subject = ? AND key = ?", [subject, key]
    ).fetchall()
    origins = origins_of(projection, {r for r in [*records, *(row[2] for row in rivals)] if r})
    speakers = authorities(manifest)
    golden = GoldenRecord(subject, registry.subjects[subject].name, key, values[0] or "")
    for element, value, record in zip(elements, values[1:], records, strict=True):
        if value is not None:
            own = tuple((str(text), origins.get(r)) for name, text, r in rivals if name == element.id)
            against = [r for name, _, r in rivals if name == element.id]
            rule = _rule(record, against, origins, speakers.get(element.id, frozenset()))
            golden.values.append(Known(element, value, origins.get(record or -1), rule, own))
    return golden


def origins_of(projection: Projection, records: set[int]) -> dict[int, Origin]:
    """The records of these numbers."""
    rows = projection.con.execute(
        "SELECT id, department, as_of, batch, sheet, line FROM record WHERE list_contains(?, id)", [list(records)]
    ).fetchall()
    return {row[0]: Origin(row[1] or "", str(row[2] or ""), row[3] or "", row[4] or "", row[5], row[0]) for row in rows}


def _rule(record: int | None, rivals: Sequence[int], by_id: Mapping[int, Origin], speakers: frozenset[int]) -> str:
    """Why a value was chosen, in words. A record's id holds the sequence number of its batch or edit; `speakers` are
    those that have authority over the element."""
    if not record:
        return RULE_WORDS[Rule.DERIVED]

    def side(one: int) -> tuple[bool, str]:
        return one >> ROW_BITS in speakers, by_id[one].as_of if one in by_id else ""

    if not rivals:
        return RULE_WORDS[Rule.AUTHORITY] if side(record)[0] else "没有不同说法"
    return RULE_WORDS[choose_rule(side(record), [side(one) for one in rivals], agreed=False)]


def list_conflicts(*, home: Path, element: str | None = None) -> list[Rival]:
    """Values on which sources disagree, with the golden value chosen. Raises NotFound for an unknown element."""
    pool = open_pool(home)
    wanted = find_element(pool.registry, element).id if element else None
    with pool.projection() as projection:
        rows = projection.con.execute(
            "SELECT subject, key, element, value, record FROM conflict WHERE ? IS NULL OR element = ?"
            " ORDER BY element, key",
            [wanted, wanted],
        ).fetchall()
        origins = origins_of(projection, {row[4] for row in rows if row[4]})
        chosen = _chosen(projection, rows)
    kinds = {subject.id: subject.name for subject in pool.registry.subjects.values()}
    return [Rival(s, kinds[s], k, e, chosen.get((s, k, e), ""), str(v), origins.get(r)) for s, k, e, v, r in rows]


def _chosen(projection: Projection, rows: list[tuple[str, str, str, str, int]]) -> dict[tuple[str, str, str], str]:
    found: dict[tuple[str, str, str], str] = {}
    for subject, element in sorted({(row[0], row[2]) for row in rows}):
        keys = [row[1] for row in rows if (row[0], row[2]) == (subject, element)]
        golden = projection.con.execute(
            f"SELECT key, {quoted(element)} FROM {table_of(subject)} WHERE list_contains(?, key)",  # noqa: S608 (registry's names)
            [keys],
        ).fetchall()
        found |= {(subject, key, element): str(value) for key, value in golden}
    return found


def edit_subject(
    *,
    home: Path,
    key: str,
    values: Mapping[str, str],
    by: str,
    as_of: date,
    department: str = "",
    subject_type: str | None = None,
) -> list[Element]:
    """Add values by hand as entries; the elements that changed. A value equal to the golden one is no new source,
    unless it was not known yet on the day it is told for.

    `subject_type` tells which subject is meant where several types may have the key. Raises NotFound for an unknown
    subject or element, YiciError listing every value that cannot be read.
    """
    pool = open_pool(home)
    elements = {name: find_element(pool.registry, name) for name in values}
    with pool.projection() as projection:
        found = [pair for pair in _find(projection, pool.registry, key.strip()) if _is_key(pair[1], key.strip())]
        found = [pair for pair in found if subject_type in (None, pair[0])]
        if not found:
            raise NotFound(Problem("unknown_subject", f"库里没有编号为“{key}”的对象。", "请核对编号。"))
        subject, exact = found[0]
        entries = _entries(pool, projection, subject, exact, elements, values, as_of)
    if entries:
        spoken = department and all(department in pool.registry.elements[e.element].authority for e in entries)
        add_entries(entries, actor=by, as_of=as_of, department=department, authoritative=bool(spoken))
    return [pool.registry.elements[entry.element] for entry in entries]


def values_not_in_force(*, home: Path, key: str, elements: Sequence[str]) -> list[Known]:
    """Of elements somebody has just edited those whose golden value is still another source's, with the rule why."""
    found = [known for record in show_subject(home=home, key=key) for known in record.values]
    mine = [known for known in found if known.element.id in elements]
    return [known for known in mine if known.origin is None or known.origin.batch != "edit"]


def _entries(
    pool: Pool,
    projection: Projection,
    subject: str,
    key: str,
    elements: Mapping[str, Element],
    values: Mapping[str, str],
    as_of: date,
) -> list[NewEntry]:
    problems: list[Problem] = []
    entries: list[NewEntry] = []
    for name, element in elements.items():
        where = Place(element=element.name)
        if element.derived or element.subject != subject:
            problems.append(
                Problem(
                    "not_editable", f"“{element.name}”不能在这里修改。", "它由其他数据得出，或属于另一类对象。", where
                )
            )
            continue
        cleaned = kind_of(element, pool.registry).clean("s" + values[name])
        if cleaned.value is None:
            message, hint = REASONS.get(cleaned.reason, ("这个值读不懂。", "请核对后重填。"))
            problems.append(Problem(cleaned.reason or "refused", f"{values[name]}：{message}", hint, where))
            continue
        if _says(projection, subject, key, element, cleaned.value) and _said_then(
            pool, as_of, (subject, key, element), cleaned.value
        ):
            continue
        entries.append(NewEntry(subject, key, element.id, _canonical(cleaned.value), values[name]))
    if problems:
        raise YiciError(problems)
    return entries


def _says(projection: Projection, subject: str, key: str, element: Element, value: object) -> bool:
    _, held = golden_of(projection, subject, [key], [element.id]).get(key, ("", {}))
    return bool(held.get(element.id) == value)


def _said_then(pool: Pool, day: date, asked: tuple[str, str, Element], value: object) -> bool:
    """Whether what is said now was known already on that day. Golden records of an earlier day are made anew each time,
    so only for an edit that is told for one."""
    newest = newest_day()
    if newest is None or day >= newest:
        return True
    with pool.projection(day) as past:
        return _says(past, *asked, value)


def _canonical(value: str | int | Decimal | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
