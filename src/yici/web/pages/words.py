"""Words confirmed for one form, offered for all: the steward decides."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yici.core.errors import YiciError
from yici.services.word_offers import decide_offer, offers
from yici.web.converters import number_of
from yici.web.errors import status_of
from yici.web.requests import Request, home_of
from yici.web.routes import page


@page("words.decide")
def index(request: Request) -> HttpResponse:
    """The words that wait for a decision."""
    return render(request, "web/outside/words.html", {"offers": offers(home=home_of(request))})


@page("words.decide", methods=("POST",))
def decide(request: Request) -> HttpResponse:
    """Let a word hold in every form, or not."""
    numbers = [number for text in request.POST.getlist("number") if (number := number_of(text)) is not None]
    decision = request.POST.get("decision", "")
    try:
        decide_offer(actor=request.actor, home=home_of(request), numbers=numbers, decision=decision)
    except YiciError as error:
        context = {"offers": offers(home=home_of(request)), "problems": error.problems}
        return render(request, "web/outside/words.html", context, status=status_of(error))
    messages.success(request, _("已定。"))
    return HttpResponseRedirect(reverse("words"))
