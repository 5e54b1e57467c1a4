"""What was asked of units, for the burden meter, and the figure from before it is compared with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import yaml
from django.db.models import Exists, OuterRef, Q, Subquery

from yici.core.collections.burden import Before
from yici.core.errors import PackError, Place, Problem
from yici.storage.host import models
from yici.storage.packs import pack_folders
from yici.storage.yaml_files import Loader

_FILE = "burden.yaml"


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A filling as it was asked: when, by whom, of whom, and with how many cells. `asked` are (known, unknown) cells
    at that time, None where that was not noted; `cells` are all of them, and `copies` the forms of that time,
    one a subject where it is a card. `sent_by` is the login of who sent it last."""

    filling: int
    name: str
    organisation: str
    unit: str
    at: datetime
    asked: tuple[int, int] | None
    cells: int
    sent_by: str
    copies: int = 1


def fillings_asked(
    *, since: datetime, until: datetime, units: Iterable[str] | None = None,
    organisations: Iterable[str] | None = None,
) -> list[AskedRow]:  # fmt: skip
    """The fillings sent out from one moment until before another, oldest first; None leaves a condition open."""
    wanted = Q(collection__published_at__gte=since, collection__published_at__lt=until)
    if units is not None:
        wanted &= Q(unit__in=list(units))
    if organisations is not None:
        wanted &= Q(collection__organisation__in=list(organisations))
    sent = models.FillingEvent.objects.filter(filling=OuterRef("pk"), step="submit").order_by("-pk").values("by")[:1]
    # A unit in which nobody was meant has no copy, though it is a card as in the others.
    dealt = Exists(models.Filling.objects.filter(collection=OuterRef("collection"), cards__gt=0))
    rows: Any = models.Filling.objects.filter(wanted).select_related("collection")
    return [
        AskedRow(
            row.pk, row.collection.name, row.collection.organisation, row.unit, row.collection.published_at,
            None if row.asked_known is None else (row.asked_known, row.asked_unknown),
            row.known + row.unknown, row.sent_by or "", row.cards if row.dealt else 1,
        )
        for row in rows.annotate(sent_by=Subquery(sent), dealt=dealt).order_by("collection__published_at", "pk")
    ]  # fmt: skip


def before_figure() -> Before | None:
    """The figure from before in `burden.yaml` of the packs, the last one read; None when there is none.

    Raises PackError for a file that cannot be read.
    """
    files = [folder / _FILE for folder in pack_folders() if (folder / _FILE).is_file()]
    if not files:
        return None
    try:
        told = yaml.load(files[-1].read_bytes(), Loader)["before"]  # noqa: S506 (a safe loader)
        return Before(float(told["forms_a_day"]), float(told["hours_a_day"]), str(told["source"]).strip())
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        place = Place(file=str(files[-1]))
        hint = "写法：before: {forms_a_day: 19, hours_a_day: 4, source: 来源}。"
        raise PackError(Problem("burden-before", f"读不懂减负前的参照数：{error}", hint, place)) from error
