"""The audit on screen: looked for by who did what and when, page by page, and the check of its chain."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from yici.core.access.audit_words import AUDIT_WORDS, audit_words
from yici.core.errors import Problem
from yici.services.auditing import check_audit, is_long, last_check, masked_lines
from yici.storage.audit import Line, Wanted
from yici.storage.audit_things import names_of_things
from yici.web.converters import number_of
from yici.web.pages.jobs import to_job
from yici.web.requests import Request, home_of
from yici.web.routes import page
from yici.web.thing_words import thing_words
from yici.web.wording import told as in_words

_FIELDS = ("who", "what", "since", "until")
_SHOWN = 200


@page("audit.view")
def audit(request: Request) -> HttpResponse:
    """The lines looked for, the latest first, and whether the chain held when it was last checked."""
    home, asked = home_of(request), {name: request.GET.get(name, "").strip()[:64] for name in _FIELDS}
    wanted, problems = _wanted(asked)
    before = number_of(request.GET.get("before", "")) or 0
    # One more than is shown tells whether there are earlier ones.
    found = masked_lines(home=home, limit=_SHOWN + 1, before=before, wanted=wanted)[::-1] if not problems else []
    told: dict[str, Any] = {
        "lines": _told(found[:_SHOWN]), "checked": last_check(), "asked": asked, "before": before,
        "actions": sorted(((action, in_words(words)) for action, words in AUDIT_WORDS.items()), key=lambda one: one[1]),
         "problems": problems,
        "query": urlencode({name: text for name, text in asked.items() if text}),
        "earlier": found[_SHOWN - 1].seq if len(found) > _SHOWN else 0,
    }  # fmt: skip
    return render(request, "web/audit.html", told, status=422 if problems else 200)


@page("audit.view", methods=("POST",))
def audit_check(request: Request) -> HttpResponse:
    """Check the whole chain; a long one in the background."""
    if is_long(home=home_of(request)):
        return to_job(request, "verify", "核验审计链", {})
    check_audit(actor=request.actor.name, home=home_of(request))
    return HttpResponseRedirect(reverse("audit"))


def _told(lines: list[Line]) -> list[tuple[Line, datetime, str, str]]:
    """The lines with their time, what was done, and what their things are called where that is known."""
    return [
        (line, datetime.fromisoformat(line.at), audit_words(line.action), named or thing_words(line))
        for line, named in zip(lines, names_of_things(lines), strict=True)
    ]


def _wanted(asked: dict[str, str]) -> tuple[Wanted, tuple[Problem, ...]]:
    """What is looked for, the last day included; what is no day is told, and nothing is found then."""
    try:
        since, until = (date.fromisoformat(asked[name]) if asked[name] else None for name in ("since", "until"))
    except ValueError:
        return Wanted(), (Problem("date-odd", "日期没有写对。", "请写成 2026-12-31。"),)
    end = until + timedelta(days=1) if until is not None and until < date.max else None
    return Wanted(asked["who"], asked["what"], _begins(since), _begins(end)), ()


def _begins(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time())) if day else None
