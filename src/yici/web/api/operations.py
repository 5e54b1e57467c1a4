"""Operations and their rules: an operation names its action as a page does, and the gate asks `can()` before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from ninja import NinjaAPI, P, PathEx, QueryEx, Router, Schema
from ninja.operation import PathView

from yici.core.access.rules import RULES
from yici.web.converters import LARGEST
from yici.web.downloads import TYPES
from yici.web.routes import FindThing, RouteRule

Item = TypeVar("Item")
View = TypeVar("View", bound=Callable[..., Any])

Number = PathEx[int, P(ge=0, le=LARGEST)]
Limit = QueryEx[int, P(ge=1, le=200, description="最多几项")]
Offset = QueryEx[int, P(ge=0, le=1_000_000, description="跳过几项")]
FIRST = 50


class Where(Schema):
    """Where a problem is: any of these."""

    file: str | None = None
    sheet: str | None = None
    cell: str | None = None
    element: str | None = None
    field: str | None = None


class ProblemOut(Schema):
    """One thing that is wrong: a stable code, a message, a next step."""

    code: str
    message: str
    hint: str = ""
    where: Where | None = None


class Problems(Schema):
    """Every error has this shape."""

    problems: list[ProblemOut]


class Done(Schema):
    """What was asked for was done."""

    done: bool = True


class Listing(Schema, Generic[Item]):
    """Some of a list: `total` is how many there are."""

    items: list[Item]
    total: int
    limit: int
    offset: int


REFUSALS: Mapping[Any, Any] = {frozenset({400, 401, 403, 404, 405, 409, 413, 422, 429}): Problems}
BINARY: Mapping[str, Any] = {
    "responses": {
        200: {
            "description": "OK",
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in TYPES.values()},
        }
    }
}


def operation(
    router: Router,
    method: str,
    address: str,
    *,
    action: str,
    response: Any,
    summary: str,
    thing: FindThing | None = None,
    limit: str = "",
    started: Any = None,
    extra: Mapping[str, Any] | None = None,
) -> Callable[[View], View]:
    """Add an operation with its rule. `response` None: the operation answers with a file. `started` is what it answers
    with (202) when it goes on in the background.

    Raises KeyError at import for an action that has no rule.
    """
    RULES[action]
    answers = dict(REFUSALS) if response is None else {200: response, **REFUSALS}
    if started is not None:
        answers[202] = started

    def marked(view: View) -> View:
        view.rule = RouteRule(action, thing, (method,), limit)  # type: ignore[attr-defined]
        more = dict(BINARY if response is None else {}) | dict(extra or {})
        return router.api_operation(
            [method], address, response=answers, summary=summary, operation_id=view.__name__, openapi_extra=more
        )(view)

    return marked


def listing(items: Sequence[Any], limit: int, offset: int) -> dict[str, Any]:
    """A part of a list."""
    return {"items": list(items[offset : offset + limit]), "total": len(items), "limit": limit, "offset": offset}


def routes(api: NinjaAPI) -> list[URLPattern]:
    """The addresses of the API, each with its rules by method; sessions need their CSRF token there as on pages.

    Ninja's own list of addresses is left aside: its views are exempt from CSRF, and its root has no rule.
    """
    found = []
    for bound in api._get_bound_routers():
        for address, view in bound.path_operations.items():
            route = f"{bound.prefix}{address}".strip("/").replace("{", "<").replace("}", ">")
            name = "api-" + str(view.operations[0].operation_id).replace("_", "-")
            found.append(path(route, _ruled(view), name=name))
    return found


def rules_by_operation(api: NinjaAPI) -> dict[str, RouteRule]:
    """The rule of each operation by its id in the OpenAPI document."""
    views = [view for bound in api._get_bound_routers() for view in bound.path_operations.values()]
    return {str(one.operation_id): cast(Any, one.view_func).rule for view in views for one in view.operations}


def _ruled(view: PathView) -> Callable[..., HttpResponseBase]:
    inner = view.get_view()

    def ruled(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer: HttpResponseBase = inner(request, *args, **kwargs)
        return answer

    ruled.rules = {  # type: ignore[attr-defined]
        method: cast(Any, one.view_func).rule for one in view.operations for method in one.methods
    }
    return ruled
