"""Residents and firms about themselves: their record, their benefits, what they are asked, their doubts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yici.core.access.actors import Thing
from yici.core.errors import YiciError
from yici.services.residents import benefits, questions, record
from yici.services.residents.acting import own_thing
from yici.services.residents.scores import is_scored
from yici.web.errors import status_of
from yici.web.requests import Request, home_of, now, today
from yici.web.routes import page
from yici.web.templatetags.yici import due


def my_thing(request: Request, code: str = "", *_more: str, **_named: str) -> Thing:
    """What a page about oneself, one's household or child is about. Raises NotFound."""
    return own_thing(actor=request.actor, home=home_of(request), code=code, today=today())


@page("mine.view", thing=my_thing)
def mine(request: Request, code: str = "") -> HttpResponse:
    """What the pool holds about oneself, one's household or child."""
    shown = record.own_record(actor=request.actor, home=home_of(request), code=code, today=today())
    scored = shown.is_own and is_scored(actor=request.actor, home=home_of(request), today=today())
    return render(request, "web/mine/record.html", {"record": shown, "page": shown.page, "scored": scored})


@page("mine.view", thing=my_thing)
def value(request: Request, code: str, element: str) -> HttpResponse:
    """One value: where it is from, what else was said, raising a doubt."""
    return _value(request, code, element, {})


@page("mine.reveal", thing=my_thing, methods=("POST",))
def reveal(request: Request, code: str, element: str) -> HttpResponse:
    """Show one's own masked value whole."""
    return _value(request, code, element, {}, whole=True)


@page("mine.dispute", thing=my_thing, methods=("POST",))
def doubt(request: Request, code: str, element: str) -> HttpResponse:
    """Say that a value is wrong."""
    typed = request.POST.get("doubt", "")
    try:
        due = record.doubt_own(
            actor=request.actor, home=home_of(request), code=code, element=element, doubt=typed, today=today()
        )
    except YiciError as error:
        return _value(request, code, element, {"wrong": error.problems, "typed": typed}, status=status_of(error))
    messages.success(request, _("已提出疑义，%(day)s 前答复。") % {"day": due.isoformat()})
    return HttpResponseRedirect(reverse("my-doubts"))


@page("mine.view", thing=my_thing)
def doubts(request: Request) -> HttpResponse:
    """One's doubts, and the answers that are being checked, with what came of them."""
    rows = record.own_doubts(actor=request.actor, home=home_of(request), today=today())
    return render(request, "web/mine/doubts.html", {"rows": rows})


@page("mine.dispute", thing=lambda request, number: my_thing(request), methods=("POST",))
def doubt_back(request: Request, number: int) -> HttpResponse:
    """Take a doubt back."""
    record.take_back_own(actor=request.actor, home=home_of(request), number=number, now=now())
    messages.success(request, _("疑义已收回。"))
    return HttpResponseRedirect(reverse("my-doubts"))


@page("mine.view", thing=my_thing)
def policies(request: Request) -> HttpResponse:
    """What one is entitled to, what an answer would decide, and the rest."""
    found = benefits.benefits_of(actor=request.actor, home=home_of(request), today=today())
    return render(request, "web/mine/policies.html", {"found": found})


@page("mine.view", thing=my_thing)
def asked(request: Request) -> HttpResponse:
    """The next question about oneself; `?skip=` leaves that many out, `?of=` asks about one element."""
    return _asked(request, {"about": request.GET.get("of", "")})


@page("mine.answer", thing=my_thing, methods=("POST",))
def answer(request: Request, code: str, element: str) -> HttpResponse:
    """Take the answer to one question, then ask the next."""
    typed = request.POST.get("value", "")
    try:
        taken = questions.answer_own(
            actor=request.actor, home=home_of(request), code=code, element=element, typed=typed, today=today()
        )
    except YiciError as error:
        return _asked(request, {"wrong": error.problems, "typed": typed, "about": element}, status=status_of(error))
    told = {"name": taken.element.name, "day": due(taken.due)}
    told_words = _("%(name)s已交村里核实，%(day)s 前办结。") if taken.due else _("%(name)s已记下，以后不再问。")
    messages.success(request, told_words % told)
    return HttpResponseRedirect(f"{reverse('my-questions')}?skip={_skipped(request)}")


def _value(
    request: Request, code: str, element: str, context: dict[str, Any], *, whole: bool = False, status: int = 200
) -> HttpResponse:
    shown = record.own_value(
        actor=request.actor, home=home_of(request), code=code, element=element, today=today(), reveal=whole
    )
    return render(request, "web/mine/value.html", context | {"value": shown}, status=status)


def _asked(request: Request, context: dict[str, Any], status: int = 200) -> HttpResponse:
    every = questions.own_questions(actor=request.actor, home=home_of(request), today=today())
    skipped = min(_skipped(request), len(every))
    if about := context.get("about"):
        skipped = next((place for place, one in enumerate(every) if one.element.id == about), skipped)
    context |= {"question": every[skipped] if skipped < len(every) else None, "skipped": skipped,
                "place": skipped + 1, "count": len(every)}  # fmt: skip
    return render(request, "web/mine/question.html", context, status=status)


def _skipped(request: Request) -> int:
    given = request.POST.get("skip") or request.GET.get("skip", "")
    return int(given) if given.isdecimal() and len(given) < 4 else 0
