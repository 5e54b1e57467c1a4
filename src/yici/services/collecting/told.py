"""What clerks told for a collection: cell by cell, the latest value first in rank and the earlier ones beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from yici.engine.projection import Projection
from yici.engine.schema import table_of
from yici.services.pool import Pool
from yici.storage import collections
from yici.storage.entries import entries_from


@dataclass(frozen=True, slots=True)
class Said:
    """One value as it was told: canonical text, by whom and when. `seq` is the entry's number, 0 for a form's own."""

    value: str
    by: str
    at: datetime | None
    seq: int = 0


@dataclass(slots=True)
class Cell:
    """One thing that was told: the value of an element about a subject, or of a form's own slot (`element` empty)."""

    subject: str
    key: str
    element: str
    sheet: str = ""
    label: str = ""
    said: list[Said] = field(default_factory=list)

    @property
    def last(self) -> Said:
        """What counts of it: the latest."""
        return self.said[-1]

    @property
    def address(self) -> tuple[str, str, str, str]:
        """What names the cell within a filling: key, element, sheet, label."""
        return self.key, self.element, self.sheet, self.label


def told_cells(*, collection: int, unit: str, pool: Pool, projection: Projection) -> list[Cell]:
    """Everything a unit told for a collection, in the order in which it was first told."""
    found: dict[tuple[str, str, str, str], Cell] = {}
    entries = entries_from(f"collection:{collection}")
    here = _in_unit(projection, pool, {(entry.subject, entry.key) for entry in entries}, unit)
    for entry in entries:
        if (entry.subject, entry.key) in here:
            cell = Cell(entry.subject, entry.key, entry.element)
            said = Said(entry.value, entry.by, entry.at, entry.seq)
            found.setdefault(cell.address, cell).said.append(said)
    for answer in collections.slot_answers(collection, unit):
        cell = Cell("", answer.subject, "", answer.sheet, answer.label)
        found.setdefault(cell.address, cell).said.append(Said(answer.value, answer.by, answer.at))
    return list(found.values())


def _in_unit(
    projection: Projection, pool: Pool, pairs: Iterable[tuple[str, str]], unit: str
) -> set[tuple[str, str]]:  # fmt: skip
    """Those of the subjects that belong to a unit."""
    wanted: dict[str, list[str]] = {}
    for subject, key in pairs:
        if subject in pool.registry.subjects:
            wanted.setdefault(subject, []).append(key)
    found = set()
    for subject, keys in wanted.items():
        rows = projection.con.execute(
            f"SELECT key FROM {table_of(subject)} WHERE unit = ? AND key IN (SELECT unnest(?))",  # noqa: S608
            [unit, keys],
        ).fetchall()
        found |= {(subject, row[0]) for row in rows}
    return found
