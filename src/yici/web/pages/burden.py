"""The burden meter, and what people say was asked again."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yici.core.access.rules import can
from yici.core.collections.burden import KEYS, SPANS
from yici.core.errors import YiciError
from yici.core.periods import Period, around, parse_period
from yici.services import asked_again, burden_files
from yici.services import burden as burden_meter
from yici.services.burden import Meter
from yici.web.converters import number_of
from yici.web.errors import status_of
from yici.web.pages.fillings import filling_of
from yici.web.pictures import picture_answer
from yici.web.requests import Request, home_of, today
from yici.web.routes import page

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST = 500


@page("burden.view")
def meter(request: Request) -> HttpResponse:
    """The burden of a period by unit, department, form, person or span, with the demands behind it."""
    found = _meter(request)
    kind = next((span for span in SPANS if around(found.period.start, span) == found.period), "")
    context: dict[str, Any] = {
        "meter": found, "heading": KEYS[found.by][0], "choices": burden_meter.choices_for(request.actor),
        "only": request.GET.get("only"), "shown": found.demands[:_MOST], "most": _MOST,
        "spans": [(around(today(), span).name, KEYS[span][0]) for span in SPANS],
        "asked": urlencode({"period": found.period.name, "by": found.by}),
        "fillings": bool(can(request.actor, "filling.review")),
    }  # fmt: skip
    if kind:
        context |= {"earlier": _beside(found.period, kind, -1), "later": _beside(found.period, kind, 1)}
    return render(request, "web/burden/meter.html", context)


@page("burden.view", limit="downloads")
def download(request: Request) -> HttpResponse:
    """The meter as a workbook or as CSV."""
    found, csv = _meter(request), request.GET.get("as") == "csv"
    content = burden_files.export_burden(actor=request.actor, meter=found, csv=csv)
    name = quote(f"填表负担 {found.period}.{'csv' if csv else 'xlsx'}", safe="")
    kind = "text/csv; charset=utf-8" if csv else _XLSX
    return HttpResponse(content, content_type=kind,
                        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"})  # fmt: skip


@page("burden.view")
def picture(request: Request) -> HttpResponse:
    """The picture of the meter."""
    found = _meter(request)
    return picture_answer(request, partial(burden_files.burden_picture, found))


@page("again.view")
def again_list(request: Request) -> HttpResponse:
    """What was said to be asked again and waits for an answer (for those who answer), and what was answered."""
    return _list(request, {})


@page("again.answer", methods=("POST",))
def answer(request: Request, number: int) -> HttpResponse:
    """Answer what was said to be asked again."""
    into = request.POST.get("into", "")
    try:
        asked_again.answer_again(
            actor=request.actor, home=home_of(request), number=number, answer=request.POST.get("answer", ""),
            reason=request.POST.get("reason", ""), into=number_of(into), today=today(),
        )  # fmt: skip
    except YiciError as error:
        typed = {"number": number, "reason": request.POST.get("reason", "")}
        return _list(request, {"problems": error.problems, "typed": typed}, status_of(error))
    messages.success(request, _("已答复，所有村社干部都看得到。"))
    return HttpResponseRedirect(reverse("asked-again"))


@page("again.say", thing=filling_of, methods=("GET", "POST"))
def say(request: Request, number: int) -> HttpResponse:
    """Say without a name that a field of a filling's form, or the form, was asked before."""
    label = (request.POST if request.method == "POST" else request.GET).get("label", "")[:500]
    if request.method == "POST":
        said = asked_again.say_again(
            actor=request.actor, home=home_of(request), filling=number, label=label, today=today()
        )
        if said:
            messages.success(request, _("已匿名转给数据专员，答复会登在“又要了一遍”里。"))
        else:
            messages.warning(request, _("这一项您今天已经反映过，或今天反映得太多，没有重复计数。"))
        return HttpResponseRedirect(reverse("my-fillings"))
    saying = asked_again.look_at(home=home_of(request), filling=number, label=label)
    context = {"saying": saying, "answers": asked_again.ANSWERS}
    return render(request, "web/burden/say.html", context)


def _list(request: Request, context: dict[str, Any], status: int = 200) -> HttpResponse:
    home = home_of(request)
    answering = bool(can(request.actor, "again.answer"))
    base = {
        "waiting": asked_again.waiting_for(actor=request.actor, home=home), "answering": answering,
        "answered": asked_again.answered(home=home), "answers": asked_again.ANSWERS,
        "targets": asked_again.merge_targets(home=home) if answering else [],
    }  # fmt: skip
    return render(request, "web/burden/again.html", base | context, status=status)


def _meter(request: Request) -> Meter:
    text = request.GET.get("period", "").strip()[:40]
    period = parse_period(text) if text else around(today(), "month")
    return burden_meter.meter_for(
        actor=request.actor, home=home_of(request), period=period, by=request.GET.get("by", "unit"), today=today(),
        only=request.GET.get("only"),
    )  # fmt: skip


def _beside(period: Period, kind: str, step: int) -> str:
    """The name of the span before or after."""
    edge = period.start.toordinal() - 1 if step < 0 else period.end.toordinal() + 1
    return around(type(period.start).fromordinal(edge), kind).name
