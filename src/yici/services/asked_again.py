"""“又要了一遍”: clerks say, without a name, what was asked of them before; the steward answers for all to read.

Neither the row nor the audit line names an account; see docs/decisions/0009.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from yici.core.access.actors import Actor, Role
from yici.core.collections.anonymity import LEAST, named_unit
from yici.core.collections.states import State
from yici.core.errors import Conflict, NotFound, Problem
from yici.services.agenda import SOURCES, Item
from yici.services.clerks import clerks_by_unit
from yici.services.collecting.alike import same_field
from yici.services.collecting.filling_things import get_filling
from yici.storage import asked_again, audit, collections
from yici.storage.asked_again import AgainRow
from yici.storage.collections import CollectionRow, FillingRow
from yici.storage.database import open_database
from yici.storage.units import areas_now

NOBODY = "匿名"
MOST_A_DAY = 20
ANSWERS = {"merged": "以后不再要，从库里或另一张表取", "told": "已告知制发部门", "kept": "保留"}
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another collection that asks the same, by a field of its own name; an empty label is a whole form."""

    collection: int
    name: str
    organisation: str
    label: str


@dataclass(frozen=True, slots=True)
class Saying:
    """What somebody is about to say: a field (or form) of a filling, where else it is asked, what was answered before,
    and how many clerks received the form: the fewer, the easier to guess who said so."""

    filling: FillingRow
    label: str
    element: str
    elsewhere: tuple[Elsewhere, ...]
    answered: tuple[AgainRow, ...]
    receivers: int

    @property
    def may_be_guessed(self) -> bool:
        """Whether so few received the form that they should know before they say anything."""
        return self.receivers < LEAST


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something said to be asked again, with where else it is asked."""

    row: AgainRow
    elsewhere: tuple[Elsewhere, ...]


def look_at(*, home: Path, filling: int, label: str) -> Saying:
    """What would be said of a field of a filling's form, or of the form itself. Raises NotFound."""
    row = get_filling(home=home, number=filling)
    collection, entry = _field(row, label)
    units = {one.unit for one in collections.fillings_in(collection=row.collection)}
    clerks = clerks_by_unit()
    earlier = asked_again.again_rows(collection=row.collection, waiting=False)
    return Saying(
        row, label, str(entry.get("means", "")) if entry.get("kind") == "element" else "",
        tuple(_elsewhere(collection, entry)), tuple(one for one in earlier if one.label in ("", label)),
        sum(clerks.get(unit, 0) for unit in units),
    )  # fmt: skip


def say_again(*, actor: Actor, home: Path, filling: int, label: str, today: date) -> bool:
    """Say that a field of a filling's form (or the whole form, label empty) was asked before. False when the same
    person said the same today, or said MOST_A_DAY things today: nothing is counted then. Raises NotFound.

    The account is used for a one-way mark of the day only. The unit is written only where LEAST clerks are in it.
    """
    said = look_at(home=home, filling=filling, label=label)
    collection = said.filling.collection
    parents = {area.name: area.parent for area in areas_now()}
    with transaction.atomic():
        # With the collection locked, two who say the same at once are counted in one row.
        collections.lock_collection(collection)
        what = f"{collection}|{label}"
        if not asked_again.mark_once(account=actor.account, what=what, day=today, most=MOST_A_DAY):
            return False
        unit = named_unit(said.filling.unit, parents, clerks_by_unit())
        asked_again.add_again(collection=collection, label=label, element=said.element, unit=unit, day=today)
        audit.append(actor=NOBODY, action="again.say", thing=str(collection), detail={"label": label})
    return True


def waiting_for(*, actor: Actor, home: Path) -> list[Waiting]:
    """What waits for an answer: everything for the steward, of their own forms for departments."""
    open_database(home)
    rows = [row for row in asked_again.again_rows(waiting=True) if _concerns(actor, row)]
    found = []
    for row in rows:
        collection = collections.collection_row(row.collection)
        entry = _entry(collection, row.label) if collection else {}
        found.append(Waiting(row, tuple(_elsewhere(collection, entry)) if collection else ()))
    return found


def answered(*, home: Path) -> list[AgainRow]:
    """What was answered: for everybody inside to read."""
    open_database(home)
    return asked_again.again_rows(waiting=False)


def answer_again(
    *, actor: Actor, home: Path, number: int, answer: str, reason: str, into: int | None = None, today: date
) -> None:
    """Answer what was said to be asked again. Raises Conflict without a reason or a known answer, or when it has been
    answered; NotFound."""
    open_database(home)
    problems = []
    if answer not in ANSWERS:
        problems.append(Problem("answer-odd", "没有选择怎样处理。", "合并、告知部门，或保留。"))
    if not reason.strip() or len(reason) > _LONGEST:
        problems.append(Problem("reason-missing", "没有写答复，或超过 200 字。", "写清以后怎么办，为什么。"))
    if into is not None and (answer != "merged" or collections.collection_row(into) is None):
        problems.append(Problem("merge-target", "没有这个采集任务可以并入。", "请从列表里选，或不选。"))
    if problems:
        raise Conflict(problems)
    with transaction.atomic():
        row = asked_again.again_row(number, lock=True)
        if row is None:
            raise NotFound(Problem("unknown-again", "没有这条反映。", "请返回列表。"))
        if row.answer:
            raise Conflict(Problem("answered", "这条已经答复过了。", "请刷新页面。"))
        asked_again.answer_again(number, answer=answer, reason=reason.strip(), into=into, by=actor.name, day=today)
        detail = {"answer": answer, "reason": reason.strip(), "into": into, "collection": row.collection}
        audit.append(actor=actor.name, action="again.answer", thing=str(number), detail=detail)


def merge_targets(*, home: Path) -> list[CollectionRow]:
    """The collections something may be merged into."""
    open_database(home)
    return collections.collections_in(states=[State.APPROVED, State.OPEN, State.CLOSED])


def _concerns(actor: Actor, row: AgainRow) -> bool:
    return Role.STEWARD in actor.roles or row.organisation in actor.organisations


def _field(row: FillingRow, label: str) -> tuple[CollectionRow, Any]:
    collection = collections.collection_row(row.collection)
    if collection is None:
        raise NotFound(Problem("unknown-collection", "没有这个采集任务。", "请返回列表。"))
    entry = _entry(collection, label)
    if label and not entry:
        raise NotFound(Problem("unknown-field", "这张表里没有这一项。", "请返回填报页。"))
    return collection, entry


def _entry(collection: CollectionRow, label: str) -> dict[str, Any]:
    found = next((entry for entry in collection.form.fields if label and entry["label"] == label), None)
    return dict(found) if found else {}


def _elsewhere(collection: CollectionRow, entry: dict[str, Any]) -> list[Elsewhere]:
    """The collections in force that ask the same field; for a whole form, those alike in most of their fields."""
    others = [other for other in collections.fields_of_others(collection.form.id) if other.id != collection.id]
    if entry:
        wanted = same_field(entry)
        return [
            Elsewhere(other.id, other.name, other.organisation, str(theirs["label"]))
            for other in others
            for theirs in other.form.fields
            if same_field(theirs) == wanted
        ]
    mine = {same_field(one) for one in collection.form.fields}
    return [
        Elsewhere(other.id, other.name, other.organisation, "")
        for other in others
        if mine and 2 * len(mine & {same_field(one) for one in other.form.fields}) >= len(mine)
    ]


def _said_again(actor: Actor, home: Path, today: date) -> list[Item]:
    if Role.STEWARD not in actor.roles and Role.OFFICER not in actor.roles:
        return []
    words = "项“又要了一遍”等您答复" if Role.STEWARD in actor.roles else "项被基层反映“又要了一遍”"
    count = sum(1 for row in asked_again.again_rows(waiting=True) if _concerns(actor, row))
    return [Item(words, count, "asked-again")]


SOURCES.append(_said_again)
