"""Which collections and fillings somebody sees: departments their own, clerks and leaders those of their units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from yici.core.access.actors import Actor, Role, Thing
from yici.core.access.fields import Sight, sight
from yici.core.access.masks import masked
from yici.core.access.rules import can
from yici.core.collections.states import ANSWERABLE, NOT_BACK, FillingState, State
from yici.services.agenda import SOURCES, Item
from yici.services.collecting.alike import Alike, alike
from yici.services.collecting.proposals import collection_thing
from yici.services.collecting.review_sight import as_reviewer
from yici.services.collecting.reviewing import Told, fillings_to_review
from yici.services.collecting.trial import recognise_kept
from yici.services.collecting.whom import ForWhom, told_whom
from yici.services.pool import open_pool
from yici.storage import collections
from yici.storage.collections import CollectionRow, Event, FillingRow
from yici.storage.database import open_database


@dataclass(frozen=True, slots=True)
class Listed:
    """A collection in a list, with how many of its fillings have come back and how many there are."""

    row: CollectionRow
    back: int
    all: int


def collections_for(*, actor: Actor, home: Path) -> list[Listed]:
    """The collections the actor sees, newest first."""
    open_database(home)
    if Role.STEWARD in actor.roles:
        return [_listed(row) for row in collections.collections_in()]
    found: dict[int, CollectionRow] = {}
    if actor.roles & {Role.OFFICER, Role.LEADER} and (seen := actor.organisations | actor.overseen):
        found |= {row.id: row for row in collections.collections_in(organisations=seen)}
    if actor.roles & {Role.CLERK, Role.LEADER}:
        found |= {row.id: row for row in collections.collections_in(units=actor.units)}
    return [_listed(row) for row in sorted(found.values(), key=lambda row: -row.id)]


def waiting_beside(*, home: Path, row: CollectionRow) -> Alike:
    """The other proposals that wait for a decision and ask something of this one again: as long as none of them is in
    force, no admission report tells of them."""
    registry = open_pool(home).registry
    return alike(row.form.fields, collections.fields_waiting(row.form.id), registry)


def visible_thing(*, home: Path, number: int) -> Thing:
    """A collection for rules of access: before it is sent to units, it is no unit's. Raises NotFound."""
    thing = collection_thing(home=home, number=number)
    return thing if thing.units else replace(thing, unit="")


def whom_told(*, home: Path, row: CollectionRow) -> ForWhom:
    """Whom a collection's form is filled for, in words."""
    pool = open_pool(home)
    return told_whom(row, recognise_kept(home=home, form=row.form, pool=pool).template, pool)


def fillings_seen(*, actor: Actor, home: Path, number: int) -> list[FillingRow]:
    """The fillings of a collection: all for its department, those above it and the steward, those of their units for
    others."""
    open_database(home)
    rows = collections.fillings_in(collection=number)
    row = collections.collection_row(number)
    departments = actor.organisations | actor.overseen
    whole = Role.STEWARD in actor.roles or (row is not None and row.organisation in departments)
    return rows if whole else [row for row in rows if row.unit in actor.units]


def my_fillings(*, actor: Actor, home: Path) -> list[FillingRow]:
    """The fillings of open collections in the actor's units, most urgent first."""
    open_database(home)
    return collections.fillings_in(units=actor.units) if can(actor, "filling.answer") else []


def told_as_seen(*, actor: Actor, home: Path, row: FillingRow, told: list[Told]) -> list[Told]:
    """What was told in a filling as the actor may see it: masked or hidden by field rights, elements by name."""
    pool = open_pool(home)
    registry, actor = pool.registry, as_reviewer(actor, row, pool)
    found = []
    for one in told:
        element = registry.elements.get(one.element)
        key = one.key if len(one.key) < 8 else "*" * (len(one.key) - 4) + one.key[-4:]
        if element is None:
            found.append(replace(one, key=key))
            continue
        how = sight(actor, element)
        value = {Sight.PLAIN: one.value, Sight.MASKED: masked(element, one.value), Sight.HIDDEN: "（未授权）"}[how]
        found.append(replace(one, key=key, label=element.name, value=value))
    return found


def _listed(row: CollectionRow) -> Listed:
    total = sum(row.counts.values())
    waiting = sum(count for state, count in row.counts.items() if state in NOT_BACK)
    return Listed(row, total - waiting, total)


def _proposals_waiting(actor: Actor, home: Path, today: date) -> list[Item]:
    if Role.STEWARD not in actor.roles:
        return []
    count = len(collections.collections_in(states=[State.PROPOSED]))
    return [Item("个采集任务等待准入评审", count, "collections")]


def _proposals_answered(actor: Actor, home: Path, today: date) -> list[Item]:
    if Role.OFFICER not in actor.roles:
        return []
    rows = collections.collections_in(organisations=actor.organisations, states=[State.RETURNED, State.APPROVED])
    approved = sum(1 for row in rows if row.state is State.APPROVED)
    return [
        Item("个采集任务已准入，可以派发", approved, "collections"),
        Item("个采集任务被退回，请修改", len(rows) - approved, "collections"),
    ]


def why_returned(rows: Iterable[FillingRow]) -> dict[int, Event]:
    """Of the fillings that were returned and not sent again: when, and with which remark."""
    return collections.last_steps((row.id for row in rows if row.state is FillingState.RETURNED), "return")


def _fillings_due(actor: Actor, home: Path, today: date) -> list[Item]:
    rows = [row for row in my_fillings(actor=actor, home=home) if row.state in ANSWERABLE]
    returned = sum(row.state is FillingState.RETURNED for row in rows)
    due = min((row.due for row in rows if row.due), default=None)
    left = sum(row.unknown for row in rows)
    late = sum(1 for row in rows if row.due and row.due < today)
    told = f"其中 {late} 张逾期" if late else ""
    detail = f"共缺 {left} 格，只填库里没有的"
    return [
        Item("张表被退回，请更正后再报送", returned, "my-fillings", detail="退回的意见写在表的旁边"),
        Item("张表等您填报", len(rows) - returned, "my-fillings", due=due, detail=detail, late=told),
    ]


def _units_late(actor: Actor, home: Path, today: date) -> list[Item]:
    """The department's open collections: units that are late, and what is all accepted and may be closed."""
    if Role.OFFICER not in actor.roles:
        return []
    rows = collections.fillings_in(organisations=actor.organisations, states=ANSWERABLE)
    late = [row for row in rows if row.due and row.due < today]
    forms = {row.collection for row in late}
    due = min((row.due for row in late if row.due), default=None)
    done = _all_accepted(actor)
    return [
        Item("项填报逾期没有报送", len(late), *_where(forms), due=due,
             late=f"涉及 {len({row.unit for row in late})} 个单位，请催报" if late else ""),
        Item("个采集任务已全部通过，可以结束", len(done), *_where(done)),
    ]  # fmt: skip


def _all_accepted(actor: Actor) -> set[int]:
    """Open collections of which every filling that was not missed is accepted."""
    found = set()
    for row in collections.collections_in(organisations=actor.organisations, states=[State.OPEN]):
        states = {state for state, count in row.counts.items() if count}
        if FillingState.ACCEPTED in states and states <= {FillingState.ACCEPTED, FillingState.MISSED}:
            found.add(row.id)
    return found


def _where(numbers: set[int]) -> tuple[str, str]:
    """The route to the one collection, or to the list of several."""
    return ("collection", str(min(numbers))) if len(numbers) == 1 else ("collections", "")


def _fillings_to_review(actor: Actor, home: Path, today: date) -> list[Item]:
    rows = fillings_to_review(actor=actor, home=home)
    return [Item("项填报等您审核", len(rows), "reviews", due=min((row.due for row in rows if row.due), default=None))]


SOURCES.extend([_proposals_waiting, _proposals_answered, _units_late, _fillings_due, _fillings_to_review])
