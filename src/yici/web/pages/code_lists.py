"""Code lists of the register, with how many subjects carry each code."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from yici.core.access.rules import can
from yici.services import code_lists
from yici.web.requests import Request, home_of
from yici.web.routes import page


@page("elements.view")
def index(request: Request) -> HttpResponse:
    """Every code list: its standard, how many codes, which elements use it, for how many subjects it is known."""
    lists = code_lists.lists_shown(actor=request.actor, home=home_of(request))
    return render(request, "web/pool/code_lists.html", {"lists": lists, "coarse": any(one.coarse for one in lists)})


@page("elements.view")
def one(request: Request, identity: str) -> HttpResponse:
    """One code list."""
    actor, home = request.actor, home_of(request)
    shown = code_lists.list_shown(actor=actor, home=home, identity=identity)
    off = code_lists.off_list(actor=actor, home=home, shown=shown)
    context: dict[str, object] = {
        "shown": shown,
        "lines": code_lists.lines_of(shown),
        "off": off,
        "most": code_lists.MOST,
    }
    context["unread"] = bool(can(actor, "pool.edit"))
    return render(request, "web/pool/codes.html", context)
