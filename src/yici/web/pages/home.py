"""The first page: what should I do now?"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from yici.services.agenda import agenda_of
from yici.web.requests import Request, home_of, today
from yici.web.routes import page


@page("home.view")
def home(request: Request) -> HttpResponse:
    """What waits for the actor, most urgent first."""
    items = agenda_of(actor=request.actor, home=home_of(request), today=today())
    return render(request, "web/home.html", {"items": items})
