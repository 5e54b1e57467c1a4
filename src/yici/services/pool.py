"""The pool as use cases see it: definitions, the area tree, and golden records as of a date."""

from __future__ import annotations

import difflib
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from yici.core.elements import Registry
from yici.core.errors import NotFound, Problem
from yici.core.manifest import Area, Manifest
from yici.engine.projection import Projection, open_projection, open_published
from yici.storage.database import leave_database, open_database
from yici.storage.manifest import newest_day, pool_sequence, read_manifest
from yici.storage.packs import load_registry
from yici.storage.units import areas_now

_REFRESHING = threading.Lock()


@dataclass(slots=True)
class Pool:
    """One data folder, open: its registry and its records."""

    home: Path
    registry: Registry

    def manifest(self) -> Manifest:
        """What is committed now."""
        return read_manifest(self.registry)

    def areas(self) -> tuple[Area, ...]:
        """The area tree as committed now; in a transaction under way as it sees it."""
        return areas_now()

    def projection(self, as_of: date | None = None) -> Projection:
        """The golden records, brought up to date first; with a date, without the records after it."""
        # The sequence is read first: what was committed before is in a file that holds at least that.
        sequence = pool_sequence()
        past = as_of is not None and as_of < (newest_day() or date.min)
        there = open_published(self.home, self.registry, sequence, as_of, past=past)
        if there is not None:
            return there
        return open_projection(self.home, self.registry, self.manifest(), as_of)

    def units_below(self, name: str) -> list[str]:
        """The unit of that name and all below it. Raises NotFound with the nearest names."""
        areas = self.areas()
        children: dict[str | None, list[str]] = {}
        for area in areas:
            children.setdefault(area.parent, []).append(area.name)
        names = [area.name for area in areas]
        if name not in names:
            raise NotFound(_unknown_unit(name, names))
        found = [name]
        for unit in found:
            found.extend(children.get(unit, []))
        return found


def area_names(names: Iterable[str], areas: Iterable[Area]) -> tuple[str, ...]:
    """The units of these names, each once. Raises NotFound naming all that are not there."""
    known = [area.name for area in areas]
    wanted = tuple(dict.fromkeys(name for name in names if name))
    problems = [_unknown_unit(name, known) for name in wanted if name not in known]
    if problems:
        raise NotFound(problems)
    return wanted


def refresh_soon(pool: Pool) -> None:
    """Bring the golden records up to date in a thread of its own, unless one does already."""

    def refresh() -> None:
        try:
            pool.projection().close()
        finally:
            leave_database()
            _REFRESHING.release()

    if _REFRESHING.acquire(blocking=False):
        threading.Thread(target=refresh, daemon=True, name="refresh").start()


def open_pool(home: Path) -> Pool:
    """Open the pool in a folder; the folder and its database are made when missing."""
    open_database(home)
    return Pool(home, load_registry())


def _unknown_unit(name: str, names: list[str]) -> Problem:
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.3)
    hint = f"相近的有：{'、'.join(near)}。" if near else "用 yici units 上级 下级… 先登记单位。"
    return Problem("unknown_unit", f"没有名为“{name}”的单位。", hint)
