"""The audit: append-only lines, hash-linked, written in the transaction of the thing they tell of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone

from yici.storage.host import models

GENESIS = "0" * 64
Progress = Callable[[int, int], None]
Deed = tuple[str, str, Mapping[str, object]]
"""What somebody did: the action, the thing it was done to, and what there is to tell of it."""
_TOLD_EVERY = 1_000
_NEXT = (
    "INSERT INTO storage_counter(name, value) VALUES {}"
    " ON CONFLICT (name) DO UPDATE SET value = storage_counter.value + excluded.value RETURNING name, value"
)
# Plain text: everybody who writes waits for whoever holds the number, so what is done meanwhile is short.
_LAST_HASH = "SELECT hash FROM storage_auditline WHERE seq = %s"


@dataclass(frozen=True, slots=True)
class Line:
    """One audit line as it is hashed: who did what to which thing, and when (ISO, with zone)."""

    seq: int
    at: str
    actor: str
    action: str
    thing: str
    detail: Mapping[str, object]
    previous: str

    def hash(self) -> str:
        """The SHA-256 of this line, the previous line's hash included."""
        text = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are looked for: by whom, of which action, from one moment until before another; empty: any."""

    actor: str = ""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None


EVERY = Wanted()


def next_number(name: str) -> int:
    """The next value of a running number. Holds its row locked until the transaction ends."""
    return next_numbers(name, 1)


def next_numbers(name: str, count: int) -> int:
    """The last of the next `count` values of a running number, in one statement. Locks as `next_number` does."""
    return take_numbers({name: count})[name]


def take_numbers(counts: Mapping[str, int]) -> dict[str, int]:
    """The last of the next so many values of each running number, locked one after the other as they are given: "audit"
    comes last everywhere, so that no two wait for each other."""
    with transaction.get_connection().cursor() as cursor:
        cursor.execute(
            _NEXT.format(", ".join(["(%s, %s)"] * len(counts))), [v for pair in counts.items() for v in pair]
        )
        return {name: int(value) for name, value in cursor.fetchall()}


def current_number(name: str) -> int:
    """The last value given out of a running number; 0 before the first."""
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT value FROM storage_counter WHERE name = %s", [name])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def append(*, actor: str, action: str, thing: str, detail: Mapping[str, object]) -> None:
    """Add a line. Call it inside the transaction of the change it tells of."""
    append_many(actor=actor, about=[(action, thing, detail)])


def append_many(*, actor: str, about: Sequence[Deed], last_number: int = 0) -> None:
    """Add a line for each deed, in order. Call it inside the transaction of the changes they tell of.

    `last_number` is the last of as many numbers of "audit" when they have been taken already.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an audit line belongs to the transaction of its change")
    first = (last_number or next_numbers("audit", len(about))) - len(about) + 1
    with transaction.get_connection().cursor() as cursor:
        cursor.execute(_LAST_HASH, [first - 1])
        before = cursor.fetchone()
    last = str(before[0]) if before else GENESIS
    at, rows = timezone.now().isoformat(), []
    for seq, (action, thing, detail) in enumerate(about, first):
        line = Line(seq, at, actor, action, thing, detail, last)
        last = line.hash()
        rows.append(models.AuditLine(**asdict(line), hash=last))
    models.AuditLine.objects.bulk_create(rows)


def append_alone(*, actor: str, action: str, thing: str, detail: Mapping[str, object]) -> None:
    """Add a line about something that changes no table: a transaction of its own."""
    with transaction.atomic():
        append(actor=actor, action=action, thing=thing, detail=detail)


def lines(limit: int | None = None, before: int = 0, wanted: Wanted = EVERY) -> list[Line]:
    """The audit lines looked for, oldest first; only the last `limit` ones when given, of those numbered below
    `before`."""
    rows = models.AuditLine.objects.order_by("-seq")
    if before:
        rows = rows.filter(seq__lt=before)
    given = {"actor": wanted.actor, "action": wanted.action, "at__gte": _text(wanted.since),
             "at__lt": _text(wanted.until)}  # fmt: skip
    rows = rows.filter(**{name: value for name, value in given.items() if value})
    return [_line(row) for row in reversed(rows[:limit] if limit else rows)]


def _text(moment: datetime | None) -> str:
    """A moment as lines tell it: the time is part of what is hashed, so it is kept as text; ISO texts of one zone are
    in order."""
    return moment.astimezone(UTC).isoformat() if moment else ""


def count_since(actions: Sequence[str], since: datetime) -> int:
    """How many lines tell of these actions since a moment."""
    return models.AuditLine.objects.filter(action__in=list(actions), at__gte=_text(since)).count()


def last_line(action: str) -> Line | None:
    """The last line that tells of an action; None when none does."""
    row = models.AuditLine.objects.filter(action=action).order_by("-seq").first()
    return _line(row) if row else None


def broken_links(progress: Progress | None = None) -> Iterator[int]:
    """Numbers of the lines that do not follow from the line before: changed, removed or inserted ones.

    Lines cut off at the end are found by the running number; whoever sets that back, too, is found only by a copy of
    the last hash kept elsewhere.
    """
    # The running number is read first: a line added while the others are read is none that was cut off.
    last, previous, expected = current_number("audit"), GENESIS, 1
    for row in models.AuditLine.objects.order_by("seq").iterator():
        line = _line(row)
        if line.seq != expected or line.previous != previous or line.hash() != row.hash:
            yield line.seq
        previous, expected = row.hash, line.seq + 1
        if progress is not None and line.seq % _TOLD_EVERY == 0:
            progress(line.seq, last)
    if expected <= last:
        yield expected


def _line(row: models.AuditLine) -> Line:
    return Line(row.seq, row.at, row.actor, row.action, row.thing, row.detail, row.previous)
