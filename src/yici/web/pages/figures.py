"""Figures: a question typed or chosen, its answer as number, table and picture, and who is behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yici.core.access.rules import can
from yici.core.errors import NotFound, Problem, YiciError
from yici.services import figure_pages, pool_sight
from yici.services.asking import Asked, Question
from yici.services.units import units_of
from yici.web.errors import status_of
from yici.web.requests import Request, home_of, today
from yici.web.routes import page

_KEPT = "figures"
_MOST_KEPT = 5
_PLACE = re.compile(r"^第 (\d+) 个字处")
_FIELDS = ("text", "by", "where", "unit", "as_of")


@page("figures.ask", methods=("GET", "POST"), limit="search")
def ask(request: Request) -> HttpResponse:
    """Ask a figure. What is typed may name somebody, so it is kept in the session and never stands in an address."""
    typed = {name: request.POST.get(name, "").strip()[:2000] for name in _FIELDS}
    context: dict[str, Any] = {
        "typed": typed, "examples": figure_pages.EXAMPLES,
        "units": [area.name for area in units_of(home=home_of(request))],
        "levels": ("村", "镇", "性别", "人员类别"),
    }  # fmt: skip
    if request.method == "GET" or not typed["text"]:
        return render(request, "web/figures/ask.html", context)
    try:
        question = _question(typed)
        asked = _asked(request, question)
    except YiciError as error:
        context |= {"problems": error.problems, "pieces": _pieces(typed["text"], error.problems)}
        return render(request, "web/figures/ask.html", context, status=status_of(error))
    context |= {"asked": asked, "number": _keep(request, typed), "rows": [_row(asked, row) for row in asked.rows]}
    context |= {"total": _number(asked, asked.total.value)}
    if can(request.actor, "pool.view"):
        context["behind"], context["more"] = figure_pages.people_behind(
            actor=request.actor, home=home_of(request), asked=asked
        )
    return render(request, "web/figures/ask.html", context)


@page("figures.ask")
def picture(request: Request, number: int) -> HttpResponse:
    """The picture of a figure that was asked in this session."""
    typed = request.session.get(_KEPT, {}).get(str(number))
    if typed is None:
        raise NotFound(Problem("no-figure", _("这张图已经过期。"), _("请重新统计。")))
    return HttpResponse(figure_pages.picture_of(_asked(request, _question(typed))), content_type="image/svg+xml")


def _asked(request: Request, question: Question) -> Asked:
    return figure_pages.figure_for(actor=request.actor, home=home_of(request), question=question, today=today())


def _question(typed: dict[str, str]) -> Question:
    by = tuple(word for word in re.split(r"[,，、\s]+", typed["by"]) if word)
    try:
        day = date.fromisoformat(typed["as_of"]) if typed["as_of"] else None
    except ValueError:
        raise NotFound(Problem("bad-date", _("看不懂这个日期。"), _("请写成 2026-11-25。"))) from None
    return Question(typed["text"], by[:2], typed["where"] or None, typed["unit"] or None, as_of=day)


def _keep(request: Request, typed: dict[str, str]) -> int:
    """Keep what was asked for its picture; the last few only."""
    kept: dict[str, dict[str, str]] = dict(request.session.get(_KEPT, {}))
    number = max(map(int, kept), default=0) + 1
    kept[str(number)] = typed
    request.session[_KEPT] = {key: kept[key] for key in sorted(kept, key=int)[-_MOST_KEPT:]}
    return number


def _pieces(text: str, problems: Sequence[Problem]) -> list[tuple[str, bool]]:
    """The typed text cut at the places of its problems: (piece, whether it is wrong)."""
    places = sorted({int(found[1]) - 1 for one in problems if (found := _PLACE.match(one.message))})
    marked, at = [], 0
    for place in places:
        if at <= place < len(text):
            word = re.match(r"\w+|.", text[place:], re.DOTALL)
            end = place + len(word[0] if word else "")
            marked += [(text[at:place], False), (text[place:end], True)]
            at = end
    return [*marked, (text[at:], False)] if marked else []


def _row(asked: Asked, row: Any) -> dict[str, Any]:
    return asdict(row) | {"number": _number(asked, row.answer.value), "unknown": row.answer.unknown}


def _number(asked: Asked, value: Any) -> str:
    """A number as it is read: shares in percent, at most two decimals."""
    if value is None:
        return _("不知")
    if isinstance(value, bool | str):
        return pool_sight.shown(value)
    text = f"{value * 100 if asked.is_share else value:,.2f}".rstrip("0").rstrip(".")
    return f"{text}%" if asked.is_share else text
