"""The admission report as pages show it: made once, kept, made again when its ground changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.utils import timezone

from yici.core.elements import Registry
from yici.services.collecting.admission import Report
from yici.services.collecting.proposals import admission, kept_report
from yici.services.form_doubts import asked_scope
from yici.services.pool import open_pool
from yici.storage import collections
from yici.storage.collections import CollectionRow
from yici.storage.confirmations import confirmations_stamp
from yici.storage.confirmed_words import words_in_force


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A report with the moment it was made."""

    report: Report
    made: datetime | None


def report_of(*, home: Path, row: CollectionRow, today: date, fresh: bool = False, keep: bool = True) -> KeptReport:
    """The report of a proposal: the kept one while the form, its words, the filter, the marks and the definitions are
    the same and it is of today; else, or when `fresh`, made now and kept, unless `keep` is off:
    reading writes nothing. What the pool has learnt since is not in a
    kept one: `made` says of when it is. Raises ExpressionError, UploadRefused."""
    stamp = _stamp(row, open_pool(home).registry, today)
    kept = kept_report(row)
    if kept is not None and not fresh and row.admission.get("stamp") == stamp:
        return KeptReport(kept, datetime.fromisoformat(row.admission["made"]))
    report, made = admission(home=home, number=row.id, today=today).report, timezone.now()
    if keep:
        collections.keep_report(row.id, {**report.as_json(), "stamp": stamp, "made": made.isoformat()})
    return KeptReport(report, made)


def decided_report(row: CollectionRow) -> KeptReport | None:
    """The report a decision was taken on; None before one."""
    report = kept_report(row)
    return KeptReport(report, None) if report is not None else None


def _stamp(row: CollectionRow, registry: Registry, today: date) -> str:
    form = row.form
    ground = [
        form.source, row.where, row.everybody, row.named, row.urgent, form.number, form.maker, form.approval,
        str(form.valid_until), today.isoformat(), confirmations_stamp(), sorted(registry.elements),
        [word.id for word in words_in_force(form.fingerprint, [asked_scope(form.id)])],
        [other.id for other in collections.fields_of_others(form.id)],
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(ground, ensure_ascii=False).encode()).hexdigest()
