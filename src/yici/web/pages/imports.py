"""Importing ledgers: upload, look, correct headings, import; the batches, and taking one back."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yici.core.errors import YiciError
from yici.services import importing
from yici.services.batches import batch_named, cover, pool_is_large, units_covered
from yici.services.batches import withdraw as withdraw_batch
from yici.services.jobs.starting import active_about, active_of, check_free
from yici.storage.batches import BatchRow
from yici.web.errors import status_of
from yici.web.pages.jobs import shown, to_job
from yici.web.paging import asked_of, holds, page_of
from yici.web.requests import Request, home_of, now, today
from yici.web.routes import page

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page("pool.import", methods=("GET", "POST"), limit="uploads")
def index(request: Request) -> HttpResponse:
    """The batches, and the form to upload a ledger."""
    if request.method == "GET":
        return _index(request, {"typed": {"as_of": today().isoformat()}})
    typed = {name: request.POST.get(name, "").strip() for name in ("department", "as_of", "authority", "covers")}
    upload = request.FILES.get("file")
    if upload is None:
        return _index(request, {"typed": typed, "no_file": True}, status=422)
    try:
        code = importing.keep_upload(
            actor=request.actor, home=home_of(request), name=upload.name or "", content=upload.chunks(),
            department=typed["department"], as_of=_day(typed["as_of"]), authority=typed["authority"],
            covers=typed["covers"], today=today(), now=now(),
        )  # fmt: skip
    except YiciError as error:
        return _index(request, {"typed": typed, "problems": error.problems}, status=status_of(error))
    return _to_preview(request, code)


@page("pool.import", methods=("GET", "POST"))
def preview(request: Request, code: str) -> HttpResponse:
    """What would be imported. A large ledger is read in the background: sent, it is read now; looked at, it shows how
    far that is."""
    if request.method == "POST":
        return _to_preview(request, code)
    home = home_of(request)
    upload = _kept(request, code)
    if not upload.large:
        found = importing.preview_upload(actor=request.actor, home=home, code=code)
    elif (kept := importing.last_preview(actor=request.actor, home=home, code=code)) is not None:
        found = kept
    elif (job := active_about(home=home, kind="preview", name="code", value=code)) is not None:
        return HttpResponseRedirect(reverse("job", args=[job.id]))
    else:
        return render(request, "web/pool/import_unread.html", {"code": code, "name": upload.name})
    return render(request, "web/pool/import_preview.html", {"preview": found, "upload": upload})


@page("pool.import", methods=("POST",))
def heading(request: Request, code: str) -> HttpResponse:
    """Say what a heading means; remembered for the ledgers of the same department."""
    typed = {name: request.POST.get(name, "") for name in ("word", "subject", "element")}
    importing.explain_heading(actor=request.actor, home=home_of(request), code=code, **typed)
    messages.success(request, _("已记住“%(word)s”的意思，本单位以后的台账也照此对应。") % {"word": typed["word"]})
    return _to_preview(request, code)


@page("pool.import", methods=("GET", "POST"), limit="downloads")
def marked(request: Request, code: str) -> HttpResponse:
    """The uploaded workbook with doubtful cells marked; of a large one (sent) in the background."""
    upload = _kept(request, code)
    if upload.long_to_mark and request.method == "POST":
        return to_job(request, "marked", upload.name, {"code": code})
    if upload.long_to_mark:
        return HttpResponseRedirect(reverse("import-preview", args=[code]))
    name, content = importing.marked_workbook(actor=request.actor, home=home_of(request), code=code)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return HttpResponse(content, content_type=_XLSX, headers=headers)


@page("pool.import", methods=("POST",))
def run(request: Request, code: str) -> HttpResponse:
    """Import; a large ledger, or any into a large pool, in the background."""
    upload = _kept(request, code)
    if upload.long_to_import:
        return to_job(request, "import", upload.name, {"code": code})
    outcome = importing.import_upload(actor=request.actor, home=home_of(request), code=code)
    told = _("导入完成，%(n)s 行。") if outcome.new else _("这个文件以前导入过（%(n)s 行），没有重复导入。")
    messages.success(request, told % {"n": outcome.rows})
    return HttpResponseRedirect(reverse("imports"))


@page("pool.withdraw", methods=("POST",))
def withdraw(request: Request, batch: str) -> HttpResponse:
    """Take a batch back wholly; out of a large pool in the background."""
    if pool_is_large(home=home_of(request)):
        return _in_background(request, "withdraw", batch_named(home=home_of(request), batch=batch), {})
    row = withdraw_batch(home=home_of(request), actor=request.actor.name, batch=batch)
    messages.success(request, _("已撤回 %(name)s；再次导入同一文件即可恢复。") % {"name": row.file_name})
    return HttpResponseRedirect(reverse("imports"))


@page("pool.withdraw", methods=("POST",))
def covers(request: Request, batch: str) -> HttpResponse:
    """Say afterwards for which units a batch is a complete list (名册), or unsay it; of a large pool in the
    background."""
    words = importing.words_of(request.POST.get("covers", ""))
    try:
        if pool_is_large(home=home_of(request)):
            units = list(units_covered(home=home_of(request), units=words))
            found = batch_named(home=home_of(request), batch=batch)
            return _in_background(request, "covers", found, {"units": units})
        row, _before = cover(home=home_of(request), actor=request.actor.name, batch=batch, units=words)
    except YiciError as error:
        return _index(request, {"typed": {"as_of": today().isoformat()}, "problems": error.problems}, status_of(error))
    messages.success(request, _("已写明 %(name)s 的名册范围。") % {"name": row.file_name})
    return HttpResponseRedirect(reverse("imports"))


def _in_background(request: Request, kind: str, row: BatchRow, more: dict[str, Any]) -> HttpResponse:
    check_free(actor=request.actor, home=home_of(request), kind=kind, name="seq", value=row.seq)
    return to_job(request, kind, row.file_name, {"seq": row.seq} | more)


def _kept(request: Request, code: str) -> importing.KeptUpload:
    return importing.kept_upload(actor=request.actor, home=home_of(request), code=code)


def _to_preview(request: Request, code: str) -> HttpResponse:
    """To what would be imported; first to the work that reads it, where the ledger is large and not read as it is now
    understood."""
    upload = _kept(request, code)
    if upload.large and importing.last_preview(actor=request.actor, home=home_of(request), code=code) is None:
        return to_job(request, "preview", upload.name, {"code": code})
    return HttpResponseRedirect(reverse("import-preview", args=[code]))


def _index(request: Request, context: dict[str, object], status: int = 200) -> HttpResponse:
    changing = {
        row.arguments["seq"]: shown(row) | {"own": row.owner == request.actor.name}
        for row in active_of(home=home_of(request), kinds=("withdraw", "covers"))
    }
    home, asked = home_of(request), asked_of(request, "words")
    rows = [(row, changing.get(row.seq)) for row in importing.batches_shown(actor=request.actor, home=home)]
    base = {
        "batches": page_of(
            request, rows, asked, lambda one: holds(asked["words"], one[0].file_name, one[0].department)
        ),
        "departments": importing.departments_of(request.actor),
    }
    return render(request, "web/pool/imports.html", base | context, status=status)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
