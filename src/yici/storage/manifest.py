"""Reads the manifest: all that the golden records follow from, at one moment."""

from __future__ import annotations

from django.db import transaction

from yici.core.elements import Registry
from yici.core.manifest import Edit, Manifest, Source
from yici.storage import audit
from yici.storage.database import snapshot
from yici.storage.host import models
from yici.storage.judgements import verdicts_in_force
from yici.storage.units import all_areas


def pool_sequence() -> int:
    """The number of the last change to the pool: one cheap query."""
    return audit.current_number("pool")


def read_manifest(registry: Registry) -> Manifest:
    """The manifest as committed now; read in one transaction, so that its parts belong together."""
    with transaction.atomic():
        snapshot()
        return Manifest(
            sequence=pool_sequence(),
            sources=_sources(),
            edits=_edits(),
            verdicts=verdicts_in_force(),
            areas=all_areas(),
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


def _edits() -> tuple[Edit, ...]:
    return tuple(
        Edit(
            seq=row.seq,
            subject=row.subject,
            key=row.key,
            element=row.element,
            value=row.value,
            by=row.by,
            as_of=row.as_of,
            department=row.department,
            authoritative=row.authoritative,
            source=row.source,
        )
        for row in models.Entry.objects.order_by("seq")
    )
