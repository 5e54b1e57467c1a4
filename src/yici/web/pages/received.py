"""Answering any form (来表即填): a clerk drops a form that came by chat and has it back filled."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yici.core.access.actors import Thing
from yici.core.errors import YiciError
from yici.services import quick_fill, received_downloads, receiving
from yici.services.form_doubts import Doubt, own_scope, take_back
from yici.services.jobs import starting
from yici.services.received_files import DAYS, KIND
from yici.services.received_pages import Result, chosen_name, result_of, settled_words, uses_of
from yici.services.rosters import saved_filters_of
from yici.services.searching import search_pool
from yici.storage.outside import UseRow
from yici.web.converters import number_of
from yici.web.errors import status_of
from yici.web.pages.collections import day_in
from yici.web.pages.collections import received as saved_upload
from yici.web.pages.jobs import shown, to_job, to_job_once
from yici.web.requests import Request, home_of, now, today
from yici.web.routes import page


def use_of(request: Request, number: int, **_more: object) -> Thing:
    """What a page about a received form is about. Raises NotFound."""
    return quick_fill.use_thing(home=home_of(request), number=number)


@page("received.fill", methods=("GET", "POST"), limit="uploads")
def index(request: Request) -> HttpResponse:
    """Drop forms here; the forms received before. Many, or large ones, are taken in by a job."""
    if request.method == "GET":
        return _index(request, {})
    uploads = [file for file in request.FILES.getlist("files") if isinstance(file, UploadedFile)]
    try:
        with TemporaryDirectory() as folder:
            files = []
            for place, upload in enumerate(uploads):
                own = Path(folder) / str(place)
                own.mkdir()
                files.append(saved_upload(upload, own))
            about: dict[str, Any] = {
                "actor": request.actor, "home": home_of(request), "files": files, "now": now(),
                "unit": request.POST.get("unit", ""), "department": request.POST.get("department", ""),
            }  # fmt: skip
            if receiving.is_large(home=home_of(request), files=files):
                words = _("收到的 %(n)s 张表") % {"n": len(files)} if len(files) > 1 else files[0].name
                aside = {"what": receiving.set_aside(**about), "at": now().isoformat()}
                return to_job_once(request, KIND, words, aside)
            found = receiving.receive(**about, today=today())
    except YiciError as error:
        return _index(request, {"problems": error.problems}, status_of(error))
    numbers = [one.number for one in found if one.number]
    if len(found) == 1 and numbers:
        return HttpResponseRedirect(reverse("received-one", args=numbers))
    context = {"problems": receiving.problems_of(found), "fresh": numbers}
    return _index(request, context, 200 if numbers else 422)


@page("received.fill", thing=use_of, methods=("GET", "POST"))
def one(request: Request, number: int) -> HttpResponse:
    """What filling a received form comes to; for whom it is filled can be chosen."""
    if request.method == "GET":
        return _one(request, number, {})
    sent, home = request.POST, home_of(request)
    who = sent.get("who", "").strip()
    try:
        use = quick_fill.open_received(actor=request.actor, home=home, number=number).use
        of = sent.get("of", use.of)
        if who:
            found = search_pool(actor=request.actor, home=home, words=who)
            if len(found.hits) != 1:
                return _one(request, number, {"hits": found.hits, "who": who, "more": found.more})
            of = found.hits[0].code
        saved, day = sent.get("saved", ""), day_in(request, "as_of")
        quick_fill.choose(
            actor=request.actor, home=home, number=number, unit=sent.get("unit", use.unit),
            where=sent.get("where", use.where)[:500], of=of, department=sent.get("department"), today=today(),
            saved=number_of(saved), as_of=day,
        )  # fmt: skip
    except YiciError as error:
        return _one(request, number, {"problems": error.problems, "typed": sent.get("where")}, status_of(error))
    return HttpResponseRedirect(reverse("received-one", args=[number]))


@page("received.fill", thing=use_of, methods=("POST",))
def confirm(request: Request, number: int) -> HttpResponse:
    """Settle what a doubtful word means, for the clerk's own uses of the form."""
    try:
        quick_fill.confirm(
            actor=request.actor, home=home_of(request), number=number, doubt=request.POST.get("doubt", ""),
            meaning=request.POST.get("meaning", ""), today=today(),
        )  # fmt: skip
    except YiciError as error:
        return _one(request, number, {"problems": error.problems}, status_of(error))
    return HttpResponseRedirect(reverse("received-one", args=[number]) + "#doubts")


@page("received.fill", thing=use_of, methods=("POST",))
def back(request: Request, number: int, word: int) -> HttpResponse:
    """Take a confirmation back."""
    use = quick_fill.open_received(actor=request.actor, home=home_of(request), number=number).use
    take_back(
        actor=request.actor, home=home_of(request), number=word, form=use.form, scope=own_scope(request.actor)
    )  # fmt: skip
    quick_fill.recount(actor=request.actor, home=home_of(request), number=number, today=today())
    messages.success(request, _("已撤回。"))
    return HttpResponseRedirect(reverse("received-one", args=[number]) + "#doubts")


@page("received.fill", thing=use_of, methods=("POST",), limit="downloads")
def download(request: Request, number: int) -> HttpResponseBase:
    """The filled form; it is made now and not kept. A large one, or many cards, in the background."""
    about: dict[str, Any] = {"actor": request.actor, "home": home_of(request), "today": today()}
    each = request.POST.get("each", "")
    try:
        if received_downloads.is_large(**about, numbers=[number], each=each):
            title = quick_fill.open_received(actor=request.actor, home=home_of(request), number=number).use.title
            return to_job(request, "received", title, {"numbers": [number], "each": each})
        with TemporaryDirectory() as folder:
            made = received_downloads.download(**about, number=number, folder=Path(folder), each=each)
            return FileResponse(made.file.open("rb"), as_attachment=True, filename=made.name)
    except YiciError as error:
        return _one(request, number, {"problems": error.problems}, status_of(error))


@page("received.fill", methods=("POST",), limit="downloads")
def package(request: Request) -> HttpResponseBase:
    """Several filled forms in one package: those of the actor's own that were named; many in the background."""
    about: dict[str, Any] = {"actor": request.actor, "home": home_of(request), "today": today()}
    named = [number for text in request.POST.getlist("use") if (number := number_of(text))]
    numbers = received_downloads.own_numbers(actor=request.actor, home=home_of(request), numbers=named)
    name = _("填好的表") + ".zip"
    try:
        if received_downloads.is_large(**about, numbers=numbers):
            words = _("收到的 %(n)s 张表") % {"n": len(numbers)}
            return to_job(request, "received", words, {"numbers": numbers, "each": "", "name": name})
        with TemporaryDirectory() as folder:
            made = received_downloads.package(**about, numbers=numbers, folder=Path(folder), name=name)
            return FileResponse(made.file.open("rb"), as_attachment=True, filename=made.name)
    except YiciError as error:
        return _index(request, {"problems": error.problems}, status_of(error))


def _index(request: Request, context: dict[str, Any], status: int = 200) -> HttpResponse:
    units = sorted(request.actor.units)
    own = [post.unit for post in request.actor.posts if post.unit in request.actor.units]
    home, name = home_of(request), request.actor.name
    uses = uses_of(actor=request.actor, home=home)
    active = starting.active_of(home=home, kinds=[KIND], owner=name)
    base = {
        "units": units, "unit": own[0] if own else "", "days": DAYS, "uses": uses, "fresh": _fresh(request, uses),
        "receiving": shown(active[0]) if active else None,
    }  # fmt: skip
    return render(request, "web/outside/received.html", base | context, status=status)


def _fresh(request: Request, uses: list[UseRow]) -> list[int]:
    """The forms a job took in, to be downloaded together, as long as none came after them."""
    job = starting.last_done(home=home_of(request), kind=KIND, owner=request.actor.name)
    numbers = list(job.outcome["numbers"]) if job is not None else []
    return numbers if uses and numbers and uses[0].id == max(numbers) else []


def _one(request: Request, number: int, context: dict[str, Any], status: int = 200) -> HttpResponse:
    actor, home = request.actor, home_of(request)
    opened = quick_fill.open_received(actor=actor, home=home, number=number)
    result: Result | None = None
    doubts: list[Doubt] = []
    try:
        result = result_of(actor=actor, opened=opened, today=today())
        doubts = result.doubts
    except YiciError as error:
        context = {"problems": error.problems} | context
    base = {
        "use": opened.use, "result": result, "doubts": doubts, "days": DAYS, "units": sorted(actor.units),
        "settled": settled_words(actor=actor, opened=opened), "of": chosen_name(actor=actor, opened=opened),
        "saved": saved_filters_of(actor=actor, home=home), "typed": None,
        "day": quick_fill.day_of(opened, today()), "today": today(),
    }  # fmt: skip
    return render(request, "web/outside/one_received.html", base | context, status=status)
