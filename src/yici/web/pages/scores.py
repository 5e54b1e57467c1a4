"""Assessment on screen: schemes, runs of scores, where every point comes from, objections and their answers."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yici.core.access.rules import can
from yici.core.errors import NotFound, Problem, YiciError
from yici.core.indicators.measured import AdjustmentKind
from yici.core.indicators.model import Purpose
from yici.core.periods import parse_period
from yici.services import score_adjusting, score_pages, scoring_work
from yici.services.jobs import starting
from yici.services.units import units_of
from yici.web.converters import number_of
from yici.web.errors import status_of
from yici.web.pages.jobs import shown, to_job
from yici.web.pictures import picture_answer
from yici.web.requests import Request, home_of, today
from yici.web.routes import page


@page("scheme.view")
def index(request: Request) -> HttpResponse:
    """All schemes with what the linter says."""
    found = [(scheme, findings, scheme.in_force(today())) for scheme, findings in score_pages.schemes_shown()]
    return render(request, "web/scores/index.html", {"found": found})


@page("scheme.view")
def scheme(request: Request, name: str) -> HttpResponse:
    """One scheme: its weighted tree, findings, versions and runs."""
    return _scheme(request, name, {})


@page("score.run", methods=("POST",))
def run(request: Request, name: str) -> HttpResponse:
    """Score by a scheme now; over many in the background."""
    typed = {key: request.POST.get(key, "").strip()[:60] for key in ("period", "unit")}
    try:
        about: dict[str, Any] = {
            "home": home_of(request), "scheme": name, "period": parse_period(typed["period"]), "today": today(),
            "unit": typed["unit"] or None,
        }  # fmt: skip
        score_pages.check_unscored(**about)
        if scoring_work.is_large(**about):
            title = score_pages.scheme_versions(name)[0][0].title
            return _in_background(request, "score", f"{title} {typed['period']}", "scheme", {"scheme": name} | typed)
        number = score_pages.score_now(actor=request.actor, **about)
    except YiciError as error:
        return _scheme(request, name, {"problems": error.problems, "typed": typed}, status_of(error))
    messages.success(request, _("已计分，结果和依据都已保存。"))
    return HttpResponseRedirect(reverse("score", args=[number]))


@page("scheme.view")
def one(request: Request, number: int) -> HttpResponse:
    """A run with the scores the actor may see."""
    return _one(request, number, {})


@page("scheme.view")
def picture(request: Request, number: int) -> HttpResponse:
    """The totals as a static picture."""
    actor, home = request.actor, home_of(request)
    return picture_answer(request, partial(score_pages.picture_of_run, actor=actor, home=home, number=number))


@page("score.run", methods=("POST",))
def again(request: Request, number: int) -> HttpResponse:
    """Score again after data was corrected; both versions are kept. Over many in the background."""
    home, reason = home_of(request), request.POST.get("reason", "")[:500]
    try:
        score_pages.check_reason(reason)
        if scoring_work.is_large_again(home=home, number=number, today=today()):
            title = score_pages.run_seen(actor=request.actor, home=home, number=number).run.title
            return _in_background(request, "rescore", title, "number", {"number": number, "reason": reason})
        following = score_pages.score_again(
            actor=request.actor, home=home, number=number, reason=reason, today=today()
        )  # fmt: skip
    except YiciError as error:
        return _one(request, number, {"problems": error.problems}, status_of(error))
    messages.success(request, _("已重新计分，两批结果都保留。"))
    return HttpResponseRedirect(reverse("score", args=[following]))


@page("score.answer", methods=("POST",))
def answer(request: Request, number: int) -> HttpResponse:
    """Answer an objection."""
    objection = request.POST.get("objection", "")
    try:
        score_pages.answer_from_page(
            actor=request.actor, home=home_of(request), number=number,
            objection=number_of(objection) or 0, upheld=request.POST.get("upheld") == "yes",
            answer=request.POST.get("answer", ""),
        )  # fmt: skip
    except YiciError as error:
        return _one(request, number, {"problems": error.problems}, status_of(error))
    messages.success(request, _("已答复。"))
    return HttpResponseRedirect(reverse("score", args=[number]))


@page("scheme.view", methods=("GET", "POST"))
def thing(request: Request, number: int) -> HttpResponse:
    """Where the points of one thing come from; objecting to one of them. It is named by its place in the list, so that
    no number of a person or firm stands in the address."""
    told = score_pages.run_seen(actor=request.actor, home=home_of(request), number=number)
    place = number_of(request.GET.get("at", ""))
    if place is None or place >= len(told.scores):
        raise NotFound(Problem("unknown-thing", "这一批里没有它，或不在您的范围内。", "请返回列表。"))
    identity, context, status = told.scores[place].thing.id, {}, 200
    if request.method == "POST":
        try:
            score_pages.object_from_page(
                actor=request.actor, home=home_of(request), number=number, thing=identity, today=today(),
                item=request.POST.get("item", ""), reason=request.POST.get("reason", ""),
            )  # fmt: skip
            messages.success(request, _("异议已提交，答复会登在这一批结果里。"))
            return HttpResponseRedirect(f"{reverse('score-thing', args=[number])}?{urlencode({'at': place})}")
        except YiciError as error:
            context, status = {"problems": error.problems}, status_of(error)
    seen, score, items = score_pages.thing_told(
        actor=request.actor, home=home_of(request), number=number, thing=identity
    )
    mine = [one for one in seen.objections if one.thing == identity]
    base = {"seen": seen, "score": score, "items": items, "objections": mine, "place": place}
    return render(request, "web/scores/thing.html", base | context, status=status)


@page("score.adjust", methods=("POST",))
def adjust(request: Request, number: int) -> HttpResponse:
    """Give or take points by decision, with its reason and document."""
    told = score_pages.run_seen(actor=request.actor, home=home_of(request), number=number)
    place = number_of(request.POST.get("at", ""))
    if place is None or place >= len(told.scores):
        raise NotFound(Problem("unknown-thing", "这一批里没有它，或不在您的范围内。", "请返回列表。"))
    names = ("kind", "points", "item", "reason", "document")
    typed = {name: request.POST.get(name, "").strip() for name in names}
    try:
        score_adjusting.adjust_from_page(
            actor=request.actor, home=home_of(request), number=number, thing=told.scores[place].thing.id, **typed
        )
    except YiciError as error:
        return _one(request, number, {"problems": error.problems, "typed": typed, "at": place}, status_of(error))
    messages.success(request, _("已记下，重新计分后生效。"))
    return HttpResponseRedirect(reverse("score", args=[number]) + "#decisions")


@page("score.adjust", methods=("POST",))
def adjust_back(request: Request, number: int) -> HttpResponse:
    """Take an adjustment back."""
    score_adjusting.take_adjustment_back(
        actor=request.actor, home=home_of(request), number=number,
        adjustment=number_of(request.POST.get("adjustment", "")) or 0,
    )  # fmt: skip
    messages.success(request, _("已撤回，重新计分后生效。"))
    return HttpResponseRedirect(reverse("score", args=[number]) + "#decisions")


def _in_background(request: Request, kind: str, words: str, about: str, what: dict[str, Any]) -> HttpResponse:
    """Score by a job; what somebody else has begun to score is not scored beside it."""
    starting.check_free(actor=request.actor, home=home_of(request), kind=kind, name=about, value=what[about])
    return to_job(request, kind, words, what)


def _scoring(request: Request, kind: str, about: str, value: Any) -> dict[str, Any] | None:
    """The work that scores now, whoever asked for it; its owner may cancel it."""
    row = starting.active_about(home=home_of(request), kind=kind, name=about, value=value)
    return None if row is None else {"job": shown(row), "own": row.owner == request.actor.name}


def _scheme(request: Request, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    versions = score_pages.scheme_versions(name)
    current, findings = next((pair for pair in versions if pair[0].in_force(today())), versions[0])
    base = {
        "scheme": current, "findings": findings, "versions": [pair[0] for pair in versions],
        "tree": score_pages.tree_of(current), "runs": score_pages.runs_seen(home=home_of(request), scheme=name),
        "running": bool(can(request.actor, "score.run")), "plain": current.purpose is Purpose.STATISTICS,
        "units": [area.name for area in units_of(home=home_of(request))],
        "figures": [(p.name, p.at(today())) for p in current.parameters],
        "scoring": _scoring(request, "score", "scheme", name),
    }  # fmt: skip
    return render(request, "web/scores/scheme.html", base | context, status=status)


def _one(request: Request, number: int, context: dict[str, Any], status: int = 200) -> HttpResponse:
    seen = score_pages.run_seen(actor=request.actor, home=home_of(request), number=number)
    places = {score.thing.id: place for place, score in enumerate(seen.scores)}
    names = {score.thing.id: score.thing.name for score in seen.scores}
    items = {item.id: item.name for item in seen.scheme.items}
    base = {
        "seen": seen, "columns": seen.scheme.items[:12], "more": len(seen.scheme.items) > 12,
        "lines": [(place, score, {item.item: item for item in score.items}) for place, score in enumerate(seen.scores)],
        "objections": [(one, names[one.thing], items.get(one.item, ""), places[one.thing]) for one in seen.objections],
        "changed": [(change, items.get(change.item, "")) for change in seen.changed],
        "running": bool(can(request.actor, "score.run")) and seen.later is None,
        "answering": bool(can(request.actor, "score.answer")),
        "decisions": [] if seen.plain else score_adjusting.decisions_of(seen),
        "adjusting": bool(can(request.actor, "score.adjust")) and seen.later is None and not seen.plain,
        "kinds": [str(kind) for kind in AdjustmentKind], "at": number_of(request.GET.get("at", "")),
        "scoring": _scoring(request, "rescore", "number", number),
        "drawn": any(score.total is not None or seen.plain for score in seen.scores),
    }  # fmt: skip
    return render(request, "web/scores/run.html", base | context, status=status)
