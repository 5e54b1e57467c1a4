"""What waits in the pool: sources that disagree, cells not taken, who is who, doubts about values."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yici.core.access.actors import Thing
from yici.core.disputes import DISPUTE_NAMES
from yici.core.errors import YiciError
from yici.services import disputes as doubts
from yici.services import queues
from yici.web.converters import number_of
from yici.web.errors import status_of
from yici.web.pages.jobs import after_judging
from yici.web.pages.pool import value_thing
from yici.web.paging import asked_of, page_read
from yici.web.requests import Request, home_of, now, today
from yici.web.routes import page


def dispute_thing(request: Request, number: int) -> Thing:
    """What a page about a doubt is about. Raises NotFound."""
    return doubts.dispute_thing(home=home_of(request), number=number)


@page("pool.edit")
def conflicts(request: Request) -> HttpResponse:
    """Values on which sources disagree."""
    queue = queues.conflicts_for(actor=request.actor, home=home_of(request))
    return render(request, "web/pool/conflicts.html", {"queue": queue})


@page("pool.edit")
def refused(request: Request) -> HttpResponse:
    """Cells of ledgers that could not be read."""
    queue = queues.refused_for(actor=request.actor, home=home_of(request))
    return render(request, "web/pool/refused.html", {"queue": queue})


@page("pool.judge")
def judgements(request: Request) -> HttpResponse:
    """Who is who."""
    pairs = queues.who_is_who(actor=request.actor, home=home_of(request))
    waiting, done = [p for p in pairs if not p.number], [p for p in pairs if p.number]
    return render(request, "web/pool/judgements.html", {"waiting": waiting, "done": done})


@page("pool.judge", methods=("POST",))
def judge(request: Request) -> HttpResponse:
    """Judge two subjects the same or different."""
    typed = {name: request.POST.get(name, "") for name in ("left", "right", "verdict", "reason")}
    queues.judge(actor=request.actor, home=home_of(request), **typed)
    messages.success(request, _("已记下判定，可以随时收回。"))
    return after_judging(request, reverse("judgements"))


@page("pool.judge", methods=("POST",))
def take_back(request: Request, number: int) -> HttpResponse:
    """Take a judgement back."""
    queues.take_back(actor=request.actor, home=home_of(request), number=number)
    messages.success(request, _("判定已收回。"))
    return after_judging(request, reverse("judgements"))


@page("pool.dispute")
def disputes(request: Request) -> HttpResponse:
    """Doubts raised and to be answered."""
    return _disputes(request, {})


@page("pool.dispute", thing=value_thing, methods=("POST",))
def doubt(request: Request, code: str, element: str) -> HttpResponse:
    """Raise a doubt about a value."""
    due = doubts.raise_dispute(
        actor=request.actor, home=home_of(request), code=code, element=element, doubt=request.POST.get("doubt", ""),
        today=today(),
    )  # fmt: skip
    messages.success(request, _("已提出疑义，%(day)s 前答复。") % {"day": due.isoformat()})
    return HttpResponseRedirect(reverse("subject", args=[code]))


@page("dispute.answer", thing=dispute_thing, methods=("POST",))
def answer(request: Request, number: int) -> HttpResponse:
    """Answer a doubt: with the right value, or that the present one stands; always with a reason."""
    value, reason = request.POST.get("value", ""), request.POST.get("reason", "")
    try:
        doubts.answer_dispute(
            actor=request.actor, home=home_of(request), number=number, value=value, reason=reason, today=today(),
            now=now(),
        )  # fmt: skip
    except YiciError as error:
        context = {"wrong": error.problems, "wrong_of": number, "value": value, "reason": reason}
        return _disputes(request, context, status=status_of(error))
    messages.success(request, _("已答复。"))
    return HttpResponseRedirect(reverse("disputes"))


@page("pool.dispute", methods=("POST",))
def dispute_back(request: Request, number: int) -> HttpResponse:
    """Take one's own doubt back."""
    doubts.take_back_dispute(actor=request.actor, home=home_of(request), number=number, now=now())
    messages.success(request, _("疑义已收回。"))
    return HttpResponseRedirect(reverse("disputes"))


def _disputes(request: Request, context: dict[str, object], status: int = 200) -> HttpResponse:
    asked = asked_of(request, "words", "state")
    # An answer that was not taken is shown again where it was typed, whatever page that is on.
    number = number_of(str(context.get("wrong_of", ""))) or 0
    found = doubts.look_through(actor=request.actor, home=home_of(request), today=today(), number=number, **asked)
    shown = page_read(request, asked, count=found.count, every=found.every, read=found.read)
    return render(
        request, "web/pool/disputes.html", context | {"found": shown, "names": DISPUTE_NAMES}, status=status
    )  # fmt: skip
