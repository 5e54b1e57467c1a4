"""Forms asked for outside the platform (平台外要数): every query has a name here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from yici.storage.host import models

OPEN, PROPOSED, DISMISSED = "open", "proposed", "dismissed"


@dataclass(frozen=True, slots=True)
class DemandRow:
    """A form asked for outside the platform. `state` is OPEN, PROPOSED (see `collection`) or DISMISSED (`reason`)."""

    id: int
    form: str
    title: str
    number: str
    department: str
    fields: tuple[Mapping[str, Any], ...]
    state: str
    reason: str
    collection: int | None
    decided_by: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class UseRow:
    """One time such a form was received and filled. `as_of` is the day of the data when the clerk chose one."""

    id: int
    demand: int
    title: str
    form: str
    source: str
    file_name: str
    unit: str
    where: str
    of: str
    department: str
    asked: int
    filled: int
    by: str
    at: datetime
    as_of: date | None = None

    @property
    def left(self) -> int:
        """The cells nobody could fill."""
        return self.asked - self.filled


def add_use(*, form: str, title: str, number: str, fields: Iterable[Mapping[str, Any]], **use: Any) -> int:
    """Record a use, and the demand when the form has not been seen before; the use's number."""
    with transaction.atomic():
        first = {"title": title, "number": number, "department": use["department"], "fields": list(fields),
                 "state": OPEN}  # fmt: skip
        demand, _ = models.OutsideDemand.objects.get_or_create(form=form, defaults=first)
        if use["department"] and not demand.department:
            models.OutsideDemand.objects.filter(pk=demand.pk).update(department=use["department"])
        return int(models.OutsideUse.objects.create(demand=demand, **use).pk)


def change_use(number: int, **values: Any) -> None:
    """Change what was chosen for a use, or what it came to."""
    models.OutsideUse.objects.filter(pk=number).update(**values)


def use_row(number: int) -> UseRow | None:
    """One use."""
    row = models.OutsideUse.objects.select_related("demand").filter(pk=number).first()
    return _use(row) if row else None


def uses(
    *, demand: int | None = None, by: str | None = None, units: Iterable[str] | None = None,
    since: datetime | None = None, until: datetime | None = None,
) -> list[UseRow]:  # fmt: skip
    """Uses, newest first; `until` itself is left out. None leaves a condition open."""
    rows = models.OutsideUse.objects.select_related("demand").order_by("-pk")
    if demand is not None:
        rows = rows.filter(demand_id=demand)
    if by is not None:
        rows = rows.filter(by=by)
    if units is not None:
        rows = rows.filter(unit__in=list(units))
    if since is not None:
        rows = rows.filter(at__gte=since)
    if until is not None:
        rows = rows.filter(at__lt=until)
    return [_use(row) for row in rows]


def demand_row(number: int, *, lock: bool = False) -> DemandRow | None:
    """One demand; locked until the transaction ends when `lock`."""
    rows = models.OutsideDemand.objects.filter(pk=number)
    row = (rows.select_for_update() if lock else rows).first()
    return _demand(row) if row else None


def demand_rows() -> list[DemandRow]:
    """All demands."""
    return [_demand(row) for row in models.OutsideDemand.objects.order_by("pk")]


def settle_demand(number: int, *, state: str, reason: str, collection: int | None, by: str) -> None:
    """Note what a steward decided about a demand. Call it inside a transaction with the audit line."""
    rows = models.OutsideDemand.objects.filter(pk=number)
    rows.update(state=state, reason=reason, collection_id=collection, decided_by=by, decided_at=timezone.now())


def kept_sources(since: datetime) -> set[str]:
    """The hashes of the received files that are still to be kept: those of uses since a moment."""
    return set(models.OutsideUse.objects.filter(at__gte=since).values_list("source", flat=True))


def _demand(row: Any) -> DemandRow:
    return DemandRow(
        int(row.pk), row.form, row.title, row.number, row.department, tuple(row.fields), row.state, row.reason,
        row.collection_id, row.decided_by, row.decided_at,
    )  # fmt: skip


def _use(row: Any) -> UseRow:
    return UseRow(
        int(row.pk), row.demand_id, row.demand.title, row.demand.form, row.source, row.file_name, row.unit, row.where,
        row.of, row.department, row.asked, row.filled, row.by, row.at, row.as_of,
    )  # fmt: skip
