"""The audit, for those who look after it."""

from __future__ import annotations

from typing import Any

from ninja import P, QueryEx, Router, Schema

from yici.services.auditing import check_audit as check_chain
from yici.services.auditing import masked_lines
from yici.web.api.operations import FIRST, Limit, operation
from yici.web.converters import LARGEST
from yici.web.requests import Request, home_of

router = Router(tags=["audit"])
Before = QueryEx[int, P(ge=0, le=LARGEST, description="只要序号小于它的；0 是从最后一条起")]


class LineOut(Schema):
    """One line of the audit."""

    seq: int
    at: str
    actor: str
    action: str
    thing: str
    detail: dict[str, Any]
    previous: str


class ReportOut(Schema):
    """How many lines there are, the hash of the last, and the numbers of those that do not follow."""

    lines: int
    head: str
    broken: list[int]


@operation(router, "GET", "/audit", action="audit.view", response=list[LineOut], summary="审计记录")
def list_audit(request: Request, limit: Limit = FIRST, before: Before = 0) -> list[Any]:
    """最近的审计记录，新的在前；改动的值和证件号只显示掩码。"""
    return masked_lines(home=home_of(request), limit=limit, before=before)[::-1]


@operation(router, "GET", "/audit/verify", action="audit.view", response=ReportOut, summary="核验审计链")
def check_audit(request: Request) -> Any:
    """整条审计链是否完整；结果记入审计。"""
    return check_chain(actor=request.actor.name, home=home_of(request))
