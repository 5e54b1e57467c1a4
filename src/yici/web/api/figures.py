"""Figures: a question to the pool and its answer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ninja import Field, Router, Schema

from yici.core.access.rules import can
from yici.engine.figures import Answer
from yici.services import figure_pages
from yici.services.asking import Question
from yici.web.api.operations import operation
from yici.web.requests import Request, home_of, today

router = Router(tags=["figures"])


class Asking(Schema):
    """What is asked: a figure, or a condition about one kind of subject (`of`)."""

    text: str = Field(max_length=2000, examples=["count(人 where 年龄 >= 60)"])
    by: list[str] = Field(default_factory=list, max_length=2, description="村、镇、下级，或数据元名称")
    where: str | None = Field(None, max_length=2000)
    unit: str | None = Field(None, max_length=255)
    of: str | None = Field(None, max_length=64)
    as_of: date | None = None
    period: str | None = Field(None, max_length=64)
    people: bool = Field(False, description="是否列出数的是谁")


class AnswerOut(Schema):
    """A number, null when it is unknown. `unknown` could not be decided and are not counted."""

    value: float | bool | str | None
    unknown: int
    valueless: int


class RowOut(Schema):
    """One group."""

    keys: list[str]
    answer: AnswerOut


class PartOut(Schema):
    """One part of the question with the answer to it alone."""

    words: str
    text: str
    answer: AnswerOut


class BehindOut(Schema):
    """One who is counted, as the actor may see it."""

    code: str
    name: str
    unit: str
    value: str


class AskedOut(Schema):
    """The answer over the units the actor may ask about."""

    words: str
    text: str
    as_of: date
    unit: str
    is_share: bool
    total: AnswerOut
    rows: list[RowOut]
    parts: list[PartOut]
    people: list[BehindOut]
    more: bool


@operation(router, "POST", "/figures", action="figures.ask", response=AskedOut, summary="统计", limit="search")
def ask_figure(request: Request, body: Asking) -> dict[str, Any]:
    """用算式问一个数，可以分组，可以列出数的是谁。"""
    question = Question(
        body.text, tuple(body.by), body.where or None, body.unit or None, body.of or None, body.as_of, body.period
    )
    asked = figure_pages.figure_for(actor=request.actor, home=home_of(request), question=question, today=today())
    people: list[Any] = []
    more = False
    if body.people and can(request.actor, "pool.view"):
        people, more = figure_pages.people_behind(actor=request.actor, home=home_of(request), asked=asked)
    return {
        "words": asked.words, "text": asked.text, "as_of": asked.moment.as_of, "unit": asked.unit,
        "is_share": asked.is_share, "total": _answer(asked.total),
        "rows": [{"keys": row.keys, "answer": _answer(row.answer)} for row in asked.rows],
        "parts": [{"words": part.words, "text": part.text, "answer": _answer(part.answer)} for part in asked.parts],
        "people": people, "more": more,
    }  # fmt: skip


def _answer(answer: Answer) -> dict[str, Any]:
    value = answer.value
    if isinstance(value, Decimal | Fraction) or (isinstance(value, int) and not isinstance(value, bool)):
        value = float(value)  # type: ignore[assignment]
    return {"value": value, "unknown": answer.unknown, "valueless": answer.valueless}
