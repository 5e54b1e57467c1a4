"""Masked values of a filling shown whole to who reviews it: one at a time, for a purpose, with an audit line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from yici.core.access.actors import Actor
from yici.core.access.fields import Sight, sight
from yici.core.access.rules import can
from yici.core.errors import Conflict, NotFound, Problem, Refused
from yici.services.collecting.differences import before_whole, code_of
from yici.services.collecting.filling_things import filling_thing, get_filling
from yici.services.collecting.review_sight import as_reviewer
from yici.services.collecting.told import Cell, told_cells
from yici.services.pool import open_pool
from yici.services.subject_edits import PURPOSES
from yici.services.subject_pages import shown_text
from yici.storage import audit
from yici.storage.collections import FillingRow
from yici.storage.references import references_of, referred_to

TOLD, BEFORE = "told", "before"
_GONE = Problem("cell-gone", "有的填报项已经不在了。", "请刷新页面。")


@dataclass(frozen=True, slots=True)
class Whole:
    """What one cell of a filling holds: as told, and as it counted before. `code` names the cell on its page, `subject`
    is the type of whom it is about."""

    code: str
    subject: str
    told: str
    before: str
    masked: bool


def may_reveal(actor: Actor, row: FillingRow) -> bool:
    """Whether the actor may look at masked values of a filling: who may both look at the pool's and review it."""
    thing = filling_thing(row)
    reviews = can(actor, "filling.check", thing) or can(actor, "filling.accept", thing)
    return bool(reviews and can(actor, "pool.reveal", thing))


def revealable(
    *, actor: Actor, home: Path, row: FillingRow, cells: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], str]:  # fmt: skip
    """Of the cells (key, element) those the actor sees masked and may look at, with the codes of whom they are about:
    these stand in addresses, where no ID number may stand."""
    if not may_reveal(actor, row):
        return {}
    pool = open_pool(home)
    reviewer, registry = as_reviewer(actor, row, pool), pool.registry
    found = {
        (key, name): (registry.elements[name].subject, key)
        for key, name in cells
        if name in registry.elements and sight(reviewer, registry.elements[name]) is Sight.MASKED
    }
    codes = references_of(found.values())
    return {cell: codes[pair] for cell, pair in found.items()}


def cell_to_reveal(*, actor: Actor, home: Path, number: int, code: str, element: str) -> str:
    """What names a cell on its page when the actor may look at it. Raises Refused, NotFound."""
    return _whole(actor, home, number, code, element).code


def reveal_told(
    *, actor: Actor, home: Path, number: int, code: str, element: str, purpose: str, which: str = TOLD
) -> str:  # fmt: skip
    """A value told in a filling, or (`which` BEFORE) what counted before it, whole, with its audit line.

    Raises Refused, NotFound (also for what is hidden from the actor), Conflict without a purpose.
    """
    whole = _whole(actor, home, number, code, element)
    if purpose not in PURPOSES:
        raise Conflict(Problem("purpose-missing", "没有选择用途。", f"用途是：{'、'.join(PURPOSES)}。"))
    text = whole.before if which == BEFORE else whole.told
    if not text:
        raise NotFound(_GONE)
    if whole.masked:
        # The line is written before anybody sees the value: where it cannot be, nothing is shown.
        detail = {"element": element, "subject": whole.subject, "for": purpose, "filling": number, "of": which}
        audit.append_alone(actor=actor.name, action="value.reveal", thing=code, detail=detail)
    return text


def _whole(actor: Actor, home: Path, number: int, code: str, element: str) -> Whole:
    row = get_filling(home=home, number=number)
    if not may_reveal(actor, row):
        raise Refused(
            Problem("not-allowed", "查看完整内容，要能审核这项填报，又能查看敏感信息。", "请找有权的人办理。")
        )
    pool, pair = open_pool(home), referred_to(code)
    known = pool.registry.elements.get(element)
    how = sight(as_reviewer(actor, row, pool), known) if known is not None else Sight.HIDDEN
    if pair is None or known is None or how is Sight.HIDDEN:
        raise NotFound(_GONE)
    with pool.projection() as projection:
        cells = told_cells(collection=row.collection, unit=row.unit, pool=pool, projection=projection)
        cell = _cell_of(cells, pair, element)
        before = before_whole(actor=actor, pool=pool, projection=projection, cell=cell)
    return Whole(code_of(cell.address), pair[0], shown_text(known, cell.last.value), before, how is Sight.MASKED)


def _cell_of(cells: Iterable[Cell], pair: tuple[str, str], element: str) -> Cell:
    for cell in cells:
        if (cell.subject, cell.key) == pair and cell.element == element:
            return cell
    raise NotFound(_GONE)
