"""Figures people ask again, by their owner; shared ones are everybody's to ask, each within their own rights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

from yici.storage.host import models


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A saved figure: what was typed, by field."""

    id: int
    owner: str
    name: str
    typed: Mapping[str, str]
    shared: bool


def figures_of(owner: str) -> list[FigureRow]:
    """Somebody's own figures and those others share, by name."""
    rows = models.SavedFigure.objects.filter(Q(owner=owner) | Q(shared=True)).order_by("name", "pk")
    return [FigureRow(int(row.pk), row.owner, row.name, row.typed, row.shared) for row in rows]


def save_figure(owner: str, name: str, typed: Mapping[str, str], *, shared: bool) -> None:
    """Save a figure; one's own of the same name is replaced."""
    values = {"typed": dict(typed), "shared": shared}
    models.SavedFigure.objects.update_or_create(owner=owner, name=name, defaults=values)


def forget_figure(owner: str, number: int) -> int:
    """Delete one of somebody's own figures; how many there were."""
    return int(models.SavedFigure.objects.filter(owner=owner, pk=number).delete()[0])
