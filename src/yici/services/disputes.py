"""Doubts about values (疑义校核): raised on a value, answered within ten working days with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from yici.core.access.actors import Actor, Thing
from yici.core.access.rules import can
from yici.core.disputes import DAYS, DISPUTE_NAMES, DisputeState, dispute_after
from yici.core.errors import Conflict, NotFound, Problem
from yici.services.agenda import SOURCES, Item
from yici.services.office_days import due_after
from yici.services.pool import Pool, open_pool
from yici.services.pool_sight import in_reach, narrowed, seen
from yici.services.records import golden_record
from yici.services.subject_edits import edit_value
from yici.services.subject_pages import known_value, open_subject
from yici.storage import audit, disputes
from yici.storage.database import open_database
from yici.storage.disputes import DisputeRow
from yici.storage.references import references_of

_LONGEST = 500


@dataclass(frozen=True, slots=True)
class DisputeShown:
    """A doubt as an actor sees it."""

    row: DisputeRow
    code: str
    name: str
    element: str
    value: str
    state: str
    may_answer: bool
    may_take_back: bool
    late: bool


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
    """The doubts an actor raised or may answer, those waiting first."""
    pool = open_pool(home)
    rows = disputes.disputes_in(units=_units(actor), by=actor.name)
    codes = references_of((row.subject, row.key) for row in rows)
    found = [_shown(actor, pool, row, codes[row.subject, row.key], today) for row in rows]
    return sorted((one for one in found if one), key=lambda one: one.row.state != DisputeState.OPEN)


def _shown(actor: Actor, pool: Pool, row: DisputeRow, code: str, today: date) -> DisputeShown | None:
    element = pool.registry.elements.get(row.element)
    if element is None:
        return None
    here = narrowed(actor, row.unit or None, pool)
    try:
        with pool.projection() as projection:
            record = golden_record(projection, pool, row.subject, row.key)
    except IndexError:
        return None  # The subject is gone: its batch was withdrawn, or it was found to be another.
    values = {known.element.id: seen(here, known.element, known.value).text for known in record.values}
    if not in_reach(actor, pool, (row.subject, row.key), record.unit or None):
        values = {}  # Who raised it reads its answer still; the record is no longer for that eye.
    waiting = row.state == DisputeState.OPEN
    answers = waiting and row.by != actor.name and bool(can(actor, "dispute.answer", Thing(unit=row.unit)))
    return DisputeShown(
        row, code, values.get(pool.registry.name_of(row.subject), ""), element.name, values.get(row.element, ""),
        DISPUTE_NAMES[DisputeState(row.state)], answers, waiting and row.by == actor.name,
        waiting and row.due < today,
    )  # fmt: skip


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
    rows = disputes.disputes_in(units=_units(actor), by="", states=[DisputeState.OPEN])
    mine = [row for row in rows if row.by != actor.name]
    return [Item("条疑义待校核", len(mine), "disputes", due=min((row.due for row in mine), default=None))]


SOURCES.append(_agenda)
_UNKNOWN = Problem("unknown-dispute", "没有这条疑义。", "请返回疑义列表。")
