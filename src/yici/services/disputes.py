"""Doubts about values (疑义校核): raised on a value, answered within ten working days with a reason."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from yici.core.access.actors import Actor, Thing
from yici.core.access.rules import can
from yici.core.disputes import DAYS, DISPUTE_NAMES, DisputeState, dispute_after
from yici.core.errors import Conflict, NotFound, Problem
from yici.engine.projection import Projection
from yici.engine.standing import golden_of
from yici.services.agenda import SOURCES, Item
from yici.services.clerks import full_names
from yici.services.office_days import due_after
from yici.services.pool import Pool, open_pool
from yici.services.pool_sight import in_reach, narrowed, seen
from yici.services.records import golden_record
from yici.services.subject_edits import edit_value
from yici.services.subject_pages import known_value, open_subject
from yici.storage import audit, disputes
from yici.storage.database import open_database
from yici.storage.disputes import DisputeRow, Sought
from yici.storage.references import Pair, references_of

_LONGEST = 500
_MOST = 500


@dataclass(frozen=True, slots=True)
class DisputeShown:
    """A doubt as an actor sees it; `there`: its subject is still in the pool."""

    row: DisputeRow
    code: str
    name: str
    element: str
    value: str
    state: str
    may_answer: bool
    may_take_back: bool
    late: bool
    there: bool = True


def raise_dispute(*, actor: Actor, home: Path, code: str, element: str, doubt: str, today: date) -> date:
    """Doubt a value of a subject; the day an answer is due. Raises NotFound, Conflict for an empty or double one."""
    opened = open_subject(actor=actor, home=home, code=code)
    known_as, _ = known_value(opened, element)
    text = doubt.strip()
    if not text or len(text) > _LONGEST:
        problem = Problem("doubt-missing", "没有写明疑义，或写得太长。", f"请写哪里不对、应是什么，{_LONGEST} 字以内。")
        raise Conflict(problem)
    there = disputes.disputes_about(opened.subject, opened.key)
    if any(row.element == element and row.state == DisputeState.OPEN for row in there):
        raise Conflict(Problem("dispute-open", "这一项已经有一条待校核的疑义。", "请等它办结。"))
    due = due_after(today, DAYS)
    with transaction.atomic():
        number = disputes.add_dispute(
            subject=opened.subject, key=opened.key, element=known_as.id, unit=opened.unit or "", doubt=text,
            state=DisputeState.OPEN, due=due, by=actor.name,
        )  # fmt: skip
        detail = {"element": element, "number": number, "due": due.isoformat()}
        audit.append(actor=actor.name, action="dispute.raise", thing=code, detail=detail)
    return due


def dispute_thing(*, home: Path, number: int) -> Thing:
    """What the gate asks about a doubt. Raises NotFound."""
    row = _find(home, number)
    return Thing(kind="dispute", unit=row.unit, owner=row.by, state=row.state)


def answer_dispute(
    *, actor: Actor, home: Path, number: int, value: str, reason: str, today: date, now: datetime
) -> DisputeState:
    """Answer a doubt with a reason: with a value it is entered, without one the present value stands.

    Nobody answers one's own doubt. Raises NotFound, Conflict, YiciError for a value that cannot be read.
    """
    row = _find(home, number)
    if not reason.strip():
        raise Conflict(Problem("reason-missing", "没有写理由。", "请写明核实的依据。"))
    if row.by == actor.name:
        raise Conflict(Problem("own-dispute", "自己提出的疑义要由别人校核。", "请等数据专员办理，或收回它。"))
    code = references_of([(row.subject, row.key)])[row.subject, row.key]
    step = "change" if value.strip() else "keep"
    dispute_after(row.state, step)
    if value.strip():
        # In a transaction of its own: golden records are read after it, and only what is committed may be in them.
        edit_value(actor=actor, home=home, code=code, element=row.element, typed=value, today=today)
    with transaction.atomic():
        state = dispute_after((disputes.lock_dispute(number) or row).state, step)
        disputes.settle_dispute(number, state=state, answer=reason.strip()[:_LONGEST], by=actor.name, at=now)
        detail = {"element": row.element, "number": number, "state": str(state)}
        audit.append(actor=actor.name, action="dispute.answer", thing=code, detail=detail)
    return state


def take_back_dispute(*, actor: Actor, home: Path, number: int, now: datetime) -> None:
    """Take one's own doubt back. Raises NotFound for another's, Conflict for one that was settled."""
    row = _find(home, number)
    if row.by != actor.name:
        raise NotFound(_UNKNOWN)
    with transaction.atomic():
        locked = disputes.lock_dispute(number) or row
        state = dispute_after(locked.state, "take back")
        disputes.settle_dispute(number, state=state, answer="", by=actor.name, at=now)
        audit.append(actor=actor.name, action="dispute.take_back", thing=str(number), detail={})


def disputes_for(*, actor: Actor, home: Path, today: date) -> list[DisputeShown]:
    """The doubts an actor raised or may answer, those waiting first; no more than a few hundred of them."""
    return list(look_through(actor=actor, home=home, today=today).read(0, _MOST))


@dataclass(frozen=True, slots=True)
class Found:
    """The doubts somebody looked for: how many of all there are for that eye, and a part of them, read when asked."""

    count: int
    every: int
    read: Callable[[int, int], list[DisputeShown]]


def look_through(
    *, actor: Actor, home: Path, today: date, words: str = "", state: str = "", number: int = 0
) -> Found:  # fmt: skip
    """The doubts an actor raised or may answer whose text, answer, subject, element, unit or owner the words name, in a
    state (empty: any); or the one of a number. Only the part that is read has its values looked up."""
    pool, units = open_pool(home), _units(actor)
    elements = tuple(one.id for one in pool.registry.elements.values() if words and words in one.name)
    logins = tuple(login for login, name in full_names().items() if words and words in name) if words else ()
    subjects = _named(actor, pool, words, disputes.doubted(units=units, by=actor.name)) if words else ()
    sought = Sought(words, state, elements, logins, number, subjects)

    def read(start: int, count: int) -> list[DisputeShown]:
        rows = disputes.disputes_in(units=units, by=actor.name, sought=sought, offset=start, limit=count)
        codes = references_of((row.subject, row.key) for row in rows)
        with pool.projection() as projection:
            return [_shown(actor, pool, projection, row, codes[row.subject, row.key], today) for row in rows]

    every = disputes.count_disputes(units=units, by=actor.name)
    counted = disputes.count_disputes(units=units, by=actor.name, sought=sought) if words or state or number else every
    return Found(counted, every, read)


def _named(actor: Actor, pool: Pool, words: str, pairs: Collection[Pair]) -> tuple[Pair, ...]:
    """Those of these subjects whose names hold the words, as far as the actor sees them."""
    found: list[Pair] = []
    with pool.projection() as projection:
        for kind in {kind for kind, _ in pairs if kind in pool.registry.subjects}:
            name = pool.registry.name_of(kind)
            told = golden_of(projection, kind, [key for of, key in pairs if of == kind], [name])
            for key, (unit, values) in told.items():
                if words not in str(values.get(name) or "") or not in_reach(actor, pool, (kind, key), unit or None):
                    continue
                here, element = narrowed(actor, unit or None, pool), pool.registry.elements[name]
                if words in seen(here, element, values[name]).text:
                    found.append((kind, key))
    return tuple(found)


def _shown(
    actor: Actor, pool: Pool, projection: Projection, row: DisputeRow, code: str, today: date
) -> DisputeShown:  # fmt: skip
    element = pool.registry.elements.get(row.element)
    values, there = _values(actor, pool, projection, row), True
    if values is None:
        # Its batch was withdrawn, or it was found to be another: the doubt is told all the same.
        values, there = {}, False
    waiting = row.state == DisputeState.OPEN
    answers = waiting and row.by != actor.name and bool(can(actor, "dispute.answer", Thing(unit=row.unit)))
    return DisputeShown(
        row, code, values.get(pool.registry.name_of(row.subject), ""), element.name if element else row.element,
        values.get(row.element, ""), DISPUTE_NAMES[DisputeState(row.state)], answers,
        waiting and row.by == actor.name, waiting and row.due < today, there,
    )  # fmt: skip


def _values(actor: Actor, pool: Pool, projection: Projection, row: DisputeRow) -> dict[str, str] | None:
    """The subject's values as the actor may see them now; None for a subject that is not there any more."""
    try:
        record = golden_record(projection, pool, row.subject, row.key)
    except IndexError:
        return None
    if not in_reach(actor, pool, (row.subject, row.key), record.unit or None):
        return {}  # Who raised it reads its answer still; the record is no longer for that eye.
    here = narrowed(actor, row.unit or None, pool)
    return {known.element.id: seen(here, known.element, known.value).text for known in record.values}


def _units(actor: Actor) -> frozenset[str] | None:
    """The units whose doubts the actor may answer; None for all."""
    if not can(actor, "dispute.answer"):
        return frozenset()
    return None if can(actor, "dispute.answer", Thing(unit="\0")) else actor.units


def _find(home: Path, number: int) -> DisputeRow:
    open_database(home)
    row = disputes.find_dispute(number)
    if row is None:
        raise NotFound(_UNKNOWN)
    return row


def _agenda(actor: Actor, home: Path, today: date) -> list[Item]:
    if not can(actor, "dispute.answer"):
        return []
    count, due = disputes.waiting_disputes(units=_units(actor), but=actor.name)
    return [Item("条疑义待校核", count, "disputes", due=due)]


SOURCES.append(_agenda)
_UNKNOWN = Problem("unknown-dispute", "没有这条疑义。", "请返回疑义列表。")
