"""Which recurring collections send their next period by themselves, and which periods were taken up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yici.storage.host import models

# isort: split
from django.db import connection
from django.db.models import Exists, OuterRef

from yici.storage import collections
from yici.storage.collections import CollectionRow

# The other worker's row is waited for, and then nothing is added: whoever is told one row was first.
_CLAIM = (
    "INSERT INTO storage_periodsending(collection_id, period, job, at) VALUES (%s, %s, 0, %s)"
    " ON CONFLICT (collection_id, period) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A period that was taken up: after which collection's, and the job that sends it."""

    collection: int
    period: str
    job: int
    at: datetime


def automatic_collections(organisations: Iterable[str] | None = None) -> list[CollectionRow]:
    """The recurring collections that send their next period by themselves and have not done so; of all organisations
    where none are named."""
    rows = _automatic()
    if organisations is not None:
        rows = rows.filter(organisation__in=list(organisations))
    found = (collections.collection_row(number) for number in rows.order_by("pk").values_list("pk", flat=True))
    return [row for row in found if row is not None]


def still_automatic(numbers: Iterable[int]) -> frozenset[int]:
    """Those of these collections that send their next period by themselves and have not done so."""
    return frozenset(_automatic().filter(pk__in=set(numbers)).values_list("pk", flat=True))


def following_of(number: int) -> CollectionRow | None:
    """The next collection of a recurring one, sent or not; None when it was not made."""
    found = models.Collection.objects.filter(previous_id=number).order_by("pk").values_list("pk", flat=True).first()
    return collections.collection_row(found) if found else None


def choose(number: int, *, by: str, since: date | None) -> None:
    """Note who chose that the next period is sent by itself; nobody with an empty name."""
    models.Collection.objects.filter(pk=number).update(automatic_by=by, automatic_since=since)


def claim(number: int, period: str, *, at: datetime) -> bool:
    """Take up the period after a collection's own; False when somebody did before."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [number, period, at])
        return bool(cursor.rowcount == 1)


def note_job(number: int, period: str, job: int) -> None:
    """Note the job that sends a period that was taken up."""
    models.PeriodSending.objects.filter(collection_id=number, period=period).update(job=job)


def last_taken(number: int) -> Taken | None:
    """The period after a collection's own that was taken up last."""
    row = models.PeriodSending.objects.filter(collection_id=number).order_by("-pk").first()
    return Taken(number, row.period, row.job, row.at) if row else None


def _automatic() -> Any:
    sent = models.Collection.objects.filter(previous_id=OuterRef("pk"), published_at__isnull=False)
    return models.Collection.objects.exclude(automatic_by="").filter(~Exists(sent), published_at__isnull=False)
