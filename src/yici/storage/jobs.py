"""Queries about background work. The queue (django-tasks-db) hands a job to one worker; the lease kept here gives it to
another when that one dies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yici.storage.host import models

# isort: split
from django.db import transaction
from django.db.models import F
from django_tasks_db.models import DBTaskResult

from yici.core.jobs import ACTIVE, FINISHED, MOST_ATTEMPTS, JobState

Enqueue = Callable[[int], str]
_READY = "READY"


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as it is now. `route` with `argument` names the page that shows what came of it."""

    id: int
    kind: str
    words: str
    owner: str
    account: int
    arguments: Mapping[str, Any]
    state: JobState
    cancel_asked: bool
    done: int
    total: int
    step: str
    attempts: int
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    told: str
    route: str
    argument: str
    file: str
    file_name: str
    problems: tuple[Mapping[str, Any], ...]
    outcome: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ending:
    """What came of a job: its last state, words for its owner, a page or a file to look at, problems; `outcome` is for
    programs."""

    state: JobState
    told: str = ""
    route: str = ""
    argument: str = ""
    file: str = ""
    file_name: str = ""
    problems: tuple[Mapping[str, Any], ...] = ()
    outcome: Mapping[str, Any] = field(default_factory=dict)


def add_job(
    *, kind: str, words: str, owner: str, account: int, arguments: Mapping[str, Any], enqueue: Enqueue
) -> int:  # fmt: skip
    """Add a job and put it into the queue, in the caller's transaction; its number."""
    row = models.Job.objects.create(
        kind=kind, words=words, owner=owner, account=account, arguments=dict(arguments), state=JobState.WAITING
    )
    models.Job.objects.filter(pk=row.pk).update(task=enqueue(row.pk))
    return int(row.pk)


def job_row(number: int) -> JobRow | None:
    """A job, None when there is none of that number."""
    row = models.Job.objects.filter(pk=number).first()
    return _row(row) if row else None


def jobs_of(owner: str, limit: int) -> list[JobRow]:
    """The owner's jobs, the latest first."""
    return [_row(row) for row in models.Job.objects.filter(owner=owner).order_by("-pk")[:limit]]


def all_jobs(limit: int) -> list[JobRow]:
    """Everybody's jobs, the latest first."""
    return [_row(row) for row in models.Job.objects.order_by("-pk")[:limit]]


def count_active(owner: str) -> int:
    """How many of the owner's jobs wait or run."""
    return models.Job.objects.filter(owner=owner, state__in=ACTIVE).count()


def count_failed(since: datetime) -> int:
    """How many jobs of anybody failed since a moment."""
    return models.Job.objects.filter(state=JobState.FAILED, finished_at__gte=since).count()


def same_active(owner: str, kind: str, arguments: Mapping[str, Any]) -> int | None:
    """The owner's job that waits or runs for the very same: a second click starts nothing twice."""
    rows = models.Job.objects.filter(owner=owner, kind=kind, state__in=ACTIVE)
    return next((int(row.pk) for row in rows if row.arguments == dict(arguments)), None)


def active_of(kinds: Iterable[str], *, owner: str = "") -> list[JobRow]:
    """The jobs of some kinds that wait or run, the first asked first: everybody's, or their owner's."""
    rows = models.Job.objects.filter(kind__in=list(kinds), state__in=ACTIVE).order_by("pk")
    return [_row(row) for row in (rows.filter(owner=owner) if owner else rows)]


def last_done(kind: str, owner: str) -> JobRow | None:
    """The owner's job of a kind that was done last, while it is kept."""
    row = models.Job.objects.filter(kind=kind, owner=owner, state=JobState.DONE).order_by("-finished_at").first()
    return _row(row) if row else None


def active_about(kind: str, name: str, value: Any, *, owner: str = "") -> JobRow | None:
    """The job of a kind that waits or runs for a thing, whoever asked for it, or its owner's."""
    return next((row for row in active_of([kind], owner=owner) if row.arguments.get(name) == value), None)


def claim(number: int, *, worker: str, at: datetime) -> JobRow | None:
    """Begin a waiting job; None when it no longer waits (it was cancelled, or another worker has it)."""
    changed = models.Job.objects.filter(pk=number, state=JobState.WAITING).update(
        state=JobState.RUNNING, worker=worker, attempts=F("attempts") + 1, beat_at=at, started_at=at,
        done=0, total=0, step="",
    )  # fmt: skip
    return job_row(number) if changed else None


def beat(number: int, attempt: int, *, at: datetime) -> bool:
    """Say that the job's worker lives; False when the job is no longer this attempt's."""
    return bool(_running(number, attempt).update(beat_at=at))


def note_progress(number: int, attempt: int, *, done: int, total: int, step: str, at: datetime) -> bool | None:
    """Tell how far a job is. True: somebody asked to cancel it; None: it is no longer this attempt's."""
    if not _running(number, attempt).update(done=done, total=total, step=step, beat_at=at):
        return None
    return bool(models.Job.objects.filter(pk=number).values_list("cancel_asked", flat=True).first())


def finish(number: int, attempt: int, ending: Ending, *, at: datetime, kept: Mapping[str, Any] | None = None) -> bool:
    """End a running job; False when it is no longer this attempt's. What it was asked with is forgotten, but `kept`."""
    return bool(
        _running(number, attempt).update(
            state=ending.state,
            told=ending.told,
            route=ending.route,
            argument=ending.argument,
            file=ending.file,
            file_name=ending.file_name,
            problems=list(ending.problems),
            outcome=dict(ending.outcome),
            finished_at=at,
            arguments=dict(kept or {}),
            step="",
        )
    )


def give_back(number: int, attempt: int, *, enqueue: Enqueue, step: str) -> None:
    """Put a running job back into the queue: its worker stops. The attempt does not count."""
    with transaction.atomic():
        changed = _running(number, attempt).update(
            state=JobState.WAITING, worker="", attempts=F("attempts") - 1, step=step
        )
        if changed:
            models.Job.objects.filter(pk=number).update(task=enqueue(number))


def ask_cancel(number: int, *, at: datetime) -> JobState | None:
    """Cancel a waiting job at once; ask a running one to stop. Its state afterwards, None when it had ended."""
    waiting = models.Job.objects.filter(pk=number, state=JobState.WAITING)
    if waiting.update(state=JobState.CANCELLED, finished_at=at, arguments={}):
        return JobState.CANCELLED
    running = models.Job.objects.filter(pk=number, state=JobState.RUNNING)
    return JobState.RUNNING if running.update(cancel_asked=True) else None


def recover(*, before: datetime, at: datetime, enqueue: Enqueue, problem: Mapping[str, Any], step: str) -> list[int]:
    """Give the jobs of dead workers to others; those tried too often fail with the problem. The jobs concerned.

    Dead is who has shown no life since `before`. A job may also be lost between the queue and its beginning.
    """
    found = []
    for row in models.Job.objects.filter(state=JobState.RUNNING, beat_at__lt=before):
        ending = Ending(JobState.CANCELLED) if row.cancel_asked else Ending(JobState.FAILED, problems=(problem,))
        if row.cancel_asked or row.attempts >= MOST_ATTEMPTS:
            finish(row.pk, row.attempts, ending, at=at)
        else:
            _again(row.pk, row.task, {"state": JobState.RUNNING, "attempts": row.attempts}, enqueue, step)
        found.append(int(row.pk))
    for row in models.Job.objects.filter(state=JobState.WAITING, asked_at__lt=before):
        if _lost(row.task, before):
            _again(row.pk, row.task, {"state": JobState.WAITING, "task": row.task}, enqueue, step)
            found.append(int(row.pk))
    return found


def sweep(*, before: datetime) -> list[str]:
    """Forget what ended before then; the files (as they were named to `finish`) that nobody needs any more."""
    old = models.Job.objects.filter(state__in=FINISHED, finished_at__lt=before)
    files = [str(name) for name in old.exclude(file="").values_list("file", flat=True)]
    old.delete()
    DBTaskResult.objects.filter(enqueued_at__lt=before).exclude(status=_READY).delete()
    return files


def waiting_and_running() -> dict[str, int]:
    """How many jobs wait and how many run."""
    return {state: models.Job.objects.filter(state=state).count() for state in sorted(ACTIVE)}


def _again(number: int, task: str, still: Mapping[str, Any], enqueue: Enqueue, step: str) -> None:
    """Put a job into the queue again, unless somebody was first."""
    with transaction.atomic():
        rows = models.Job.objects.filter(pk=number, **still)
        if rows.update(state=JobState.WAITING, worker="", beat_at=None, step=step, task=""):
            DBTaskResult.objects.filter(id=task or None).delete()
            models.Job.objects.filter(pk=number).update(task=enqueue(number))


def _lost(task: str, before: datetime) -> bool:
    """Whether a waiting job's place in the queue was taken by a worker that then died."""
    held = DBTaskResult.objects.filter(id=task or None).first()
    return held is None or (held.status != _READY and (held.started_at or before) <= before)


def _running(number: int, attempt: int) -> Any:
    return models.Job.objects.filter(pk=number, state=JobState.RUNNING, attempts=attempt)


def _row(row: models.Job) -> JobRow:
    names: Iterable[str] = JobRow.__dataclass_fields__
    values = {name: getattr(row, name) for name in names}
    return JobRow(**values | {"state": JobState(row.state), "problems": tuple(row.problems)})
