"""Fillings: what a clerk is asked, answers taken once, and the review by township and department."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from yici.core.access.actors import Thing
from yici.core.access.rules import can
from yici.core.collections.states import ANSWERABLE, STEP_NAMES, FillingState, State
from yici.core.errors import Conflict, Problem, YiciError
from yici.services.collecting import listing, reviewing
from yici.services.collecting.answer_page import answer_page
from yici.services.collecting.answering import Answer, AnswerOutcome, answer
from yici.services.collecting.differences import Difference, code_of, differences_of, differing, same_as_known
from yici.services.collecting.doubtful import doubtful_for
from yici.services.collecting.filling_things import filling_thing, get_filling
from yici.services.collecting.proposals import get_collection
from yici.services.collecting.questions import Question
from yici.services.collecting.returning import return_cells
from yici.services.collecting.revealing import BEFORE, TOLD, cell_to_reveal, reveal_told, revealable
from yici.services.collecting.rolled_gaps import list_gaps
from yici.services.collecting.rollup import is_large, roll_up
from yici.services.collecting.townships import units_with_township
from yici.services.subject_edits import PURPOSES
from yici.storage.collections import FillingRow, events_of
from yici.storage.reviews import Remark, remarks_of
from yici.web.converters import number_of
from yici.web.errors import status_of
from yici.web.pages.collections import collection_of
from yici.web.pages.jobs import to_job
from yici.web.requests import Request, home_of, today
from yici.web.routes import page
from yici.web.strict_json import strict_json


def filling_of(request: Request, number: int) -> Thing:
    """What a page about a filling is about. Raises NotFound."""
    return filling_thing(get_filling(home=home_of(request), number=number))


def told_thing(request: Request, number: int, code: str, element: str) -> Thing:
    """What a page about one value told in a filling is about. Raises NotFound."""
    return filling_of(request, number)


@page("filling.answer")
def mine(request: Request) -> HttpResponse:
    """Everything the clerk's units are asked, one question across all open forms."""
    return _mine(request, {})


@page("filling.answer", methods=("POST",), limit="answers")
def send(request: Request) -> HttpResponse:
    """Take answers: as JSON from the page's script, or as a plain form."""
    if request.content_type == "application/json":
        return _send_json(request)
    page = answer_page(actor=request.actor, home=home_of(request), today=today())
    asked = [q for q in page.asked if request.POST.get(f"q-{q.id}", "").strip()]
    asked += [question for question in page.corrigible if _corrected(request, question)]
    if not asked:
        return _mine(request, {"problems": (Problem("empty", "没有填写任何一项。", "不知道的可以留空。"),)}, 409)
    typed = {question.id: request.POST[f"q-{question.id}"] for question in asked}
    outcome = _take(request, request.POST.get("submission", ""), [_answer(q, typed[q.id]) for q in asked])
    wrong = {asked[place].id: problem for place, problem in outcome.problems.items()}
    return _mine(request, {"outcome": outcome, "wrong": wrong, "typed": typed}, 422 if wrong else 200)


@page("filling.answer", thing=filling_of, methods=("POST",))
def submit(request: Request, number: int) -> HttpResponse:
    """Send a filling to be checked."""
    return _step(request, number, "submit", "my-fillings")


@page("filling.answer", thing=filling_of, methods=("POST",))
def withdraw(request: Request, number: int) -> HttpResponse:
    """Take a sent filling back before anybody has looked at it, with the reason."""
    return _step(request, number, "withdraw", "my-fillings")


@page("filling.review")
def reviews(request: Request) -> HttpResponse:
    """The fillings that wait for the actor."""
    return _reviews(request, {})


@page("filling.review", methods=("POST",))
def review_many(request: Request) -> HttpResponse:
    """Check or accept many fillings at once, all or none: those chosen, or all in which nothing differs."""
    given = map(number_of, request.POST.getlist("fillings"))
    numbers = [number for number in given if number is not None]
    step, _sign, which = request.POST.get("step", "").partition("-")
    if which in ("same", "whole"):
        numbers = same_as_known(actor=request.actor, home=home_of(request), step=step, whole=which == "whole")
    try:
        if step not in ("check", "accept") or not numbers:
            raise Conflict(Problem("nothing-chosen", "没有选择填报。", "请先勾选；有差异的要逐张看。"))
        reviewing.step_fillings(actor=request.actor, home=home_of(request), numbers=numbers, step=step)
    except YiciError as error:
        return _reviews(request, {"problems": error.problems}, status_of(error))
    messages.success(request, _("已处理 %(n)s 项。") % {"n": len(numbers)})
    return HttpResponseRedirect(reverse("reviews"))


@page("filling.review", thing=filling_of)
def one(request: Request, number: int) -> HttpResponse:
    """A filling with what was told in it, and its history."""
    return _one(request, number, {})


@page("filling.review", thing=filling_of, methods=("POST",))
def review(request: Request, number: int) -> HttpResponse:
    """Check, accept or return one filling."""
    step = request.POST.get("step", "")
    try:
        if step not in ("check", "accept", "return", "reopen"):
            raise Conflict(Problem("step-odd", "没有这个操作。", "请从页面上的按钮里选。"))
        about: dict[str, Any] = {
            "actor": request.actor, "home": home_of(request), "number": number,
            "remark": request.POST.get("remark", "").strip(),
        }  # fmt: skip
        if step == "return":
            cells = {name[5:]: str(text) for name, text in request.POST.items() if name.startswith("cell-")}
            return_cells(**about, cells=cells)
        else:
            reviewing.step_filling(**about, step=step)
    except YiciError as error:
        return _one(request, number, {"problems": error.problems}, status_of(error))
    messages.success(request, _("已处理 %(n)s 项。") % {"n": 1})
    return HttpResponseRedirect(reverse("reviews"))


@page("filling.review", thing=told_thing, methods=("GET", "POST"), limit="reveal")
def reveal(request: Request, number: int, code: str, element: str) -> HttpResponse:
    """Show one masked value of a filling whole: asks for the purpose, then writes an audit line. Who sees the filling
    is told why he may not; the service asks for both rights, to review it and to look at sensitive values."""
    which = BEFORE if request.GET.get("of") == BEFORE else TOLD
    about: dict[str, Any] = {
        "actor": request.actor, "home": home_of(request), "number": number, "code": code, "element": element,
    }  # fmt: skip
    cell = cell_to_reveal(**about)
    asking = {"asking": f"{which}-{cell}", "purposes": PURPOSES}
    step = request.GET.get("step", "")
    if step == "stop":
        return _value(request, number, cell, which, {})
    # Without a script the question is asked for by the form of the review, with all that was typed in it.
    if request.method == "GET" or step == "ask":
        return _value(request, number, cell, which, asking)
    try:
        text = reveal_told(**about, purpose=request.POST.get("for", ""), which=which)
    except Conflict as error:
        return _value(request, number, cell, which, asking | {"wrong": error.problems}, status_of(error))
    return _value(request, number, cell, which, {"revealed": text, "revealed_of": f"{which}-{cell}"})


@page("filling.download", thing=collection_of, methods=("GET", "POST"), limit="downloads")
def download(request: Request, number: int) -> HttpResponse | FileResponse:
    """The roll-up in the sender's own layout: one file, or one a unit in a package, or the list of what the one file
    leaves empty; a large one in the background."""
    each, gaps = request.GET.get("each") == "1", request.GET.get("gaps") == "1"
    if is_large(home=home_of(request), number=number, each_unit=each):
        if request.method != "POST":  # A mere look at an address starts nothing.
            raise Conflict(Problem("download-large", "汇总较大，要在后台生成。", "请在任务页面点“下载汇总”。"))
        name = get_collection(home=home_of(request), number=number).name
        return to_job(request, "roll-up", name, {"number": number, "each": each, "gaps": gaps})
    # The file is read after the folder is gone: its open handle keeps it until the answer was sent.
    with TemporaryDirectory() as folder:
        about: dict[str, Any] = {
            "actor": request.actor, "home": home_of(request), "number": number, "folder": Path(folder),
        }  # fmt: skip
        made = list_gaps(**about) if gaps else roll_up(**about, each_unit=each)
        return FileResponse(made.file.open("rb"), as_attachment=True, filename=made.name)


def _corrected(request: Request, question: Question) -> bool:
    typed = request.POST.get(f"q-{question.id}", "").strip()
    return bool(typed) and typed != question.value


def _send_json(request: Request) -> JsonResponse:
    try:
        sent = strict_json(request.body)
        answers = [Answer.from_json(one) for one in sent["answers"]]
        submission, account = str(sent["submission"]), str(sent.get("account", request.actor.account))
    except (ValueError, KeyError, TypeError, AttributeError):
        problem = Problem("answers-unreadable", "没有读懂送来的内容。", "请刷新页面后再保存入库，已填的会保留。")
        return JsonResponse({"problems": [problem.as_json()]}, status=400)
    if account != str(request.actor.account):
        # Somebody else signed in on this device meanwhile: nobody's answers are taken under another's name.
        problem = Problem("other-account", "现在登录的是别人的账号，没有送出。", "请用自己的账号登录后再送。")
        return JsonResponse({"problems": [problem.as_json()]}, status=409)
    try:
        return JsonResponse(_take(request, submission, answers).as_json())
    except YiciError as error:
        return JsonResponse({"problems": [problem.as_json() for problem in error.problems]}, status=status_of(error))


def _take(request: Request, submission: str, answers: list[Answer]) -> AnswerOutcome:
    return answer(
        actor=request.actor, home=home_of(request), submission=submission, answers=answers, today=today()
    )  # fmt: skip


def _answer(question: Question, value: str) -> Answer:
    asker = question.askers[0]
    if question.element:
        return Answer(value, question.element, question.key, asker.filling)
    return Answer(value, "", question.key, asker.filling, asker.sheet, asker.label)


def _step(request: Request, number: int, step: str, back: str) -> HttpResponse:
    try:
        reviewing.step_filling(
            actor=request.actor, home=home_of(request), number=number, step=step,
            remark=request.POST.get("remark", "").strip(),
        )  # fmt: skip
    except YiciError as error:
        return _mine(request, {"problems": error.problems}, status_of(error))
    messages.success(request, _("已报送。") if step == "submit" else _("已撤回，可以更正。"))
    return HttpResponseRedirect(reverse(back))


def _mine(request: Request, context: dict[str, Any], status: int = 200) -> HttpResponse:
    actor, home = request.actor, home_of(request)
    # A form sent without a script comes back to the page it was of.
    given = request.POST if request.method == "POST" else request.GET
    name = given.get("name", "").strip()[:50]
    asking = answer_page(
        actor=actor,
        home=home,
        today=today(),
        number=number_of(given.get("page", "")) or 1,
        name=name,
        at=given.get("at", "")[:64],
    )
    returned = any(one.question.remark for group in asking.told for one in group.asked)
    rows = listing.my_fillings(actor=actor, home=home)
    why = listing.why_returned(rows)
    base = {
        "asking": asking, "fillings": [(row, why.get(row.id)) for row in rows],
        "answerable": ANSWERABLE, "submission": str(uuid.uuid4()), "count": len(asking.asked), "returned": returned,
        "today": today(), "name": name, "before": asking.number - 1,
        "townships": units_with_township(today=today()),
        "after": asking.number + 1 if asking.number < asking.pages else 0,
        # Only the signed-in account is given the key of what it left on the device (static/web/answers/store.js).
        "doubtful": doubtful_for(actor=actor, home=home),
        "key": salted_hmac("yici.answers", str(actor.account), algorithm="sha256").hexdigest(),
    }  # fmt: skip
    return render(request, "web/fillings/mine.html", base | context, status=status)


def _reviews(request: Request, context: dict[str, Any], status: int = 200) -> HttpResponse:
    rows = reviewing.fillings_to_review(actor=request.actor, home=home_of(request))
    counts = differing(actor=request.actor, home=home_of(request), rows=rows)
    # Who may do both passes the ones and the others apart.
    steps = {step: reviewing.steppable(request.actor, rows, step) for step in ("accept", "check")}
    base = {
        "fillings": [(row, counts[row.id]) for row in rows], "townships": units_with_township(today=today()),
        "accepting": bool(steps["accept"]), "checking": bool(steps["check"]),
        "many": [_many(step, [row for row in some if not counts[row.id]]) for step, some in steps.items()],
    }  # fmt: skip
    return render(request, "web/fillings/reviews.html", base | context, status=status)


def _many(step: str, same: Sequence[FillingRow]) -> tuple[str, int, int, int]:
    """Of fillings in which nothing differs: how many, how many of them are whole, how many lack something."""
    lacking = sum(bool(row.unknown) for row in same)
    return step, len(same), len(same) - lacking, lacking


def _value(
    request: Request, number: int, cell: str, which: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """One value of a cell for HTMX; the whole page for a browser without scripts."""
    if not request.htmx:
        return _one(request, number, context, status)
    row = get_filling(home=home_of(request), number=number)
    one, _remarks, _typed, subject = next(found for found in _told_rows(request, row) if found[0].code == cell)
    base = {
        "row": row,
        "one": one,
        "subject": subject,
        "which": which,
        "value": one.before if which == BEFORE else one.told,
        "open": _in_review(row) and bool(can(request.actor, "filling.return", filling_thing(row))),
    }
    return render(request, "web/fillings/told_value.html", context | base, status=status)


def _in_review(row: FillingRow) -> bool:
    return row.state in (FillingState.SUBMITTED, FillingState.CHECKED)


def _told_rows(request: Request, row: FillingRow) -> list[tuple[Difference, list[Remark], str, str]]:
    """What was told in a filling: with the remarks about it, what is being typed about it, and, where it may be looked
    at whole, the code of whom it is about."""
    home, actor = home_of(request), request.actor
    told = differences_of(actor=actor, home=home, row=row)
    remarks: dict[str, list[Remark]] = {}
    for remark in remarks_of(row.id):
        remarks.setdefault(code_of(remark.address), []).append(remark)
    masked = revealable(actor=actor, home=home, row=row, cells=[one.address[:2] for one in told])
    return [
        (one, remarks.get(one.code, []), request.POST.get(f"cell-{one.code}", ""), masked.get(one.address[:2], ""))
        for one in told
    ]


def _one(request: Request, number: int, context: dict[str, Any], status: int = 200) -> HttpResponse:
    home, actor = home_of(request), request.actor
    row = get_filling(home=home, number=number)
    thing = filling_thing(row)
    rows = _told_rows(request, row)
    base = {
        "row": row, "townships": units_with_township(today=today()),
        "differing": [one for one in rows if one[0].differs],
        "same": [one for one in rows if not one[0].differs], "told": rows, "remark": request.POST.get("remark", ""),
        "closed": get_collection(home=home, number=row.collection).state is State.CLOSED,
        "events": events_of(number), "steps": STEP_NAMES,
        "checking": bool(can(actor, "filling.check", thing)),
        "accepting": bool(reviewing.acceptable([row]) and can(actor, "filling.accept", thing)),
        "returning": bool(can(actor, "filling.return", thing)),
    }  # fmt: skip
    return render(request, "web/fillings/one.html", base | context, status=status)
