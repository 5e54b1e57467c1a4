"""What waits to be settled in the pool: sources that disagree, cells that could not be read, who is who."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from yici.core.access.actors import Actor, Thing
from yici.core.access.rules import can
from yici.core.errors import NotFound, Problem
from yici.core.identity import APART
from yici.core.manifest import Edit
from yici.engine.projection import Projection
from yici.engine.scan import ROW_BITS
from yici.engine.schema import quoted, subjects_of, table_of
from yici.services.agenda import SOURCES, Item
from yici.services.judgements import judge_subjects
from yici.services.pool import Pool, open_pool
from yici.services.pool_sight import narrowed, seen, shown, units_in_reach
from yici.services.subject_edits import rival_text
from yici.services.subject_pages import open_subject, refusal_words
from yici.storage.judgements import said_of, verdicts_in_force
from yici.storage.references import references_of

MOST = 100
_LOOKED_AT = 20_000
_VERDICTS = {"same": True, "different": False}
_GONE = Problem("not-found", "没有找到，或不在您的范围内。", "请刷新后再看。")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One value to settle: of whom, which element, what counts now, and what else was said or written."""

    code: str
    kind: str
    name: str
    unit: str
    element: str
    element_name: str
    value: str
    others: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """One side of a question who is who: its facts as the actor may see them."""

    code: str
    name: str
    unit: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two subjects that may be the same; `number` and `verdict` are of a judgement in force (0: none yet), `by` said it
    and why is `reason`: after "same" only one of the two is left to be named."""

    kind: str
    left: Person
    right: Person
    number: int = 0
    same: bool = False
    by: str = ""
    reason: str = ""

    @property
    def sides(self) -> tuple[Person, Person]:
        """Both, to be shown beside each other."""
        return self.left, self.right


@dataclass(frozen=True, slots=True)
class Queue:
    """What is shown of a queue, whether there is more, and how many wait in all (of conflicts)."""

    rows: tuple[Waiting, ...]
    more: bool
    total: int = 0


def conflicts_for(*, actor: Actor, home: Path, elements: frozenset[str] | None = None) -> Queue:
    """Values on which sources disagree and that nobody has settled since the last of them arrived; only of some
    elements when these are given."""
    pool = open_pool(home)
    last = {(edit.subject, edit.key, edit.element): edit for edit in pool.manifest().edits}
    found: list[Waiting] = []
    total = 0
    with pool.projection() as projection:
        for subject in subjects_of(pool.registry):
            if elements is not None and not any(pool.registry.elements[e].subject == subject for e in elements):
                continue
            where, params = _within(actor, pool, subject)
            if elements is not None:
                where, params = f"{where} AND c.element IN (SELECT unnest(?))", [*params, sorted(elements)]
            rows = projection.con.execute(
                "SELECT c.key, c.element, list(c.value ORDER BY c.record DESC), max(c.record) FROM conflict c"  # noqa: S608
                f" JOIN {table_of(subject)} g ON g.key = c.key WHERE c.subject = ?{where}"
                f" GROUP BY ALL ORDER BY c.element, c.key LIMIT {_LOOKED_AT}",
                [subject, *params],
            ).fetchall()
            golden = _golden(projection, subject, [(key, element) for key, element, _, _ in rows])
            waiting = [
                (key, element, others, "")
                for key, element, others, record in rows
                if not _settled(last.get((subject, key, element)), golden.get((key, element)), record)
            ]
            found += _waiting(projection, actor, pool, subject, waiting, golden)
            total += len(waiting)
    return Queue(tuple(found[:MOST]), len(found) > MOST, total)


def _settled(edit: Edit | None, golden: object, record: int) -> bool:
    """Whether somebody entered the value that counts after the newest of its rivals had arrived."""
    if edit is None:
        return False
    counts = str(golden).lower() if isinstance(golden, bool) else shown(golden)
    return edit.value == counts and edit.seq >= record >> ROW_BITS


def refused_for(*, actor: Actor, home: Path) -> Queue:
    """Cells of ledgers that could not be read, where nothing else is known of that element."""
    pool = open_pool(home)
    found: list[Waiting] = []
    with pool.projection() as projection:
        for subject in subjects_of(pool.registry):
            where, params = _within(actor, pool, subject)
            rows = projection.con.execute(
                f"SELECT r.key, r.element, list(DISTINCT r.original), any_value(r.reason) FROM refused r"  # noqa: S608
                f" JOIN {table_of(subject)} g ON g.key = r.key WHERE r.subject = ?{where}"
                f" GROUP BY ALL ORDER BY r.element, r.key LIMIT {MOST + 1}",
                [subject, *params],
            ).fetchall()
            golden = _golden(projection, subject, [(row[0], row[1]) for row in rows])
            found += _waiting(projection, actor, pool, subject, rows, golden)
    lacking = [one for one in found if not one.value]
    return Queue(tuple(lacking[:MOST]), len(lacking) > MOST)


def who_is_who(*, actor: Actor, home: Path) -> list[Pair]:
    """Subjects kept apart beside those of the same name in reach, and the judgements in force."""
    pool = open_pool(home)
    judged = [(one.seq, one.subject, one.left, one.right, one.same) for one in verdicts_in_force()]
    decided = {(subject, frozenset((left, right))) for _, subject, left, right, _ in judged}
    found: list[Pair] = []
    with pool.projection() as projection:
        for subject in subjects_of(pool.registry):
            alike = _alike(projection, pool, actor, subject)
            waiting = [(0, *pair, False) for pair in alike if (subject, frozenset(pair)) not in decided][:MOST]
            here = [(seq, left, right, same) for seq, kind, left, right, same in judged if kind == subject]
            found += _pairs(projection, actor, pool, subject, [*waiting, *here[-MOST:]])
    said = said_of({pair.number for pair in found})
    told = (replace(p, by=said[p.number][0], reason=said[p.number][1]) if p.number in said else p for p in found)
    return sorted(told, key=lambda pair: pair.number)


def one_side(*, actor: Actor, home: Path, code: str) -> Person:
    """A subject as it stands beside those it may be the same as. Raises NotFound."""
    pool, opened = open_pool(home), open_subject(actor=actor, home=home, code=code)
    with pool.projection() as projection:
        keyed = {(opened.subject, opened.key): code}
        return _facts(projection, actor, pool, opened.subject, [opened.key], keyed)[opened.key]


def judge(*, actor: Actor, home: Path, left: str, right: str, verdict: str, reason: str) -> None:
    """Judge two subjects, named by their codes: same, different, or take back. Raises NotFound, Conflict."""
    one = open_subject(actor=actor, home=home, code=left)
    other = open_subject(actor=actor, home=home, code=right)
    for each in (one, other):
        if not can(actor, "pool.judge", Thing(unit=each.unit if each.unit or each.subject == "enterprise" else "")):
            raise NotFound(_GONE)
    if one.subject != other.subject or verdict not in _VERDICTS:
        raise NotFound(_GONE)
    judge_subjects(home=home, actor=actor.name, subject=one.subject, left=one.key, right=other.key,
                   same=_VERDICTS[verdict], reason=reason.strip()[:500])  # fmt: skip


def take_back(*, actor: Actor, home: Path, number: int, reason: str = "") -> None:
    """Take a judgement in force back. After "same" one of the two is no longer a subject of its own, so it is named by
    its number. Raises NotFound."""
    pool = open_pool(home)
    found = next((one for one in verdicts_in_force() if one.seq == number), None)
    if found is None:
        raise NotFound(_GONE)
    with pool.projection() as projection:
        where, params = _within(actor, pool, found.subject)
        rows = projection.con.execute(
            f"SELECT 1 FROM {table_of(found.subject)} g WHERE key IN (?, ?){where}",  # noqa: S608
            [found.left, found.right, *params],
        ).fetchall()
    if not rows:
        raise NotFound(_GONE)
    judge_subjects(
        home=home, actor=actor.name, subject=found.subject, left=found.left, right=found.right, same=None, reason=reason
    )  # fmt: skip


def _within(actor: Actor, pool: Pool, subject: str) -> tuple[str, list[object]]:
    """The condition that keeps to the actor's units, for a golden table under the alias g, with its parameters."""
    reach = units_in_reach(actor, pool)
    if reach is None:
        return "", []
    unknown = " OR g.unit IS NULL" if subject == "enterprise" and reach else ""
    return f" AND (g.unit IN (SELECT unnest(?)){unknown})", [sorted(reach)]


def _golden(projection: Projection, subject: str, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], object]:
    """(key, element) → the golden value; one look a element."""
    found: dict[tuple[str, str], object] = {}
    for element in sorted({element for _, element in wanted}):
        keys = [key for key, name in wanted if name == element]
        rows = projection.con.execute(
            f"SELECT key, {quoted(element)} FROM {table_of(subject)} WHERE key IN (SELECT unnest(?))",  # noqa: S608
            [keys],
        ).fetchall()
        found |= {(key, element): value for key, value in rows}
    return found


def _waiting(
    projection: Projection,
    actor: Actor,
    pool: Pool,
    subject: str,
    rows: Sequence[tuple[str, str, Sequence[str], str]],
    golden: Mapping[tuple[str, str], object],
) -> Iterator[Waiting]:
    rows = [row for row in rows[: MOST + 1] if row[1] in pool.registry.elements]
    codes = references_of((subject, row[0]) for row in rows)
    people = _facts(projection, actor, pool, subject, [row[0] for row in rows], codes)
    for key, name, others, reason in rows:
        element, person = pool.registry.elements[name], people[key]
        here = narrowed(actor, person.unit or None, pool)
        value = seen(here, element, golden.get((key, name))).text
        texts = tuple(seen(here, element, rival_text(element, text) if not reason else text).text for text in others)
        if any(texts):
            why = refusal_words(reason) if reason else ""
            kind = pool.registry.subjects[subject].name
            yield Waiting(person.code, kind, person.name, person.unit, name, element.name, value, texts, why)


def _alike(projection: Projection, pool: Pool, actor: Actor, subject: str) -> list[tuple[str, str]]:
    """(known, kept apart) of the same name: in the same unit, or born on the same day."""
    apart = f"SELECT 1 FROM {table_of(subject)} WHERE starts_with(key, '{APART}') LIMIT 1"  # noqa: S608
    if not projection.con.execute(apart).fetchall():
        return []
    name = quoted(pool.registry.name_of(subject))
    where, params = _within(actor, pool, subject)
    same_birth = ' OR g."person.birth_date" = a."person.birth_date"' if subject == "person" else ""
    rows = projection.con.execute(
        f"SELECT g.key, a.key FROM {table_of(subject)} a JOIN {table_of(subject)} g ON g.{name} = a.{name}"  # noqa: S608
        f" AND g.key <> a.key AND (NOT starts_with(g.key, '{APART}') OR g.key < a.key)"
        f" AND (g.unit IS NOT DISTINCT FROM a.unit{same_birth}) WHERE starts_with(a.key, '{APART}'){where}"
        f" ORDER BY a.key, g.key LIMIT {MOST}",
        params,
    ).fetchall()
    return [(row[0], row[1]) for row in rows]


def _pairs(
    projection: Projection, actor: Actor, pool: Pool, subject: str, pairs: Sequence[tuple[int, str, str, bool]]
) -> Iterator[Pair]:
    keys = [key for _, left, right, _ in pairs for key in (left, right)]
    people = _facts(projection, actor, pool, subject, keys, references_of((subject, key) for key in keys))
    reach = units_in_reach(actor, pool)
    for number, left, right, same in pairs:
        # After "same" only one of the two is a subject of its own; a pair outside the actor's reach is not shown.
        there = [people[key] for key in (left, right) if key in people]
        if not there or not (reach is None or any(person.unit in reach for person in there)):
            continue
        yield Pair(pool.registry.subjects[subject].name, there[0], there[-1], number, same)


def _facts(
    projection: Projection,
    actor: Actor,
    pool: Pool,
    subject: str,
    keys: Sequence[str],
    codes: Mapping[tuple[str, str], str],
) -> dict[str, Person]:
    """What tells subjects apart, by key, as the actor may see it."""
    if not keys:
        return {}  # Working the question out takes longer than most tables do.
    registry = pool.registry
    name = registry.name_of(subject)
    names = [registry.subjects[subject].key, *(f"{subject}.{word}" for word in _TELLING)]
    elements = [e for e in map(registry.elements.get, [name, *names]) if e is not None and not e.derived]
    columns = ", ".join(quoted(element.id) for element in elements)
    rows = projection.con.execute(
        f"SELECT key, unit, {columns} FROM {table_of(subject)} WHERE key IN (SELECT unnest(?))",  # noqa: S608
        [list(keys)],
    ).fetchall()
    found = {}
    for key, unit, *values in rows:
        here = narrowed(actor, unit, pool)
        texts = {e.id: (e.name, seen(here, e, value).text) for e, value in zip(elements, values, strict=True)}
        facts = tuple(pair for identity, pair in texts.items() if identity != name and pair[1])
        found[key] = Person(codes[subject, key], texts[name][1], unit or "", facts)
    return found


_TELLING = ("sex", "birth_date", "phone", "residence_address", "registered_address", "address", "head_id_number")


def _agenda(actor: Actor, home: Path, today: date) -> list[Item]:
    if not can(actor, "pool.edit"):
        return []
    conflicts = conflicts_for(actor=actor, home=home)
    apart = [pair for pair in who_is_who(actor=actor, home=home) if not pair.number]
    more = f"先列 {MOST} 个，处理后再列" if conflicts.more else ""
    return [
        Item("个值来源不一致", conflicts.total if conflicts.more else len(conflicts.rows), "conflicts", detail=more),
        Item("对主体待判定是否同一个", len(apart), "judgements"),
    ]


SOURCES.append(_agenda)
