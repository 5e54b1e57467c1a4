"""The register: elements, code lists, and the area tree."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ninja import P, QueryEx, Router, Schema

from yici.services import code_lists, register
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


class CountOut(Schema):
    """How many: `coarse` rounded to five with 0 for fewer than five; nothing where no number may be told."""

    number: int | None
    coarse: bool


class CodeOut(Schema):
    """One code of a list; `parent` is the code a narrower one counts as. `uses` by element: who carries it now."""

    code: str
    label: str
    parent: str
    uses: dict[str, CountOut]


class CodeUseOut(Schema):
    """The use of one element of a list: known values, values the list does not have, what could not be read."""

    element: str
    known: CountOut
    off_list: CountOut
    unread: CountOut


class CodeListLine(Schema):
    """A code list: its standard, how many codes, and the use of its elements."""

    id: str
    name: str
    standard: str
    size: int
    uses: list[CodeUseOut]


class CodeListOut(Schema):
    """A code list with its codes, and the elements that take their values from it."""

    id: str
    name: str
    standard: str
    codes: list[CodeOut]
    elements: list[str]
    uses: list[CodeUseOut]


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


@operation(router, "GET", "/codes", action="elements.view", response=Listing[CodeListLine], summary="代码表目录")
def list_code_lists(request: Request, limit: Limit = FIRST, offset: Offset = 0) -> dict[str, Any]:
    """全部代码表，和用它的数据元有多少个值；没有授权的给近似数。"""
    found = listing(code_lists.lists_shown(actor=request.actor, home=home_of(request)), limit, offset)
    found["items"] = [
        {"id": one.codes.id, "name": one.codes.name, "standard": one.codes.standard, "size": len(one.codes.codes),
         "uses": _uses(one)}
        for one in found["items"]
    ]  # fmt: skip
    return found


@operation(router, "GET", "/codes/{identity}", action="elements.view", response=CodeListOut, summary="代码表")
def read_codes(request: Request, identity: str) -> dict[str, Any]:
    """一个代码表的全部代码，和每个代码现在用了几次；没有授权的给近似数。"""
    shown = code_lists.list_shown(actor=request.actor, home=home_of(request), identity=identity)
    elements = [use.element.id for use in shown.uses]
    codes = [
        {"code": line.code.code, "label": line.code.label, "parent": line.code.parent,
         "uses": dict(zip(elements, map(asdict, line.counts), strict=False))}
        for line in code_lists.lines_of(shown)
    ]  # fmt: skip
    return {"id": shown.codes.id, "name": shown.codes.name, "standard": shown.codes.standard, "codes": codes,
            "elements": elements, "uses": _uses(shown)}  # fmt: skip


@operation(router, "GET", "/units", action="elements.view", response=Listing[UnitOut], summary="区划")
def list_units(request: Request, limit: Limit = FIRST, offset: Offset = 0) -> dict[str, Any]:
    """县、乡镇、村和网格。"""
    return listing(units_of(home=home_of(request)), limit, offset)


def _element(row: register.ElementShown) -> dict[str, Any]:
    names = ("id", "subject", "name", "definition", "codes", "unit", "aliases", "sensitivity", "share", "authority")
    told = {name: getattr(row.element, name) for name in names}
    return {**told, "kind": row.element.kind.value, "derived": row.element.derived, "batches": row.batches,
            "forms": row.forms}  # fmt: skip


def _uses(shown: code_lists.ListShown) -> list[dict[str, Any]]:
    return [
        {"element": use.element.id, "known": asdict(use.known), "off_list": asdict(use.off),
         "unread": asdict(use.unread)}
        for use in shown.uses
    ]  # fmt: skip
