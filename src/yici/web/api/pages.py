"""The API's description: OpenAPI as JSON, and a page to read that loads nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from ninja.responses import NinjaJSONEncoder

from yici.web.api.application import SECURITY, api
from yici.web.requests import Request
from yici.web.routes import page

_PREFIX = "api/"


@lru_cache(maxsize=1)
def description() -> Mapping[str, Any]:
    """The OpenAPI document. The routes never change while the program runs."""
    found = json.loads(json.dumps(api.get_openapi_schema(path_prefix=_PREFIX), cls=NinjaJSONEncoder))
    found["components"]["securitySchemes"] = SECURITY
    return dict(found)


@page("account.own")
def openapi(request: Request) -> HttpResponse:
    """The OpenAPI document."""
    text = json.dumps(description(), ensure_ascii=False)
    return HttpResponse(text, content_type="application/json; charset=utf-8")


@page("account.own")
def documentation(request: Request) -> HttpResponse:
    """Every operation with what it takes and gives."""
    return render(request, "web/api.html", {"groups": _groups(), "schemas": _schemas()})


def _groups() -> list[tuple[str, list[dict[str, Any]]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for address, methods in description()["paths"].items():
        for method, told in methods.items():
            one = {"method": method.upper(), "address": address, "told": told, "takes": _takes(told),
                   "gives": _gives(told), "id": told["operationId"]}  # fmt: skip
            found.setdefault(told["tags"][0], []).append(one)
    return list(found.items())


def _takes(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    fields = [{"name": one["name"], "place": one["in"], "type": _type(one["schema"]), "required": one["required"],
               "told": one.get("description", "")} for one in told["parameters"]]  # fmt: skip
    for kind, content in told.get("requestBody", {}).get("content", {}).items():
        place = "body" if kind == "application/json" else "form"
        fields += [{**one, "place": place} for one in _fields(content["schema"])]
    return fields


def _gives(told: Mapping[str, Any]) -> str:
    content = told["responses"].get("200", {}).get("content", {})
    return next((_type(one["schema"]) for one in content.values()), "")


def _schemas() -> list[tuple[str, str, list[dict[str, Any]]]]:
    schemas = description()["components"]["schemas"]
    return [(name, one.get("description", ""), list(_fields(one))) for name, one in sorted(schemas.items())]


def _fields(schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if "$ref" in schema:
        schema = description()["components"]["schemas"][schema["$ref"].split("/")[-1]]
    required = schema.get("required", [])
    for name, one in schema.get("properties", {}).items():
        yield {"name": name, "type": _type(one), "required": name in required, "told": one.get("description", "")}


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).split("/")[-1]
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"[{_type(schema['items'])}]"
    if "enum" in schema:
        return " | ".join(f'"{one}"' for one in schema["enum"])
    return str(schema.get("format") or schema.get("type") or "any")
