"""The life of a collection for departments and the steward: proposed, reviewed, sent to units, closed."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yici.core.access.actors import Role, Thing
from yici.core.access.rules import can
from yici.core.collections.states import STATE_NAMES, State
from yici.core.errors import Conflict, Problem, YiciError
from yici.services.collecting import (
    kept_reports,
    listing,
    periods,
    proposals,
    proposing_work,
    publishing,
    reports,
    taking,
)
from yici.services.collecting.filling_things import filling_thing
from yici.services.collecting.period_page import next_period
from yici.services.collecting.proposals import Proposal
from yici.services.collecting.recognition import SETTLING, settle_word, show_form, take_word_back
from yici.services.collecting.townships import units_with_township
from yici.services.collecting.verdicts import ASKING
from yici.services.jobs import starting
from yici.services.received_files import PROPOSING
from yici.services.units import units_of
from yici.storage import collections
from yici.storage.collections import CollectionRow
from yici.web.converters import number_of
from yici.web.errors import status_of
from yici.web.pages.jobs import shown, to_job, to_job_once
from yici.web.paging import asked_of, holds, page_of
from yici.web.requests import Request, home_of, now, today
from yici.web.routes import page
from yici.web.templatetags.yici import due as due_words

_FIELDS = (
    "name",
    "organisation",
    "purpose",
    "where",
    "number",
    "maker",
    "approval",
    "valid_until",
    "urgent",
    "everybody",
)
_LONGEST_LIST = 60_000


def collection_of(request: Request, number: int, **_more: object) -> Thing:
    """What a page about a collection is about. Raises NotFound."""
    return listing.visible_thing(home=home_of(request), number=number)


@page("collection.view")
def index(request: Request) -> HttpResponse:
    """The collections the actor sees, with their states and progress."""
    rows, asked = (
        listing.collections_for(actor=request.actor, home=home_of(request)),
        asked_of(request, "words", "state"),
    )
    found = page_of(
        request, rows, asked,
        lambda one: asked["state"] in ("", one.row.state) and holds(asked["words"], one.row.name, one.row.organisation),
    )  # fmt: skip
    return render(request, "web/collections/list.html", {"found": found, "names": STATE_NAMES})


@page("collection.propose", methods=("GET", "POST"), limit="uploads")
def propose(request: Request) -> HttpResponse:
    """Upload a blank form and say who asks for it, what for, and by what right."""
    if request.method == "GET":
        return _proposing(request, {"valid_until": ""})
    try:
        proposal, upload = _proposal(request), request.FILES.get("file")
        if not isinstance(upload, UploadedFile):
            raise Conflict(Problem("file-missing", "没有选择空白表。", "请选择 Excel 或 Word 文件。"))
        with TemporaryDirectory() as folder:
            file = received(upload, Path(folder))
            aside = proposing_work.set_aside(home=home_of(request), file=file, proposal=proposal, now=now())
            if aside is not None:
                return to_job_once(request, PROPOSING, proposal.name or file.name, aside)
            number = proposals.propose(actor=request.actor, home=home_of(request), file=file, proposal=proposal)
    except YiciError as error:
        return _proposing(request, _typed(request), problems=error.problems, status=status_of(error))
    with suppress(YiciError):  # The page tells what is wrong with it.
        _keep_report(request, number)
    messages.success(request, _("已报备，请核对识别结果；数据专员评审后可以派发。"))
    return HttpResponseRedirect(reverse("collection", args=[number]))


@page("collection.view", thing=collection_of)
def one(request: Request, number: int) -> HttpResponse:
    """A collection: its form, its report, its fillings, and what can be done now."""
    return _one(request, number, {})


@page("collection.propose", thing=collection_of, methods=("POST",))
def confirm(request: Request, number: int) -> HttpResponse:
    """Settle what one doubtful word means, for this proposal."""
    home, sent = home_of(request), request.POST
    row = proposals.get_collection(home=home, number=number)
    try:
        settle_word(
            actor=request.actor, home=home, row=row, doubt=sent.get("doubt", ""), meaning=sent.get("meaning", "")
        )  # fmt: skip
    except YiciError as error:
        return _one(request, number, {"problems": error.problems}, status_of(error))
    return HttpResponseRedirect(reverse("collection", args=[number]) + "#doubts")


@page("collection.propose", thing=collection_of, methods=("POST",))
def back(request: Request, number: int, word: int) -> HttpResponse:
    """Take what was said of a word back."""
    row = proposals.get_collection(home=home_of(request), number=number)
    try:
        take_word_back(actor=request.actor, home=home_of(request), row=row, number=word)
    except YiciError as error:
        return _one(request, number, {"problems": error.problems}, status_of(error))
    messages.success(request, _("已撤回。"))
    return HttpResponseRedirect(reverse("collection", args=[number]) + "#doubts")


@page("collection.propose", thing=collection_of, methods=("POST",))
def again(request: Request, number: int) -> HttpResponse:
    """Send a returned proposal again."""
    try:
        proposals.propose_again(
            actor=request.actor, home=home_of(request), number=number, proposal=_proposal(request)
        )  # fmt: skip
    except YiciError as error:
        return _one(request, number, {"problems": error.problems, "typed": _typed(request)}, status_of(error))
    messages.success(request, _("已重新报备。"))
    return HttpResponseRedirect(reverse("collection", args=[number]))


@page("collection.review", thing=collection_of, methods=("POST",))
def decide(request: Request, number: int) -> HttpResponse:
    """Approve, return, refuse or merge a proposal."""
    step = request.POST.get("step", "")
    try:
        if step not in ("approve", "return", "refuse", "merge"):
            raise Conflict(Problem("step-odd", "没有这个操作。", "请从页面上的按钮里选。"))
        proposals.decide(
            actor=request.actor, home=home_of(request), number=number, step=step,
            remark=request.POST.get("remark", "").strip(), into=number_of(request.POST.get("into", "")), now=now(),
        )  # fmt: skip
    except YiciError as error:
        decided = {"remark": request.POST.get("remark", ""), "into": number_of(request.POST.get("into", ""))}
        return _one(request, number, {"problems": error.problems, "decided": decided}, status_of(error))
    messages.success(request, _("已记入评审结论。"))
    return HttpResponseRedirect(reverse("collections"))


@page("collection.publish", thing=collection_of, methods=("POST",))
def publish(request: Request, number: int) -> HttpResponse:
    """Send an approved collection to units."""
    home = home_of(request)
    try:
        sending = publishing.plan_sending(
            home=home, number=number, units=request.POST.getlist("units"), as_of=day_in(request, "as_of"),
            days=number_of(request.POST.get("days", "")) or 0, period=request.POST.get("period", "").strip()[:64],
            recurring=request.POST.get("recurring", ""), automatic=request.POST.get("automatic") == "1", now=now(),
        )  # fmt: skip
        if publishing.is_large(home=home, sending=sending):
            return _in_background(request, sending)
        due = publishing.send(actor=request.actor, home=home, sending=sending, now=now())
    except YiciError as error:
        return _one(request, number, {"problems": error.problems, "chosen": _chosen(request)}, status_of(error))
    messages.success(request, _("已派发，截止 %(day)s。") % {"day": due_words(due)})
    return HttpResponseRedirect(reverse("collection", args=[number]))


@page("collection.publish", thing=collection_of, methods=("POST",))
def automatic(request: Request, number: int) -> HttpResponse:
    """Let the next periods be sent by themselves, or stop it."""
    wanted = request.POST.get("automatic") == "1"
    try:
        periods.choose(actor=request.actor, home=home_of(request), number=number, automatic=wanted, today=today())
    except YiciError as error:
        return _one(request, number, {"problems": error.problems}, status_of(error))
    messages.success(request, _("以后按期自动派发。") if wanted else _("已停止按期自动派发，下一期由您手工派发。"))
    return HttpResponseRedirect(reverse("collection", args=[number]))


def _in_background(request: Request, sending: publishing.Sending) -> HttpResponse:
    """Send to many units as a job; one that somebody has begun already is not begun again."""
    home, number = home_of(request), sending.number
    if _publishing(request, number) is None:
        row = proposals.get_collection(home=home, number=number)
        return to_job(request, "publish", row.name, sending.as_json())
    return HttpResponseRedirect(reverse("collection", args=[number]))


def _publishing(request: Request, number: int) -> dict[str, Any] | None:
    """The work that sends a collection now, whoever began it; its owner may cancel it."""
    row = starting.active_about(home=home_of(request), kind="publish", name="number", value=number)
    return None if row is None else {"job": shown(row), "own": row.owner == request.actor.name}


@page("collection.view", thing=collection_of, methods=("GET", "POST"))
def report(request: Request, number: int) -> HttpResponse:
    """Make the report of a proposal again with what the pool knows now; asked for in parts, how far it is."""
    if request.method == "POST":
        _keep_report(request, number)
    elif request.htmx:
        making = _making(request, number)
        if making is not None:
            return render(request, "web/collections/making.html", {"making": making, "number": number})
        return HttpResponse(headers={"HX-Refresh": "true"})
    return HttpResponseRedirect(reverse("collection", args=[number]) + "#report-title")


@page("filling.download", thing=collection_of, methods=("POST",), limit="downloads")
def take(request: Request, number: int) -> HttpResponseBase:
    """The form filled from the pool, where it was approved for that; a large one in the background."""
    home, each = home_of(request), request.POST.get("each") == "1"
    try:
        if taking.is_large(home=home, number=number, each_unit=each, today=today()):
            name = proposals.get_collection(home=home, number=number).name
            return to_job(request, "take", name, {"number": number, "each": each})
        with TemporaryDirectory() as folder:
            made = taking.take(
                actor=request.actor, home=home, number=number, folder=Path(folder), today=today(), each_unit=each
            )  # fmt: skip
            return FileResponse(made.file.open("rb"), as_attachment=True, filename=made.name)
    except YiciError as error:
        return _one(request, number, {"problems": error.problems}, status_of(error))


@page("collection.publish", thing=collection_of, methods=("POST",))
def close(request: Request, number: int) -> HttpResponse:
    """Close an open collection; when units have not submitted, only once that is confirmed."""
    try:
        publishing.close_collection(
            actor=request.actor, home=home_of(request), number=number, now=now(),
            confirmed=request.POST.get("confirm") == "1",
        )  # fmt: skip
    except YiciError as error:
        owing = any(problem.code == "still-owing" for problem in error.problems)
        return _one(request, number, {"problems": error.problems, "owing": owing}, status_of(error))
    messages.success(request, _("已结束。"))
    return HttpResponseRedirect(reverse("collection", args=[number]))


def received(upload: UploadedFile[Any], folder: Path) -> Path:
    """An uploaded file as it lies in a folder of ours, under its own last name."""
    name = Path((upload.name or "").replace("\\", "/")).name or "form"
    # File systems count bytes, 255 of them; the end with the kind of the file is kept.
    file = folder / name.encode()[-200:].decode(errors="ignore")
    with file.open("wb") as target:
        for part in upload.chunks():
            target.write(part)
    return file


def _typed(request: Request) -> dict[str, str]:
    """What was typed of a proposal, to stand in the fields again when it is refused."""
    return {name: request.POST.get(name, "") for name in (*_FIELDS, "named")}


def _of_row(row: CollectionRow) -> dict[str, str]:
    """What a proposal said last, as its fields hold it."""
    return {
        "name": row.name, "purpose": row.purpose, "where": row.where, "number": row.form.number,
        "maker": row.form.maker, "approval": row.form.approval, "named": "",
        "valid_until": row.form.valid_until.isoformat() if row.form.valid_until else "",
        "everybody": "1" if row.everybody else "", "urgent": "1" if row.urgent else "",
    }  # fmt: skip


def _chosen(request: Request) -> dict[str, Any]:
    """To whom and how a collection was to be sent, to stand in the fields again when that is refused."""
    sent = request.POST
    names = ("as_of", "days", "period", "recurring", "automatic")
    return {"units": sent.getlist("units")} | {name: sent.get(name, "") for name in names}


def _following(row: CollectionRow, following: publishing.NextTime) -> dict[str, Any]:
    """To whom and how a collection is sent as far as that is known before anybody chose."""
    return {
        "units": following.units, "as_of": following.as_of.isoformat(), "days": following.days,
        "period": following.period, "recurring": row.recurring, "automatic": following.automatic,
    }  # fmt: skip


def _proposal(request: Request) -> Proposal:
    typed = {name: request.POST.get(name, "").strip()[:250] for name in _FIELDS}
    own = request.actor.organisations
    organisation = typed["organisation"]
    if Role.STEWARD not in request.actor.roles and organisation not in own:
        organisation = min(own, default="")
    return Proposal(
        typed["name"], organisation, typed["purpose"], typed["where"], typed["number"], typed["maker"],
        typed["approval"], day_in(request, "valid_until"), bool(typed["urgent"]),
        bool(typed["everybody"]), tuple(request.POST.get("named", "")[:_LONGEST_LIST].splitlines()),
    )  # fmt: skip


def day_in(request: Request, name: str) -> date | None:
    """The day in a field of a sent form; None when it is empty. Raises Conflict when it is no day."""
    text = request.POST.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Conflict(Problem("date-odd", f"“{text}”不是日期。", "请写成 2026-12-31。")) from None


def _proposing(
    request: Request, typed: dict[str, str], problems: tuple[Problem, ...] = (), status: int = 200
) -> HttpResponse:
    active = starting.active_of(home=home_of(request), kinds=[PROPOSING], owner=request.actor.name)
    context = {
        "typed": typed, "problems": problems, "own": sorted(request.actor.organisations),
        "proposing": shown(active[0]) if active else None,
    }  # fmt: skip
    return render(request, "web/collections/propose.html", context, status=status)


def _keep_report(request: Request, number: int) -> None:
    """Make the report of a proposal, and keep it for those who read it; over many, in the background."""
    home = home_of(request)
    row = proposals.get_collection(home=home, number=number)
    if row.state not in reports.WAITING:
        return
    if not kept_reports.is_large(home=home, row=row, today=today()):
        reports.report_of(home=home, row=row, today=today(), fresh=True)
    elif _making(request, number) is None:
        starting.start_job(
            actor=request.actor, home=home, kind="admission", words=row.name, arguments={"number": number}
        )


def _making(request: Request, number: int) -> dict[str, Any] | None:
    """The work that makes the report of a proposal now, whoever asked for it; its owner may cancel it."""
    row = starting.active_about(home=home_of(request), kind="admission", name="number", value=number)
    return None if row is None else {"job": shown(row), "own": row.owner == request.actor.name}


def _report(request: Request, row: CollectionRow) -> dict[str, Any]:
    """The report of a proposal that waits. Over many it is the last one, or the work that makes one."""
    home, day = home_of(request), today()
    making = _making(request, row.id)
    kept = kept_reports.last_report(home=home, row=row, today=day)
    if making is None and (kept is None or kept.outdated) and not kept_reports.is_large(home=home, row=row, today=day):
        kept = reports.report_of(home=home, row=row, today=day, keep=False)
    return {"kept": kept, "making": making, "unmade": kept is None and making is None}


def _one(request: Request, number: int, context: dict[str, Any], status: int = 200) -> HttpResponse:
    home, actor = home_of(request), request.actor
    row = proposals.get_collection(home=home, number=number)
    thing = collection_of(request, number)
    may = {
        step: bool(can(actor, f"collection.{step}", thing)) for step in ("propose", "review", "publish")
    } | {"download": bool(can(actor, "filling.download", thing))}  # fmt: skip
    base: dict[str, Any] = {
        "row": row, "state": STATE_NAMES[row.state], "rights": may, "kept": reports.decided_report(row),
        "sending": _publishing(request, number),
        "fillings": (fillings := listing.fillings_seen(actor=actor, home=home, number=number)),
        # Who looks on from above sees how far it is, and opens nobody's answers.
        "opens": {one.id for one in fillings if can(actor, "filling.review", filling_thing(one))},
        "townships": units_with_township(today=today()),
        "recurring": publishing.RECURRING, "today": today(), "whom": listing.whom_told(home=home, row=row),
    }  # fmt: skip
    if may["propose"] or may["review"]:
        base["form"] = show_form(actor=actor, home=home, row=row, today=today())
        base["settling"] = row.state in SETTLING and may["propose"]
    if row.state in reports.WAITING and "form" in base:
        base |= _report(request, row)
    base |= _around(request, row, may)
    again = row.state is State.RETURNED or (row.state is State.APPROVED and base["whom"].missing)
    base |= {"mending": may["propose"] and again, "typed": _of_row(row)}
    if row.state is State.PROPOSED and may["review"]:
        others = listing.collections_for(actor=actor, home=home)
        base["targets"] = [o.row for o in others if o.row.state in ASKING]
        base["beside"] = listing.waiting_beside(home=home, row=row)
    if row.state is State.APPROVED and may["publish"]:
        following = publishing.next_time(home=home, row=row, today=today())
        base |= {"areas": units_of(home=home), "next": following, "chosen": _following(row, following)}
    if row.recurring and may["publish"]:
        base["coming"] = next_period(row, today())
    return render(request, "web/collections/one.html", base | context, status=status)


def _own_taking(request: Request, number: int) -> dict[str, Any] | None:
    """The actor's own work that fills the form now, found again after its page was left."""
    row = starting.active_about(
        home=home_of(request), kind="take", name="number", value=number, owner=request.actor.name
    )  # fmt: skip
    return None if row is None else shown(row)


def _around(request: Request, row: CollectionRow, may: dict[str, bool]) -> dict[str, Any]:
    """What stands around a collection: the one it was merged into, those merged into it, urgent asks of the year."""
    whole = may["review"] or may["propose"]
    return {
        "into": collections.collection_row(row.into) if row.into and whole else None,
        "merged": collections.merged_into(row.id) if whole else [],
        "urgent": collections.urgent_asks(row.organisation, today().replace(month=1, day=1)) if whole else 0,
        "taking": taking.may_take(row) and may["download"],
        "taken": _own_taking(request, row.id),
    }
