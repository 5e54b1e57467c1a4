"""The area tree (区划): units and the unit each lies in."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from yici.core.manifest import Area
from yici.storage import audit
from yici.storage.host import models


def all_areas() -> tuple[Area, ...]:
    """Every unit, in the order in which they were made known."""
    rows = models.Unit.objects.select_related("parent").order_by("id")
    return tuple(Area(row.name, row.parent.name if row.parent else None, row.kind, row.code) for row in rows)


def save_areas(areas: Sequence[Area], *, actor: str) -> None:
    """Make units known or change where they lie, in one transaction. A parent comes before what lies in it."""
    with transaction.atomic():
        audit.next_number("pool")
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
