"""Taking from the pool (直接取用): an approved form of which the pool has all is filled without a collection."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from yici.core.access.actors import Actor
from yici.core.collections.states import State
from yici.core.errors import Conflict, Problem
from yici.core.jobs import LARGE_CARDS
from yici.services.cards import count_cards
from yici.services.collecting.proposals import get_collection, kept_report, leaf_units
from yici.services.collecting.rollup import Progress, RolledUp, fill_for
from yici.services.collecting.trial import recognise_kept
from yici.services.collecting.whom import check_whom, whom_of
from yici.services.pool import open_pool
from yici.storage.collections import CollectionRow

TAKE = "take"


def may_take(row: CollectionRow) -> bool:
    """Whether a collection was approved because the pool has all of it."""
    report = kept_report(row)
    return row.state is State.APPROVED and report is not None and report.verdict == TAKE


def take(
    *, actor: Actor, home: Path, number: int, folder: Path, each_unit: bool, today: date,
    progress: Progress | None = None,
) -> RolledUp:  # fmt: skip
    """Fill an approved form for all villages as of today: nobody is asked. The steward's approval is the grant, as for
    a roll-up. Raises Conflict for a collection that was not approved for that."""
    row = get_collection(home=home, number=number)
    if not may_take(row):
        raise Conflict(Problem("not-to-take", "这张表没有按“直接取用”准入。", "请先评审，或派发后再下载汇总。"))
    template = recognise_kept(home=home, form=row.form, pool=open_pool(home)).template
    check_whom(row, template)
    whom = whom_of(row, template)
    if whom.each and count_cards(whom.deck(None, today), pool=open_pool(home)) > LARGE_CARDS:
        raise Conflict(Problem("take-large", f"超过 {LARGE_CARDS} 份，不能当场下载。", "请派发，再在后台下载。"))
    return fill_for(
        actor=actor, home=home, row=row, units=leaf_units(open_pool(home)), as_of=today, answers={}, folder=folder,
        each_unit=each_unit, progress=progress, action="collection.take",
    )  # fmt: skip
