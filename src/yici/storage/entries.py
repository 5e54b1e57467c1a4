"""Entries (条目): values by hand, each a record of its own beside those of the ledgers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from yici.storage import audit
from yici.storage.host import models


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A value to be added. `value` is canonical text (see core.manifest.Edit), `original` what was typed."""

    subject: str
    key: str
    element: str
    value: str
    original: str = ""


def add_entries(
    entries: Sequence[NewEntry],
    *,
    actor: str,
    as_of: date,
    department: str = "",
    authoritative: bool = False,
    source: str = "",
) -> list[int]:
    """Add entries in one transaction with their audit lines; their sequence numbers.

    `department` is the editor's, `authoritative` says that it speaks for the element's authority, `source` names where
    the values came from (the form whose gap was answered).
    """
    if not entries:
        return []
    about: list[tuple[str, Mapping[str, object]]] = [
        (entry.key, {"element": entry.element, "value": entry.value, "as_of": as_of.isoformat()}) for entry in entries
    ]
    # All at once: whoever writes holds the running numbers, and everybody who writes waits for them.
    with transaction.atomic():
        first = audit.next_numbers("pool", len(entries)) - len(entries) + 1
        models.Entry.objects.bulk_create(
            models.Entry(
                seq=seq, subject=entry.subject, key=entry.key, element=entry.element, value=entry.value,
                original=entry.original, by=actor, department=department, authoritative=authoritative, as_of=as_of,
                source=source,
            )
            for seq, entry in enumerate(entries, first)
        )  # fmt: skip
        audit.append_many(actor=actor, action="entry.add", about=about)
    return list(range(first, first + len(entries)))


def take_back_entry(number: int, *, actor: str, source: str) -> int:
    """Take an entry back by an entry without a value that names it; its number. Nothing is deleted."""
    row = models.Entry.objects.get(seq=number)
    given = NewEntry(row.subject, row.key, row.element, "", str(number))
    return add_entries([given], actor=actor, as_of=row.as_of, source=source)[0]


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry as it was added."""

    subject: str
    key: str
    element: str
    value: str
    by: str
    seq: int = 0
    at: datetime | None = None


def entries_from(source: str) -> list[EntryRow]:
    """The entries that came from a source, oldest first."""
    rows = models.Entry.objects.filter(source=source).order_by("seq")
    return [EntryRow(row.subject, row.key, row.element, row.value, row.by, row.seq, row.at) for row in rows]


@dataclass(frozen=True, slots=True)
class NumberedEntry:
    """An entry with its number and its source ("" for a plain edit)."""

    seq: int
    element: str
    value: str
    by: str
    source: str


def entries_of(subject: str, key: str) -> dict[str, NumberedEntry]:
    """The last entry of each element of a subject."""
    rows = models.Entry.objects.filter(subject=subject, key=key).order_by("seq")
    return {row.element: NumberedEntry(row.seq, row.element, row.value, row.by, row.source) for row in rows}


def entries_numbered(numbers: Sequence[int]) -> dict[int, NumberedEntry]:
    """The entries of these numbers."""
    rows = models.Entry.objects.filter(seq__in=list(numbers))
    return {row.seq: NumberedEntry(row.seq, row.element, row.value, row.by, row.source) for row in rows}


def changes_since(
    sequence: int, upto: int, *, keys: Collection[str], elements: Collection[str]
) -> tuple[int, list[tuple[str, str, str]]]:
    """What came to the pool between two sequences: how many entries, and (type, key, element) of those that are about
    one of the keys or elements."""
    rows = models.Entry.objects.filter(seq__gt=sequence, seq__lte=upto)
    near = rows.filter(Q(key__in=list(keys)) | Q(element__in=list(elements)))
    return rows.count(), list(near.values_list("subject", "key", "element"))
