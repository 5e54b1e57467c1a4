"""Taking from the pool (直接取用): an approved form of which the pool has all is filled without a collection, and one
that was merged into another from what that one brings in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from yici.core.access.actors import Actor
from yici.core.collections.states import State
from yici.core.errors import Conflict, Problem
from yici.core.jobs import LARGE_CARDS, LARGE_FORM_CELLS, LARGE_FORM_FILES
from yici.core.recognition.template import Template
from yici.services.cards import count_cards
from yici.services.collecting.own_slots import Answers
from yici.services.collecting.proposals import get_collection, kept_report, leaf_units
from yici.services.collecting.rollup import Progress, RolledUp, fill_for
from yici.services.collecting.trial import recognise_kept
from yici.services.collecting.trying import trial_cells
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


@dataclass(frozen=True, slots=True)
class _Taken:
    """What is taken: the form of which collection, for which units, of which day, with what was answered elsewhere."""

    row: CollectionRow
    template: Template
    units: list[str]
    as_of: date
    answers: Answers


def is_large(*, home: Path, number: int, each_unit: bool, today: date) -> bool:
    """Whether so much is to be filled that taking it is work for the background. Raises Conflict as taking does."""
    taken, pool = _taken(home, number, today), open_pool(home)
    if (whom := whom_of(taken.row, taken.template)).each:
        decks = taken.units if taken.row.state is State.MERGED else [None]
        return sum(count_cards(whom.deck(unit, taken.as_of), pool=pool) for unit in decks) > LARGE_CARDS
    if each_unit and len(taken.units) > LARGE_FORM_FILES:
        return True
    files = len(taken.units) if each_unit else 1
    within = taken.units if taken.row.state is State.MERGED else None
    cells = trial_cells(taken.template, files, whom=whom, as_of=taken.as_of, pool=pool, within=within)
    return cells > LARGE_FORM_CELLS


def take(
    *, actor: Actor, home: Path, number: int, folder: Path, each_unit: bool, today: date,
    progress: Progress | None = None,
) -> RolledUp:  # fmt: skip
    """Fill an approved form for all villages as of today, or a merged one for the units and the day of the collection
    it was merged into: nobody is asked for it. The steward's decision is the grant, as for a roll-up. Raises Conflict
    for a collection that was not decided so, and whatever `progress` raises."""
    taken = _taken(home, number, today)
    return fill_for(
        actor=actor, home=home, row=taken.row, units=taken.units, as_of=taken.as_of, answers=taken.answers,
        folder=folder, each_unit=each_unit, progress=progress, action="collection.take",
    )  # fmt: skip


def _taken(home: Path, number: int, today: date) -> _Taken:
    row = get_collection(home=home, number=number)
    if not may_take(row):
        raise Conflict(Problem("not-to-take", "这张表没有按“直接取用”准入。", "请先评审，或派发后再下载汇总。"))
    template = recognise_kept(home=home, form=row.form, pool=open_pool(home)).template
    check_whom(row, template)
    target = _target(row) if row.state is State.MERGED else None
    if target is None or target.as_of is None:
        return _Taken(row, template, leaf_units(open_pool(home)), today, {})
    units = [filling.unit for filling in collections.fillings_in(collection=target.id)]
    return _Taken(row, template, units, target.as_of, _answered(template, target.id))


def _answered(template: Template, target: int) -> Answers:
    """What was answered in another collection to slots of the same words."""
    sheets = {slot.label: area.sheet for area in template.areas for slot in area.slots}
    told = collections.answers_of(target)
    return {(unit, key, sheets[label], label): told[unit, key, sheet, label]
            for unit, key, sheet, label in told if label in sheets}  # fmt: skip


def _target(row: CollectionRow) -> CollectionRow | None:
    return collections.collection_row(row.into) if row.into else None
