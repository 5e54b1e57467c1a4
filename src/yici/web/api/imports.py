"""Ledgers: uploaded, looked at, imported, taken back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from ninja import Field, File, Form, P, PathEx, Router, Schema, UploadedFile

from yici.services import importing
from yici.services.batches import batch_named, cover, pool_is_large, units_covered, withdraw
from yici.services.jobs.starting import check_free
from yici.web.api.jobs import Started, start
from yici.web.api.operations import FIRST, Done, Limit, Listing, Offset, listing, operation
from yici.web.downloads import attachment
from yici.web.requests import Request, home_of, now, today

router = Router(tags=["imports"])
Batch = PathEx[str, P(pattern="^[0-9a-f]{12,64}$", description="批次编号，至少前 12 位")]


class BatchOut(Schema):
    """An imported ledger."""

    batch: str
    file_name: str
    department: str
    as_of: date
    rows: int
    problems: int
    imported_at: datetime
    imported_by: str
    withdrawn_at: datetime | None
    covers: list[str] = Field(description="名册范围：在这些单位内，台账是齐全的名单")


class UploadIn(Schema):
    """Who provides the ledger, and up to which day it is true. `authority` only for stewards; `covers` are units, apart
    by commas, in which nobody is missing."""

    department: str = Field(max_length=255)
    as_of: date
    authority: str = Field("", max_length=2000)
    covers: str = Field("", max_length=2000)


class CoversIn(Schema):
    """For which units the batch is a complete list; none takes back what was said."""

    units: list[str] = Field(max_length=1000)


class Uploaded(Schema):
    """The code that names the upload until it is imported."""

    code: str


class ColumnOut(Schema):
    """A column, the element it was understood as, and why not when it was not."""

    letter: str
    heading: str
    word: str
    element: str
    why_not: str


class TableOut(Schema):
    """A table found in a ledger."""

    sheet: str
    rows: int
    subject: str
    kind: str
    columns: list[ColumnOut]
    problems: list[str]


class PreviewOut(Schema):
    """What would be imported; nothing has been yet."""

    code: str
    file_name: str
    department: str
    as_of: date
    rows: int
    tables: list[TableOut]
    skipped: list[str]
    notes: list[str]
    marked: bool


class Heading(Schema):
    """What a heading means; an empty element says that it is nothing the pool keeps."""

    word: str = Field(max_length=255)
    subject: str = Field(max_length=64)
    element: str = Field("", max_length=255)


class ImportedOut(Schema):
    """What an import came to. `new` is false when the same file had been imported before."""

    batch: str
    new: bool
    rows: int
    problems: int


@operation(router, "GET", "/imports", action="pool.import", response=Listing[BatchOut], summary="批次")
def list_batches(request: Request, limit: Limit = FIRST, offset: Offset = 0) -> dict[str, Any]:
    """导入过的台账，新的在前。"""
    return listing(importing.batches_shown(actor=request.actor, home=home_of(request)), limit, offset)


@operation(router, "POST", "/imports", action="pool.import", response=Uploaded, summary="上传台账", limit="uploads")
def upload_ledger(request: Request, body: Form[UploadIn], file: File[UploadedFile]) -> dict[str, Any]:
    """上传后先预览，两天内导入；还没有导入任何数据。"""
    code = importing.keep_upload(
        actor=request.actor, home=home_of(request), name=file.name or "", content=file.chunks(),
        department=body.department, as_of=body.as_of, authority=body.authority, covers=body.covers,
        today=today(), now=now(),
    )  # fmt: skip
    return {"code": code}


@operation(
    router, "GET", "/imports/{code}", action="pool.import", response=PreviewOut, summary="预览台账", started=Started
)
def preview_ledger(request: Request, response: HttpResponse, code: str) -> Any:
    """会导入什么：各栏对应的数据元、读不懂的格。大的台账在后台读：答 202 和任务的地址，读完再问这里。"""
    about: dict[str, Any] = {"actor": request.actor, "home": home_of(request), "code": code}
    kept = importing.kept_upload(**about)
    if kept.large and importing.last_preview(**about) is None:
        return start(request, response, "preview", kept.name, {"code": code})
    return importing.preview_upload(**about)


@operation(
    router,
    "GET",
    "/imports/{code}/marked",
    action="pool.import",
    response=None,
    summary="标注了问题的台账",
    limit="downloads",
    started=Started,
)
def marked_ledger(request: Request, response: HttpResponse, code: str) -> Any:
    """上传的工作簿，有疑问的格已经标出。大的台账在后台标：答 202 和任务的地址，标好的在任务里下载。"""
    kept = importing.kept_upload(actor=request.actor, home=home_of(request), code=code)
    if kept.long_to_mark:
        return start(request, response, "marked", kept.name, {"code": code})
    name, content = importing.marked_workbook(actor=request.actor, home=home_of(request), code=code)
    return attachment(content, name)


@operation(router, "POST", "/imports/{code}/headings", action="pool.import", response=Done, summary="说明一个栏名")
def explain_heading(request: Request, code: str, body: Heading) -> dict[str, Any]:
    """说明栏名是什么意思，同一单位以后的台账也照此对应；各单位通用要数据专员采纳。"""
    importing.explain_heading(actor=request.actor, home=home_of(request), code=code, **body.model_dump())
    return {"done": True}


@operation(
    router, "POST", "/imports/{code}/run", action="pool.import", response=ImportedOut, summary="导入", started=Started
)
def import_ledger(request: Request, response: HttpResponse, code: str) -> Any:
    """导入预览过的台账，成为一个批次。大的台账、导入大的库都在后台：答 202 和任务的地址。"""
    kept = importing.kept_upload(actor=request.actor, home=home_of(request), code=code)
    if kept.long_to_import:
        return start(request, response, "import", kept.name, {"code": code})
    return importing.import_upload(actor=request.actor, home=home_of(request), code=code)


@operation(
    router,
    "POST",
    "/imports/{batch}/withdraw",
    action="pool.withdraw",
    response=Done,
    summary="撤回批次",
    started=Started,
)
def withdraw_batch(request: Request, response: HttpResponse, batch: Batch) -> Any:
    """整批撤回；再次导入同一文件即可恢复。大的库在后台更新：答 202 和任务的地址。"""
    if pool_is_large(home=home_of(request)):
        return _start(request, response, "withdraw", batch, {})
    withdraw(home=home_of(request), actor=request.actor.name, batch=batch)
    return {"done": True}


@operation(
    router,
    "POST",
    "/imports/{batch}/covers",
    action="pool.withdraw",
    response=Done,
    summary="写明名册范围",
    started=Started,
)
def cover_batch(request: Request, response: HttpResponse, batch: Batch, body: CoversIn) -> Any:
    """写明台账在哪些单位内是齐全的名单：名单上没有的人就是“不在册”。大的库在后台更新：答 202 和任务的地址。"""
    if pool_is_large(home=home_of(request)):
        units = list(units_covered(home=home_of(request), units=body.units))
        return _start(request, response, "covers", batch, {"units": units})
    cover(home=home_of(request), actor=request.actor.name, batch=batch, units=body.units)
    return {"done": True}


def _start(request: Request, response: HttpResponse, kind: str, batch: str, more: dict[str, Any]) -> Any:
    """Change a batch in the background. Raises NotFound, Conflict when somebody else does the same to it now."""
    row = batch_named(home=home_of(request), batch=batch)
    check_free(actor=request.actor, home=home_of(request), kind=kind, name="seq", value=row.seq)
    return start(request, response, kind, row.file_name, {"seq": row.seq} | more)
