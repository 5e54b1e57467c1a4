"""Assessment by results (实绩考核): schemes, and runs with the scores of one's own reach."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from ninja import Router, Schema

from yici.core.indicators.measured import Score
from yici.core.indicators.model import Scheme
from yici.core.indicators.runs import Run
from yici.services import score_pages
from yici.web.api.operations import FIRST, Limit, Listing, Number, Offset, listing, operation
from yici.web.requests import Request, home_of, today

router = Router(tags=["scores"])


class SchemeOut(Schema):
    """A version of a scheme; `findings` is what the linter says of it."""

    id: str
    title: str
    version: str
    since: date
    in_force: bool
    findings: list[str]


class RunOut(Schema):
    """Scores of one scheme for one period; `previous` is the run this one corrects."""

    id: int
    scheme: str
    title: str
    period: str
    as_of: date
    unit: str
    previous: int | None
    reason: str


class SchemeDetails(Schema):
    """The versions of a scheme, the newest first, and its runs, the latest first."""

    versions: list[SchemeOut]
    runs: list[RunOut]


class ItemOut(Schema):
    """The points of one item: null while unknown. `how` is the calculation as people write it."""

    item: str
    points: Decimal | None
    weight: Decimal
    how: str


class ScoreOut(Schema):
    """The score of one village, firm or cadre; `known` is what is certain of a total that is not known yet."""

    name: str
    total: Decimal | None
    known: Decimal
    rank: int | None
    grade: str | None
    notes: list[str]
    items: list[ItemOut]


class RunDetails(Schema):
    """A run with the scores one may see; `hidden` counts the others. `later` is the run that corrects it."""

    run: RunOut
    scores: list[ScoreOut]
    hidden: int
    later: int | None


@operation(router, "GET", "/schemes", action="scheme.view", response=Listing[SchemeOut], summary="考核方案")
def list_schemes(request: Request, limit: Limit = FIRST, offset: Offset = 0) -> dict[str, Any]:
    """全部考核方案，失效的也在内。"""
    return listing([_scheme(*pair) for pair in score_pages.schemes_shown()], limit, offset)


@operation(router, "GET", "/schemes/{name}", action="scheme.view", response=SchemeDetails, summary="一个考核方案")
def read_scheme(request: Request, name: str) -> dict[str, Any]:
    """一个方案的各个版本和各批结果。"""
    versions = score_pages.scheme_versions(name)
    runs = score_pages.runs_seen(home=home_of(request), scheme=name)
    return {"versions": [_scheme(*pair) for pair in versions], "runs": [_run(one) for one in runs]}


@operation(router, "GET", "/scores/{number:number}", action="scheme.view", response=RunDetails, summary="一批考核结果")
def read_scores(request: Request, number: Number) -> dict[str, Any]:
    """自己范围内各对象的得分，逐项写明算法。"""
    seen = score_pages.run_seen(actor=request.actor, home=home_of(request), number=number)
    return {
        "run": _run(seen.run), "scores": [_score(one) for one in seen.scores], "hidden": seen.hidden,
        "later": seen.later.number if seen.later else None,
    }  # fmt: skip


def _scheme(scheme: Scheme, findings: Any) -> dict[str, Any]:
    return {
        "id": scheme.id, "title": scheme.title, "version": scheme.version, "since": scheme.since,
        "in_force": scheme.in_force(today()), "findings": [one.problem.message for one in findings],
    }  # fmt: skip


def _run(run: Run) -> dict[str, Any]:
    return {
        "id": run.number, "scheme": run.scheme, "title": run.title, "period": run.period.name, "as_of": run.as_of,
        "unit": run.unit, "previous": run.previous, "reason": run.reason,
    }  # fmt: skip


def _score(score: Score) -> dict[str, Any]:
    """A score without the id of whom it is about: that may be a number of a person."""
    items = [{"item": one.item, "points": one.points, "weight": one.weight, "how": one.how} for one in score.items]
    return {
        "name": score.thing.name, "total": score.total, "known": score.known, "rank": score.rank,
        "grade": score.grade, "notes": list(score.notes), "items": items,
    }  # fmt: skip
