"""The burden meter and the register of apps: what is asked of people, and by which programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import P, QueryEx, Router, Schema

from yici.core.apps.states import APP_STATES
from yici.core.collections.burden import Burden
from yici.core.periods import around, parse_period
from yici.services import apps as register
from yici.services.burden import meter_for
from yici.storage.apps_register import AppRow
from yici.web.api.operations import FIRST, Limit, Listing, Number, Offset, listing, operation
from yici.web.requests import Request, home_of, today

router = Router(tags=["burden"])
When = QueryEx[str, P(max_length=40, description="如 2026-11、2026Q4、2026；不填为本月")]
By = QueryEx[str, P(max_length=20, description="unit、organisation、form、person 或时间段")]


class BurdenOut(Schema):
    """What demands come to: forms (of which outside the platform), cells, minutes by hand and those that are left."""

    forms: int
    outside: int
    cells: int
    known: int
    unnoted: int
    minutes_asked: float
    minutes_left: float
    minutes_saved: float


class BurdenLine(Schema):
    """The burden of one unit, department, form, person or span."""

    key: str
    burden: BurdenOut


class MeterOut(Schema):
    """The burden of a period, in all and by key; `formula` tells how minutes are reckoned."""

    period: str
    start: date
    end: date
    by: str
    total: BurdenOut
    rows: list[BurdenLine]
    formula: str


class AppOut(Schema):
    """An app of the register; `asleep` says why it counts as unused. `months`: people who used it, by month."""

    id: int
    name: str
    kind: str
    organisation: str
    purpose: str
    functions: list[str]
    fields: list[str]
    audience: str
    users: int
    state: str
    state_name: str
    admitted_on: date | None
    months: dict[str, int]
    asleep: str


class StepOut(Schema):
    """One step of an app's life."""

    step: str
    remark: str
    at: datetime


class AppDetails(Schema):
    """An app, its steps, and what of its data is still to be moved before it is taken down."""

    app: AppOut
    steps: list[StepOut]
    missing: list[str]


@operation(router, "GET", "/burden", action="burden.view", response=MeterOut, summary="填表负担")
def read_burden(
    request: Request,
    period: When = "",
    by: By = "unit",
) -> dict[str, Any]:
    """一段时间里要了多少表、多少格、多少分钟，平台省下多少。"""
    when = parse_period(period.strip()) if period.strip() else around(today(), "month")
    found = meter_for(actor=request.actor, home=home_of(request), period=when, by=by, today=today())
    return {
        "period": found.period.name, "start": found.period.start, "end": found.period.end, "by": found.by,
        "total": _burden(found.total), "rows": [{"key": key, "burden": _burden(one)} for key, one in found.rows],
        "formula": found.formula,
    }  # fmt: skip


@operation(router, "GET", "/apps", action="app.view", response=Listing[AppOut], summary="政务应用")
def list_apps(request: Request, limit: Limit = FIRST, offset: Offset = 0) -> dict[str, Any]:
    """应用登记册：各部门有哪些应用、要填什么、多少人用。"""
    found = register.apps_shown(home=home_of(request), today=today())
    return listing([_app(row, asleep) for row, asleep in found], limit, offset)


@operation(router, "GET", "/apps/{number:number}", action="app.view", response=AppDetails, summary="一个政务应用")
def read_app(request: Request, number: Number) -> dict[str, Any]:
    """一个应用和它走过的各步。"""
    shown = register.show_app(home=home_of(request), number=number, today=today())
    return {
        "app": _app(shown.row, shown.asleep), "steps": shown.steps, "missing": [one.message for one in shown.missing],
    }  # fmt: skip


def _burden(one: Burden) -> dict[str, Any]:
    return {name: getattr(one, name) for name in BurdenOut.model_fields}


def _app(row: AppRow, asleep: str) -> dict[str, Any]:
    return {
        "id": row.id, "name": row.name, "kind": row.kind, "organisation": row.organisation, "purpose": row.purpose,
        "functions": list(row.functions), "fields": [field.label for field in row.fields], "audience": row.audience,
        "users": row.users, "state": str(row.state), "state_name": APP_STATES[row.state],
        "admitted_on": row.admitted_on, "months": dict(row.months), "asleep": asleep,
    }  # fmt: skip
