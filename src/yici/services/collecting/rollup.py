"""The roll-up (汇总): the sender's own form filled with everything that is known and was answered."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction

from yici.core.access.actors import Actor
from yici.core.errors import Conflict, Problem
from yici.core.fillplan import Gap, SheetFill, WorkbookFill
from yici.core.grid import parse_address
from yici.core.jobs import LARGE_FORM_CELLS, LARGE_FORM_FILES
from yici.office.patch import patch_form
from yici.services.collecting.proposals import get_collection, leaf_units
from yici.services.collecting.trial import form_file
from yici.services.form_doubts import asked_scope
from yici.services.forms import fill_form
from yici.services.pool import Pool, open_pool
from yici.storage import audit, collections
from yici.storage.collections import CollectionRow

Progress = Callable[[int, int], None]
Answers = Mapping[tuple[str, str, str, str], str]


@dataclass(frozen=True, slots=True)
class RolledUp:
    """A file to download: the filled form, or a package with one a unit; `left` cells nobody knows."""

    file: Path
    name: str
    left: int


def is_large(*, home: Path, number: int, each_unit: bool) -> bool:
    """Whether a roll-up has so many cells or files that making it is work for the background. Raises NotFound."""
    get_collection(home=home, number=number)
    fillings = collections.fillings_in(collection=number)
    cells = sum(filling.known + filling.unknown for filling in fillings)
    return cells > LARGE_FORM_CELLS or (each_unit and len(fillings) > LARGE_FORM_FILES)


def roll_up(
    *, actor: Actor, home: Path, number: int, folder: Path, each_unit: bool = False, progress: Progress | None = None
) -> RolledUp:
    """Fill the sender's form for all units of a collection into `folder`: one file, or one a unit in a zip package.

    Raises Conflict before the collection was published.
    """
    row, pool = get_collection(home=home, number=number), open_pool(home)
    if row.as_of is None:
        raise Conflict(Problem("not-published", "还没有派发，没有可下载的汇总。", "请先派发。"))
    units = [filling.unit for filling in collections.fillings_in(collection=number)]
    answers = collections.answers_of(number)
    suffix = Path(row.form.file_name).suffix.lower()
    if each_unit:
        made = _one_a_unit(actor, home, row, units, answers, folder, suffix, pool, progress)
    else:
        if progress is not None:
            progress(0, 1)
        out = folder / f"汇总{_written(suffix)}"
        left = _fill(actor, home, row, _together(units, pool), answers, out, pool)
        made = RolledUp(out, f"{row.name}{out.suffix}", left)
    with transaction.atomic():
        detail = {"units": len(units), "file": made.name, "left": made.left}
        audit.append(actor=actor.name, action="collection.download", thing=str(number), detail=detail)
    return made


def _one_a_unit(
    actor: Actor, home: Path, row: CollectionRow, units: Sequence[str], answers: Answers, folder: Path, suffix: str,
    pool: Pool, progress: Progress | None,
) -> RolledUp:  # fmt: skip
    package, left = folder / "汇总.zip", 0
    with TemporaryDirectory(dir=folder) as scratch, zipfile.ZipFile(package, "w", zipfile.ZIP_STORED) as target:
        for done, unit in enumerate(units, 1):
            out = Path(scratch) / f"{done}{_written(suffix)}"
            left += _fill(actor, home, row, unit, answers, out, pool)
            target.write(out, f"{done:02d}-{unit}{out.suffix}")
            if progress is not None:
                progress(done, len(units))
    return RolledUp(package, f"{row.name}.zip", left)


def _fill(
    actor: Actor, home: Path, row: CollectionRow, unit: str | None, answers: Answers, out: Path, pool: Pool
) -> int:
    """Fill the form for one unit and put in what was answered for this form only; the cells nobody knows."""
    assert row.as_of is not None
    filled = fill_form(
        actor=actor.name, home=home, form=form_file(home=home, form=row.form), out=out, unit=unit,
        where=row.where or None, as_of=row.as_of, pool=pool, scopes=[asked_scope(row.form.id)],
    )  # fmt: skip
    known = [(gap, value) for gap in filled.gaps if (value := _answer(gap, unit, answers, row)) is not None]
    if known:
        fill = WorkbookFill([SheetFill(sheet) for sheet in dict.fromkeys(gap.sheet for gap, _ in known)])
        by_sheet = {sheet.sheet: sheet for sheet in fill.sheets}
        for gap, value in known:
            by_sheet[gap.sheet].cells[parse_address(gap.cell)] = value
        patch_form(out, fill, out)
    return filled.cells_gap - len(known)


def _answer(gap: Gap, unit: str | None, answers: Answers, row: CollectionRow) -> str | None:
    """What was answered for the slot of a gap. A person's is found whatever the unit, a village's only in its own."""
    if gap.subject:
        return next(
            (
                v
                for (_, key, sheet, label), v in answers.items()
                if (key, sheet, label) == (gap.subject, gap.sheet, gap.label)
            ),
            None,
        )
    return answers.get((unit or "", "", gap.sheet, gap.label))


def _together(units: Sequence[str], pool: Pool) -> str:
    """The unit that these villages make up. Raises Conflict when they are only some of a unit's villages."""
    if len(units) == 1:
        return units[0]
    parents = {area.name: area.parent for area in pool.manifest().areas}
    leaves = set(leaf_units(pool))
    for name in _upwards(units[0], parents) if units else []:
        if leaves.intersection(pool.units_below(name)) == set(units):
            return name
    problem = Problem("not-a-unit", "派发的村不正好是一个上级单位的全部，不能并成一张表。", "请选“每村一张”下载。")
    raise Conflict(problem)


def _upwards(unit: str, parents: Mapping[str, str | None]) -> list[str]:
    found, here = [], parents.get(unit)
    while here is not None:
        found.append(here)
        here = parents.get(here)
    return found


def _written(suffix: str) -> str:
    """The ending of the filled file: old formats are filled in their converted copy."""
    return {".xls": ".xlsx", ".et": ".xlsx", ".doc": ".docx", ".wps": ".docx"}.get(suffix, suffix)
