"""Reads the manifest: all that the golden records follow from, at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import Max

from yici.core.elements import Registry
from yici.core.manifest import Edit, Manifest, Source
from yici.storage import audit
from yici.storage.database import identity, snapshot
from yici.storage.host import models
from yici.storage.judgements import verdicts_in_force
from yici.storage.units import all_areas, kept_areas


def pool_sequence() -> int:
    """The number of the last change to the pool: one cheap query."""
    return audit.current_number("pool")


def newest_day() -> date | None:
    """The latest as-of date of any record in force; None when there are none."""
    batch = models.Batch.objects.filter(withdrawn_at__isnull=True).aggregate(day=Max("as_of"))["day"]
    past = _past()
    entry = models.Entry.objects.filter(seq__gt=past.upto).exclude(value="").aggregate(day=Max("as_of"))["day"]
    return max((day for day in (batch, past.newest, entry) if day is not None), default=None)


def read_manifest(registry: Registry) -> Manifest:
    """The manifest as committed now; all its parts as they are at one moment, so that they belong together."""
    if connection.in_atomic_block:
        return _between_changes(registry)
    with transaction.atomic():
        snapshot()
        return _read(registry, keep=True)


def _between_changes(registry: Registry) -> Manifest:
    """Inside a transaction under way its reads cannot be bound to one moment any more. Every change raises the number
    of the last change, so what was read while that stayed the same belongs together."""
    while True:
        found = _read(registry, keep=False)
        if pool_sequence() == found.sequence:
            return found


def _read(registry: Registry, *, keep: bool) -> Manifest:
    return Manifest(
        sequence=pool_sequence(),
        sources=_sources(),
        edits=_edits(keep=keep),
        verdicts=verdicts_in_force(),
        areas=kept_areas() if keep else all_areas(),
        authority={element.id: element.authority for element in registry.elements.values() if element.authority},
    )


def _sources() -> tuple[Source, ...]:
    rows = models.Batch.objects.filter(withdrawn_at__isnull=True).order_by("seq")
    return tuple(
        Source(
            row.seq,
            row.content,
            row.department,
            row.as_of,
            frozenset(row.authority),
            tuple(row.columns),
            row.rows,
            tuple(row.covers),
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class _Past:
    """The entries read so far: an entry never changes and none ever comes before another, so each is read once."""

    edits: tuple[Edit, ...] = ()
    upto: int = 0
    newest: date | None = None


# By database, in this process. Threads may read the same entries twice, never different ones.
_PASTS: dict[tuple[str, ...], _Past] = {}


def _past() -> _Past:
    return _PASTS.get(identity(), _Past())


def _edits(*, keep: bool) -> tuple[Edit, ...]:
    """Every entry. Only inside the transaction of `read_manifest`, whose sequence no entry read here is after. What is
    read in a transaction under way is not to be kept: with its own entries it may still be taken back."""
    past = _past()
    more = list(models.Entry.objects.filter(seq__gt=past.upto).order_by("seq"))
    if more:
        # An entry without a value takes back the entry it names, and is no statement itself.
        undone = {int(row.original) for row in more if not row.value}
        edits = past.edits + tuple(_edit(row) for row in more if row.value)
        if undone:
            edits = tuple(edit for edit in edits if edit.seq not in undone)
        past = _Past(edits, more[-1].seq, max((edit.as_of for edit in edits), default=None))
        if keep:
            _PASTS[identity()] = past
    return past.edits


def _edit(row: models.Entry) -> Edit:
    return Edit(
        seq=row.seq, subject=row.subject, key=row.key, element=row.element, value=row.value, by=row.by,
        as_of=row.as_of, department=row.department, authoritative=row.authoritative, source=row.source,
    )  # fmt: skip
