"""The API put together: its routers, and how errors are told."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponseBase
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

import yici
from yici.core.errors import YiciError
from yici.web import errors
from yici.web.api import (
    audit,
    burden,
    collections,
    disputes,
    elements,
    figures,
    fillings,
    imports,
    jobs,
    me,
    policies,
    rosters,
    scores,
    subjects,
)
from yici.web.api.operations import routes
from yici.web.api.parsing import StrictParser

ROUTERS = (
    me, subjects, disputes, fillings, collections, figures, policies, imports, rosters, burden, scores, elements, jobs,
    audit,
)  # fmt: skip
SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "yici users token add 或“接口令牌”页给出的令牌"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "yici",
        "description": "网页登录的会话；修改时带 X-CSRFToken",
    },
}
_WORDS = {
    "missing": "没有填写", "string_too_long": "太长", "too_long": "太多", "too_short": "太少",
    "string_pattern_mismatch": "写法不对", "literal_error": "不在可选的值里",
    "int_parsing": "不是整数",
    "int_type": "不是整数", "string_type": "不是文字", "bool_parsing": "不是真假值",
    "date_from_datetime_parsing": "不是日期",
    "greater_than_equal": "太小", "less_than_equal": "太大",
}  # fmt: skip
_HTTP = {
    400: ("unreadable", "没有读懂请求的内容。", "请求体要是 UTF-8 的 JSON，键不重复，没有 NaN。"),
    413: ("too-large", "请求的内容太大。", "请分几次发送。"),
}

api = NinjaAPI(
    title="一次 Yici", version=yici.__version__, description="和网页同一套服务、权限和掩码。", docs_url=None,
    openapi_url=None,    parser=StrictParser(), urls_namespace="yici-api",
    openapi_extra={
        "components": {"securitySchemes": SECURITY}, "security": [{"token": []}, {"session": []}],
    },
)  # fmt: skip


@api.exception_handler(YiciError)
def _told(request: HttpRequest, error: YiciError) -> HttpResponseBase:
    return errors.page_of(request, error)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponseBase:
    return errors.api_problems(422, [_field(one) for one in error.errors])


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError) -> HttpResponseBase:
    code, message, hint = _HTTP.get(error.status_code, _HTTP[400])
    return errors.api_error(error.status_code, code, message, hint)


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponseBase:
    return errors.api_error(413, *_HTTP[413])


def _field(error: dict[str, Any]) -> dict[str, Any]:
    """What is wrong with one field; what was sent is not told back."""
    where = ".".join(str(part) for part in error["loc"] if part not in ("body", "query", "path", "form", "file"))
    words = _WORDS.get(error["type"], "不合要求")
    return {"code": "field-odd", "message": f"{where or '内容'}：{words}。", "hint": "请对照接口文档。",
            "where": {"field": where}}  # fmt: skip


for _module in ROUTERS:
    api.add_router("", _module.router)
urlpatterns = routes(api)
