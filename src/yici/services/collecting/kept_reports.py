"""The admission report that is kept with a proposal, and how long it stands."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from yici.core.elements import Registry
from yici.core.jobs import LARGE_TRIAL_CELLS
from yici.services.collecting.admission import Report
from yici.services.collecting.days import data_day
from yici.services.collecting.trial import recognise_kept
from yici.services.collecting.trying import trial_cells
from yici.services.collecting.whom import whom_of
from yici.services.form_doubts import asked_scope
from yici.services.pool import open_pool
from yici.storage import collections
from yici.storage.collections import CollectionRow
from yici.storage.confirmations import confirmations_stamp
from yici.storage.confirmed_words import words_in_force
from yici.storage.manifest import pool_sequence


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A report with the moment it was made. `moved`: the pool has changed since; `outdated`: so has what is asked, or
    the day."""

    report: Report
    made: datetime | None
    moved: bool = False
    outdated: bool = False


def last_report(*, home: Path, row: CollectionRow, today: date) -> KeptReport | None:
    """The report that was made last, whether it still stands or not; None before the first."""
    if "made" not in row.admission:
        return None
    report, made = Report.from_json(row.admission), datetime.fromisoformat(row.admission["made"])
    outdated = row.admission.get("stamp") != report_stamp(row, open_pool(home).registry, today)
    return KeptReport(report, made, row.admission.get("sequence") != pool_sequence(), outdated)


def standing_report(*, home: Path, row: CollectionRow, today: date) -> KeptReport | None:
    """The kept report while the form, its words, the filter, the marks and the definitions are the same and it is of
    today."""
    kept = last_report(home=home, row=row, today=today)
    return kept if kept is not None and not kept.outdated else None


def is_large(*, home: Path, row: CollectionRow, today: date) -> bool:
    """Whether the report is over so many cells that making it is work for the background. Raises ExpressionError,
    UploadRefused."""
    pool = open_pool(home)
    template = recognise_kept(home=home, form=row.form, pool=pool).template
    as_of = row.as_of or data_day(template, today)
    villages = len(pool.areas())
    cells = trial_cells(template, villages, whom=whom_of(row, template), as_of=as_of, pool=pool)
    return cells > LARGE_TRIAL_CELLS


def report_stamp(row: CollectionRow, registry: Registry, today: date) -> str:
    """A hash of all a report stands on but the pool."""
    form = row.form
    ground = [
        form.source, row.where, row.everybody, row.named, row.urgent, form.number, form.maker, form.approval,
        str(form.valid_until), today.isoformat(), confirmations_stamp(), sorted(registry.elements),
        [word.id for word in words_in_force(form.fingerprint, [asked_scope(form.id)])],
        [other.id for other in collections.fields_of_others(form.id)],
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(ground, ensure_ascii=False).encode()).hexdigest()
