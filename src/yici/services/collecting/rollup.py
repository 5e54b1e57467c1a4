"""The roll-up (汇总): the sender's own form filled with everything that is known and was answered."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction

from yici.core.access.actors import Actor, Role
from yici.core.errors import Conflict, NotFound, Problem
from yici.core.fillplan import Gap
from yici.core.jobs import LARGE_CARDS, LARGE_FORM_CELLS, LARGE_FORM_FILES
from yici.services.cards import Deck, count_cards, fill_cards
from yici.services.collecting.own_slots import Answers, Left, OwnSlots, PutIn
from yici.services.collecting.proposals import get_collection, leaf_units
from yici.services.collecting.trial import form_file, recognise_kept
from yici.services.collecting.trying import number_cells
from yici.services.collecting.whom import Whom, whom_of
from yici.services.form_doubts import asked_scope
from yici.services.forms import fill_form
from yici.services.pool import Pool, open_pool
from yici.storage import audit, collections
from yici.storage.collections import CollectionRow

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class RolledUp:
    """A file to download: the filled form, or a package with one a unit; `left` cells nobody knows. `gaps` are the
    cells of one file for several units that their answers leave empty, and what each of them said."""

    file: Path
    name: str
    left: int
    gaps: tuple[Left, ...] = ()


def is_large(*, home: Path, number: int, each_unit: bool) -> bool:
    """Whether a roll-up has so many cells or files that making it is work for the background. Raises NotFound."""
    row = get_collection(home=home, number=number)
    fillings = collections.fillings_in(collection=number)
    cells = sum(filling.known + filling.unknown for filling in fillings)
    if (cards := sum(filling.cards for filling in fillings)) > 0:
        return cards > LARGE_CARDS
    template = recognise_kept(home=home, form=row.form, pool=open_pool(home)).template
    cells += number_cells(template, len(fillings) if each_unit else 1)
    return cells > LARGE_FORM_CELLS or (each_unit and len(fillings) > LARGE_FORM_FILES)


@dataclass(frozen=True, slots=True)
class _Filling:
    """What one download fills: whose, which form, as of when, and what was answered for this form only."""

    actor: Actor
    home: Path
    row: CollectionRow
    as_of: date
    slots: OwnSlots
    pool: Pool
    whom: Whom


def roll_up(
    *, actor: Actor, home: Path, number: int, folder: Path, each_unit: bool = False, progress: Progress | None = None
) -> RolledUp:
    """Fill the sender's form into `folder`, for all units of a collection or for those of a township: one file, or one
    a unit in a zip package.

    Raises Conflict before the collection was published.
    """
    row = get_collection(home=home, number=number)
    if row.as_of is None:
        raise Conflict(Problem("not-published", "还没有派发，没有可下载的汇总。", "请先派发。"))
    units = [filling.unit for filling in collections.fillings_in(collection=number)]
    return fill_for(
        actor=actor, home=home, row=row, units=_reached(actor, row, units), as_of=row.as_of,
        answers=collections.answers_of(number), folder=folder, each_unit=each_unit, progress=progress,
    )  # fmt: skip


def fill_for(
    *, actor: Actor, home: Path, row: CollectionRow, units: Sequence[str], as_of: date, answers: Answers, folder: Path,
    each_unit: bool, progress: Progress | None = None, action: str = "collection.download",
) -> RolledUp:  # fmt: skip
    """Fill a collection's form for units as of a day, in one file or one a unit, with an audit line of what was read.
    A card comes once for each subject, in a package.

    Raises Conflict when one file is asked for no units.
    """
    pool, suffix = open_pool(home), Path(row.form.file_name).suffix.lower()
    template = recognise_kept(home=home, form=row.form, pool=pool).template
    slots = OwnSlots(template, answers, _villages(pool))
    filling = _Filling(actor, home, row, as_of, slots, pool, whom_of(row, template))
    if filling.whom.each:
        made = _one_a_subject(filling, units, folder, progress)
    elif each_unit:
        made = _one_a_unit(filling, units, folder, suffix, progress)
    else:
        if progress is not None:
            progress(0, 1)
        out = folder / f"汇总{_written(suffix)}"
        unit, some = _together(units, pool)
        left, put = _fill(filling, unit, units, out, some, progress)
        part = [Left("", "", "范围", f"只含{'、'.join(some)}。")] if some else []
        made = RolledUp(out, f"{row.name}{out.suffix}", left, (*part, *put.left))
    means = sorted({str(entry["means"]) for entry in row.form.fields if entry["kind"] == "element"})
    with transaction.atomic():
        detail = {"units": list(units), "file": made.name, "left": made.left, "for": row.purpose, "elements": means}
        audit.append(actor=actor.name, action=action, thing=str(row.id), detail=detail)
    return made


def _reached(actor: Actor, row: CollectionRow, units: Sequence[str]) -> list[str]:
    """The units whose roll-up the actor may have: all for the department and the steward, a township its own."""
    if Role.STEWARD in actor.roles or (Role.OFFICER in actor.roles and row.organisation in actor.organisations):
        return list(units)
    return [unit for unit in units if unit in actor.units]


def _one_a_unit(
    filling: _Filling, units: Sequence[str], folder: Path, suffix: str, progress: Progress | None
) -> RolledUp:  # fmt: skip
    package, left = folder / "汇总.zip", 0
    with TemporaryDirectory(dir=folder) as scratch, zipfile.ZipFile(package, "w", zipfile.ZIP_STORED) as target:
        for done, unit in enumerate(units, 1):
            out = Path(scratch) / f"{done}{_written(suffix)}"
            left += _fill(filling, unit, [unit], out)[0]
            target.write(out, f"{done:02d}-{unit}{out.suffix}")
            if progress is not None:
                progress(done, len(units))
    return RolledUp(package, f"{filling.row.name}.zip", left)


def _one_a_subject(filling: _Filling, units: Sequence[str], folder: Path, progress: Progress | None) -> RolledUp:
    """A copy of the form for each subject in a package, in a folder a unit where there are several units."""
    package, left, made = folder / "汇总.zip", 0, 0
    decks = {unit: filling.whom.deck(unit, filling.as_of) for unit in units}
    total = sum(count_cards(deck, pool=filling.pool) for deck in decks.values())
    if not total:
        raise NotFound(Problem("nobody", "没有符合条件的对象。", "请核对筛选条件和派发的单位。"))
    with TemporaryDirectory(dir=folder) as scratch, zipfile.ZipFile(package, "w", zipfile.ZIP_STORED) as target:
        for place, (unit, deck) in enumerate(decks.items(), 1):
            files, missing = _cards(filling, deck, Path(scratch) / str(place), progress, made, total)
            left, made = left + missing, made + len(files)
            for file in files:
                target.write(file, file.name if len(units) == 1 else f"{place:02d}-{unit}/{file.name}")
                file.unlink()
    return RolledUp(package, f"{filling.row.name}.zip", left)


def _cards(
    filling: _Filling, deck: Deck, out_dir: Path, progress: Progress | None, before: int, total: int
) -> tuple[list[Path], int]:  # fmt: skip
    """The cards of one unit with what was answered for this form only; the cells nobody knows."""

    def finish(out: Path, gaps: Sequence[Gap]) -> int:
        return filling.slots.put_in(out, gaps, [deck.unit] if deck.unit else []).closed

    def tell(done: int, _: int) -> None:
        if progress is not None:
            progress(before + done, total)

    outcome = fill_cards(
        actor=filling.actor.name, home=filling.home, form=form_file(home=filling.home, form=filling.row.form),
        each=deck.each, out_dir=out_dir, unit=deck.unit, where=deck.where or None, keys=deck.keys, as_of=deck.as_of,
        scopes=[asked_scope(filling.row.form.id)], finish=finish, progress=tell,
    )  # fmt: skip
    return outcome.files, outcome.asked


def _fill(
    filling: _Filling, unit: str | None, units: Sequence[str], out: Path, some: Sequence[str] = (),
    progress: Progress | None = None,
) -> tuple[int, PutIn]:  # fmt: skip
    """Fill the form for a unit, or for `some` of its villages, and put in what these units answered for this form only;
    the cells nobody knows."""
    actor, home, row = filling.actor, filling.home, filling.row
    filled = fill_form(
        actor=actor.name, home=home, form=form_file(home=home, form=row.form), out=out, unit=unit,
        where=row.where or None, as_of=filling.as_of, pool=filling.pool, scopes=[asked_scope(row.form.id)],
        units=some, progress=progress,
    )  # fmt: skip
    # What is left empty because its title names another day was nothing anybody was asked.
    put = filling.slots.put_in(out, [gap for gap in filled.gaps if gap.day is None], units)
    return filled.cells_gap - put.closed, put


def _villages(pool: Pool) -> dict[str, list[str]]:
    """The villages of every unit of the area tree; a village's own is itself."""
    parents = {area.name: area.parent for area in pool.areas()}
    found: dict[str, list[str]] = {}
    for leaf in leaf_units(pool):
        for unit in (leaf, *_upwards(leaf, parents)):
            found.setdefault(unit, []).append(leaf)
    return found


def _together(units: Sequence[str], pool: Pool) -> tuple[str | None, tuple[str, ...]]:
    """The unit that names these villages together, and the villages themselves where they are only some of it; None
    when nothing is above all of them. Raises Conflict for no villages."""
    if not units:
        raise Conflict(Problem("not-a-unit", "没有派发到您的单位，没有可汇总的。", "请核对派发的单位。"))
    if len(units) == 1:
        return units[0], ()
    below = _villages(pool)
    common = [name for name in below if set(units) <= set(below[name])]
    name = min(common, key=lambda one: len(below[one]), default=None)
    return name, () if name is not None and len(below[name]) == len(set(units)) else tuple(units)


def _upwards(unit: str, parents: Mapping[str, str | None]) -> list[str]:
    found, here = [], parents.get(unit)
    while here is not None:
        found.append(here)
        here = parents.get(here)
    return found


def _written(suffix: str) -> str:
    """The ending of the filled file: old formats are filled in their converted copy."""
    return {".xls": ".xlsx", ".et": ".xlsx", ".doc": ".docx", ".wps": ".docx"}.get(suffix, suffix)
