"""Collections: proposed, reviewed, published, downloaded."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from django.http import FileResponse, HttpResponse
from django.urls import reverse
from ninja import Field, File, Form, P, QueryEx, Router, Schema, UploadedFile

from yici.core.access.actors import Role
from yici.core.collections.states import NOT_BACK
from yici.core.errors import Conflict, Problem, Refused
from yici.services.collecting import listing as lists
from yici.services.collecting import periods, proposals, proposing_work, publishing, reports, taking
from yici.services.collecting.proposals import Proposal
from yici.services.collecting.rolled_gaps import list_gaps
from yici.services.collecting.rollup import is_large, roll_up
from yici.services.jobs.starting import active_about
from yici.services.received_files import PROPOSING
from yici.storage.collections import CollectionRow
from yici.web.api.fillings import FillingOut
from yici.web.api.jobs import Started, start, started
from yici.web.api.operations import FIRST, Done, Limit, Listing, Number, Offset, listing, operation
from yici.web.converters import LARGEST
from yici.web.pages.collections import collection_of, received
from yici.web.requests import Request, home_of, now, today

router = Router(tags=["collections"])


class CollectionOut(Schema):
    """A collection. `back` of `all` fillings have come back."""

    id: int
    name: str
    organisation: str
    purpose: str
    where: str
    urgent: bool
    state: str
    period: str
    recurring: str
    automatic: bool = Field(description="下一期到时自动派发")
    as_of: date | None
    due: date | None
    by: str
    at: datetime
    remark: str
    back: int
    all: int


class CollectionDetail(CollectionOut):
    """A collection with its form's legal marks and the fillings the actor may see."""

    title: str
    number: str
    maker: str
    approval: str
    valid_until: date | None
    fillings: list[FillingOut]


class ProposalIn(Schema):
    """What is said of the form that is asked for. Stewards name the organisation; officers' is their own."""

    name: str = Field(max_length=250)
    purpose: str = Field(max_length=250)
    organisation: str = Field("", max_length=250)
    where: str = Field("", max_length=250, description="只要哪些人的条件")
    number: str = Field("", max_length=250, description="表号")
    maker: str = Field("", max_length=250, description="制定机关")
    approval: str = Field("", max_length=250, description="批准或备案文号")
    valid_until: date | None = None
    urgent: bool = False
    everybody: bool = Field(False, description="所有人都填，不按表名筛选")
    named: list[str] = Field([], max_length=2000, description="一人（户）一份的表：名单，身份证号、户编号或信用代码")


class Proposed(Schema):
    """The number of what was proposed."""

    id: int
    state: str


class MissingOut(Schema):
    """A field that people would have to be asked for."""

    label: str
    cells: int
    element: str


class AlikeOut(Schema):
    """Another collection that asks the same."""

    collection: int
    name: str
    organisation: str
    share: float
    fields: list[str]


class AdmissionOut(Schema):
    """The admission report. `verdict`: take (the pool has it all), collect (only what is missing), return. `cards`:
    the copies of a form that is filled once for each subject."""

    known: int
    unknown: int
    share: float
    missing: list[MissingOut]
    alike: list[AlikeOut]
    alike_all: int = Field(0, description="一共多少个任务在问同样的项；alike 最多列 100 个")
    legal: list[str]
    minutes_by_hand: float
    minutes_left: float
    units: int
    verdict: str
    because: str
    formula: str
    cards: int
    made: datetime | None = Field(description="算于何时；空的是评审结论所依据的")
    moved: bool = Field(description="算好以后库里又有了新数据")


class Decision(Schema):
    """What is decided. Returning and refusing need a remark, merging the collection it goes into."""

    step: Literal["approve", "return", "refuse", "merge"]
    remark: str = Field("", max_length=2000)
    into: int | None = Field(None, ge=0, le=LARGEST)


class Publishing(Schema):
    """To which units, for which day, due in how many working days."""

    units: list[str] = Field(min_length=1, max_length=5000)
    as_of: date | None = None
    days: int = Field(ge=1, le=250)
    period: str = Field("", max_length=64)
    recurring: Literal["", "month", "quarter", "year"] = ""
    automatic: bool = Field(False, description="按期自动派发：以后每期的第一个工作日派给同样的单位")


class Automatic(Schema):
    """Whether the next periods are sent by themselves."""

    automatic: bool


class Published(Schema):
    """The day the fillings are due."""

    due: date


@operation(router, "GET", "/collections", action="collection.view", response=Listing[CollectionOut], summary="采集任务")
def list_collections(request: Request, limit: Limit = FIRST, offset: Offset = 0) -> dict[str, Any]:
    """自己看得到的采集任务，新的在前。"""
    found = listing(lists.collections_for(actor=request.actor, home=home_of(request)), limit, offset)
    automatic = periods.followed_by_itself(one.row for one in found["items"])
    found["items"] = [_collection(one.row, one.back, one.all, automatic) for one in found["items"]]
    return found


@operation(router, "POST", "/collections", action="collection.propose", response=Proposed, summary="报备",
           limit="uploads", started=Started)  # fmt: skip
def propose_collection(
    request: Request, response: HttpResponse, body: Form[ProposalIn], file: File[UploadedFile]
) -> Any:  # fmt: skip
    """上传空白表，说明谁要、做什么用、依据什么；等待准入评审。大的、旧格式的表先在后台识别：答 202 和任务的地址。"""
    with TemporaryDirectory() as folder:
        kept = received(file, Path(folder))
        proposal = Proposal(
            **{
                **body.model_dump(),
                "organisation": _organisation(request, body.organisation),
                "named": tuple(body.named),
            }
        )
        aside = proposing_work.set_aside(home=home_of(request), file=kept, proposal=proposal, now=now())
        if aside is not None:
            return start(request, response, PROPOSING, proposal.name or kept.name, aside)
        number = proposals.propose(actor=request.actor, home=home_of(request), file=kept, proposal=proposal)
    return {"id": number, "state": "proposed"}


@operation(router, "GET", "/collections/{number:number}", action="collection.view", thing=collection_of,
           response=CollectionDetail, summary="一个采集任务")  # fmt: skip
def read_collection(request: Request, number: Number) -> dict[str, Any]:
    """采集任务和各单位的填报。"""
    home = home_of(request)
    row = proposals.get_collection(home=home, number=number)
    fillings = lists.fillings_seen(actor=request.actor, home=home, number=number)
    marks = {name: getattr(row.form, name) for name in ("title", "number", "maker", "approval", "valid_until")}
    back = sum(1 for filling in fillings if filling.state not in NOT_BACK)
    automatic = periods.followed_by_itself([row])
    return {**_collection(row, back, len(fillings), automatic), **marks, "fillings": fillings}


@operation(router, "GET", "/collections/{number:number}/admission", action="collection.propose", thing=collection_of,
           response=AdmissionOut, summary="准入评审报告", started=Started)  # fmt: skip
def read_admission(request: Request, response: HttpResponse, number: Number) -> Any:
    """现在派发要填多少、库里有多少、谁问过同样的、缺什么手续。涉及的人多时在后台算：答 202 和任务的地址，算好再取。"""
    home = home_of(request)
    row = proposals.get_collection(home=home, number=number)
    found = reports.report_now(home=home, row=row, today=today())
    if found is not None:
        return found.report.as_json() | {"made": found.made, "moved": found.moved}
    under_way = active_about(home=home, kind="admission", name="number", value=number)
    if under_way is not None and under_way.owner != request.actor.name:
        # A job is its owner's alone: whoever else waits for the report asks here again.
        return started(response, under_way.id, reverse("api-read-admission", args=[number]))
    return start(request, response, "admission", row.name, {"number": number})


@operation(router, "POST", "/collections/{number:number}/decide", action="collection.review", thing=collection_of,
           response=Proposed, summary="评审结论")  # fmt: skip
def decide_collection(request: Request, number: Number, body: Decision) -> dict[str, Any]:
    """准入、退回、不予采集或并入别的任务。"""
    state = proposals.decide(
        actor=request.actor, home=home_of(request), number=number, step=body.step, remark=body.remark.strip(),
        into=body.into, now=now(),
    )  # fmt: skip
    return {"id": number, "state": str(state)}


@operation(router, "POST", "/collections/{number:number}/publish", action="collection.publish", thing=collection_of,
           response=Published, summary="派发", started=Started)  # fmt: skip
def publish_collection(request: Request, response: HttpResponse, number: Number, body: Publishing) -> Any:
    """派发给单位；上级单位代表其下所有村。涉及的人多时在后台派发：答 202 和任务的地址。"""
    home = home_of(request)
    sending = publishing.plan_sending(
        home=home, number=number, units=body.units, as_of=body.as_of, days=body.days, period=body.period.strip(),
        recurring=body.recurring, automatic=body.automatic, now=now(),
    )  # fmt: skip
    if publishing.is_large(home=home, sending=sending):
        _not_under_way(request, sending)
        name = proposals.get_collection(home=home, number=number).name
        return start(request, response, "publish", name, sending.as_json())
    return {"due": publishing.send(actor=request.actor, home=home, sending=sending, now=now())}


@operation(router, "POST", "/collections/{number:number}/automatic", action="collection.publish", thing=collection_of,
           response=Automatic, summary="按期自动派发")  # fmt: skip
def choose_automatic(request: Request, number: Number, body: Automatic) -> dict[str, Any]:
    """以后每期自动派发，或停止。只有下一期还没有派出的周期任务可以改（其他的答 409）。"""
    periods.choose(
        actor=request.actor, home=home_of(request), number=number, automatic=body.automatic, today=today()
    )  # fmt: skip
    return {"automatic": body.automatic}


@operation(router, "POST", "/collections/{number:number}/close", action="collection.publish", thing=collection_of,
           response=Done, summary="结束")  # fmt: skip
def close_collection(
    request: Request, number: Number, confirm: QueryEx[bool, P(description="还有单位没有报送，也要结束")] = False
) -> dict[str, Any]:
    """结束一个填报中的任务。还有单位没有报送时拒绝（409）并逐个列出；确认后这些单位记为未报送。"""
    publishing.close_collection(
        actor=request.actor, home=home_of(request), number=number, now=now(), confirmed=confirm
    )  # fmt: skip
    return {"done": True}


@operation(router, "GET", "/collections/{number:number}/download", action="filling.download", thing=collection_of,
           response=None, summary="下载汇总", limit="downloads", started=Started)  # fmt: skip
def download_collection(
    request: Request, response: HttpResponse, number: Number,
    each: QueryEx[bool, P(description="每村一张，打成一个压缩包")] = False,
    gaps: QueryEx[bool, P(description="一张汇总里空着的格和各村填的，列成一张表")] = False,
) -> Any:  # fmt: skip
    """按来表的原样汇总。大的在后台生成：答 202 和任务的地址，汇总在任务里下载。"""
    home = home_of(request)
    if is_large(home=home, number=number, each_unit=each):
        name = proposals.get_collection(home=home, number=number).name
        return start(request, response, "roll-up", name, {"number": number, "each": each, "gaps": gaps})
    # The file is read after the folder is gone: its open handle keeps it until the answer was sent.
    with TemporaryDirectory() as folder:
        about: dict[str, Any] = {
            "actor": request.actor, "home": home, "number": number, "folder": Path(folder),
        }  # fmt: skip
        made = list_gaps(**about) if gaps else roll_up(**about, each_unit=each)
        return FileResponse(made.file.open("rb"), as_attachment=True, filename=made.name)


@operation(router, "POST", "/collections/{number:number}/take", action="filling.download", thing=collection_of,
           response=None, summary="直接取用", limit="downloads", started=Started)  # fmt: skip
def take_collection(
    request: Request, response: HttpResponse, number: Number,
    each: QueryEx[bool, P(description="每村一张，打成一个压缩包")] = False,
) -> Any:  # fmt: skip
    """库里全有的表，不派发就按来表的原样填好。大的在后台填：答 202 和任务的地址，填好的表在任务里下载。"""
    home, day = home_of(request), today()
    if taking.is_large(home=home, number=number, each_unit=each, today=day):
        name = proposals.get_collection(home=home, number=number).name
        return start(request, response, "take", name, {"number": number, "each": each})
    with TemporaryDirectory() as folder:
        made = taking.take(
            actor=request.actor, home=home, number=number, folder=Path(folder), each_unit=each, today=day
        )  # fmt: skip
        return FileResponse(made.file.open("rb"), as_attachment=True, filename=made.name)


def _not_under_way(request: Request, sending: publishing.Sending) -> None:
    """Raise Conflict when the collection is being sent already by somebody else, or otherwise than is asked now."""
    row = active_about(home=home_of(request), kind="publish", name="number", value=sending.number)
    if row is None or (row.owner == request.actor.name and publishing.Sending.from_json(row.arguments) == sending):
        return
    raise Conflict(Problem("publishing", "这个任务正在派发。", "请等它结束；取消了的可以重新派发。"))


def _organisation(request: Request, wanted: str) -> str:
    """The organisation that asks. Raises Refused when it is another's."""
    own = request.actor.organisations
    if Role.STEWARD in request.actor.roles or wanted in own:
        return wanted
    if wanted:
        raise Refused(Problem("organisation-odd", f"您不在“{wanted}”。", f"您的部门：{'、'.join(sorted(own))}。"))
    return min(own, default="")


def _collection(row: CollectionRow, back: int, every: int, automatic: Container[int]) -> dict[str, Any]:
    made = {"automatic": row.id in automatic, "back": back, "all": every}
    return {name: getattr(row, name) for name in CollectionOut.model_fields if name not in made} | made
