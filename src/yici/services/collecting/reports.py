"""The admission report as pages show it: made once, kept, made again when its ground changed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.utils import timezone

from yici.core.collections.states import State
from yici.core.errors import Conflict, Problem
from yici.services.collecting.kept_reports import KeptReport, is_large, report_stamp, standing_report
from yici.services.collecting.proposals import admission, kept_report
from yici.services.collecting.trying import Progress
from yici.services.pool import open_pool
from yici.storage import collections
from yici.storage.collections import CollectionRow
from yici.storage.manifest import pool_sequence

WAITING = (State.PROPOSED, State.RETURNED)


def report_of(
    *,
    home: Path,
    row: CollectionRow,
    today: date,
    fresh: bool = False,
    keep: bool = True,
    progress: Progress | None = None,
) -> KeptReport:
    """The report of a proposal: the kept one while it stands; else, or when `fresh`, made now and kept, unless `keep`
    is off: reading writes nothing. What the pool has learnt since is not in a kept one: `made` says of when it is.
    Raises ExpressionError, UploadRefused, and whatever `progress` raises."""
    kept = None if fresh else standing_report(home=home, row=row, today=today)
    if kept is not None:
        return kept
    # What it stands on is read first: what changes meanwhile makes it outdated, never wrongly up to date.
    stamp, sequence = report_stamp(row, open_pool(home).registry, today), pool_sequence()
    report = admission(home=home, number=row.id, today=today, progress=progress).report
    made = timezone.now()
    if keep:
        told = {"stamp": stamp, "made": made.isoformat(), "sequence": sequence}
        collections.keep_report(row.id, {**report.as_json(), **told})
    return KeptReport(report, made)


def report_now(*, home: Path, row: CollectionRow, today: date) -> KeptReport | None:
    """The report for whoever asks just now, and keeps nothing: the kept one of today, one over few made anew when the
    pool has moved; None when it has to be made in the background first. Of a form over many that was decided on it is
    the report of that decision: no other is kept any more.

    Raises ExpressionError, UploadRefused, Conflict for a decision that needed no report.
    """
    kept = standing_report(home=home, row=row, today=today)
    if kept is not None and not kept.moved:
        return kept
    if not is_large(home=home, row=row, today=today):
        return report_of(home=home, row=row, today=today, fresh=True, keep=False)
    if kept is not None or row.state in WAITING:
        return kept
    decided = decided_report(row)
    if decided is None:
        raise Conflict(Problem("report-none", "这个任务定下结论时没有算准入评审报告。", "请重新报备后再看。"))
    return decided


def decided_report(row: CollectionRow) -> KeptReport | None:
    """The report a decision was taken on; None before one."""
    report = kept_report(row)
    return KeptReport(report, None) if report is not None else None
