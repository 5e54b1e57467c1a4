"""Policies: what they say, and whom of one's units they fit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from ninja import Router, Schema

from yici.services import policy_pages
from yici.web.api.operations import FIRST, Limit, Listing, Offset, listing, operation
from yici.web.requests import Request, home_of, today

router = Router(tags=["policies"])


class ClauseOut(Schema):
    """One condition: the policy's own words, and the expression."""

    id: str
    words: str
    when: str


class PolicyOut(Schema):
    """A policy. `mode` is how it reaches people (免申即享, 快申快享, 申报)."""

    id: str
    title: str
    issuer: str
    document: str
    subject: str
    mode: str
    since: date
    until: date | None
    in_force: bool
    example: bool
    clauses: list[ClauseOut]


class MatchLine(Schema):
    """One who fits, or nearly; name and number as the actor may see them."""

    name: str
    number: str
    unit: str | None
    outcome: str
    reasons: str
    amount: float | None


class MatchOut(Schema):
    """A policy over the actor's units: how many of each outcome, and the first two hundred by name."""

    day: date
    eligible: int
    yields: int
    unknown: int
    failed: int
    near: int
    lines: list[MatchLine]
    more: bool


class NoMatch(Schema):
    """`match` is null when the policy is not in force today."""

    match: MatchOut | None


class ClauseVerdict(Schema):
    """One clause for one subject."""

    id: str
    words: str
    verdict: str


class PolicyForSubject(Schema):
    """One policy for one subject. `asked`: what one would have to know to decide."""

    policy: str
    title: str
    outcome: str
    amount: Decimal | None
    unit: str
    clauses: list[ClauseVerdict]
    asked: list[str]


@operation(router, "GET", "/policies", action="policy.view", response=Listing[PolicyOut], summary="政策")
def list_policies(request: Request, limit: Limit = FIRST, offset: Offset = 0) -> dict[str, Any]:
    """全部政策，失效的也在内。"""
    return listing([_policy(policy) for policy, _ in policy_pages.policies_on(today=today())], limit, offset)


@operation(router, "GET", "/policies/{name}", action="policy.view", response=list[PolicyOut], summary="一项政策")
def read_policy(request: Request, name: str) -> list[dict[str, Any]]:
    """一项政策的各个版本，新的在前。"""
    return [_policy(policy) for policy in policy_pages.policy_versions(name)]


@operation(router, "GET", "/policies/{name}/match", action="policy.match", response=NoMatch, summary="匹配一项政策")
def match_policy(request: Request, name: str) -> dict[str, Any]:
    """自己范围内谁符合、谁缺数据、谁只差一条。"""
    policy_pages.policy_versions(name)
    found = policy_pages.match_for(actor=request.actor, home=home_of(request), name=name, today=today())
    if found is None:
        return {"match": None}
    lines = [
        {"name": line.name, "number": line.key, "unit": line.unit, "outcome": line.outcome, "reasons": line.reasons,
         "amount": None if line.amount is None else float(line.amount)}
        for line in found.listed
    ]  # fmt: skip
    numbers = {name: getattr(found, name) for name in ("day", "eligible", "yields", "unknown", "failed", "near")}
    return {"match": {**numbers, "lines": lines, "more": found.more}}


def _policy(policy: Any) -> dict[str, Any]:
    return {
        "id": policy.id, "title": policy.title, "issuer": policy.issuer, "document": policy.document,
        "subject": policy.subject, "mode": policy.mode.value, "since": policy.since, "until": policy.until,
        "in_force": policy.in_force(today()), "example": policy.example, "clauses": policy.clauses,
    }  # fmt: skip
