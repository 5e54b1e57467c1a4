"""What a roll-up of several units leaves empty (汇总缺项), as a table to take away: who has not answered, and what the
others said where their answers cannot stand in one cell."""

from __future__ import annotations

from pathlib import Path

from yici.core.access.actors import Actor
from yici.office.tables import Table, tables_workbook
from yici.services.collecting.rollup import Progress, RolledUp, roll_up

_HEADINGS = ("表", "单元格", "填报项", "各村填写情况")


def list_gaps(
    *, actor: Actor, home: Path, number: int, folder: Path, progress: Progress | None = None
) -> RolledUp:  # fmt: skip
    """The gap list of a collection's one file, made from the file itself. Raises what `roll_up` raises."""
    made = roll_up(actor=actor, home=home, number=number, folder=folder, progress=progress)
    rows = [(gap.sheet, gap.cell, gap.label, gap.words) for gap in made.gaps]
    name = f"{Path(made.name).stem}（汇总缺项）"
    file = folder / "汇总缺项.xlsx"
    file.write_bytes(tables_workbook([Table("汇总缺项", name, _HEADINGS, rows)]))
    return RolledUp(file, f"{name}.xlsx", made.left, made.gaps)
