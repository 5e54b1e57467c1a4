"""Returning a filling with what is the matter said cell by cell, beside a remark about the whole."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from django.db import transaction

from yici.core.access.actors import Actor
from yici.core.collections.states import FillingState
from yici.core.errors import Conflict, Problem
from yici.services.collecting.differences import code_of
from yici.services.collecting.filling_things import get_filling
from yici.services.collecting.reviewing import step_filling
from yici.services.collecting.told import told_cells
from yici.services.pool import open_pool
from yici.storage import reviews


def return_cells(*, actor: Actor, home: Path, number: int, remark: str, cells: Mapping[str, str]) -> FillingState:
    """Return a filling. `cells` are remarks by the cells' codes on the page; one of both remarks is needed.

    Raises Refused, NotFound, Conflict, also for a cell that is not among what was told.
    """
    wanted = {code: text.strip()[:500] for code, text in cells.items() if text.strip()}
    row = get_filling(home=home, number=number)
    pool = open_pool(home)
    with pool.projection() as projection:
        told = told_cells(collection=row.collection, unit=row.unit, pool=pool, projection=projection)
    addresses = {code_of(cell.address): cell.address for cell in told}
    if not wanted.keys() <= addresses.keys():
        raise Conflict(Problem("cell-gone", "有的填报项已经不在了。", "请刷新页面。"))
    words = remark.strip() or (f"有 {len(wanted)} 项要补正，见逐项意见" if wanted else "")
    with transaction.atomic():
        state = step_filling(actor=actor, home=home, number=number, step="return", remark=words)
        reviews.add_remarks(number, {addresses[code]: text for code, text in wanted.items()}, by=actor.name)
    return state
