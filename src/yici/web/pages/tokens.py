"""Tokens of the API: one's own; administrators see everybody's and can end them, and make none."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yici.core.access.actors import ADMINISTRATORS, Thing
from yici.core.access.rules import can
from yici.core.errors import YiciError
from yici.services import tokens
from yici.services.factors import state_of
from yici.web.converters import number_of
from yici.web.errors import status_of
from yici.web.paging import asked_of, holds, page_of
from yici.web.requests import Request, home_of, now, proof_of
from yici.web.routes import page


def token_of(request: Request, number: int) -> Thing:
    """Whose token a page is about. Raises NotFound."""
    return tokens.token_thing(home=home_of(request), number=number)


@page("token.list")
def index(request: Request) -> HttpResponse:
    """The tokens, and the form to make one for oneself."""
    return _list(request, {})


@page("token.make", methods=("POST",), limit="signin")
def add(request: Request) -> HttpResponse:
    """Make a token for oneself; it is shown once."""
    typed = {name: request.POST.get(name, "").strip() for name in ("words", "days")}
    try:
        made = tokens.make_token(
            home=home_of(request), login=request.actor.name, proof=proof_of(request), words=typed["words"],
            days=number_of(typed["days"]) or 0,
        )  # fmt: skip
    except YiciError as error:
        return _list(request, {"problems": error.problems, "typed": typed}, status=status_of(error))
    return _list(request, {"made": made})


@page("token.end", thing=token_of, methods=("POST",))
def revoke(request: Request, number: int) -> HttpResponse:
    """End a token."""
    tokens.revoke_token(actor=request.actor.name, home=home_of(request), number=number, now=now())
    messages.success(request, _("令牌已停用。"))
    return HttpResponseRedirect(reverse("tokens"))


def _list(request: Request, context: dict[str, Any], status: int = 200) -> HttpResponse:
    actor, home = request.actor, home_of(request)
    every = bool(actor.roles & ADMINISTRATORS)
    moment, asked = now(), asked_of(request, "words", "state")
    rows = [(row, row.in_force(moment)) for row in tokens.tokens_of(home=home, login=None if every else actor.name)]
    found = page_of(
        request, rows, asked,
        lambda one: asked["state"] in ("", "alive" if one[1] else "ended")
        and holds(asked["words"], one[0].words, one[0].login, one[0].made_by, one[0].start),
    )  # fmt: skip
    base = {
        "found": found, "every": every, "days": ("30", "90", "180", "365"),
        "may_make": can(actor, "token.make"), "coded": state_of(actor=actor, home=home).enrolled,
    }  # fmt: skip
    return render(request, "web/tokens.html", base | context, status=status)
