"""The area tree: units and what lies in them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from yici.core.errors import Place, Problem, UploadRefused
from yici.core.manifest import Area
from yici.storage.database import open_database
from yici.storage.units import all_areas, save_areas

_COLUMNS = {
    "name": ("name", "名称", "单位"),
    "parent": ("parent", "上级"),
    "kind": ("kind", "类型"),
    "code": ("code", "代码"),
}


def add_units(*, home: Path, actor: str, parent: str, children: Sequence[str]) -> list[Area]:
    """Make a unit and those directly below it known; a unit that is known already moves under the new parent."""
    open_database(home)
    known = {area.name: area for area in all_areas()}
    top = known.get(parent, Area(parent, None, "", ""))
    areas = [top, *(Area(child, parent, "", "") for child in children)]
    save_areas(areas, actor=actor)
    return areas


def load_units(*, home: Path, actor: str, file: Path) -> int:
    """Load units from a CSV with the columns name, parent, kind, code (or 名称, 上级, 类型, 代码); how many.

    Raises UploadRefused naming every line that has no name or a parent that is not there.
    """
    open_database(home)
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = [_fields(row) for row in csv.DictReader(stream)]
    known = {area.name for area in all_areas()} | {row["name"] for row in rows}
    problems = [
        Problem("bad_unit", _wrong(row), "请补全后重新导入。", Place(file.name, cell=f"第 {number} 行"))
        for number, row in enumerate(rows, 2)
        if not row["name"] or (row["parent"] and row["parent"] not in known)
    ]
    if problems:
        raise UploadRefused(problems)
    save_areas(_parents_first(rows), actor=actor)
    return len(rows)


def _fields(row: dict[str, str]) -> dict[str, str]:
    return {
        name: next((str(row[title]).strip() for title in titles if row.get(title)), "")
        for name, titles in _COLUMNS.items()
    }


def _wrong(row: dict[str, str]) -> str:
    return f"没有名为“{row['parent']}”的上级单位。" if row["name"] else "没有单位名称。"


def _parents_first(rows: list[dict[str, str]]) -> list[Area]:
    waiting = {row["name"]: row for row in rows}
    ordered: list[Area] = []
    while waiting:
        ready = [row for row in waiting.values() if row["parent"] not in waiting]
        for row in ready or list(waiting.values()):
            ordered.append(Area(row["name"], row["parent"] or None, row["kind"], row["code"]))
            del waiting[row["name"]]
    return ordered


def units_of(*, home: Path) -> tuple[Area, ...]:
    """Every unit, in the order in which they were made known."""
    open_database(home)
    return all_areas()
