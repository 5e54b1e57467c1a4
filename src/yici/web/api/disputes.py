"""Doubts about values (疑义校核): raised, answered within ten working days, taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

from ninja import Field, Router, Schema

from yici.services import disputes
from yici.web.api.operations import FIRST, Done, Limit, Listing, Number, Offset, operation
from yici.web.pages.pool import value_thing
from yici.web.pages.queues import dispute_thing
from yici.web.requests import Request, home_of, now, today

router = Router(tags=["disputes"])


class DoubtIn(Schema):
    """What is wrong, and what it should be."""

    doubt: str = Field(max_length=500)


class DueOut(Schema):
    """The day an answer is due."""

    due: date


class AnswerIn(Schema):
    """The answer: with the right value, or without one when the present value stands; always with a reason."""

    value: str = Field("", max_length=500)
    reason: str = Field(max_length=500)


class DisputeOut(Schema):
    """A doubt; names and values as one may see them."""

    id: int
    code: str
    name: str
    element: str
    value: str
    doubt: str
    answer: str
    state: str
    state_name: str
    unit: str
    due: date
    late: bool
    may_answer: bool
    may_take_back: bool


class Settled(Schema):
    """The state after an answer."""

    state: str


@operation(router, "GET", "/disputes", action="pool.dispute", response=Listing[DisputeOut], summary="疑义")
def list_disputes(request: Request, limit: Limit = FIRST, offset: Offset = 0) -> dict[str, Any]:
    """自己提出的和等自己校核的疑义，待办的在前。"""
    found = disputes.look_through(actor=request.actor, home=home_of(request), today=today())
    items = [_dispute(one) for one in found.read(offset, limit)]
    return {"items": items, "total": found.count, "limit": limit, "offset": offset}


@operation(router, "POST", "/subjects/{code}/values/{element}/dispute", action="pool.dispute", thing=value_thing,
           response=DueOut, summary="提出疑义")  # fmt: skip
def raise_dispute(request: Request, code: str, element: str, body: DoubtIn) -> dict[str, Any]:
    """对一个值提出疑义。"""
    due = disputes.raise_dispute(
        actor=request.actor, home=home_of(request), code=code, element=element, doubt=body.doubt, today=today()
    )
    return {"due": due}


@operation(router, "POST", "/disputes/{number:number}/answer", action="dispute.answer", thing=dispute_thing,
           response=Settled, summary="答复疑义")  # fmt: skip
def answer_dispute(request: Request, number: Number, body: AnswerIn) -> dict[str, Any]:
    """写明依据答复；填了值就改成这个值，不填就维持原值。"""
    state = disputes.answer_dispute(
        actor=request.actor, home=home_of(request), number=number, value=body.value, reason=body.reason,
        today=today(), now=now(),
    )  # fmt: skip
    return {"state": str(state)}


@operation(router, "POST", "/disputes/{number:number}/back", action="pool.dispute", response=Done, summary="收回疑义")
def take_back_dispute(request: Request, number: Number) -> dict[str, Any]:
    """收回自己提出的疑义。"""
    disputes.take_back_dispute(actor=request.actor, home=home_of(request), number=number, now=now())
    return {"done": True}


def _dispute(one: disputes.DisputeShown) -> dict[str, Any]:
    row = one.row
    return {
        "id": row.id, "code": one.code, "name": one.name, "element": row.element, "value": one.value,
        "doubt": row.doubt, "answer": row.answer, "state": str(row.state), "state_name": one.state, "unit": row.unit,
        "due": row.due, "late": one.late, "may_answer": one.may_answer, "may_take_back": one.may_take_back,
    }  # fmt: skip
