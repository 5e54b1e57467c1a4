"""The register of apps: proposed, reviewed, counted, taken down."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yici.core.access.actors import Role, Thing
from yici.core.access.rules import can
from yici.core.apps.states import APP_KINDS, APP_STATES, STEP_NAMES, AppState
from yici.core.errors import Conflict, Problem, YiciError
from yici.services import apps
from yici.services.apps import AppProposal
from yici.services.clerks import full_names
from yici.services.importing import batches_shown
from yici.web.errors import status_of
from yici.web.requests import Request, home_of, today
from yici.web.routes import page

_DECISIONS = ("admit", "return", "refuse")
_RETIRING = ("retire", "stay", "exported", "imported", "nothing", "down")
_FIELDS = ("name", "kind", "organisation", "purpose", "functions", "fields", "audience", "users")


def app_of(request: Request, number: int) -> Thing:
    """What a page about an app is about. Raises NotFound."""
    return apps.app_thing(home=home_of(request), number=number)


@page("app.view")
def index(request: Request) -> HttpResponse:
    """All apps with their owners, users and states."""
    return _index(request, {})


@page("app.propose", methods=("GET", "POST"))
def propose(request: Request) -> HttpResponse:
    """Propose an app."""
    if request.method == "GET":
        return _proposing(request, {})
    try:
        proposal = _proposal(request)
        number = apps.propose_app(actor=request.actor, home=home_of(request), proposal=proposal)
    except YiciError as error:
        return _proposing(request, {"problems": error.problems}, status_of(error))
    messages.success(request, _("已申报，等数据专员评审。"))
    return HttpResponseRedirect(reverse("app", args=[number]))


@page("app.view")
def one(request: Request, number: int) -> HttpResponse:
    """One app: what it is, its report, use and steps, and what can be done now."""
    return _one(request, number, {})


@page("app.propose", thing=app_of, methods=("POST",))
def again(request: Request, number: int) -> HttpResponse:
    """Propose a returned app again."""
    try:
        apps.propose_app(actor=request.actor, home=home_of(request), proposal=_proposal(request), number=number)
    except YiciError as error:
        return _one(request, number, {"problems": error.problems}, status_of(error))
    messages.success(request, _("已重新申报。"))
    return HttpResponseRedirect(reverse("app", args=[number]))


@page("app.review", thing=app_of, methods=("POST",))
def decide(request: Request, number: int) -> HttpResponse:
    """Admit, return or refuse a proposed app."""
    return _step(request, number, _DECISIONS)


@page("app.retire", thing=app_of, methods=("POST",))
def retire(request: Request, number: int) -> HttpResponse:
    """Take an app down step by step: begin, data exported, data imported, down."""
    return _step(request, number, _RETIRING)


@page("app.count", thing=app_of, methods=("POST",))
def month(request: Request, number: int) -> HttpResponse:
    """Note how many people used an app in a month."""
    try:
        apps.count_actives(
            actor=request.actor, home=home_of(request), number=number, month=request.POST.get("month", ""),
            actives=request.POST.get("actives", ""),
        )  # fmt: skip
    except YiciError as error:
        return _one(request, number, {"problems": error.problems}, status_of(error))
    messages.success(request, _("已记下用量。"))
    return HttpResponseRedirect(reverse("app", args=[number]) + "#use")


@page("app.count", methods=("POST",))
def counts(request: Request) -> HttpResponse:
    """Take the use of many apps at once, pasted from a table."""
    text = request.POST.get("lines", "")
    try:
        number = apps.import_actives(actor=request.actor, home=home_of(request), text=text)
    except YiciError as error:
        return _index(request, {"problems": error.problems, "lines": text}, status_of(error))
    messages.success(request, _("已记下 %(n)s 条用量。") % {"n": number})
    return HttpResponseRedirect(reverse("apps"))


def _step(request: Request, number: int, allowed: tuple[str, ...]) -> HttpResponse:
    step = request.POST.get("step", "")
    try:
        if step not in allowed:
            raise Conflict(Problem("step-odd", "没有这个操作。", "请从页面上的按钮里选。"))
        apps.step_app(
            actor=request.actor, home=home_of(request), number=number, step=step, today=today(),
            remark=request.POST.get("remark", "")[:500], batch=request.POST.get("batch", ""),
        )  # fmt: skip
    except YiciError as error:
        return _one(request, number, {"problems": error.problems}, status_of(error))
    messages.success(request, _("已办理：%(step)s。") % {"step": STEP_NAMES[step]})
    return HttpResponseRedirect(reverse("app", args=[number]))


def _proposal(request: Request) -> AppProposal:
    organisation = request.POST.get("organisation", "").strip()[:100]
    own = request.actor.organisations
    if Role.STEWARD not in request.actor.roles and organisation not in own:
        organisation = min(own, default="")
    words = {name: request.POST.get(name, "").strip()[:250] for name in ("name", "kind", "purpose", "audience")}
    users = request.POST.get("users", "").strip()
    return AppProposal(
        **words, organisation=organisation, functions=_lines(request, "functions"), fields=_lines(request, "fields"),
        users=int(users) if users.isdecimal() and len(users) < 10 else 0,
    )  # fmt: skip


def _lines(request: Request, name: str) -> tuple[str, ...]:
    """The entries of a text, one a line or parted by 、，；."""
    text = request.POST.get(name, "")[:5000]
    for sign in "、，；,;\t":
        text = text.replace(sign, "\n")
    return tuple(dict.fromkeys(line.strip()[:100] for line in text.splitlines() if line.strip()))[:200]


def _index(request: Request, context: dict[str, Any], status: int = 200) -> HttpResponse:
    found = apps.apps_shown(home=home_of(request), today=today())
    base = {"found": found, "kinds": APP_KINDS, "states": APP_STATES, "idle": sum(bool(why) for _row, why in found)}
    return render(request, "web/apps/index.html", base | context, status=status)


def _proposing(request: Request, context: dict[str, Any], status: int = 200) -> HttpResponse:
    base = {
        "typed": {name: request.POST.get(name, "") for name in _FIELDS}, "kinds": APP_KINDS,
        "own": sorted(request.actor.organisations),
    }  # fmt: skip
    return render(request, "web/apps/propose.html", base | context, status=status)


def _one(request: Request, number: int, context: dict[str, Any], status: int = 200) -> HttpResponse:
    home, actor = home_of(request), request.actor
    shown, thing = apps.show_app(home=home, number=number, today=today()), app_of(request, number)
    row = shown.row
    retiring = bool(can(actor, "app.retire", thing))
    base = {
        "app": row, "shown": shown, "kind": APP_KINDS.get(row.kind, ""), "state": APP_STATES[row.state],
        "kinds": APP_KINDS, "step_names": STEP_NAMES, "names": full_names(), "own": sorted(actor.organisations),
        "reviewing": row.state is AppState.PROPOSED and bool(can(actor, "app.review", thing)),
        "again": row.state is AppState.RETURNED and bool(can(actor, "app.propose", thing)),
        "counting": bool(can(actor, "app.count", thing)) and row.state in (AppState.RUNNING, AppState.RETIRING),
        "may_retire": retiring and row.state is AppState.RUNNING,
        "retiring": retiring and row.state is AppState.RETIRING,
        "batches": retiring and [one for one in batches_shown(actor=actor, home=home) if one.withdrawn_at is None],
        "typed": {
            "name": row.name, "kind": row.kind, "organisation": row.organisation, "purpose": row.purpose,
            "functions": "\n".join(row.functions), "fields": "\n".join(field.label for field in row.fields),
            "audience": row.audience, "users": row.users,
        },
    }  # fmt: skip
    return render(request, "web/apps/one.html", base | context, status=status)
