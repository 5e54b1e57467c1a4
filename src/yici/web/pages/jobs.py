"""Background work on screen: one's own jobs with their progress, cancelling one, and the file it made."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from yici.core.access.actors import Thing
from yici.core.errors import YiciError
from yici.core.jobs import ACTIVE, STATE_NAMES, JobState, percent
from yici.services.batches import pool_is_large
from yici.services.jobs import starting
from yici.services.jobs.catalogue import KINDS
from yici.storage.jobs import JobRow
from yici.web.errors import status_of
from yici.web.requests import Request, home_of, now
from yici.web.routes import page

AFTER_JUDGING = "refresh"


def job_of(request: Request, number: int) -> Thing:
    """What a page about a job is about. Raises NotFound."""
    return starting.job_thing(starting.get_job(home=home_of(request), number=number))


def to_job(request: Request, kind: str, words: str, arguments: dict[str, Any]) -> HttpResponse:
    """Start a job and show its page."""
    number = starting.start_job(
        actor=request.actor, home=home_of(request), kind=kind, words=words, arguments=arguments
    )  # fmt: skip
    return HttpResponseRedirect(reverse("job", args=[number]))


def to_job_once(request: Request, kind: str, words: str, arguments: dict[str, Any]) -> HttpResponse:
    """Start a job on what was sent (`what` of its arguments) and show its page; sent twice while it is under way, it is
    that job's."""
    there = starting.active_about(
        home=home_of(request), kind=kind, name="what", value=arguments["what"], owner=request.actor.name
    )  # fmt: skip
    if there is not None:
        return HttpResponseRedirect(reverse("job", args=[there.id]))
    return to_job(request, kind, words, arguments)


def after_judging(request: Request, where: str) -> HttpResponse:
    """Where whoever has judged goes on. In a large pool everybody's rows may count for others now, and the next page
    would wait until that is reckoned: a job does it, and shows how far it is."""
    if pool_is_large(home=home_of(request)):
        return to_job(request, AFTER_JUDGING, _("判定后更新全库"), {})
    return HttpResponseRedirect(where)


@page("job.view")
def index(request: Request) -> HttpResponse:
    """One's own jobs; for the system administrator also that others' are there."""
    template = "web/jobs/list.html" if request.htmx else "web/jobs/index.html"
    return render(request, template, _all(request))


@page("job.view", thing=job_of)
def one(request: Request, number: int) -> HttpResponse:
    """One job: how far it is, and what came of it."""
    row = starting.get_job(home=home_of(request), number=number)
    if request.htmx and row.kind == AFTER_JUDGING and row.state is JobState.DONE:
        # Whoever judges one pair after the other waits here and goes on there, without another click.
        return HttpResponse(headers={"HX-Redirect": reverse(row.route)})
    template = "web/jobs/state.html" if request.htmx else "web/jobs/one.html"
    return render(request, template, {"job": shown(row)})


@page("job.view")
def notice(request: Request) -> HttpResponse:
    """The notice in the top bar while something of one's own waits or runs."""
    return render(request, "web/jobs/notice.html")


@page("job.view", thing=job_of, methods=("POST",))
def cancel(request: Request, number: int) -> HttpResponse:
    """Cancel a job."""
    try:
        state = starting.cancel_job(actor=request.actor, home=home_of(request), number=number, at=now())
    except YiciError as error:
        row = starting.get_job(home=home_of(request), number=number)
        context = {"job": shown(row), "problems": error.problems}
        return render(request, "web/jobs/one.html", context, status=status_of(error))
    messages.success(request, _("正在取消，已做的会全部撤回。") if state in ACTIVE else _("已取消。"))
    return HttpResponseRedirect(reverse("job", args=[number]))


@page("job.view", thing=job_of, limit="downloads")
def file(request: Request, number: int) -> FileResponse:
    """What a job made."""
    name, path = starting.job_file(actor=request.actor, home=home_of(request), number=number)
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


def _all(request: Request) -> dict[str, Any]:
    rows = [shown(row) for row in starting.jobs_for(actor=request.actor, home=home_of(request))]
    watched = [
        {"row": row, "kind": KINDS[row.kind].name, "state": STATE_NAMES[row.state]}
        for row in starting.jobs_watched(actor=request.actor, home=home_of(request))
        if row.kind in KINDS
    ]
    return {"jobs": rows, "watched": watched, "active": any(job["active"] for job in rows)}


def shown(row: JobRow) -> dict[str, Any]:
    """A job as templates show it."""
    return {
        "row": row,
        "kind": KINDS[row.kind].name if row.kind in KINDS else row.kind,
        "state": STATE_NAMES[row.state],
        "active": row.state in ACTIVE,
        "percent": percent(row.done, row.total),
        "copies": _by_copies(row),
        "page": _page_of(row),
    }


def _by_copies(row: JobRow) -> bool:
    """Whether what is counted are copies of forms; elsewhere they are lines, villages or what else the step names."""
    many = len(row.arguments.get("numbers", ())) > 1 or bool(row.arguments.get("each"))
    return row.kind == "receive" or (row.kind == "received" and many)


def _page_of(row: JobRow) -> str:
    """The page that shows what came of a job; "" when it names none."""
    if not row.route:
        return ""
    try:
        return reverse(row.route, args=[int(row.argument) if row.argument.isdecimal() else row.argument]
                       if row.argument else [])  # fmt: skip
    except NoReverseMatch:
        return ""
