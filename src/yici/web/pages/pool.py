"""The pool on screen: finding subjects, a subject's page, and changing what is known there."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yici.core.access.actors import Thing
from yici.core.access.rules import can
from yici.core.errors import Conflict, YiciError
from yici.services import merging, subject_edits, subject_matters, subject_pages
from yici.services.searching import search_pool
from yici.services.subject_pages import Line
from yici.web.converters import number_of
from yici.web.errors import status_of
from yici.web.pages.jobs import after_judging
from yici.web.requests import Request, home_of, today
from yici.web.routes import page


def subject_thing(request: Request, code: str, *_more: str) -> Thing:
    """What a page about a subject is about. Raises NotFound."""
    return subject_pages.thing_of(home=home_of(request), code=code)


def part_thing(request: Request, code: str, number: int) -> Thing:
    """What a page about a merging of a subject is about. Raises NotFound."""
    return subject_thing(request, code)


def value_thing(request: Request, code: str, element: str) -> Thing:
    """What a page about one value of a subject is about. Raises NotFound."""
    return subject_thing(request, code, element)


@page("pool.search", methods=("GET", "POST"), limit="search")
def search(request: Request) -> HttpResponse:
    """Find people, households and firms. What is typed may be a name or a number, so it never stands in an address."""
    words = request.POST.get("words", "")
    found = search_pool(actor=request.actor, home=home_of(request), words=words)
    template = "web/pool/found.html" if request.htmx else "web/pool/search.html"
    return render(request, template, {"words": words, "found": found})


@page("pool.view", thing=subject_thing)
def subject(request: Request, code: str) -> HttpResponse:
    """Everything the pool holds about a subject."""
    return _subject(request, code, {})


@page("pool.view", thing=subject_thing)
def matters(request: Request, code: str) -> HttpResponse:
    """What goes on about a subject: loaded after its page, for forms are looked through."""
    found = subject_matters.matters_of(actor=request.actor, home=home_of(request), code=code)
    template = "web/pool/matters_part.html" if request.htmx else "web/pool/matters.html"
    return render(request, template, {"matters": found, "code": code})


@page("pool.judge", thing=subject_thing, methods=("GET", "POST"))
def merge(request: Request, code: str) -> HttpResponse:
    """Find the other one, and say that both are the same."""
    return _merge(request, code, {})


@page("pool.judge", thing=subject_thing, methods=("POST",))
def merged(request: Request, code: str) -> HttpResponse:
    """Merge two subjects, with the reason."""
    try:
        merging.merge(
            actor=request.actor, home=home_of(request), code=code, other=request.POST.get("other", ""),
            reason=request.POST.get("reason", ""),
        )  # fmt: skip
    except Conflict as error:
        return _merge(request, code, {"problems": error.problems}, 409)
    messages.success(request, _("已合并，可以随时拆开。"))
    return after_judging(request, reverse("judgements"))


@page("pool.judge", thing=part_thing, methods=("POST",))
def part(request: Request, code: str, number: int) -> HttpResponse:
    """Part what was merged by hand, with the reason."""
    try:
        merging.part(
            actor=request.actor, home=home_of(request), number=number, reason=request.POST.get("reason", "")
        )  # fmt: skip
    except Conflict as error:
        return _merge(request, code, {"problems": error.problems}, 409)
    messages.success(request, _("已拆开。"))
    return after_judging(request, reverse("subject", args=[code]))


@page("pool.view", thing=value_thing)
def value(request: Request, code: str, element: str) -> HttpResponse:
    """Where one value comes from, and what else was said: in the drawer."""
    details = subject_edits.value_details(actor=request.actor, home=home_of(request), code=code, element=element)
    template = "web/pool/value_drawer.html" if request.htmx else "web/pool/value.html"
    return render(
        request,
        template,
        {"code": code, "details": details, "editing": _edits(request), "back": _back(request.GET.get("back", ""))},
    )


@page("pool.view", thing=value_thing)
def line(request: Request, code: str, element: str) -> HttpResponse:
    """One line as it is read."""
    return _line(request, code, element, {})


@page("pool.reveal", thing=value_thing, methods=("GET", "POST"), limit="reveal")
def reveal(request: Request, code: str, element: str) -> HttpResponse:
    """Show a masked value whole: asks for the purpose, then writes an audit line."""
    context: dict[str, Any] = {"purposes": subject_edits.PURPOSES, "asking": element}
    if request.method == "GET":
        return _line(request, code, element, context)
    try:
        text = subject_edits.reveal_value(
            actor=request.actor, home=home_of(request), code=code, element=element, purpose=request.POST.get("for", "")
        )
    except YiciError as error:
        return _line(request, code, element, context | {"wrong": error.problems}, status=status_of(error))
    return _line(request, code, element, {"revealed": text, "revealed_of": element})


@page("pool.edit", thing=value_thing, methods=("GET", "POST"))
def edit(request: Request, code: str, element: str) -> HttpResponse:
    """Edit one value in its place."""
    if request.method == "GET":
        return _line(request, code, element, {"editing_now": element})
    typed, on = request.POST.get("value", ""), _on(request)
    try:
        counts = subject_edits.edit_value(
            actor=request.actor, home=home_of(request), code=code, element=element, typed=typed, on=on, today=today()
        )  # fmt: skip
    except YiciError as error:
        context = {"editing_now": element, "wrong": error.problems, "typed": typed}
        return _line(request, code, element, context, status=422)
    told = _("已记入。") if counts else _("已记入，但数源部门的值仍然优先。")
    return _line(request, code, element, {"told": told, "told_of": element})


@page("pool.edit", thing=value_thing, methods=("POST",))
def undo(request: Request, code: str, element: str) -> HttpResponse:
    """Undo one's own last edit: the value before it is entered again."""
    number = number_of(request.POST.get("entry", ""))
    subject_edits.undo_edit(
        actor=request.actor, home=home_of(request), code=code, element=element,
        number=number or 0, today=_on(request) or today(),
    )  # fmt: skip
    return _line(request, code, element, {"told": _("已撤销，恢复为原来的值。"), "told_of": element})


@page("pool.edit", thing=value_thing, methods=("POST",))
def choose(request: Request, code: str, element: str) -> HttpResponse:
    """Choose another source's value, or say that the present one is right."""
    rival = number_of(request.POST.get("rival", ""))
    given: dict[str, Any] = {
        "actor": request.actor, "home": home_of(request), "code": code, "element": element, "today": today(),
    }  # fmt: skip
    if rival is not None:
        subject_edits.choose_rival(**given, number=rival)
        messages.success(request, _("已改用这个值。"))
    else:
        subject_edits.keep_value(**given)
        messages.success(request, _("已核对，保留现在的值。"))
    back = _back(request.POST.get("back", ""))
    return HttpResponseRedirect(reverse(back) if back else reverse("subject", args=[code]))


def _back(told: str) -> str:
    """The page from which somebody came to settle a value; "" for the subject's own."""
    return told if told in ("conflicts", "my-fillings") else ""


def _edits(request: Request) -> bool:
    return bool(can(request.actor, "pool.edit"))


def _on(request: Request) -> date | None:
    """The day that has gone by for which values are told here: that of the form the clerk came from."""
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return None
    return day if day < today() else None


def _told_for(request: Request) -> dict[str, Any]:
    on = _on(request)
    return {"on": on, "query": f"?on={on.isoformat()}" if on else ""}


def _line(request: Request, code: str, element: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """One line for HTMX; the whole page for a browser without scripts."""
    # Also for the whole page: an element hidden from the actor is not there.
    one: Line = subject_pages.subject_line(
        actor=request.actor, home=home_of(request), code=code, element=element, editing=_edits(request)
    )
    if not request.htmx:
        return _subject(request, code, context, status)
    base = {"line": one, "code": code, "fragment": True} | _told_for(request)
    return render(request, "web/pool/line.html", context | base, status=status)


def _subject(request: Request, code: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    shown = subject_pages.subject_page(actor=request.actor, home=home_of(request), code=code, editing=_edits(request))
    base = {"page": shown, "code": code} | _told_for(request)
    return render(request, "web/pool/subject.html", context | base, status=status)


def _merge(request: Request, code: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    words = request.POST.get("words", "")
    given: dict[str, Any] = {"actor": request.actor, "home": home_of(request), "code": code}
    shown = subject_pages.subject_page(**given, editing=False)
    hits, itself = merging.candidates(**given, words=words), merging.itself(**given)
    base = {
        "page": shown, "code": code, "words": words, "reason": request.POST.get("reason", ""), "itself": itself,
        "hits": hits, "joined": merging.joined_with(**given), "chosen": request.POST.get("other", ""),
        "other_numbers": merging.other_numbers(home=home_of(request), one=itself, hits=hits),
    }  # fmt: skip
    return render(request, "web/pool/merge.html", base | context, status=status)
