"""Policies: the list, what each says, whom of one's units it fits, and all of them for one person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yici.core.access.rules import can
from yici.core.errors import Refused, YiciError
from yici.services import policy_pages, policy_work
from yici.web.errors import status_of
from yici.web.pages.jobs import to_job
from yici.web.pages.pool import subject_thing
from yici.web.requests import Request, home_of, today
from yici.web.routes import page


@page("policy.view")
def index(request: Request) -> HttpResponse:
    """All policies."""
    return render(request, "web/policies/index.html", {"policies": policy_pages.policies_on(today=today())})


@page("policy.view")
def policy(request: Request, name: str) -> HttpResponse:
    """One policy: its clauses and figures; with `?match`, whom it fits."""
    versions = policy_pages.policy_versions(name)
    now = next((one for one in versions if one.in_force(today())), versions[0])
    matching = bool(can(request.actor, "policy.match"))
    context: dict[str, Any] = {"policy": now, "versions": versions, "matching": matching}
    if matching:
        context["large"] = policy_pages.is_large(home=home_of(request), name=name, today=today())
    if matching and "match" in request.GET and not context["large"]:
        found, because = policy_pages.may_list(request.actor, home_of(request), now.id, today())
        context |= {"matched": found, "because": because, "asked": True}
    return render(request, "web/policies/policy.html", context)


@page("policy.match", methods=("POST",))
def match_list(request: Request, name: str) -> HttpResponse:
    """The whole list as a workbook, made in the background."""
    policy = policy_pages.policy_versions(name)[0]
    return to_job(request, "match", policy.title, {"policy": policy.id})


@page("policy.match")
def work(request: Request, name: str) -> HttpResponse:
    """What a policy leaves to do in the actor's units: numbers by unit, changes, questions."""
    return _work(request, name, {})


@page("policy.record", methods=("POST",))
def record(request: Request, name: str) -> HttpResponse:
    """Bring the list of changes up to date: of many people in the background."""
    if policy_pages.is_large(home=home_of(request), name=name, today=today()):
        return to_job(request, "changes", _("全部政策"), {"policy": policy_pages.policy_versions(name)[0].id})
    try:
        found = policy_work.look_for_changes(actor=request.actor, home=home_of(request), today=today())
    except YiciError as error:
        return _work(request, name, {"problems": error.problems}, status_of(error))
    messages.success(request, _("和上次相比，全部政策共有 %(n)s 处变化。") % {"n": found})
    return HttpResponseRedirect(reverse("policy-work", args=[name]))


@page("policy.match", thing=subject_thing)
def for_subject(request: Request, code: str) -> HttpResponse:
    """All policies for one person, household or firm."""
    told = policy_pages.explain_for(actor=request.actor, home=home_of(request), code=code, today=today())
    return render(request, "web/policies/subject.html", {"told": told, "code": code})


def _work(request: Request, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    versions = policy_pages.policy_versions(name)
    now = next((one for one in versions if one.in_force(today())), versions[0])
    large = policy_pages.is_large(home=home_of(request), name=name, today=today())
    base: dict[str, Any] = {"policy": now, "large": large, "recording": bool(can(request.actor, "policy.record"))}
    if not large:
        try:
            base["work"] = policy_work.work_for(actor=request.actor, home=home_of(request), name=now.id, today=today())
        except Refused as error:
            base["because"] = error.problems[0].message
    return render(request, "web/policies/work.html", base | context, status=status)
