"""People, households and firms: found, read with masks, revealed for a purpose, edited."""

from __future__ import annotations

from typing import Any

from ninja import Field, Router, Schema

from yici.core.access.rules import can
from yici.services import policy_pages, subject_edits, subject_pages
from yici.services.searching import Hit, search_pool
from yici.services.subject_pages import Line
from yici.web.api.operations import operation
from yici.web.api.policies import PolicyForSubject
from yici.web.pages.pool import subject_thing, value_thing
from yici.web.requests import Request, home_of, today

router = Router(tags=["subjects"])


class Words(Schema):
    """What is known of somebody."""

    words: str = Field(max_length=60, description="姓名、拼音首字母、证件号、电话、地址，最多四个词")


class Fact(Schema):
    """One thing that helps to tell people apart, as the actor may see it."""

    name: str
    text: str


class HitOut(Schema):
    """One subject found; `code` stands for it everywhere."""

    code: str
    subject: str
    kind: str
    name: str
    unit: str
    facts: list[Fact]
    apart: bool


class FoundOut(Schema):
    """The nearest first, at most fifty; `more` when there are others; `by` names what was searched."""

    hits: list[HitOut]
    more: bool
    by: list[str]


class ValueOut(Schema):
    """One element of a subject. `masked`: more is known than is shown. `rivals`: how many sources say otherwise."""

    element: str
    name: str
    text: str
    masked: bool
    source: str
    as_of: str
    rule: str
    rivals: int
    editable: bool


class OtherOut(Schema):
    """A subject that belongs to this one."""

    code: str
    words: str
    name: str


class EventOut(Schema):
    """One record about the subject."""

    on: str
    words: str
    detail: str


class SubjectOut(Schema):
    """All that is known about a subject, as far as the actor may see it. `empty`: elements of which nothing is."""

    code: str
    subject: str
    kind: str
    name: str
    unit: str
    apart: bool
    values: list[ValueOut]
    empty: list[str]
    others: list[OtherOut]
    events: list[EventOut]


class RivalOut(Schema):
    """A value that lost."""

    number: int
    text: str
    source: str
    as_of: str


class DetailsOut(Schema):
    """One value with where it comes from and what else was said."""

    element: str
    name: str
    text: str
    source: str
    as_of: str
    rule: str
    rivals: list[RivalOut]


class Purpose(Schema):
    """What a masked value is needed for."""

    purpose: str = Field(max_length=60, description="、".join(subject_edits.PURPOSES))


class Whole(Schema):
    """A value whole."""

    value: str


class NewValue(Schema):
    """A value by hand."""

    value: str = Field(max_length=2000)


class Edited(Schema):
    """`counts`: whether the value is now the golden one; an authority's may stand above it."""

    counts: bool
    value: ValueOut


@operation(router, "POST", "/subjects/search", action="pool.search", response=FoundOut, summary="查找人、户和企业",
           limit="search")  # fmt: skip
def search_subjects(request: Request, body: Words) -> dict[str, Any]:
    """要找的词放在请求体里，不出现在地址里。"""
    found = search_pool(actor=request.actor, home=home_of(request), words=body.words)
    return {"hits": [_hit(one) for one in found.hits], "more": found.more, "by": found.by}


@operation(router, "GET", "/subjects/{code}", action="pool.view", thing=subject_thing, response=SubjectOut,
           summary="主记录")  # fmt: skip
def read_subject(request: Request, code: str) -> dict[str, Any]:
    """一个主体的全部主记录值，敏感值掩码。"""
    editing = bool(can(request.actor, "pool.edit"))
    page = subject_pages.subject_page(actor=request.actor, home=home_of(request), code=code, editing=editing)
    return {
        "code": page.code, "subject": page.subject, "kind": page.kind, "name": page.name, "unit": page.unit,
        "apart": page.apart, "values": [_value(line) for _, lines in page.groups for line in lines],
        "empty": [line.element.id for line in page.empty], "others": page.others, "events": page.events,
    }  # fmt: skip


@operation(router, "GET", "/subjects/{code}/values/{element}", action="pool.view", thing=value_thing,
           response=DetailsOut, summary="一个值的来源")  # fmt: skip
def read_value(request: Request, code: str, element: str) -> dict[str, Any]:
    """一个值从哪里来，还有哪些来源说得不一样。"""
    details = subject_edits.value_details(actor=request.actor, home=home_of(request), code=code, element=element)
    return {
        "element": details.element.id, "name": details.element.name, "text": details.text, "source": details.source,
        "as_of": details.as_of, "rule": details.rule, "rivals": details.rivals,
    }  # fmt: skip


@operation(router, "POST", "/subjects/{code}/values/{element}/reveal", action="pool.reveal", thing=value_thing,
           response=Whole, summary="查看完整的值", limit="reveal")  # fmt: skip
def reveal_value(request: Request, code: str, element: str, body: Purpose) -> dict[str, Any]:
    """查看掩码值的全文；用途和这次查看记入审计。"""
    text = subject_edits.reveal_value(
        actor=request.actor, home=home_of(request), code=code, element=element, purpose=body.purpose
    )
    return {"value": text}


@operation(router, "PUT", "/subjects/{code}/values/{element}", action="pool.edit", thing=value_thing, response=Edited,
           summary="修改一个值")  # fmt: skip
def edit_value(request: Request, code: str, element: str, body: NewValue) -> dict[str, Any]:
    """手工登记一个值；数源部门的值优先时，它不会成为主记录值。"""
    given: dict[str, Any] = {"actor": request.actor, "home": home_of(request), "code": code, "element": element}
    counts = subject_edits.edit_value(**given, typed=body.value, today=today())
    return {"counts": counts, "value": _value(subject_pages.subject_line(**given, editing=True))}


@operation(router, "GET", "/subjects/{code}/policies", action="policy.match", thing=subject_thing,
           response=list[PolicyForSubject], summary="一个主体的政策")  # fmt: skip
def policies_of_subject(request: Request, code: str) -> list[Any]:
    """各项政策对他是否符合，逐条说明。"""
    return policy_pages.explain_for(actor=request.actor, home=home_of(request), code=code, today=today())


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "code": hit.code, "subject": hit.subject, "kind": hit.kind, "name": hit.name, "unit": hit.unit,
        "facts": [{"name": name, "text": text} for name, text in hit.facts], "apart": hit.apart,
    }  # fmt: skip


def _value(line: Line) -> dict[str, Any]:
    return {
        "element": line.element.id, "name": line.element.name, "text": line.text, "masked": line.is_masked,
        "source": line.source, "as_of": line.as_of, "rule": line.rule, "rivals": line.rivals,
        "editable": line.editable,
    }  # fmt: skip
