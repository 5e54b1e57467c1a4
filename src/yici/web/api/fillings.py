"""What one is asked, answers taken once, fillings and their review."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Literal

from ninja import Field, Router, Schema

from yici.core.access.actors import Thing
from yici.core.errors import NotFound, Place, Problem
from yici.services.collecting import listing as lists
from yici.services.collecting import reviewing
from yici.services.collecting.answering import MOST, Answer, answer
from yici.services.collecting.filling_things import get_filling
from yici.services.collecting.proposals import get_collection
from yici.services.collecting.questions import Group, Question, questions_for
from yici.services.collecting.revealing import reveal_told, revealable
from yici.services.subject_pages import codes_of, subject_of
from yici.storage.collections import events_of
from yici.web.api.operations import FIRST, Limit, Listing, Number, Offset, ProblemOut, listing, operation
from yici.web.api.subjects import Purpose, Whole
from yici.web.pages.fillings import filling_of, told_thing
from yici.web.requests import Request, home_of, today

router = Router(tags=["fillings"])


class AskerOut(Schema):
    """A form that asks a question, and where in it."""

    collection: int
    filling: int
    name: str
    organisation: str
    sheet: str
    label: str


class QuestionOut(Schema):
    """One thing to be told, for all open forms at once. `subject` is the code of whom it is about, null for the unit.

    `element` is empty where no element of the pool is asked, but a slot of one form (`sheet`, `label` of its asker).
    """

    id: str
    group: str
    address: str
    unit: str
    kind_of_subject: str
    subject: str | None
    element: str
    words: str
    kind: str
    options: list[str]
    unit_of_value: str
    reason: str
    askers: list[AskerOut]


class AnswerIn(Schema):
    """The value of an element about a subject; or, without `element`, of a slot of one filling's form."""

    value: str = Field(max_length=2000)
    element: str = Field("", max_length=255)
    subject: str | None = Field(None, max_length=64, description="主体的代码")
    filling: int = Field(0, ge=0, le=10**15 - 1)
    sheet: str = Field("", max_length=255)
    label: str = Field("", max_length=2000)


class Submission(Schema):
    """Answers under an id that the sender made before sending; the same id may be sent again until it is answered."""

    submission: str = Field(pattern=r"^[0-9A-Za-z-]{8,64}$", examples=["6f1d0a52-8f0f-4b0c-9a51-0d8a7a1f2c11"])
    answers: list[AnswerIn] = Field(min_length=1, max_length=MOST)


class AnswerProblem(ProblemOut):
    """What is wrong with one answer: `place` counts from 0."""

    place: int


class OutcomeOut(Schema):
    """What became of a submission. `repeated`: the very same had come before, and this is what was answered then."""

    accepted: int
    unchanged: int
    problems: list[AnswerProblem]
    repeated: bool


class FillingOut(Schema):
    """One unit's filling."""

    id: int
    collection: int
    name: str
    organisation: str
    unit: str
    state: str
    due: date | None
    known: int
    unknown: int
    changed_at: datetime


class ToldOut(Schema):
    """One value that came back, as the actor may see it. `subject` is the code of whom it is about where the value is
    masked and may be looked at whole, else null."""

    subject: str | None
    element: str
    label: str
    value: str
    by: str


class StepOut(Schema):
    """One step in the life of a filling."""

    step: str
    remark: str
    by: str
    at: datetime


class FillingDetail(FillingOut):
    """A filling with what was told in it, and its history."""

    told: list[ToldOut]
    events: list[StepOut]


class ToldPurpose(Purpose):
    """What a masked value of a filling is needed for. `of`: the value told, or the one that counted before."""

    of: Literal["told", "before"] = "told"


class Remark(Schema):
    """What is to be said with a step; needed for returning and taking back."""

    remark: str = Field("", max_length=2000)


class Stepped(Schema):
    """The state after a step."""

    id: int
    state: str


@operation(router, "GET", "/questions", action="filling.answer", response=Listing[QuestionOut], summary="要填的项")
def list_questions(request: Request, limit: Limit = FIRST, offset: Offset = 0) -> dict[str, Any]:
    """自己单位所有在填表里库中没有的项；同一项只问一次。"""
    groups = questions_for(actor=request.actor, home=home_of(request))
    found = listing([(group, one) for group in groups for one in group.questions], limit, offset)
    codes = codes_of((one.subject, one.key) for _, one in found["items"] if one.key and one.subject)
    found["items"] = [_question(group, one, codes) for group, one in found["items"]]
    return found


@operation(
    router, "POST", "/answers", action="filling.answer", response=OutcomeOut, summary="提交答案", limit="answers"
)
def send_answers(request: Request, body: Submission) -> dict[str, Any]:
    """一次提交若干答案。提交编号永久保留：同编号同内容得到第一次的结果，同编号异内容拒绝（409）。"""
    answers = [_answer(place, one) for place, one in enumerate(body.answers)]
    outcome = answer(
        actor=request.actor, home=home_of(request), submission=body.submission, answers=answers, today=today()
    )  # fmt: skip
    problems = [{"place": place, **problem} for place, problem in sorted(outcome.problems.items())]
    return {"accepted": outcome.accepted, "unchanged": outcome.unchanged, "problems": problems,
            "repeated": outcome.repeated}  # fmt: skip


@operation(router, "GET", "/fillings", action="filling.answer", response=Listing[FillingOut], summary="我的填报")
def list_fillings(request: Request, limit: Limit = FIRST, offset: Offset = 0) -> dict[str, Any]:
    """自己单位的填报，最急的在前。"""
    return listing(lists.my_fillings(actor=request.actor, home=home_of(request)), limit, offset)


@operation(router, "GET", "/reviews", action="filling.review", response=Listing[FillingOut], summary="待审核的填报")
def list_reviews(request: Request, limit: Limit = FIRST, offset: Offset = 0) -> dict[str, Any]:
    """等自己审核的填报。"""
    return listing(reviewing.fillings_to_review(actor=request.actor, home=home_of(request)), limit, offset)


@operation(router, "GET", "/fillings/{number:number}", action="filling.review", thing=filling_of,
           response=FillingDetail, summary="一项填报")  # fmt: skip
def read_filling(request: Request, number: Number) -> dict[str, Any]:
    """一项填报报了什么，经过哪些步骤。"""
    home = home_of(request)
    row = get_filling(home=home, number=number)
    told = reviewing.told_in(home=home, collection=get_collection(home=home, number=row.collection), unit=row.unit)
    seen = lists.told_as_seen(actor=request.actor, home=home, row=row, told=told)
    masked = revealable(actor=request.actor, home=home, row=row, cells=[(one.key, one.element) for one in told])
    shown = [
        {"subject": masked.get((one.key, one.element)), "element": one.element, "label": as_seen.label,
         "value": as_seen.value, "by": one.by}
        for one, as_seen in zip(told, seen, strict=True)
    ]  # fmt: skip
    fields = {name: getattr(row, name) for name in FillingOut.model_fields}
    return {**fields, "told": shown, "events": events_of(number)}


@operation(router, "POST", "/fillings/{number:number}/values/{code}/{element}/reveal", action="filling.review",
           thing=told_thing, response=Whole, summary="查看填报的完整的值", limit="reveal")  # fmt: skip
def reveal_told_value(request: Request, number: Number, code: str, element: str, body: ToldPurpose) -> dict[str, Any]:
    """审核的人查看填报里的掩码值（最后填报的，或原来的）；用途和这次查看记入审计。"""
    text = reveal_told(
        actor=request.actor, home=home_of(request), number=number, code=code, element=element, purpose=body.purpose,
        which=body.of,
    )  # fmt: skip
    return {"value": text}


def _step(step: str, action: str, summary: str) -> Callable[..., dict[str, Any]]:
    """The operation of one step: each has an address of its own, for each has its own rule."""

    def take(request: Request, number: Number, body: Remark) -> dict[str, Any]:
        state = reviewing.step_filling(
            actor=request.actor, home=home_of(request), number=number, step=step, remark=body.remark.strip()
        )
        return {"id": number, "state": str(state)}

    take.__name__ = f"{step}_filling"
    take.__doc__ = "退回、撤回和重新打开要写明理由。" if step in reviewing.NEEDS_REMARK else ""
    found: Callable[[Request, int], Thing] = filling_of
    address = f"/fillings/{{number:number}}/{step}"
    operation(router, "POST", address, action=action, thing=found, response=Stepped, summary=summary)(take)
    return take


for _name, _action, _summary in (
    ("submit", "filling.answer", "报送"), ("withdraw", "filling.answer", "撤回"),
    ("check", "filling.check", "乡镇审核通过"), ("accept", "filling.accept", "部门审核通过"),
    ("return", "filling.return", "退回"), ("reopen", "filling.return", "重新打开"),
):  # fmt: skip
    _step(_name, _action, _summary)


def _question(group: Group, one: Question, codes: dict[tuple[str, str], str]) -> dict[str, Any]:
    told = {name: getattr(one, name) for name in ("id", "unit", "element", "words", "kind", "options", "unit_of_value",
                                                  "reason", "askers")}  # fmt: skip
    code = codes.get((one.subject, one.key)) if one.key else None
    return {**told, "group": group.words, "address": group.address, "kind_of_subject": one.subject, "subject": code}


def _answer(place: int, one: AnswerIn) -> Answer:
    """The answer with the subject's key in place of its code. Raises NotFound: a value must not end with another."""
    key = ""
    if one.subject:
        pair = subject_of(one.subject)
        if pair is None:
            where = Place(element=one.element or None)
            problem = Problem("not-found", f"第 {place + 1} 项：没有找到这个主体。", "请重新取要填的项。", where)
            raise NotFound(problem)
        key = pair[1]
    return Answer(one.value, one.element, key, one.filling, one.sheet, one.label)
