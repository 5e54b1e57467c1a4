"""What people said was asked again: every query has a name here. None of them ever takes an account."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from yici.storage.host import models


@dataclass(frozen=True, slots=True)
class AgainRow:
    """A field (or with an empty label a form) that was said to be asked again, how often, from which units that are
    large enough to be named, and the answer: "" while it waits."""

    id: int
    collection: int
    name: str
    organisation: str
    label: str
    element: str
    times: int
    units: tuple[str, ...]
    first: date
    last: date
    answer: str
    reason: str
    into: int | None
    into_name: str
    answered_by: str
    answered_on: date | None


def add_again(*, collection: int, label: str, element: str, unit: str, day: date) -> int:
    """Count one more who says so; the row's number. Call it with the collection's row locked."""
    rows = models.AskedAgain.objects.filter(collection_id=collection, label=label, answer="")
    row = rows.select_for_update().first()
    if row is None:
        row = models.AskedAgain.objects.create(
            collection_id=collection, label=label, element=element, first=day, last=day
        )
    units = sorted({*row.units, unit} - {""})
    models.AskedAgain.objects.filter(pk=row.pk).update(times=F("times") + 1, last=day, units=units)
    return int(row.pk)


def again_row(number: int, *, lock: bool = False) -> AgainRow | None:
    """One row; locked until the transaction ends when `lock`."""
    rows = models.AskedAgain.objects.filter(pk=number)
    row = (rows.select_for_update() if lock else rows).first()
    return _row(row) if row else None


def again_rows(*, collection: int | None = None, waiting: bool | None = None) -> list[AgainRow]:
    """Rows, the newest first; those that wait for an answer, or those that have one; of one collection."""
    rows = models.AskedAgain.objects.select_related("collection", "into").order_by("-last", "-pk")
    if waiting is not None:
        rows = rows.filter(answer="") if waiting else rows.exclude(answer="")
    if collection is not None:
        rows = rows.filter(collection_id=collection)
    return [_row(row) for row in rows]


def answer_again(number: int, *, answer: str, reason: str, into: int | None, by: str, day: date) -> None:
    """Write the answer. Call it with the row locked, in the transaction of the audit line."""
    models.AskedAgain.objects.filter(pk=number).update(
        answer=answer, reason=reason, into_id=into, answered_by=by, answered_on=day
    )


def mark_once(*, account: int, what: str, day: date, most: int) -> bool:
    """Note that somebody said something today; False when they said it already, or said as much as one may a day.

    What is kept is a one-way mark under the day's salt. Marks and salts of other days are deleted here, and with them
    any way to find out who had said it. Call it inside a transaction.
    """
    forget_marks(day=day)
    salt = _salt(day)
    said = _mark(salt, f"{account}|{what}")
    if models.AskedAgainMark.objects.filter(day=day, mark=said).exists():
        return False
    for turn in range(most):
        counted = _mark(salt, f"{account}#{turn}")
        if not models.AskedAgainMark.objects.filter(day=day, mark=counted).exists():
            return _add(day, said) and _add(day, counted)
    return False


def forget_marks(*, day: date) -> None:
    """Delete the marks and salts of all days but this."""
    models.AskedAgainMark.objects.exclude(day=day).delete()


def _salt(day: date) -> str:
    fresh = {"salt": secrets.token_hex(32)}
    row, _ = models.AskedAgainMark.objects.get_or_create(day=day, mark="", defaults=fresh)
    return str(row.salt)


def _mark(salt: str, text: str) -> str:
    return hmac.new(bytes.fromhex(salt), text.encode(), hashlib.sha256).hexdigest()


def _add(day: date, mark: str) -> bool:
    try:
        with transaction.atomic():
            models.AskedAgainMark.objects.create(day=day, mark=mark)
    except IntegrityError:
        # The same click came over a second connection at the same time, and was first.
        return False
    return True


def _row(row: Any) -> AgainRow:
    return AgainRow(
        id=row.pk, collection=row.collection_id, name=row.collection.name, organisation=row.collection.organisation,
        label=row.label, element=row.element, times=row.times, units=tuple(row.units), first=row.first, last=row.last,
        answer=row.answer, reason=row.reason, into=row.into_id, into_name=row.into.name if row.into else "",
        answered_by=row.answered_by, answered_on=row.answered_on,
    )  # fmt: skip
