"""Firms and cadres about their own results: every point with its calculation, and objecting to it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yici.core.access.actors import Thing
from yici.core.errors import Problem, YiciError
from yici.services.residents import scores
from yici.web.errors import status_of
from yici.web.pages.mine import my_thing
from yici.web.requests import Request, home_of, today
from yici.web.routes import page


def own(request: Request, **_named: object) -> Thing:
    """What a page about one's own results is about. Raises NotFound."""
    return my_thing(request)


@page("mine.view", thing=own)
def index(request: Request) -> HttpResponse:
    """One's own results."""
    return _shown(request)


@page("mine.dispute", thing=own, methods=("POST",))
def objection(request: Request, number: int) -> HttpResponse:
    """Object to an indicator of one's own result."""
    try:
        scores.object_own(
            actor=request.actor, home=home_of(request), number=number, item=request.POST.get("item", ""),
            reason=request.POST.get("reason", ""), today=today(),
        )  # fmt: skip
    except YiciError as error:
        return _shown(request, error.problems, status_of(error))
    messages.success(request, _("异议已提交，答复会登在这里。"))
    return HttpResponseRedirect(reverse("my-scores"))


def _shown(request: Request, problems: tuple[Problem, ...] = (), status: int = 200) -> HttpResponse:
    found = scores.own_scores(actor=request.actor, home=home_of(request), today=today())
    return render(request, "web/mine/scores.html", {"found": found, "problems": problems}, status=status)
