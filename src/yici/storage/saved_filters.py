"""Rosters people ask for again, by their owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yici.storage.host import models


@dataclass(frozen=True, slots=True)
class SavedRow:
    """A saved filter: its number, name, whom it is about, the conditions as JSON, the columns by id."""

    id: int
    name: str
    subject: str
    condition: str
    columns: tuple[str, ...]


def saved_of(owner: str) -> list[SavedRow]:
    """Somebody's saved filters, by name."""
    return [_row(row) for row in models.SavedFilter.objects.filter(owner=owner).order_by("name")]


def saved_one(owner: str, number: int) -> SavedRow | None:
    """One of somebody's saved filters; None for another's."""
    row = models.SavedFilter.objects.filter(owner=owner, pk=number).first()
    return _row(row) if row else None


def save(owner: str, name: str, *, subject: str, condition: str, columns: Sequence[str]) -> None:
    """Save a filter; one of the same name is replaced."""
    models.SavedFilter.objects.update_or_create(
        owner=owner, name=name, defaults={"subject": subject, "condition": condition, "columns": list(columns)}
    )


def forget(owner: str, number: int) -> None:
    """Delete one of somebody's saved filters."""
    models.SavedFilter.objects.filter(owner=owner, pk=number).delete()


def _row(row: models.SavedFilter) -> SavedRow:
    return SavedRow(int(row.pk), row.name, row.subject, row.condition, tuple(row.columns))
