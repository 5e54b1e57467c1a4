"""The area tree (区划): units and the unit each lies in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from django.db import connection, transaction

from yici.core.manifest import Area
from yici.storage import audit
from yici.storage.database import identity
from yici.storage.host import models

TREE = "units"
"""The running number of the tree: it goes up with every change."""


def all_areas() -> tuple[Area, ...]:
    """Every unit, in the order in which they were made known."""
    rows = models.Unit.objects.select_related("parent").order_by("id")
    return tuple(Area(row.name, row.parent.name if row.parent else None, row.kind, row.code) for row in rows)


def kept_areas() -> tuple[Area, ...]:
    """Every unit as `all_areas` tells, kept by the tree's number. Only where nothing of the transaction under way has
    changed the tree, as what it changed may never be committed."""
    return _kept_areas(identity(), audit.current_number(TREE))


def areas_now() -> tuple[Area, ...]:
    """Every unit as committed now; in a transaction under way as it sees them, which may never be committed and is not
    kept."""
    return all_areas() if connection.in_atomic_block else kept_areas()


@lru_cache(maxsize=4)
def _kept_areas(_database: tuple[str, ...], _tree: int) -> tuple[Area, ...]:
    return all_areas()


def units_below(roots: Iterable[str], tree: int | None = None) -> frozenset[str]:
    """The units and all below them. `tree` is the tree's number when it has been read already (the counter TREE)."""
    wanted = tuple(sorted(roots))
    number = audit.current_number(TREE) if tree is None and wanted else tree
    if not wanted or not number or connection.in_atomic_block:
        # What this transaction has changed may never be committed, so it is not kept.
        return _below(wanted)
    return _kept_below(identity(), number, wanted)


@lru_cache(maxsize=4096)
def _kept_below(_database: tuple[str, ...], _tree: int, roots: tuple[str, ...]) -> frozenset[str]:
    """A tree that was changed has another number, so what was found in one stays right."""
    return _below(roots)


def _below(roots: Sequence[str]) -> frozenset[str]:
    found, areas = set(roots), all_areas() if roots else ()
    # Units are listed parents first, so one pass from the top finds all.
    changed = bool(found)
    while changed:
        more = {area.name for area in areas if area.parent in found} - found
        changed = bool(more)
        found |= more
    return frozenset(found)


def save_areas(areas: Sequence[Area], *, actor: str) -> None:
    """Make units known or change where they lie, in one transaction. A parent comes before what lies in it."""
    with transaction.atomic():
        audit.take_numbers({"pool": 1, TREE: 1})
        for area in areas:
            _save(area)
        names = [area.name for area in areas]
        audit.append(actor=actor, action="units.save", thing=names[0] if names else "", detail={"units": names})


def _save(area: Area) -> None:
    """Add or move one unit; a kind or code that is not given leaves what is known."""
    values: dict[str, object] = {name: value for name, value in (("kind", area.kind), ("code", area.code)) if value}
    if area.parent is not None:
        values["parent"] = models.Unit.objects.get(name=area.parent)
    models.Unit.objects.update_or_create(name=area.name, defaults=values)
