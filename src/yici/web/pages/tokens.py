"""Tokens of the API: one makes one's own; the system administrator sees and ends everybody's."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yici.core.access.actors import Role, Thing
from yici.core.access.rules import can
from yici.core.errors import YiciError
from yici.services import accounts, tokens
from yici.web.converters import number_of
from yici.web.errors import status_of
from yici.web.requests import Request, home_of, now
from yici.web.routes import page


def token_of(request: Request, number: int) -> Thing:
    """Whose token a page is about. Raises NotFound."""
    return tokens.token_thing(home=home_of(request), number=number)


@page("token.list")
def index(request: Request) -> HttpResponse:
    """One's own tokens, or all for the system administrator, who may end them."""
    return _list(request, {})


@page("token.make", methods=("POST",), limit="signin")
def make(request: Request) -> HttpResponse:
    """Make a token for oneself; it is shown once. The administrator of accounts makes none: whoever held one would act
    as the account, and see what no administrator may see."""
    actor, home = request.actor, home_of(request)
    typed = {name: request.POST.get(name, "").strip() for name in ("words", "days")}
    try:
        accounts.require_password(actor=actor, home=home, password=request.POST.get("password", ""))
        made = tokens.make_token(
            actor=actor.name, home=home, login=actor.name, words=typed["words"], days=number_of(typed["days"]) or 0,
            now=now(),
        )  # fmt: skip
    except YiciError as error:
        return _list(request, {"problems": error.problems, "typed": typed}, status=status_of(error))
    return _list(request, {"made": made})


@page("token.list", thing=token_of, methods=("POST",))
def revoke(request: Request, number: int) -> HttpResponse:
    """End a token."""
    tokens.revoke_token(actor=request.actor.name, home=home_of(request), number=number, now=now())
    messages.success(request, _("令牌已停用。"))
    return HttpResponseRedirect(reverse("tokens"))


def _list(request: Request, context: dict[str, Any], status: int = 200) -> HttpResponse:
    every = Role.SYSTEM_ADMIN in request.actor.roles
    rows = tokens.tokens_of(home=home_of(request), login=None if every else request.actor.name)
    base = {
        "rows": [(row, row.in_force(now())) for row in rows],
        "every": every,
        "making": bool(can(request.actor, "token.make")),
        "days": ("30", "90", "180", "365"),
    }
    return render(request, "web/tokens.html", base | context, status=status)
