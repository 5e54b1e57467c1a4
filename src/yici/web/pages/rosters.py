"""The register of elements, and one-click rosters."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yici.core.access.rules import can
from yici.core.errors import YiciError
from yici.services import register, rosters
from yici.services.jobs.catalogue import wanted_as_json
from yici.services.pool import open_pool
from yici.services.rosters import Condition, Wanted
from yici.web.converters import number_of
from yici.web.errors import status_of
from yici.web.pages.jobs import to_job
from yici.web.requests import Request, home_of, today
from yici.web.routes import page

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ROWS, _MEMBER_ROWS = 5, 3
_FIRST_COLUMNS = 4


@page("elements.view")
def elements(request: Request) -> HttpResponse:
    """The elements with where they occur; what is looked for is the name of an element, never of a person."""
    words = request.GET.get("q", "")[:60]
    rows = register.elements_shown(home=home_of(request), words=words)
    may_add = bool(can(request.actor, "elements.add"))
    return render(request, "web/pool/elements.html", {"rows": rows, "words": words, "may_add": may_add})


@page("roster.make", methods=("GET", "POST"), limit="search")
def index(request: Request) -> HttpResponse:
    """Choose conditions and columns; look, download, save."""
    if request.method == "GET":
        number = number_of(request.GET.get("saved", ""))
        if number is not None:
            wanted = rosters.saved_filter(actor=request.actor, home=home_of(request), number=number)
            return _look(request, wanted)
        return _page(request, Wanted(request.GET.get("of", "person"), (), ()), {})
    wanted, step = _wanted(request), request.POST.get("step", "look")
    try:
        if step == "download":
            return _download(request, wanted)
        if step == "save":
            name = request.POST.get("name", "")
            rosters.save_filter(actor=request.actor, home=home_of(request), name=name, wanted=wanted)
            messages.success(request, _("已保存“%(name)s”。") % {"name": name})
    except YiciError as error:
        return _page(request, wanted, {"problems": error.problems}, status=status_of(error))
    return _look(request, wanted)


@page("roster.make", methods=("POST",))
def forget(request: Request, number: int) -> HttpResponse:
    """Delete one of one's own saved filters."""
    rosters.forget_filter(actor=request.actor, home=home_of(request), number=number)
    messages.success(request, _("已删除。"))
    return HttpResponseRedirect(reverse("rosters"))


def _look(request: Request, wanted: Wanted) -> HttpResponse:
    try:
        found = rosters.preview_roster(actor=request.actor, home=home_of(request), wanted=wanted, today=today())
    except YiciError as error:
        return _page(request, wanted, {"problems": error.problems}, status=status_of(error))
    return _page(request, wanted, {"roster": found, "shown": rosters.SHOWN})


def _download(request: Request, wanted: Wanted) -> HttpResponse:
    title = request.POST.get("name", "").strip()[:80]
    content = rosters.download_small_roster(
        actor=request.actor, home=home_of(request), wanted=wanted, title=title, today=today()
    )
    if content is None:
        return to_job(request, "roster", title or "花名册", wanted_as_json(wanted, title))
    name = quote(f"{title or '花名册'}.xlsx", safe="")
    return HttpResponse(
        content, content_type=_XLSX, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    )


def _wanted(request: Request) -> Wanted:
    """What was chosen; conditions without an element are left out, and how many without any on members."""
    members = _conditions(request, "member-")
    return Wanted(
        request.POST.get("of", "person"), _conditions(request, ""),
        tuple(dict.fromkeys(request.POST.getlist("column"))),
        request.POST.get("any") == "any", request.POST.get("unit", ""),
        members, (number_of(request.POST.get("least", "1")) or 0) if members else 1,
    )  # fmt: skip


def _conditions(request: Request, which: str) -> tuple[Condition, ...]:
    triples = zip(*(request.POST.getlist(f"{which}{name}") for name in ("element", "operator", "value")), strict=False)
    return tuple(Condition(*triple) for triple in triples if triple[0])


def _page(request: Request, wanted: Wanted, context: dict[str, Any], status: int = 200) -> HttpResponse:
    home = home_of(request)
    pool = open_pool(home)
    allowed = rosters.elements_for(request.actor, pool, wanted.subject)
    chosen = wanted.columns or tuple(e.id for e in allowed if not e.derived)[:_FIRST_COLUMNS]
    base = {
        "wanted": wanted,
        "subjects": [(s.id, s.name) for s in pool.registry.subjects.values()],
        "allowed": allowed,
        "columns": chosen,
        "operators": rosters.OPERATORS,
        "conditions": _rows(wanted.conditions, _ROWS),
        "people": rosters.member_elements_for(request.actor, pool, wanted.subject),
        "members": _rows(wanted.members, _MEMBER_ROWS),
        "units": [a.name for a in pool.areas() if not request.actor.units or a.name in request.actor.units],
        "saved": rosters.saved_filters_of(actor=request.actor, home=home),
    }
    return render(request, "web/pool/rosters.html", base | context, status=status)


def _rows(conditions: tuple[Condition, ...], least: int) -> list[Condition]:
    """The conditions chosen, and empty ones to choose."""
    return [*conditions, *[Condition("", "=")] * (least - len(conditions))]
