"""What a clerk is asked: only what nobody knows, once across all open forms, household by household."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from yici.core.access.actors import Actor
from yici.core.access.fields import Sight, sight
from yici.core.access.masks import masked
from yici.core.collections.states import ANSWERABLE
from yici.core.elements import Element, Kind
from yici.core.fillplan import Gap, GapReason
from yici.core.recognition.template import Template
from yici.engine.projection import Projection
from yici.engine.schema import table_of
from yici.services.collecting.kept_trials import Trials, trials_in
from yici.services.collecting.told import told_cells
from yici.services.collecting.trial import recognise_kept
from yici.services.collecting.whom import kinds_of, whom_of
from yici.services.pool import Pool, open_pool
from yici.services.subject_pages import shown_text
from yici.storage import collections
from yici.storage.collections import CollectionRow, FillingRow
from yici.storage.reviews import remarks_of

_REASONS = {
    GapReason.NOBODY_HAS_IT: "库里没有",
    GapReason.UNKNOWN_LABEL: "新的数据项",
    GapReason.CONFLICT: "来源不一致",
    GapReason.REFUSED_VALUE: "台账里的值读不懂",
}


@dataclass(frozen=True, slots=True)
class Asker:
    """A form that asks a question: its collection, filling, where in the form, what it is called there, and of what day
    the form is."""

    collection: int
    filling: int
    name: str
    organisation: str
    sheet: str
    label: str
    as_of: date = date.max


@dataclass(slots=True)
class Question:
    """One thing to be told: the value of an element about a subject, or of a slot no element is (`element` empty).

    `id` stays the same while the question does. `options` are the labels that may be chosen. `askers` are all the open
    forms it answers at once. `who` is the subject's name. `told`: it was answered for this form already and may be
    corrected; `value` is what was said, `covered` the same masked where the actor sees it only so. `remark` is why a
    reviewer returned it.
    """

    id: str
    unit: str
    subject: str
    key: str
    element: str
    words: str
    kind: str
    options: tuple[str, ...] = ()
    unit_of_value: str = ""
    reason: str = ""
    askers: list[Asker] = field(default_factory=list)
    who: str = ""
    told: bool = False
    value: str = ""
    covered: str = ""
    remark: str = ""


@dataclass(slots=True)
class Group:
    """Questions about one household (or one firm, or the village itself), with the name people know it by."""

    key: str
    words: str
    address: str = ""
    questions: list[Question] = field(default_factory=list)


def questions_for(*, actor: Actor, home: Path, filling: int | None = None) -> list[Group]:
    """Everything the actor's units are asked now, grouped by household; of one filling only when it is named."""
    pool = open_pool(home)
    rows = [
        row
        for row in collections.fillings_in(units=actor.units, states=ANSWERABLE)
        if filling is None or row.id == filling
    ]
    found: dict[str, Question] = {}
    about = collections.collection_rows(row.collection for row in rows)
    with trials_in(pool) as trials:
        for row in rows:
            for question in _asked_by(row, about.get(row.collection), home, trials):
                known = found.setdefault(question.id, question)
                if known is not question:
                    known.askers.extend(question.askers)
        for question in found.values():
            # An answer is given for the day of the first: it must be known to the form of the earliest day too.
            question.askers.sort(key=lambda asker: asker.as_of)
        return _grouped(found.values(), trials.now, pool)


def told_for(*, actor: Actor, home: Path) -> list[Group]:
    """What the actor's units have answered in fillings that are open (again) and may correct until they are sent."""
    pool = open_pool(home)
    found: dict[str, Question] = {}
    with pool.projection() as projection:
        for row in collections.fillings_in(units=actor.units, states=ANSWERABLE):
            for question in _told_in(row, actor, projection, pool):
                found.setdefault(question.id, question)
        return _grouped(found.values(), projection, pool)


def _told_in(row: FillingRow, actor: Actor, projection: Projection, pool: Pool) -> Iterator[Question]:
    remarks = {one.address: one for one in remarks_of(row.id) if one.open}
    cells = told_cells(collection=row.collection, unit=row.unit, pool=pool, projection=projection)
    kinds = kinds_of({cell.key for cell in cells if cell.key and not cell.element}, projection, pool)
    for cell in cells:
        asker = Asker(row.collection, row.id, row.name, row.organisation, cell.sheet, cell.label)
        element = pool.registry.elements.get(cell.element)
        if element is None:
            question = _of_slot(row, asker, kinds.get(cell.key, "person") if cell.key else "", cell.key)
            question.value = cell.last.value
        else:
            question = _of_element(element, row, asker, cell.key, pool)
            text = shown_text(element, cell.last.value)
            plain = sight(actor, element) is Sight.PLAIN
            question.value, question.covered = (text, "") if plain else ("", masked(element, text))
        question.told, question.reason = True, "已填，可更正"
        remark = remarks.get(cell.address)
        if remark is not None and (cell.last.at is None or cell.last.at <= remark.at):
            question.remark = remark.remark
        yield question


def asked_by(*, home: Path, row: FillingRow, pool: Pool) -> list[Question]:
    """The questions of one filling. What was answered for this form only is not asked again."""
    with trials_in(pool) as trials:
        return _asked_by(row, collections.collection_row(row.collection), home, trials)


def _asked_by(row: FillingRow, collection: CollectionRow | None, home: Path, trials: Trials) -> list[Question]:
    if collection is None or collection.as_of is None:
        return []
    recognised = recognise_kept(home=home, form=collection.form, pool=trials.pool)
    whom = whom_of(collection, recognised.template)
    lacking = trials.lacking(recognised, unit=row.unit, whom=whom, as_of=collection.as_of)
    answered = collections.answers_of(row.collection, [row.unit])
    subjects, found = _subjects(recognised.template), []
    for gap in lacking.gaps:
        if (row.unit, gap.subject, gap.sheet, gap.label) in answered:
            continue
        asker = Asker(row.collection, row.id, row.name, row.organisation, gap.sheet, gap.label, collection.as_of)
        subject = lacking.kinds.get(gap.subject) or subjects.get(gap.sheet, "person")
        found.append(_question(gap, row, asker, subject, trials.pool))
    return found


def _subjects(template: Template) -> dict[str, str]:
    """What the rows of each sheet are about."""
    return {area.sheet: area.subject for area in template.areas if area.subject}


def _question(gap: Gap, row: FillingRow, asker: Asker, subject: str, pool: Pool) -> Question:
    element = pool.registry.elements.get(gap.element)
    if element is None or not gap.owner:
        question = _of_slot(row, asker, subject if gap.subject else "", gap.subject)
    else:
        question = _of_element(element, row, asker, gap.owner, pool)
    question.reason = _REASONS[gap.reason]
    return question


def _of_slot(row: FillingRow, asker: Asker, subject: str, key: str) -> Question:
    place = f"{row.collection}|{row.unit}|{asker.sheet}|{key}|{asker.label}"
    return Question(_id(place), row.unit, subject, key, "", asker.label, "text", askers=[asker])


def _of_element(element: Element, row: FillingRow, asker: Asker, key: str, pool: Pool) -> Question:
    return Question(
        _id(f"{element.id}|{key}"), row.unit, element.subject, key, element.id, element.name,
        input_of(element), options_of(element, pool), element.unit or "", askers=[asker],
    )  # fmt: skip


def _id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def input_of(element: Element) -> str:
    """What kind of input asks for the element: "choice", "yesno", "number", "date" or "text"."""
    if element.codes:
        return "choice"
    kinds = {Kind.BOOL: "yesno", Kind.INTEGER: "number", Kind.DECIMAL: "number", Kind.DATE: "date"}
    return kinds.get(element.kind, "text")


def options_of(element: Element, pool: Pool) -> tuple[str, ...]:
    """The labels to choose from; empty where a value is typed."""
    codes = pool.registry.codes_of(element)
    # Hundreds of codes (industries) are typed and checked, not chosen from a list.
    return tuple(code.label for code in codes) if 0 < len(codes) <= 60 else ()


def _grouped(questions: Iterable[Question], projection: Projection, pool: Pool) -> list[Group]:
    """Groups in the order of units and households; within one, people in the order of their keys."""
    every = list(questions)
    if not every:
        return []
    homes = _households(projection, [q.key for q in every if q.subject == "person"])
    groups: dict[str, Group] = {}
    for question in every:
        key = homes.get(question.key, question.key) or question.unit
        group = groups.setdefault(f"{question.unit}|{key}", Group(key, ""))
        group.questions.append(question)
    _name(groups.values(), projection, pool)
    _name_people(every, projection, pool)
    for group in groups.values():
        group.questions.sort(key=lambda q: (q.subject != "household", q.who, q.key, q.words))
    return [groups[name] for name in sorted(groups)]


def _name_people(questions: Sequence[Question], projection: Projection, pool: Pool) -> None:
    people = {q.key for q in questions if q.subject == "person" and q.key}
    names = names_of(people, projection, pool)
    for question in questions:
        question.who = names.get(question.key, "")


def names_of(keys: set[str], projection: Projection, pool: Pool) -> dict[str, str]:
    """What subjects are called: people by name, two of one name told apart by the end of their numbers."""
    found: dict[str, str] = {}
    for subject in pool.registry.subjects:
        left = sorted(keys - found.keys())
        if not left:
            break
        column = pool.registry.name_of(subject)
        rows = projection.con.execute(
            f'SELECT key, "{column}" FROM {table_of(subject)} WHERE key IN (SELECT unnest(?))',  # noqa: S608 (registry's)
            [left],
        ).fetchall()
        found |= {key: f"{name} 户" if subject == "household" else str(name) for key, name in rows if name}
    often = Counter(found.values())
    tails = {key: f"（尾号 {key[-4:]}）" for key in keys if often[found.get(key, "")] != 1}
    return {key: f"{found.get(key, '')}{tails.get(key, '')}" for key in keys}


def _households(projection: Projection, people: Sequence[str]) -> dict[str, str]:
    rows = projection.con.execute(
        "SELECT key, household FROM person WHERE key IN (SELECT unnest(?)) AND household IS NOT NULL", [list(people)]
    ).fetchall()
    return {str(key): str(home) for key, home in rows}


def _name(groups: Iterable[Group], projection: Projection, pool: Pool) -> None:
    """Give each group the words people know it by: the head's name and the address, a firm's name."""
    by_key = {group.key: group for group in groups}
    household = projection.con.execute(
        'SELECT key, "household.head_name", "household.address" FROM household WHERE key IN (SELECT unnest(?))',
        [list(by_key)],
    ).fetchall()
    for key, name, address in household:
        by_key[str(key)].words = f"{name or key} 户" if name else f"户 {key}"
        by_key[str(key)].address = str(address or "")
    for subject in ("person", *(kind for kind in pool.registry.subjects if kind not in ("person", "household"))):
        left = [key for key, group in by_key.items() if not group.words]
        if not left:
            break
        column = pool.registry.name_of(subject)
        rows = projection.con.execute(
            f'SELECT key, "{column}" FROM {table_of(subject)} WHERE key IN (SELECT unnest(?))',  # noqa: S608 (registry's names)
            [left],
        ).fetchall()
        for key, name in rows:
            by_key[str(key)].words = str(name or key)
    for group in by_key.values():
        group.words = group.words or group.key
