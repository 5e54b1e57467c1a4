"""Runs of matching and the changes they found: the append-only list of who became eligible, lost it, or is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction

from yici.storage import audit
from yici.storage.host import models

_AT_A_TIME = 2000
_COLUMNS = (
    "run", "policy", "subject", "key", "unit", "kind", "before", "after", "amount_before", "amount_after", "cause",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """One run in force: what it was made from, and the files that hold its state by subject type, oldest first."""

    seq: int
    sequence: int
    day: date
    cause: str
    marks: Mapping[str, str]
    files: Mapping[str, list[str]]
    judged: int
    changes: int
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Change:
    """One subject's match with one policy that became another. Outcomes are those of engine.policy_settling."""

    policy: str
    subject: str
    key: str
    unit: str
    kind: str
    before: int
    after: int
    amount_before: Decimal | None = None
    amount_after: Decimal | None = None
    cause: str = ""
    day: date | None = None
    at: datetime | None = None
    run: int = 0


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run to be recorded."""

    sequence: int
    day: date
    cause: str
    marks: Mapping[str, str]
    files: Mapping[str, list[str]]
    judged: int
    counts: Mapping[str, int] = field(default_factory=dict)


def last_run() -> Run | None:
    """The run in force; None before the first."""
    row = models.MatchRun.objects.order_by("-seq").first()
    return _run(row) if row else None


def add_run(run: NewRun, changes: Sequence[Change], *, actor: str) -> int:
    """Record a run, its changes and its audit line in one transaction; its number."""
    with transaction.atomic():
        seq = audit.next_number("match")
        models.MatchRun.objects.create(
            seq=seq,
            sequence=run.sequence,
            day=run.day,
            cause=run.cause,
            marks=dict(run.marks),
            files=dict(run.files),
            judged=run.judged,
            changes=len(changes),
            by=actor,
        )
        if changes:
            _insert(changes, seq)
        detail = {"sequence": run.sequence, "day": run.day.isoformat(), "cause": run.cause, "judged": run.judged}
        audit.append(actor=actor, action="match.run", thing=str(seq), detail=detail | {"changes": dict(run.counts)})
    return seq


def changes_since(
    since: date | None, *, policies: Sequence[str] = (), units: Sequence[str] | None = None, key: str = ""
) -> Iterator[Change]:
    """Changes that were found on that day or later, the oldest first."""
    rows = models.MatchChange.objects.select_related("run").order_by("pk")
    if since is not None:
        rows = rows.filter(run__day__gte=since)
    if policies:
        rows = rows.filter(policy__in=policies)
    if units is not None:
        rows = rows.filter(unit__in=units)
    if key:
        rows = rows.filter(key=key)
    for row in rows.iterator(chunk_size=_AT_A_TIME):
        yield Change(
            row.policy, row.subject, row.key, row.unit, row.kind, row.before, row.after, row.amount_before,
            row.amount_after, row.cause, row.run.day, row.run.at, row.run.seq,
        )  # fmt: skip


def _insert(changes: Sequence[Change], run: int) -> None:
    """Add the rows by one prepared statement: objects for each would take ten times as long as the rows themselves."""
    columns = ["run_id" if name == "run" else name for name in _COLUMNS]
    marks = ", ".join(["%s"] * len(columns))
    named = ", ".join(connection.ops.quote_name(column) for column in columns)
    statement = f"INSERT INTO {connection.ops.quote_name(models.MatchChange._meta.db_table)} ({named}) VALUES ({marks})"  # noqa: S608
    rows = [
        (
            run, change.policy, change.subject, change.key, change.unit, change.kind, change.before, change.after,
            _text(change.amount_before), _text(change.amount_after), change.cause[: models.LONG],
        )
        for change in changes
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def _run(row: models.MatchRun) -> Run:
    return Run(row.seq, row.sequence, row.day, row.cause, row.marks, row.files, row.judged, row.changes, row.at, row.by)


def entries_between(since: int, until: int) -> Iterable[tuple[str, str, str, str]]:
    """(subject, key, element, by) of the entries by hand after one pool sequence, up to another."""
    rows = models.Entry.objects.filter(seq__gt=since, seq__lte=until).order_by("seq")
    return list(rows.values_list("subject", "key", "element", "by"))


def arrivals_between(since: int, until: int) -> list[str]:
    """The file names of the ledgers that arrived between two pool sequences."""
    rows = models.Batch.objects.filter(seq__gt=since, seq__lte=until).order_by("seq")
    return list(rows.values_list("file_name", flat=True))
