"""The tree of departments (部门): bureaus, and the sections below them."""

from __future__ import annotations

from collections.abc import Iterable

from yici.storage.host import models

# isort: split
from django.db import connection

# Plain, since every request of somebody in a department asks it.
_BELOW = (
    "WITH RECURSIVE below(id) AS ("
    " SELECT id FROM storage_organisation WHERE parent_id IN (SELECT id FROM storage_organisation WHERE name IN ({}))"
    " UNION SELECT o.id FROM storage_organisation o JOIN below ON o.parent_id = below.id)"
    " SELECT name FROM storage_organisation WHERE id IN (SELECT id FROM below)"
)


def all_organisations() -> list[tuple[str, str]]:
    """(name, name of the department above) of each department, by name; "" for those at the top."""
    rows = models.Organisation.objects.order_by("name").values_list("name", "parent__name")
    return [(name, parent or "") for name, parent in rows]


def lock_organisations() -> None:
    """Lock the tree until the transaction ends, so that two moves never make a circle together."""
    list(models.Organisation.objects.select_for_update().order_by("pk").values_list("pk", flat=True))


def move(name: str, parent: str) -> bool:
    """Put a department below another ("" for the top), made when it is new; whether it was new."""
    above = models.Organisation.objects.get(name=parent) if parent else None
    row, made = models.Organisation.objects.get_or_create(name=name)
    models.Organisation.objects.filter(pk=row.pk).update(parent=above)
    return made


def organisations_below(names: Iterable[str]) -> frozenset[str]:
    """The departments below these, at any depth, without these themselves."""
    wanted = sorted(set(names))
    if not wanted:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(_BELOW.format(", ".join(["%s"] * len(wanted))), wanted)
        return frozenset(name for (name,) in cursor.fetchall()) - frozenset(wanted)
