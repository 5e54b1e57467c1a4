"""Forms asked for outside the platform: the steward sees them, the most repeated first, and settles each."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yici.core.errors import Conflict, Problem, YiciError
from yici.services import outside
from yici.services.accounts import organisation_names
from yici.web.errors import status_of
from yici.web.paging import asked_of, holds, page_of
from yici.web.requests import Request, home_of
from yici.web.routes import page


@page("outside.view")
def index(request: Request) -> HttpResponse:
    """All of them."""
    asked = asked_of(request, "words", "state")
    found = page_of(
        request, outside.demands(home=home_of(request)), asked,
        lambda one: asked["state"] in ("", one.state)
        and holds(asked["words"], one.title, one.number, one.department or "", *one.units),
    )  # fmt: skip
    return render(request, "web/outside/list.html", {"found": found, "names": outside.STATE_NAMES})


@page("outside.view")
def one(request: Request, number: int) -> HttpResponse:
    """One of them: who received it, and which collection asks for the same already."""
    return _one(request, number, {})


@page("outside.decide", methods=("POST",))
def decide(request: Request, number: int) -> HttpResponse:
    """Turn it into a proposal of the department, dismiss it with a reason, or take the dismissal back."""
    actor, home, step = request.actor, home_of(request), request.POST.get("step", "")
    try:
        if step == "propose":
            organisation = request.POST.get("organisation", "")[:100]
            urgent = request.POST.get("urgent") == "1"
            made = outside.propose_for(actor=actor, home=home, number=number, organisation=organisation, urgent=urgent)
            messages.success(request, _("已转为报备，请核对后评审。"))
            return HttpResponseRedirect(reverse("collection", args=[made]))
        if step == "dismiss":
            outside.dismiss(actor=actor, home=home, number=number, reason=request.POST.get("reason", "")[:500])
        elif step == "reopen":
            outside.reopen(actor=actor, home=home, number=number)
        else:
            raise Conflict(Problem("step-odd", "没有这个操作。", "请从页面上的按钮里选。"))
    except YiciError as error:
        return _one(request, number, {"problems": error.problems}, status_of(error))
    messages.success(request, _("已记下。"))
    return HttpResponseRedirect(reverse("outside-one", args=[number]))


def _one(request: Request, number: int, context: dict[str, Any], status: int = 200) -> HttpResponse:
    demand, uses, same = outside.demand_of(home=home_of(request), number=number)
    base = {
        "demand": demand, "uses": uses, "same": same, "state": outside.STATE_NAMES[demand.state],
        "organisations": organisation_names(home=home_of(request)),
    }  # fmt: skip
    return render(request, "web/outside/one.html", base | context, status=status)
