"""The register of apps: every query has a name here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from yici.core.apps.admission import Field
from yici.core.apps.states import AppState
from yici.storage.host import models


@dataclass(frozen=True, slots=True)
class AppRow:
    """An app with the people it had by month. `report` is the one kept with the decision."""

    id: int
    name: str
    kind: str
    organisation: str
    purpose: str
    functions: tuple[str, ...]
    fields: tuple[Field, ...]
    audience: str
    users: int
    state: AppState
    report: Mapping[str, Any]
    by: str
    at: datetime
    admitted_on: date | None
    months: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of an app's life; `batch` is the content hash of a batch its data came to."""

    step: str
    remark: str
    batch: str
    by: str
    at: datetime


def add_app(**values: Any) -> int:
    """Add an app; its number."""
    return int(models.App.objects.create(**values).pk)


def change_app(number: int, **values: Any) -> None:
    """Change an app. Call it with the row locked."""
    models.App.objects.filter(pk=number).update(**values)


def app_row(number: int, *, lock: bool = False) -> AppRow | None:
    """One app; locked until the transaction ends when `lock`."""
    rows = models.App.objects.filter(pk=number)
    row = (rows.select_for_update() if lock else rows.prefetch_related("months")).first()
    return _row(row) if row else None


def app_rows(*, states: Iterable[AppState] | None = None) -> list[AppRow]:
    """Apps by owner and name; in some states only."""
    rows = models.App.objects.order_by("organisation", "name", "pk").prefetch_related("months")
    if states is not None:
        rows = rows.filter(state__in=[str(state) for state in states])
    return [_row(row) for row in rows]


def add_step(number: int, step: str, *, by: str, remark: str = "", batch: str = "") -> None:
    """Note a step."""
    models.AppStep.objects.create(app_id=number, step=step, by=by, remark=remark, batch=batch)


def steps_of(number: int) -> list[StepRow]:
    """The steps of an app, oldest first."""
    rows = models.AppStep.objects.filter(app_id=number).order_by("pk")
    return [StepRow(row.step, row.remark, row.batch, row.by, row.at) for row in rows]


def set_month(number: int, month: str, actives: int, *, by: str) -> None:
    """Note how many people used an app in a month; what was told before is replaced (the audit has it)."""
    values = {"actives": actives, "by": by, "at": timezone.now()}
    models.AppMonth.objects.update_or_create(app_id=number, month=month, defaults=values)


def _row(row: Any) -> AppRow:
    return AppRow(
        id=row.pk, name=row.name, kind=row.kind, organisation=row.organisation, purpose=row.purpose,
        functions=tuple(row.functions), fields=tuple(Field(**one) for one in row.fields), audience=row.audience,
        users=row.users, state=AppState(row.state), report=row.report, by=row.by, at=row.at,
        admitted_on=row.admitted_on,
        months={one.month: one.actives for one in sorted(row.months.all(), key=lambda one: one.month)},
    )  # fmt: skip
