"""What somebody may be asked about oneself, and taking the answer: only what nobody knows, once for all who need it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.db import transaction

from yici.core.access.actors import Actor
from yici.core.collections.states import ANSWERABLE
from yici.core.disputes import DAYS, DisputeState
from yici.core.elements import Element, Kind
from yici.core.errors import Conflict, NotFound, Place, Problem
from yici.core.values import kind_of
from yici.core.values.reasons import REASONS
from yici.services.collecting.filling_things import unit_of
from yici.services.collecting.questions import asked_by, input_of, options_of
from yici.services.office_days import due_after
from yici.services.pool import Pool, open_pool
from yici.services.residents.acting import acting_for, household_headed
from yici.services.residents.benefits import Asked, Benefits, benefits_of
from yici.services.subject_pages import known_value, open_subject
from yici.storage import audit, collections, disputes
from yici.storage.entries import NewEntry, add_entries
from yici.storage.references import references_of

BY_ONESELF = "本人填报"
# How somebody is reached is one's own to say. All else decides about money and help: a clerk checks it first.
_TAKEN_AT_ONCE = frozenset({Kind.PHONE, Kind.ADDRESS})
_VILLAGE = "村（居）民委员会"


@dataclass(slots=True)
class OwnQuestion:
    """One thing to ask somebody: the value of an element about the subject of the code.

    `decides` are the benefits the answer would decide by itself, `helps` those for which it is one of several, `forms`
    the open forms that need it. `kind` is the input, `options` the labels to choose from.
    """

    code: str
    element: Element
    kind: str
    options: tuple[str, ...]
    decides: list[str] = field(default_factory=list)
    helps: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)

    @property
    def checked_first(self) -> bool:
        """Whether a clerk checks the answer before it counts."""
        return not is_taken_at_once(self.element)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an answer: in the pool at once, or with a clerk until the day."""

    element: Element
    due: date | None


def is_taken_at_once(element: Element) -> bool:
    """Whether somebody's own word is enough."""
    return element.kind in _TAKEN_AT_ONCE and element.authority[:1] == (_VILLAGE,)


def own_questions(*, actor: Actor, home: Path, today: date, benefits: Benefits | None = None) -> list[OwnQuestion]:
    """What the actor may be asked about its subject and its household, most decisive first.

    `benefits` saves working them out again. What is being checked already is not asked again.
    """
    if actor.subject is None:
        return []
    pool = open_pool(home)
    own, unit = _own(actor.subject, pool)
    found: dict[tuple[str, str], OwnQuestion] = {}
    for benefit in (benefits or benefits_of(actor=actor, home=home, today=today)).open:
        for asked in benefit.decides:
            _of(found, asked, pool).decides.append(benefit.title)
        for asked in benefit.among:
            _of(found, asked, pool).helps.append(benefit.title)
    for asked, form in _asked_by_forms(own, unit, pool):
        question = _of(found, asked, pool)
        if form not in question.forms:
            question.forms.append(form)
    waiting = _being_checked(own)
    open_ones = [one for one in found.values() if (one.element.subject, one.element.id) not in waiting]
    return sorted(open_ones, key=lambda q: (-len(q.decides), -len(q.forms), -len(q.helps), q.element.name))


def answer_own(*, actor: Actor, home: Path, code: str, element: str, typed: str, today: date) -> Taken:
    """Take an answer about oneself. How somebody is reached is entered at once, with the person as its source; all
    else goes to the clerks as a matter to check within ten working days. What is known already is not overwritten.

    Raises NotFound, Conflict for what cannot be read, is empty or known, or is being checked already.
    """
    acting = acting_for(actor=actor, home=home, code=code, today=today)
    opened = open_subject(actor=acting, home=home, code=code)
    about, known = known_value(opened, element)
    if about.derived or about.identifies:
        raise NotFound(Problem("unknown-element", "没有这个数据项。", "请返回首页。"))
    text = typed.strip()
    if not text:
        raise Conflict(Problem("value-missing", f"没有填写{about.name}。", "请填写；不知道可以先跳过。"))
    cleaned = kind_of(about, opened.pool.registry).clean("s" + text)
    if cleaned.value is None:
        message, hint = REASONS.get(cleaned.reason, ("这个值读不懂。", "请核对后重填。"))
        raise Conflict(
            Problem(cleaned.reason or "refused", f"{about.name}：{message}", hint, Place(element=about.name))
        )
    if is_taken_at_once(about) and known is None:
        value = str(cleaned.value)
        entry = NewEntry(opened.subject, opened.key, about.id, value, text)
        add_entries([entry], actor=actor.name, as_of=today, source=BY_ONESELF)
        return Taken(about, None)
    there = disputes.disputes_about(opened.subject, opened.key)
    if any(row.element == about.id and row.state == DisputeState.OPEN for row in there):
        raise Conflict(Problem("dispute-open", f"{about.name}已经在核实。", "请等办结，结果在“疑义和核实”里。"))
    due = due_after(today, DAYS)
    with transaction.atomic():
        number = disputes.add_dispute(
            subject=opened.subject, key=opened.key, element=about.id, unit=opened.unit or "",
            doubt=f"{BY_ONESELF}：{text}", state=DisputeState.OPEN, due=due, by=actor.name,
        )  # fmt: skip
        detail = {"element": about.id, "number": number, "due": due.isoformat()}
        audit.append(actor=actor.name, action="dispute.raise", thing=code, detail=detail)
    return Taken(about, due)


def _of(found: dict[tuple[str, str], OwnQuestion], asked: Asked, pool: Pool) -> OwnQuestion:
    question = OwnQuestion(asked.code, asked.element, input_of(asked.element), options_of(asked.element, pool))
    return found.setdefault((asked.code, asked.element.id), question)


def _asked_by_forms(own: Mapping[tuple[str, str], str], unit: str | None, pool: Pool) -> Iterator[tuple[Asked, str]]:
    """What the open forms of the unit lack about the subjects, with the names of the forms."""
    for row in collections.fillings_in(units=[unit], states=ANSWERABLE) if unit else []:
        for question in asked_by(home=pool.home, row=row, pool=pool):
            code = own.get((question.subject, question.key))
            element = pool.registry.elements.get(question.element)
            if code and element:
                yield Asked(code, element), f"{row.organisation}《{row.name}》"


def _own(subject: tuple[str, str], pool: Pool) -> tuple[dict[tuple[str, str], str], str | None]:
    """The subject and the household it is the head of, with their codes; and their unit."""
    with pool.projection() as projection:
        household = household_headed(projection, subject[1]) if subject[0] == "person" else None
        thing = unit_of(projection, *subject)
    pairs = [subject, *([("household", household)] if household else [])]
    return references_of(pairs), thing.unit if thing else None


def _being_checked(pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """(type, element) of what waits for a clerk about the subjects."""
    return {
        (subject, row.element)
        for subject, key in pairs
        for row in disputes.disputes_about(subject, key)
        if row.state == DisputeState.OPEN
    }
