"""Doubts about values (疑义校核) in the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from yici.storage.host import models


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """One doubt, and what came of it."""

    id: int
    subject: str
    key: str
    element: str
    unit: str
    doubt: str
    state: str
    due: date
    by: str
    at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None


def add_dispute(*, subject: str, key: str, element: str, unit: str, doubt: str, state: str, due: date, by: str) -> int:
    """Add a doubt; its number."""
    row = models.Dispute.objects.create(
        subject=subject, key=key, element=element, unit=unit, doubt=doubt, state=state, due=due, by=by
    )
    return int(row.pk)


def lock_dispute(number: int) -> DisputeRow | None:
    """A doubt, its row locked until the transaction ends."""
    row = models.Dispute.objects.select_for_update().filter(pk=number).first()
    return _row(row) if row else None


def find_dispute(number: int) -> DisputeRow | None:
    """A doubt; None when there is none of that number."""
    row = models.Dispute.objects.filter(pk=number).first()
    return _row(row) if row else None


def settle_dispute(number: int, *, state: str, answer: str, by: str, at: datetime) -> None:
    """Note what came of a doubt."""
    models.Dispute.objects.filter(pk=number).update(state=state, answer=answer, answered_by=by, answered_at=at)


def disputes_in(
    *, units: Iterable[str] | None, by: str, states: Iterable[str] | None = None, limit: int = 500
) -> list[DisputeRow]:
    """Doubts about subjects of these units (None: all) and those somebody raised, what is due first comes first."""
    rows = models.Dispute.objects.order_by("due", "pk")
    if units is not None:
        rows = rows.filter(Q(unit__in=list(units)) | Q(by=by))
    if states is not None:
        rows = rows.filter(state__in=list(states))
    return [_row(row) for row in rows[:limit]]


def disputes_about(subject: str, key: str) -> list[DisputeRow]:
    """The doubts about one subject, the latest first."""
    return [_row(row) for row in models.Dispute.objects.filter(subject=subject, key=key).order_by("-pk")]


def _row(row: models.Dispute) -> DisputeRow:
    return DisputeRow(
        int(row.pk), row.subject, row.key, row.element, row.unit, row.doubt, row.state, row.due, row.by, row.at,
        row.answer, row.answered_by, row.answered_at,
    )  # fmt: skip
