"""Tokens of the API: one's own, and everybody's for the system administrator."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yici.core.access.actors import Role, Thing
from yici.core.errors import YiciError
from yici.services import tokens
from yici.web.converters import number_of
from yici.web.errors import status_of
from yici.web.requests import Request, home_of, now
from yici.web.routes import page


def wanted_owner(request: Request) -> Thing:
    """Whose token is asked for."""
    return Thing("token", owner=_login(request) if request.method == "POST" else None)


def token_of(request: Request, number: int) -> Thing:
    """Whose token a page is about. Raises NotFound."""
    return tokens.token_thing(home=home_of(request), number=number)


@page("token.make", thing=wanted_owner, methods=("GET", "POST"))
def index(request: Request) -> HttpResponse:
    """The tokens, and the form to make one; it is shown once."""
    if request.method == "GET":
        return _list(request, {})
    typed = {name: request.POST.get(name, "").strip() for name in ("login", "words", "days")}
    days = number_of(typed["days"]) or 0
    try:
        made = tokens.make_token(
            actor=request.actor.name, home=home_of(request), login=_login(request), words=typed["words"], days=days,
            now=now(),
        )  # fmt: skip
    except YiciError as error:
        return _list(request, {"problems": error.problems, "typed": typed}, status=status_of(error))
    return _list(request, {"made": made})


@page("token.make", thing=token_of, methods=("POST",))
def revoke(request: Request, number: int) -> HttpResponse:
    """End a token."""
    tokens.revoke_token(actor=request.actor.name, home=home_of(request), number=number, now=now())
    messages.success(request, _("令牌已停用。"))
    return HttpResponseRedirect(reverse("tokens"))


def _login(request: Request) -> str:
    return request.POST.get("login", "").strip().lower() or request.actor.name


def _list(request: Request, context: dict[str, Any], status: int = 200) -> HttpResponse:
    every = Role.SYSTEM_ADMIN in request.actor.roles
    rows = tokens.tokens_of(home=home_of(request), login=None if every else request.actor.name)
    base = {"rows": [(row, row.in_force(now())) for row in rows], "every": every, "days": ("30", "90", "180", "365")}
    return render(request, "web/tokens.html", base | context, status=status)
