"""Grants of elements to departments: seen by the administrators, given and ended by the security administrator."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yici.core.access.rules import can
from yici.core.errors import YiciError
from yici.services import grants
from yici.services.organisations import move_organisation, organisation_tree
from yici.services.units import units_of
from yici.web.errors import status_of
from yici.web.paging import asked_of, holds, page_of
from yici.web.requests import Request, home_of, today
from yici.web.routes import page


@page("grant.list")
def index(request: Request) -> HttpResponse:
    """All grants, with the form to give one."""
    return _list(request, {})


@page("grant.give", methods=("POST",))
def give(request: Request) -> HttpResponse:
    """Give a grant."""
    typed = {name: request.POST.get(name, "").strip() for name in ("organisation", "purpose", "until")}
    chosen, units = request.POST.getlist("elements"), [unit for unit in request.POST.getlist("units") if unit]
    try:
        number = grants.give_grant(
            actor=request.actor.name, home=home_of(request), organisation=typed["organisation"], elements=chosen,
            purpose=typed["purpose"], units=units, until=_day(typed["until"]), today=today(),
        )  # fmt: skip
    except YiciError as error:
        context = {"problems": error.problems, "typed": typed, "chosen": chosen, "chosen_units": units}
        return _list(request, context, status_of(error))
    told = {"organisation": typed["organisation"], "n": number}
    messages.success(request, _("已授权 %(organisation)s 读取 %(n)s 个数据元。") % told)
    return HttpResponseRedirect(reverse("grants"))


@page("grant.give", methods=("POST",))
def end(request: Request, number: int) -> HttpResponse:
    """End a grant at once."""
    whose = grants.end_grant(actor=request.actor.name, home=home_of(request), number=number, today=today())
    messages.success(request, _("已结束给 %(organisation)s 的授权。") % {"organisation": whose})
    return HttpResponseRedirect(reverse("grants"))


@page("grant.give", methods=("POST",))
def move(request: Request) -> HttpResponse:
    """Put a department below another, so that this one sees what it collects."""
    name, parent = (request.POST.get(field, "").strip() for field in ("name", "parent"))
    try:
        made = move_organisation(actor=request.actor.name, home=home_of(request), name=name, parent=parent)
    except YiciError as error:
        return _list(request, {"wrong": error.problems, "moved": {"name": name, "parent": parent}}, status_of(error))
    messages.success(
        request, _("已新增%(name)s。") % {"name": name} if made else _("已移动%(name)s。") % {"name": name}
    )
    return HttpResponseRedirect(reverse("grants") + "#departments")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _list(request: Request, context: dict[str, Any], status: int = 200) -> HttpResponse:
    home = home_of(request)
    asked = asked_of(request, "words", "state")
    found = page_of(
        request, grants.grants_shown(home=home, today=today()), asked,
        lambda one: asked["state"] in ("", one.state)
        and holds(asked["words"], one.row.organisation, one.row.purpose, *one.elements, *(one.row.units or ())),
    )  # fmt: skip
    base: dict[str, Any] = {"grants": found, "states": grants.STATE_NAMES, "status": status,
                            "tree": organisation_tree(home=home)}  # fmt: skip
    if can(request.actor, "grant.give"):
        base |= {
            "choices": grants.choices(home=home), "today": today(),
            "units": [area.name for area in units_of(home=home)],
        }  # fmt: skip
    return render(request, "web/grants.html", base | context, status=status)
