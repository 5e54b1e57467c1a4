"""Submitting, checking and accepting fillings: 村 → 镇 → 部门, with remarks, in bulk, and with a way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from yici.core.access.actors import Actor, Role
from yici.core.access.rules import can
from yici.core.collections.states import ANSWERABLE, FillingState, State, after, filling_after
from yici.core.errors import Conflict, NotFound, Problem, Refused
from yici.services.collecting.filling_things import filling_thing, unit_of
from yici.services.collecting.questions import asked_by
from yici.services.collecting.townships import units_with_township
from yici.services.form_doubts import asked_scope
from yici.services.pool import open_pool
from yici.storage import audit, collections, reviews
from yici.storage.collections import CollectionRow, FillingRow
from yici.storage.confirmations import confirmations_stamp
from yici.storage.confirmed_words import words_in_force
from yici.storage.database import open_database
from yici.storage.entries import entries_from
from yici.storage.manifest import pool_sequence

# Who may take a step: clerks send and take back, townships check, departments accept; both may return and reopen.
_ACTIONS = {
    "submit": "filling.answer",
    "withdraw": "filling.answer",
    "check": "filling.check",
    "accept": "filling.accept",
    "return": "filling.return",
    "reopen": "filling.return",
}


_CLERKS = frozenset({"submit", "withdraw"})
UNCHECKED = "未经乡镇核对"
NEEDS_REMARK = frozenset({"return", "withdraw", "reopen"})


@dataclass(frozen=True, slots=True)
class Told:
    """One value that came back with a collection: what was told about whom, and by whom."""

    subject: str
    key: str
    element: str
    value: str
    by: str
    label: str = ""


def step_filling(*, actor: Actor, home: Path, number: int, step: str, remark: str = "") -> FillingState:
    """Take one step with one filling. Raises Refused, Conflict for a step that cannot be taken, NotFound."""
    return step_fillings(actor=actor, home=home, numbers=[number], step=step, remark=remark)[number]


def step_fillings(
    *, actor: Actor, home: Path, numbers: Sequence[int], step: str, remark: str = ""
) -> dict[int, FillingState]:
    """Take the same step with many fillings, all or none. Raises Conflict listing every one that cannot take it."""
    open_database(home)
    if step in NEEDS_REMARK and not remark.strip():
        raise Conflict(Problem("remark-missing", "退回、撤回和重新打开要写明理由。", "请写清哪里要补正。"))
    problems: list[Problem] = []
    done: dict[int, FillingState] = {}
    # What is left open is a form tried anew, up to a second: nobody else's writing waits for it.
    left = {number: _count_left(actor, home, number) for number in set(numbers)} if step == "submit" else {}
    with transaction.atomic():
        if step in NEEDS_REMARK:
            _lock_collections(numbers)
        for number in sorted(set(numbers)):
            row = collections.filling_row(number, lock=True)
            try:
                done[number] = _step(actor, home, row, step, remark, left.get(number))
            except (Conflict, Refused, NotFound) as error:
                problems += [
                    Problem(p.code, f"{row.unit if row else number}：{p.message}", p.hint) for p in error.problems
                ]
        if problems:
            raise Conflict(problems)
    return done


@dataclass(frozen=True, slots=True)
class _Left:
    """How many cells of a filling somebody must still be asked about, and what that was counted from."""

    cells: int
    ground: tuple[object, ...]


def _count_left(actor: Actor, home: Path, number: int) -> _Left | None:
    """What a filling about to be sent leaves open; None where sending it is refused anyhow."""
    row = collections.filling_row(number)
    if row is None or not can(actor, _ACTIONS["submit"], filling_thing(row)):
        return None
    # Read before the counting: what changes meanwhile shows in it.
    ground = _ground(row)
    return _Left(len(asked_by(home=home, row=row, pool=open_pool(home))), ground)


def _ground(row: FillingRow) -> tuple[object, ...]:
    """All that what is left open follows from: records, the form's own answers, what its words mean, the filling."""
    collection = collections.collection_row(row.collection)
    words = (
        [word.id for word in words_in_force(collection.form.fingerprint, [asked_scope(collection.form.id)])]
        if collection is not None
        else []
    )
    answers = collections.answers_of(row.collection, [row.unit])
    return pool_sequence(), answers, confirmations_stamp(), words, row.state, collection and collection.as_of


def _step(
    actor: Actor, home: Path, row: FillingRow | None, step: str, remark: str, left: _Left | None = None
) -> FillingState:
    if row is None:
        raise NotFound(Problem("unknown-filling", "没有这项填报。", "请返回列表。"))
    verdict = can(actor, _ACTIONS[step], filling_thing(row))
    if not verdict:
        raise Refused(Problem("not-allowed", f"{verdict.because}。", "请找有权的人办理。"))
    following = filling_after(row.state, step)
    if step == "accept" and row.state is FillingState.SUBMITTED:
        remark = _past_the_township(row, remark)
    if (step in _CLERKS or following in ANSWERABLE) and _is_closed(row):
        if step in _CLERKS:
            hint = "要补报或更正，请联系审核的人重新打开。"
            raise Conflict(Problem("collection-closed", "这项任务已经结束。", hint))
        remark = f"{remark}（任务已结束，随之重新打开）"
        _reopen_collection(actor, row)
    if step == "submit":
        # Somebody was faster between the counting and the lock: only then it is counted under it.
        still = left is not None and left.ground == _ground(row)
        open_cells = left.cells if left and still else len(asked_by(home=home, row=row, pool=open_pool(home)))
        reviews.settle_remarks(row.id)
        collections.count_cells(row.id, known=row.known + max(0, row.unknown - open_cells), unknown=open_cells)
    collections.move_filling(row.id, following, step, by=actor.name, remark=remark)
    audit.append(
        actor=actor.name, action=f"filling.{step}", thing=str(row.id), detail={"unit": row.unit, "remark": remark}
    )
    return following


def _past_the_township(row: FillingRow, remark: str) -> str:
    """The remark of accepting what no township has checked. Raises Conflict where there is one that should."""
    if row.unit in units_with_township(today=timezone.localdate()):
        hint = "请等乡镇审核通过；不对的可以退回。"
        raise Conflict(Problem("not-checked", "乡镇还没有审核，部门不能先通过。", hint))
    return f"{remark}（{UNCHECKED}）" if remark else UNCHECKED


def _lock_collections(numbers: Sequence[int]) -> None:
    """Hold the fillings' collections before the fillings, in the order closing does: what goes back to a clerk must not
    meet the end of its collection halfway."""
    rows = [collections.filling_row(number) for number in set(numbers)]
    for collection in sorted({row.collection for row in rows if row}):
        collections.lock_collection(collection)


def _is_closed(row: FillingRow) -> bool:
    collection = collections.collection_row(row.collection)
    return collection is not None and collection.state is State.CLOSED


def _reopen_collection(actor: Actor, row: FillingRow) -> None:
    """Open the closed collection of a filling again: a clerk cannot correct what is closed. The other units' fillings
    stay as they are, those that were missed too."""
    collections.change_collection(row.collection, state=str(after(State.CLOSED, "reopen")))
    audit.append(actor=actor.name, action="collection.reopen", thing=str(row.collection), detail={"unit": row.unit})


def fillings_to_review(*, actor: Actor, home: Path) -> list[FillingRow]:
    """The fillings that wait for this actor: submitted ones for a township, checked ones for a department, and to it
    the submitted ones too of units that have no township."""
    open_database(home)
    found: dict[int, FillingRow] = {}
    if Role.LEADER in actor.roles or (Role.CLERK in actor.roles and len(actor.units) > 1):
        rows = collections.fillings_in(units=actor.units, states=[FillingState.SUBMITTED])
        found |= {row.id: row for row in rows}
    if Role.OFFICER in actor.roles:
        waiting = [FillingState.SUBMITTED, FillingState.CHECKED]
        rows = collections.fillings_in(organisations=actor.organisations, states=waiting)
        found |= {row.id: row for row in acceptable(rows)}
    if Role.STEWARD in actor.roles:
        found |= {row.id: row for row in collections.fillings_in(states=[FillingState.CHECKED])}
    return list(found.values())


def steppable(actor: Actor, rows: Sequence[FillingRow], step: str) -> list[FillingRow]:
    """Those of these fillings the actor may take the step with as they stand, "check" or "accept"."""
    standing = acceptable(rows) if step == "accept" else [row for row in rows if row.state is FillingState.SUBMITTED]
    return [row for row in standing if can(actor, _ACTIONS[step], filling_thing(row))]


def acceptable(rows: Sequence[FillingRow]) -> list[FillingRow]:
    """Those that stand where they may be accepted: checked, or sent by a unit that has no township."""
    reached = units_with_township(today=timezone.localdate())
    sent = FillingState.SUBMITTED
    return [
        row for row in rows
        if row.state is FillingState.CHECKED or (row.state is sent and row.unit not in reached)
    ]  # fmt: skip


def told_in(*, home: Path, collection: CollectionRow, unit: str) -> list[Told]:
    """Everything that came back for a collection from a unit: pool entries and the form's own answers."""
    open_database(home)
    answers = collections.answers_of(collection.id, [unit])
    told = [Told("", key, "", value, "", label) for (_, key, _, label), value in answers.items()]
    pool = open_pool(home)
    entries = entries_from(f"collection:{collection.id}")
    with pool.projection() as projection:
        for entry in entries:
            thing = unit_of(projection, entry.subject, entry.key)
            if thing is not None and thing.unit == unit:
                told.append(Told(entry.subject, entry.key, entry.element, entry.value, entry.by))
    return told
