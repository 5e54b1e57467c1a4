"""Batches (批次): one imported ledger each. File first, row second: a batch exists when its row is committed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from yici.core.manifest import BatchFacts
from yici.storage import audit
from yici.storage.batch_files import BatchFile, hash_file, keep_original, write_batch_file, writing
from yici.storage.host import models

__all__ = [
    "BatchOutcome",
    "BatchRow",
    "cover_batch",
    "find_batch",
    "hash_file",
    "list_batches",
    "match_batches",
    "write_batch",
]


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What an import came to. `new` is False when the same file with the same facts was already there."""

    new: bool
    batch: str
    rows: int
    problems: int


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One line of the list of batches."""

    seq: int
    batch: str
    source: str
    file_name: str
    department: str
    as_of: date
    authority: tuple[str, ...]
    covers: tuple[str, ...]
    columns: tuple[str, ...]
    rows: int
    problems: int
    imported_at: datetime
    imported_by: str
    withdrawn_at: datetime | None
    withdrawn_by: str


def find_batch(source_hash: str, facts: BatchFacts) -> BatchRow | None:
    """The batch in force made of that very file with those facts, so that it need not be parsed again."""
    row = models.Batch.objects.filter(claim=_claim(source_hash, facts), withdrawn_at__isnull=True).first()
    return _row(row) if row else None


def write_batch(
    home: Path, facts: BatchFacts, batches: Iterator[pa.RecordBatch], source: Path, actor: str
) -> BatchOutcome:
    """Store a ledger's typed rows as one batch, with the original beside it. Nothing is stored when it fails half way.

    `batches` are consumed as they come; their columns are those of the batch format (element ids, and `_row`, `_sheet`,
    `_line`, `_village`, `_id_prefix`, `_original`, `_problems`, `_extra`).
    """
    source_hash = hash_file(source)
    facts = replace(facts, file_name=facts.file_name or source.name)
    if (there := find_batch(source_hash, facts)) is not None:
        return BatchOutcome(False, there.batch, there.rows, there.problems)
    with writing(home):
        file = write_batch_file(home, facts.as_json() | {"source": source_hash}, iter(batches))
        keep_original(home, source, source_hash)
        return _commit(file, facts, source_hash, actor)


def list_batches(*, withdrawn: bool = True) -> list[BatchRow]:
    """All batches in order of arrival, withdrawn ones included unless told otherwise."""
    rows = models.Batch.objects.order_by("seq")
    return [_row(row) for row in (rows if withdrawn else rows.filter(withdrawn_at__isnull=True))]


def rows_in_force() -> int:
    """How many rows all batches have that were not withdrawn."""
    return int(models.Batch.objects.filter(withdrawn_at__isnull=True).aggregate(rows=Sum("rows"))["rows"] or 0)


def match_batches(text: str) -> list[BatchRow]:
    """The batches in force that `text` names: the beginning of a content hash, or the number in the list."""
    rows = models.Batch.objects.filter(withdrawn_at__isnull=True)
    found = rows.filter(seq=int(text)) if text.isdecimal() and len(text) < 8 else rows.none()
    return [_row(row) for row in found or rows.filter(content__startswith=text.lower())]


def batch_numbered(seq: int) -> BatchRow | None:
    """The batch with that number, withdrawn or not."""
    row = models.Batch.objects.filter(seq=seq).first()
    return _row(row) if row else None


def withdraw_batch(seq: int, *, actor: str, reason: str = "") -> None:
    """Take a batch out of force. One row changes; the file stays, and the ledger can be imported again."""
    with transaction.atomic():
        audit.next_number("pool")
        row = models.Batch.objects.select_for_update().get(seq=seq, withdrawn_at__isnull=True)
        row.withdrawn_at, row.withdrawn_by = timezone.now(), actor
        row.save(update_fields=["withdrawn_at", "withdrawn_by"])
        audit.append(
            actor=actor, action="batch.withdraw", thing=row.content, detail={"file": row.file_name, "reason": reason}
        )


def cover_batch(seq: int, covers: Sequence[str], *, actor: str) -> tuple[str, ...]:
    """Say which units a batch in force is a complete list for, and return what was said before. The file stays."""
    with transaction.atomic():
        audit.next_number("pool")
        row = models.Batch.objects.select_for_update().get(seq=seq, withdrawn_at__isnull=True)
        before, row.covers = tuple(row.covers), sorted(covers)
        row.save(update_fields=["covers"])
        detail = {"file": row.file_name, "before": list(before), "after": row.covers}
        audit.append(actor=actor, action="batch.covers", thing=row.content, detail=detail)
    return before


def _commit(file: BatchFile, facts: BatchFacts, source_hash: str, actor: str) -> BatchOutcome:
    """Add the manifest row and its audit line in one transaction, unless another process was first."""
    with transaction.atomic():
        seq = audit.next_number("pool")
        if (there := find_batch(source_hash, facts)) is not None:
            return BatchOutcome(False, there.batch, there.rows, there.problems)
        models.Batch.objects.create(
            seq=seq,
            content=file.content,
            source=source_hash,
            claim=_claim(source_hash, facts),
            file_name=facts.file_name,
            department=facts.department,
            as_of=facts.as_of,
            authority=sorted(facts.authority),
            covers=sorted(facts.covers),
            columns=list(file.columns),
            rows=file.rows,
            problems=file.problems,
            imported_by=actor,
        )
        detail = facts.as_json() | {"rows": file.rows, "problems": file.problems, "source": source_hash}
        audit.append(actor=actor, action="batch.import", thing=file.content, detail=detail)
    return BatchOutcome(True, file.content, file.rows, file.problems)


def _claim(source_hash: str, facts: BatchFacts) -> str:
    """What makes two imports the same: the file's bytes and what is said of it; not the file's name."""
    claim: list[object] = [source_hash, facts.department, facts.as_of.isoformat(), sorted(facts.authority)]
    claim += [sorted(facts.covers)] if facts.covers else []
    return hashlib.sha256(json.dumps(claim, ensure_ascii=False).encode()).hexdigest()


def _row(row: models.Batch) -> BatchRow:
    return BatchRow(
        seq=row.seq,
        batch=row.content,
        source=row.source,
        file_name=row.file_name,
        department=row.department,
        as_of=row.as_of,
        authority=tuple(row.authority),
        covers=tuple(row.covers),
        columns=tuple(row.columns),
        rows=row.rows,
        problems=row.problems,
        imported_at=row.imported_at,
        imported_by=row.imported_by,
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=row.withdrawn_by,
    )
