"""A subject's page: golden values by who keeps them, with source and rule; its records and edits; who belongs to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from yici.core.access.actors import Actor, Thing
from yici.core.access.fields import Sight, sight
from yici.core.elements import Element, Kind, Registry
from yici.core.errors import NotFound, Problem
from yici.core.identity import APART
from yici.core.ledgers.reasons import CHECK_REASONS
from yici.core.values import REASONS
from yici.engine.projection import Projection
from yici.engine.schema import key_sql, table_of
from yici.services.clerks import full_names
from yici.services.pool import Pool, open_pool
from yici.services.pool_sight import in_reach, narrowed, seen, shown
from yici.services.records import GoldenRecord, Known, Origin, golden_record
from yici.storage.batches import list_batches
from yici.storage.collections import names_of
from yici.storage.entries import NumberedEntry, entries_numbered, entries_of
from yici.storage.references import references_of, referred_to

UNDO = "撤销修改"
_NOT_FOUND = Problem("not-found", "没有找到，或不在您的范围内。", "请重新查找。")


@dataclass(frozen=True, slots=True)
class Line:
    """One element of a subject as it is shown. `undoable` is the number of the actor's own edit that may be undone."""

    element: Element
    text: str
    sight: Sight
    source: str = ""
    as_of: str = ""
    rule: str = ""
    rivals: int = 0
    editable: bool = False
    undoable: int = 0
    codes: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        """The element's id as it may stand in an HTML id."""
        return self.element.id.replace(".", "-")

    @property
    def is_masked(self) -> bool:
        """Whether more is known than is shown."""
        return self.sight is Sight.MASKED and bool(self.text)


@dataclass(frozen=True, slots=True)
class Other:
    """A subject that belongs to this one: a member of the household, the household itself."""

    code: str
    words: str
    name: str


@dataclass(frozen=True, slots=True)
class Event:
    """One record about the subject: a ledger's row or an edit."""

    on: str
    words: str
    detail: str


@dataclass(slots=True)
class SubjectPage:
    """All that is shown about a subject, as far as the actor may see it."""

    code: str
    subject: str
    kind: str
    name: str
    unit: str
    apart: bool
    groups: list[tuple[str, list[Line]]] = field(default_factory=list)
    empty: list[Line] = field(default_factory=list)
    others: list[Other] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    refused: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Opened:
    """A subject, resolved from its code, with the actor's grants for its unit."""

    pool: Pool
    actor: Actor
    subject: str
    key: str
    unit: str | None


def thing_of(*, home: Path, code: str) -> Thing:
    """What the gate asks about. Raises NotFound for a code never given, or whose subject is gone.

    A person or household whose unit is unknown is in nobody's unit: only stewards see it.
    """
    opened = _resolve(home, code)
    unit = opened[2] if opened[2] is not None or opened[0] == "enterprise" else ""
    return Thing(kind="subject", unit=unit, subject=(opened[0], opened[1]))


def open_subject(*, actor: Actor, home: Path, code: str) -> Opened:
    """The subject of a code within the actor's reach. Raises NotFound."""
    subject, key, unit = _resolve(home, code)
    pool = open_pool(home)
    if not in_reach(actor, pool, (subject, key), unit):
        raise NotFound(_NOT_FOUND)
    return Opened(pool, narrowed(actor, unit, pool), subject, key, unit)


def subject_page(*, actor: Actor, home: Path, code: str, editing: bool) -> SubjectPage:
    """The page about a subject. `editing`: whether the actor may edit at all. Raises NotFound."""
    opened = open_subject(actor=actor, home=home, code=code)
    registry = opened.pool.registry
    with opened.pool.projection() as projection:
        record = golden_record(projection, opened.pool, opened.subject, opened.key)
        lines = _lines(opened, record, editing=editing)
        name = next((line.text for line in lines if line.element.id == registry.name_of(opened.subject)), "")
        page = SubjectPage(
            code, opened.subject, record.kind, name, record.unit, opened.key.startswith(APART),
            groups=_grouped([line for line in lines if line.text]),
            empty=[line for line in lines if not line.text],
        )  # fmt: skip
        if opened.actor.subject != (opened.subject, opened.key):
            page.others = _others(projection, opened)
            page.events = _events(projection, opened)
            page.refused = _refused(projection, opened)
    return page


def subject_line(*, actor: Actor, home: Path, code: str, element: str, editing: bool) -> Line:
    """One line of the page. Raises NotFound, also for elements hidden from the actor."""
    opened = open_subject(actor=actor, home=home, code=code)
    with opened.pool.projection() as projection:
        record = golden_record(projection, opened.pool, opened.subject, opened.key)
    for line in _lines(opened, record, editing=editing):
        if line.element.id == element:
            return line
    raise NotFound(_NOT_FOUND)


def subject_of(code: str) -> tuple[str, str] | None:
    """The (type, key) a code stands for; None for a code never given."""
    return referred_to(code)


def codes_of(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The code of each (type, key)."""
    return references_of(pairs)


def known_value(opened: Opened, element: str) -> tuple[Element, Known | None]:
    """An element the actor may see, and what is known of it. Raises NotFound."""
    found = opened.pool.registry.elements.get(element)
    if found is None or found.subject != opened.subject or sight(opened.actor, found) is Sight.HIDDEN:
        raise NotFound(_NOT_FOUND)
    with opened.pool.projection() as projection:
        record = golden_record(projection, opened.pool, opened.subject, opened.key)
    return found, next((known for known in record.values if known.element.id == element), None)


def origin_words(origin: Origin | None) -> str:
    """Where a value comes from, in words."""
    if origin is None:
        return "推算"
    place = f" {origin.sheet} 第 {origin.line} 行" if origin.line else ""
    return f"{origin.department or '手工登记'}{place}"


def _resolve(home: Path, code: str) -> tuple[str, str, str | None]:
    pool = open_pool(home)
    pair = referred_to(code)
    if pair is None:
        raise NotFound(_NOT_FOUND)
    with pool.projection() as projection:
        rows = projection.con.execute(
            f"SELECT unit FROM {table_of(pair[0])} WHERE key = ?",  # noqa: S608
            [pair[1]],
        ).fetchall()
    if not rows:
        raise NotFound(_NOT_FOUND)
    return pair[0], pair[1], rows[0][0]


def _lines(opened: Opened, record: GoldenRecord, *, editing: bool) -> list[Line]:
    registry, known = opened.pool.registry, {one.element.id: one for one in record.values}
    last = entries_of(opened.subject, opened.key)
    found = []
    for element in registry.of_subject(opened.subject):
        if element.derived or sight(opened.actor, element) is Sight.HIDDEN:
            continue
        value = known.get(element.id)
        editable = editing and not element.identifies and element.id not in registry.inferences
        one = seen(opened.actor, element, value.value if value else None)
        found.append(
            Line(
                element, one.text, one.sight,
                source=(value.origin.department or "手工登记" if value.origin else "推算") if value else "",
                as_of=value.origin.as_of if value and value.origin else "",
                rule=value.rule if value else "",
                rivals=len(value.rivals) if value else 0,
                editable=editable,
                undoable=_undoable(opened.actor, value, last.get(element.id)) if editable else 0,
                codes=_codes(element, registry),
            )
        )  # fmt: skip
    return found


def _undoable(actor: Actor, value: Known | None, last: NumberedEntry | None) -> int:
    """The number of the actor's own last edit while it counts; 0 when there is none."""
    if value is None or last is None or last.by != actor.name or last.source == UNDO:
        return 0
    return last.seq if shown(value.value) == shown_text(value.element, last.value) else 0


def shown_text(element: Element, text: str) -> str:
    """An entry's canonical text as people write it."""
    return {"true": "是", "false": "否"}.get(text, text) if element.kind is Kind.BOOL else text


def _codes(element: Element, registry: Registry) -> tuple[str, ...]:
    if element.kind is Kind.BOOL:
        return ("是", "否")
    return tuple(code.label for code in registry.codes_of(element))


def _grouped(lines: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """By the department that keeps an element, in the order of the registry."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        keeper = line.element.authority[0] if line.element.authority else ""
        found.setdefault(keeper, []).append(line)
    return list(found.items())


def _others(projection: Projection, opened: Opened) -> list[Other]:
    """The household of a person with its other members, the members of a household."""
    registry = opened.pool.registry
    if opened.subject not in ("person", "household"):
        return []
    household: str | None = opened.key
    if opened.subject == "person":
        rows = projection.con.execute("SELECT household FROM person WHERE key = ?", [opened.key]).fetchall()
        household = rows[0][0] if rows else None
    if not household:
        return []
    members = projection.con.execute(
        'SELECT key, "person.name", "person.relation_to_head" FROM person WHERE household = ? AND key <> ?'
        " ORDER BY \"person.relation_to_head\" = '户主' DESC, key LIMIT 60",
        [household, opened.key],
    ).fetchall()
    pairs = [("person", row[0]) for row in members]
    if opened.subject == "person":
        pairs.insert(0, ("household", household))
    codes = references_of(pairs)
    name, relation = registry.elements["person.name"], registry.elements["person.relation_to_head"]
    found = [
        Other(
            codes["person", key], seen(opened.actor, relation, rel).text or "成员", seen(opened.actor, name, own).text
        )
        for key, own, rel in members
    ]
    if opened.subject == "person":
        number = seen(opened.actor, registry.elements["household.number"], household).text
        found.insert(0, Other(codes["household", household], "所在户", number))
    return [other for other in found if other.name]


def _events(projection: Projection, opened: Opened) -> list[Event]:
    """Every record about the subject, the latest first: rows of ledgers, and edits with who made them."""
    rows = projection.con.execute(
        f"SELECT seq, batch, sheet, line, department, as_of FROM record WHERE {key_sql(opened.subject)} = ?"  # noqa: S608
        " ORDER BY as_of DESC NULLS LAST, seq DESC LIMIT 200",
        [opened.key],
    ).fetchall()
    files = {row.seq: row.file_name for row in list_batches()}
    edits = entries_numbered([row[0] for row in rows if row[1] == "edit"])
    sources, found, people = _source_words(edits.values()), [], full_names() if edits else {}
    for seq, batch, sheet, line, department, as_of in rows:
        if batch == "edit":
            edit = edits.get(seq)
            element = opened.pool.registry.elements.get(edit.element) if edit else None
            if edit and element and sight(opened.actor, element) is not Sight.HIDDEN:
                found.append(
                    Event(_day(as_of), sources[edit.source], f"{element.name}（{people.get(edit.by, edit.by)}）")
                )
        else:
            found.append(Event(_day(as_of), f"{department} {files.get(seq, '')}", f"{sheet} 第 {line} 行"))
    return found


def _source_words(edits: Iterable[NumberedEntry]) -> dict[str, str]:
    """Where edits came from, in words: an answer to a form is known by the form's name."""
    kinds = {edit.source for edit in edits}
    numbers = {source: int(source.partition(":")[2]) for source in kinds if source.startswith("collection:")}
    names = names_of(numbers.values())
    asked = {source: f"填报“{names.get(number, '')}”" for source, number in numbers.items()}
    return {source: asked.get(source, source or "手工修改") for source in kinds}


def _refused(projection: Projection, opened: Opened) -> list[tuple[str, str, str]]:
    """(element, reason, original) of cells that could not be read."""
    rows = projection.con.execute(
        "SELECT element, reason, original FROM refused WHERE subject = ? AND key = ?", [opened.subject, opened.key]
    ).fetchall()
    found = []
    for name, reason, original in rows:
        element = opened.pool.registry.elements.get(name)
        if element and (text := seen(opened.actor, element, original or "").text):
            found.append((element.name, refusal_words(reason), text))
    return found


def refusal_words(reason: str) -> str:
    """Why a cell was not taken, in words."""
    from_values = REASONS.get(reason)
    return (from_values or CHECK_REASONS.get(reason) or ("这个值读不懂。", ""))[0]


def _day(value: date | str | None) -> str:
    return str(value or "")
