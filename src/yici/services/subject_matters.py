"""What goes on about a subject: open questions, forms in which something was told, cases that name it, doubts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from yici.core.access.actors import Actor, Role
from yici.core.access.rules import can
from yici.core.collections.states import ANSWERABLE, STATE_NAMES
from yici.core.elements import Kind
from yici.engine.projection import Projection
from yici.engine.schema import quoted, table_of
from yici.services.collecting.listing import visible_thing
from yici.services.collecting.questions import asked_by
from yici.services.pool_sight import in_reach, seen
from yici.services.subject_pages import Opened, open_subject
from yici.storage import collections
from yici.storage.disputes import disputes_about
from yici.storage.references import references_of

_MOST = 100


@dataclass(frozen=True, slots=True)
class AskedNow:
    """An open question about the subject, and which forms ask it, by when."""

    words: str
    forms: tuple[str, ...]
    due: date | None


@dataclass(frozen=True, slots=True)
class InForm:
    """A collection in which something was told about the subject. `number` is 0 where the actor may not open it."""

    number: int
    name: str
    organisation: str
    state: str


@dataclass(frozen=True, slots=True)
class Case:
    """A record of another kind (事项) that names the subject."""

    code: str
    kind: str
    name: str
    how: str


@dataclass(slots=True)
class Matters:
    """All of it."""

    asked: list[AskedNow] = field(default_factory=list)
    forms: list[InForm] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    doubts: list[tuple[str, str, date]] = field(default_factory=list)


def matters_of(*, actor: Actor, home: Path, code: str) -> Matters:
    """What goes on about a subject within the actor's reach. Raises NotFound."""
    opened = open_subject(actor=actor, home=home, code=code)
    registry = opened.pool.registry
    with opened.pool.projection() as projection:
        cases = list(_cases(projection, opened))
    doubts = [
        (registry.elements[row.element].name, row.doubt, row.due)
        for row in disputes_about(opened.subject, opened.key)
        if row.state == "open" and row.element in registry.elements
    ]
    # Which forms ask is known to those who work on them.
    working = bool(actor.roles & {Role.CLERK, Role.STEWARD, Role.LEADER})
    return Matters(_asked(opened, home) if working else [], _forms(actor, opened, home), cases, doubts)


def _asked(opened: Opened, home: Path) -> list[AskedNow]:
    found: dict[str, AskedNow] = {}
    if opened.unit is None:
        return []
    for row in collections.fillings_in(units=[opened.unit], states=ANSWERABLE):
        for question in asked_by(home=home, row=row, pool=opened.pool):
            if (question.subject, question.key) != (opened.subject, opened.key):
                continue
            known = found.get(question.id)
            forms = (*(known.forms if known else ()), f"{row.organisation}《{row.name}》")
            due = min((day for day in (known.due if known else None, row.due) if day), default=None)
            found[question.id] = AskedNow(question.words, forms, due)
    return list(found.values())


def _forms(actor: Actor, opened: Opened, home: Path) -> list[InForm]:
    found = []
    for number in collections.collections_telling(opened.subject, opened.key):
        row = collections.collection_row(number)
        if row is not None:
            may = can(actor, "collection.view", visible_thing(home=home, number=number))
            found.append(InForm(number if may else 0, row.name, row.organisation, STATE_NAMES[row.state]))
    return found


def _cases(projection: Projection, opened: Opened) -> Iterator[Case]:
    """Records of added kinds that hold the subject's number in one of their elements."""
    registry = opened.pool.registry
    if opened.subject not in ("person", "enterprise"):
        return
    kind = Kind.ID_NUMBER if opened.subject == "person" else Kind.USCC
    for subject in registry.added_subjects:
        for element in (e for e in registry.of_subject(subject) if e.kind is kind and not e.derived):
            name = quoted(registry.name_of(subject))
            rows = projection.con.execute(
                f"SELECT key, unit, {name} FROM {table_of(subject)}"  # noqa: S608 (registry's names)
                f" WHERE {quoted(element.id)} = ? ORDER BY key LIMIT {_MOST}",
                [opened.key],
            ).fetchall()
            rows = [row for row in rows if in_reach(opened.actor, opened.pool, (subject, row[0]), row[1])]
            codes = references_of((subject, row[0]) for row in rows)
            for key, _, called in rows:
                words = seen(opened.actor, registry.elements[registry.name_of(subject)], called or key).text
                yield Case(codes[subject, key], registry.subjects[subject].name, words, element.name)
