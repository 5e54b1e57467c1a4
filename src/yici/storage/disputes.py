"""Doubts about values (疑义校核) in the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, F, Min, Q, Value, When

from yici.storage.host import models
from yici.storage.references import Pair


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


@dataclass(frozen=True, slots=True)
class Sought:
    """Which doubts are looked for: in a state, and whose text, answer, subject, element or owner the words name; or the
    one of a number. Empty: any.
    `subjects`, `elements` and `logins` are those whose names hold the words."""

    words: str = ""
    state: str = ""
    elements: tuple[str, ...] = ()
    logins: tuple[str, ...] = ()
    number: int = 0
    subjects: tuple[Pair, ...] = ()


ANY = Sought()
_WAITING = "open"


def disputes_in(
    *, units: Iterable[str] | None, by: str, sought: Sought = ANY, offset: int = 0, limit: int = 500
) -> list[DisputeRow]:
    """Doubts about subjects of these units (None: all) and those somebody raised: those waiting first, what is due
    first before the others; then those settled, the latest first."""
    settled = Case(When(state=_WAITING, then=Value(0)), default=Value(1))
    due = Case(When(state=_WAITING, then=F("due")))
    rows = _sought(units, by, sought).order_by(settled, due, "-pk")
    return [_row(row) for row in rows[offset : offset + limit]]


def count_disputes(*, units: Iterable[str] | None, by: str, sought: Sought = ANY) -> int:
    """How many doubts `disputes_in` finds in all."""
    return int(_sought(units, by, sought).count())


def doubted(*, units: Iterable[str] | None, by: str) -> set[Pair]:
    """The subjects of all doubts that `disputes_in` finds, by type and key."""
    return set(_sought(units, by, ANY).values_list("subject", "key"))


def waiting_disputes(*, units: Iterable[str] | None, but: str) -> tuple[int, date | None]:
    """How many doubts of these units (None: all) wait for an answer, but for those somebody raised; the first day one
    is due."""
    rows = _sought(units, "", Sought(state=_WAITING)).exclude(by=but)
    found = rows.aggregate(count=Count("pk"), due=Min("due"))
    return int(found["count"]), found["due"]


def _sought(units: Iterable[str] | None, by: str, sought: Sought) -> Any:
    rows = models.Dispute.objects.all()
    if units is not None:
        rows = rows.filter(Q(unit__in=list(units)) | Q(by=by))
    if sought.number:
        rows = rows.filter(pk=sought.number)
    if sought.state:
        rows = rows.filter(state=sought.state)
    if words := sought.words:
        named = Q(element__in=sought.elements) | Q(by__in=sought.logins)
        for kind in {kind for kind, _ in sought.subjects}:
            named |= Q(subject=kind, key__in=[key for of, key in sought.subjects if of == kind])
        rows = rows.filter(Q(doubt__icontains=words) | Q(answer__icontains=words) | Q(unit__icontains=words) | named)
    return rows


def disputes_about(subject: str, key: str) -> list[DisputeRow]:
    """The doubts about one subject, the latest first."""
    return [_row(row) for row in models.Dispute.objects.filter(subject=subject, key=key).order_by("-pk")]


def _row(row: models.Dispute) -> DisputeRow:
    return DisputeRow(
        int(row.pk), row.subject, row.key, row.element, row.unit, row.doubt, row.state, row.due, row.by, row.at,
        row.answer, row.answered_by, row.answered_at,
    )  # fmt: skip
