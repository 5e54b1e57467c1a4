"""Background work: how far it is, what came of it, cancelling it, the file it made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import FileResponse, HttpResponse
from django.urls import reverse
from ninja import Router, Schema, Status

from yici.core.jobs import JobState, percent
from yici.services.jobs import starting
from yici.storage.jobs import JobRow
from yici.web.api.operations import FIRST, Limit, Listing, Number, Offset, ProblemOut, listing, operation
from yici.web.pages.jobs import job_of
from yici.web.requests import Request, home_of, now

router = Router(tags=["jobs"])


class Started(Schema):
    """Work that goes on in the background; `address` tells how far it is."""

    job: int
    address: str


class TableReport(Schema):
    """A table that was imported, and what is wrong in its cells, kind by kind."""

    sheet: str
    rows: int
    problems: list[str]


class ImportReport(Schema):
    """What an import came to. `new` is false when the same file had been imported before."""

    batch: str
    new: bool
    rows: int
    problems: int
    tables: list[TableReport]
    skipped: list[str]
    notes: list[str]


class JobOut(Schema):
    """A job as it is now. `told` says in words what came of it; `file` is the address of what it made."""

    job: int
    kind: str
    words: str
    state: JobState
    percent: int
    step: str
    told: str
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    problems: list[ProblemOut]
    file: str
    imported: ImportReport | None


@operation(router, "GET", "/jobs", action="job.view", response=Listing[JobOut], summary="后台任务")
def list_jobs(request: Request, limit: Limit = FIRST, offset: Offset = 0) -> dict[str, Any]:
    """自己的后台任务，新的在前；保留 7 天。"""
    rows = starting.jobs_for(actor=request.actor, home=home_of(request))
    return listing([_shown(row) for row in rows], limit, offset)


@operation(
    router, "GET", "/jobs/{number:number}", action="job.view", thing=job_of, response=JobOut, summary="一项后台任务"
)
def read_job(request: Request, number: Number) -> dict[str, Any]:
    """进度；结束后是结果和问题。"""
    return _shown(starting.get_job(home=home_of(request), number=number))


@operation(
    router,
    "POST",
    "/jobs/{number:number}/cancel",
    action="job.view",
    thing=job_of,
    response=JobOut,
    summary="取消一项任务",
)
def cancel_job(request: Request, number: Number) -> dict[str, Any]:
    """排队的立即取消；进行中的在下一个安全点停下，不留下任何改动。"""
    starting.cancel_job(actor=request.actor, home=home_of(request), number=number, at=now())
    return _shown(starting.get_job(home=home_of(request), number=number))


@operation(
    router,
    "GET",
    "/jobs/{number:number}/file",
    action="job.view",
    thing=job_of,
    response=None,
    summary="下载任务生成的文件",
    limit="downloads",
)
def job_file(request: Request, number: Number) -> FileResponse:
    """岗位、单位或授权变了以后，以前生成的文件不能再下载。"""
    name, path = starting.job_file(actor=request.actor, home=home_of(request), number=number)
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


def start(request: Request, response: HttpResponse, kind: str, words: str, arguments: dict[str, Any]) -> Any:
    """Start a job, and answer with where it is seen."""
    number = starting.start_job(
        actor=request.actor, home=home_of(request), kind=kind, words=words, arguments=arguments
    )  # fmt: skip
    return started(response, number, reverse("api-read-job", args=[number]))


def started(response: HttpResponse, number: int, address: str) -> Any:
    """Answer that a job goes on, and where to ask about it."""
    response["Location"] = address
    return Status(202, {"job": number, "address": address})


def _shown(row: JobRow) -> dict[str, Any]:
    file = reverse("api-job-file", args=[row.id]) if row.file else ""
    told = {name: getattr(row, name) for name in ("kind", "words", "state", "step", "told", "asked_at", "started_at")}
    return told | {
        "job": row.id, "percent": percent(row.done, row.total), "finished_at": row.finished_at,
        "problems": row.problems, "file": file, "imported": row.outcome if row.outcome.get("batch") else None,
    }  # fmt: skip
