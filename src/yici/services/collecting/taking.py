"""Taking from the pool (直接取用): an approved form of which the pool has all is filled without a collection, and one
that was merged into another from what that one brings in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from yici.core.access.actors import Actor
from yici.core.collections.states import State
from yici.core.errors import Conflict, Problem
from yici.core.jobs import LARGE_CARDS
from yici.core.recognition.template import Template
from yici.services.cards import count_cards
from yici.services.collecting.own_slots import Answers
from yici.services.collecting.proposals import get_collection, kept_report, leaf_units
from yici.services.collecting.rollup import Progress, RolledUp, fill_for
from yici.services.collecting.trial import recognise_kept
from yici.services.collecting.whom import check_whom, whom_of
from yici.services.pool import open_pool
from yici.storage import collections
from yici.storage.collections import CollectionRow

TAKE = "take"


def may_take(row: CollectionRow) -> bool:
    """Whether a collection was approved because the pool has all of it, or merged into one that was sent."""
    if row.state is State.MERGED:
        return (target := _target(row)) is not None and target.as_of is not None
    report = kept_report(row)
    return row.state is State.APPROVED and report is not None and report.verdict == TAKE


def take(
    *, actor: Actor, home: Path, number: int, folder: Path, each_unit: bool, today: date,
    progress: Progress | None = None,
) -> RolledUp:  # fmt: skip
    """Fill an approved form for all villages as of today, or a merged one for the units and the day of the collection
    it was merged into: nobody is asked for it. The steward's decision is the grant, as for a roll-up. Raises Conflict
    for a collection that was not decided so."""
    row = get_collection(home=home, number=number)
    if not may_take(row):
        raise Conflict(Problem("not-to-take", "这张表没有按“直接取用”准入。", "请先评审，或派发后再下载汇总。"))
    template = recognise_kept(home=home, form=row.form, pool=open_pool(home)).template
    check_whom(row, template)
    units, as_of, answers = _from(row, template, home, today)
    if (whom := whom_of(row, template)).each:
        decks = units if row.state is State.MERGED else [None]
        cards = sum(count_cards(whom.deck(unit, as_of), pool=open_pool(home)) for unit in decks)
        if cards > LARGE_CARDS:
            raise Conflict(Problem("take-large", f"超过 {LARGE_CARDS} 份，不能当场下载。", "请派发，再在后台下载。"))
    return fill_for(
        actor=actor, home=home, row=row, units=units, as_of=as_of, answers=answers, folder=folder,
        each_unit=each_unit, progress=progress, action="collection.take",
    )  # fmt: skip


def _from(row: CollectionRow, template: Template, home: Path, today: date) -> tuple[list[str], date, Answers]:
    """The units a form is taken for, of which day, and what was answered to slots of the same words elsewhere."""
    target = _target(row) if row.state is State.MERGED else None
    if target is None or target.as_of is None:
        return leaf_units(open_pool(home)), today, {}
    units = [filling.unit for filling in collections.fillings_in(collection=target.id)]
    sheets = {slot.label: area.sheet for area in template.areas for slot in area.slots}
    told = collections.answers_of(target.id)
    answers = {(unit, key, sheets[label], label): told[unit, key, sheet, label]
               for unit, key, sheet, label in told if label in sheets}  # fmt: skip
    return units, target.as_of, answers


def _target(row: CollectionRow) -> CollectionRow | None:
    return collections.collection_row(row.into) if row.into else None
