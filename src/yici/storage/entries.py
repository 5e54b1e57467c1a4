"""Entries (条目): values by hand, each a record of its own beside those of the ledgers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from yici.storage import audit
from yici.storage.database import day_of
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
    besides: Sequence[audit.Deed] = (),
) -> list[int]:
    """Add entries in one transaction with their audit lines; their sequence numbers.

    `department` is the editor's, `authoritative` says that it speaks for the element's authority, `source` names where
    the values came from (the form whose gap was answered). `besides` is what else the transaction did, for the audit
    to tell after the entries: so its running number is taken once. Raises ValueError for that without any entry.
    """
    if not entries:
        if besides:
            raise ValueError("what is told besides entries needs an entry")
        return []
    about: list[audit.Deed] = [
        ("entry.add", entry.key, {"element": entry.element, "value": entry.value, "as_of": as_of.isoformat()})
        for entry in entries
    ]
    about.extend(besides)
    # All at once: whoever writes holds the running numbers, and everybody who writes waits for them.
    with transaction.atomic(savepoint=False):
        numbers = audit.take_numbers({"pool": len(entries), "audit": len(about)})
        first = numbers["pool"] - len(entries) + 1
        models.Entry.objects.bulk_create(
            models.Entry(
                seq=seq, subject=entry.subject, key=entry.key, element=entry.element, value=entry.value,
                original=entry.original, by=actor, department=department, authoritative=authoritative, as_of=as_of,
                source=source,
            )
            for seq, entry in enumerate(entries, first)
        )  # fmt: skip
        audit.append_many(actor=actor, about=about, last_number=numbers["audit"])
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


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as far as it decides which value counts. Without a value it takes another entry back."""

    seq: int
    subject: str
    key: str
    element: str
    value: str
    as_of: date
    department: str
    authoritative: bool


# One statement, so that the entries are those of the number beside them; plain, since every answer asks it.
_NEWS = (
    "SELECT c.value, e.seq, e.subject, e.key, e.element, e.value, e.as_of, e.department, e.authoritative"
    " FROM storage_counter c LEFT JOIN storage_entry e ON e.seq > %s AND e.seq <= c.value WHERE c.name = 'pool'"
    " ORDER BY e.seq"
)


def entries_after(sequence: int) -> tuple[int, list[Told]]:
    """The pool's sequence now, and the entries that came after that one, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWS, [sequence])
        rows = cursor.fetchall()
    told = [
        Told(row[1], row[2], row[3], row[4], row[5], day_of(row[6]), row[7], bool(row[8]))
        for row in rows if row[1] is not None
    ]  # fmt: skip
    return (int(rows[0][0]) if rows else 0), told
