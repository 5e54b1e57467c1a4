"""One-click rosters: conditions chosen, whom they meet, a workbook of these."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Field, Router, Schema

from yici.services import rosters
from yici.services.rosters import Condition, Wanted
from yici.web.api.operations import operation
from yici.web.downloads import attachment
from yici.web.requests import Request, home_of, today

router = Router(tags=["rosters"])


class ConditionIn(Schema):
    """One condition: an element's id, an operator, a value."""

    element: str = Field(max_length=255)
    operator: str = Field(max_length=10, description="、".join(rosters.OPERATORS))
    value: str = Field("", max_length=100)


class WantedIn(Schema):
    """A roster: of which subjects, the conditions that must all (or any) hold, the columns, the unit."""

    subject: str = Field("person", max_length=64)
    conditions: list[ConditionIn] = Field(default_factory=list, max_length=10)
    columns: list[str] = Field(min_length=1, max_length=100)
    any_holds: bool = False
    unit: str = Field("", max_length=255)
    members: list[ConditionIn] = Field(
        default_factory=list, max_length=10, description="户里的人要符合的条件，都要符合（只用于人和户）"
    )
    least: int = Field(1, ge=1, le=20, description="户里至少几个人符合 members")
    title: str = Field("", max_length=80)


class RosterOut(Schema):
    """Whom the conditions meet: the expression, how many, the first rows as the actor sees them."""

    text: str
    words: str
    count: int
    headings: list[str]
    rows: list[list[str]]


@operation(
    router, "POST", "/rosters/preview", action="roster.make", response=RosterOut, summary="预览花名册", limit="search"
)
def preview_roster(request: Request, body: WantedIn) -> Any:
    """条件对应的算式、人数和前几行。"""
    return rosters.preview_roster(actor=request.actor, home=home_of(request), wanted=_wanted(body), today=today())


@operation(
    router, "POST", "/rosters/download", action="roster.make", response=None, summary="下载花名册", limit="search"
)
def download_roster(request: Request, body: WantedIn) -> HttpResponse:
    """花名册工作簿；下载记入审计。"""
    content = rosters.download_roster(
        actor=request.actor, home=home_of(request), wanted=_wanted(body), title=body.title, today=today()
    )
    return attachment(content, f"{body.title or '花名册'}.xlsx")


def _wanted(body: WantedIn) -> Wanted:
    conditions, members = (
        tuple(Condition(one.element, one.operator, one.value) for one in some)
        for some in (body.conditions, body.members)
    )
    columns = tuple(dict.fromkeys(body.columns))
    return Wanted(body.subject, conditions, columns, body.any_holds, body.unit, members, body.least)
