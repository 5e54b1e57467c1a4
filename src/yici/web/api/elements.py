"""The register: elements, code lists, and the area tree."""

from __future__ import annotations

from typing import Any

from ninja import P, QueryEx, Router, Schema

from yici.services import register
from yici.services.units import units_of
from yici.web.api.operations import FIRST, Limit, Listing, Offset, listing, operation
from yici.web.requests import Request, home_of

router = Router(tags=["elements"])


class ElementOut(Schema):
    """An element (数据元) with in how many batches and forms it occurs."""

    id: str
    subject: str
    name: str
    kind: str
    definition: str
    codes: str | None
    unit: str | None
    aliases: list[str]
    sensitivity: str
    share: str
    authority: list[str]
    derived: bool
    batches: int
    forms: int


class CodeOut(Schema):
    """One code of a list."""

    code: str
    label: str


class CodeListOut(Schema):
    """A code list, and the elements that take their values from it."""

    id: str
    name: str
    codes: list[CodeOut]
    elements: list[str]


class UnitOut(Schema):
    """A unit of the area tree."""

    name: str
    parent: str | None
    kind: str
    code: str


Wanted = QueryEx[str, P(max_length=60, description="名称、别名、编号或定义里的字")]


@operation(router, "GET", "/elements", action="elements.view", response=Listing[ElementOut], summary="数据元目录")
def list_elements(request: Request, q: Wanted = "", limit: Limit = FIRST, offset: Offset = 0) -> dict[str, Any]:
    """按字查数据元；不写就是全部。"""
    found = listing(register.elements_shown(home=home_of(request), words=q), limit, offset)
    found["items"] = [_element(row) for row in found["items"]]
    return found


@operation(router, "GET", "/codes/{identity}", action="elements.view", response=CodeListOut, summary="代码表")
def read_codes(request: Request, identity: str) -> dict[str, Any]:
    """一个代码表的全部代码。"""
    found, users = register.code_list_shown(home=home_of(request), identity=identity)
    codes = [{"code": code.code, "label": code.label} for code in found.codes]
    return {"id": found.id, "name": found.name, "codes": codes, "elements": [element.id for element in users]}


@operation(router, "GET", "/units", action="elements.view", response=Listing[UnitOut], summary="区划")
def list_units(request: Request, limit: Limit = FIRST, offset: Offset = 0) -> dict[str, Any]:
    """县、乡镇、村和网格。"""
    return listing(units_of(home=home_of(request)), limit, offset)


def _element(row: register.ElementShown) -> dict[str, Any]:
    names = ("id", "subject", "name", "definition", "codes", "unit", "aliases", "sensitivity", "share", "authority")
    told = {name: getattr(row.element, name) for name in names}
    return {**told, "kind": row.element.kind.value, "derived": row.element.derived, "batches": row.batches,
            "forms": row.forms}  # fmt: skip
