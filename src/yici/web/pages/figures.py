"""Figures: a question typed or chosen, its answer as number, table and picture, and who is behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yici.core.access.rules import can
from yici.core.charts.model import KIND_NAMES
from yici.core.errors import NotFound, Problem, YiciError
from yici.engine.figures import Answer
from yici.office.tables import table_csv, tables_workbook
from yici.services import coarse_figures, figure_pages, pool_sight, saved_figures
from yici.services.asking import Asked, Question
from yici.services.coarse_figures import Figured
from yici.services.units import units_of
from yici.web.errors import status_of
from yici.web.pictures import picture_answer
from yici.web.requests import Request, home_of, today
from yici.web.routes import page

_KEPT = "figures"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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
        "saved": saved_figures.figures_for(actor=request.actor, home=home_of(request)),
    }  # fmt: skip
    if request.method == "GET" or not typed["text"]:
        return render(request, "web/figures/ask.html", context)
    try:
        if (step := request.POST.get("step", "")) in ("save", "xlsx", "csv"):
            return _keep_or_take(request, typed, step)
        figured = _figured(request, _question(typed))
    except YiciError as error:
        context |= {"problems": error.problems, "pieces": _pieces(typed["text"], error.problems)}
        return render(request, "web/figures/ask.html", context, status=status_of(error))
    asked = figured.asked
    context |= {"asked": asked, "number": _keep(request, typed), "rows": [_row(figured, row) for row in asked.rows]}
    context |= {"total": _told(figured, asked.total), "coarse": figured.because if figured.coarse else ""}
    context |= {"kinds": [(kind, words) for kind, words in KIND_NAMES.items() if kind != "map" or asked.regions]}
    if not figured.coarse and can(request.actor, "pool.view"):
        context["behind"], context["more"] = figure_pages.people_behind(
            actor=request.actor, home=home_of(request), asked=asked
        )
    return render(request, "web/figures/ask.html", context)


@page("figures.ask")
def picture(request: Request, number: int) -> HttpResponse:
    """The picture of a figure that was asked in this session; `as=json` as a chart for the browser to draw."""
    typed = request.session.get(_KEPT, {}).get(str(number))
    if typed is None:
        raise NotFound(Problem("no-figure", _("这张图已经过期。"), _("请重新统计。")))
    asked = _figured(request, _question(typed), again=True).asked
    kind = next((kind for kind in KIND_NAMES if kind == request.GET.get("kind")), None)
    return picture_answer(request, partial(figure_pages.picture_of, asked, kind))


@page("figures.ask", methods=("POST",))
def forget(request: Request, number: int) -> HttpResponse:
    """Delete one of one's own saved figures."""
    saved_figures.forget_figure(actor=request.actor, home=home_of(request), number=number)
    messages.success(request, _("已删除。"))
    return HttpResponseRedirect(reverse("figures"))


def _keep_or_take(request: Request, typed: dict[str, str], step: str) -> HttpResponse:
    """Save what was asked under a name, or take its table away."""
    if step == "save":
        saved_figures.save_figure(
            actor=request.actor, home=home_of(request), name=request.POST.get("name", ""), typed=typed,
            shared=request.POST.get("shared") == "1",
        )  # fmt: skip
        messages.success(request, _("已保存。"))
        return HttpResponseRedirect(reverse("figures"))
    figured = _figured(request, _question(typed))
    coarse_figures.note_export(actor=request.actor, figured=figured)
    table = coarse_figures.figure_table(figured)
    content = table_csv(table) if step == "csv" else tables_workbook([table])
    return HttpResponse(
        content, content_type="text/csv; charset=utf-8" if step == "csv" else _XLSX,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote('统计')}.{step}"},
    )  # fmt: skip


def _figured(request: Request, question: Question, *, again: bool = False) -> Figured:
    return coarse_figures.figure_seen(
        actor=request.actor, home=home_of(request), question=question, today=today(), again=again
    )


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


def _row(figured: Figured, row: Any) -> dict[str, Any]:
    return asdict(row) | {"number": _told(figured, row.answer), "unknown": row.answer.unknown}


def _told(figured: Figured, answer: Answer) -> str:
    return coarse_figures.number_told(figured, answer) or _number(figured.asked, answer.value)


def _number(asked: Asked, value: Any) -> str:
    """A number as it is read: shares in percent, at most two decimals."""
    if value is None:
        return _("不知")
    if isinstance(value, bool | str):
        return pool_sight.shown(value)
    text = f"{value * 100 if asked.is_share else value:,.2f}".rstrip("0").rstrip(".")
    return f"{text}%" if asked.is_share else text
