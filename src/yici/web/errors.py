"""Errors as answers: the one place where an error of ours becomes an HTTP status, a page or JSON."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext

from yici.core import errors as ours
from yici.core.errors import Problem, YiciError
from yici.web.requests import Request

_STATUS: dict[type[YiciError], int] = {
    ours.NotFound: 404,
    ours.Refused: 403,
    ours.Conflict: 409,
    ours.UploadRefused: 422,
    ours.FormUnreadable: 422,
    ours.ExpressionError: 422,
}
API = "/api/"
_log = logging.getLogger("yici.web")


def status_of(error: YiciError) -> int:
    """The HTTP status of an error of ours."""
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 400)


def page_of(request: HttpRequest, error: YiciError) -> HttpResponseBase:
    """An error of ours as a page, a fragment or JSON, with all its problems."""
    return _answer(request, status_of(error), error.problems)


def refuse(request: HttpRequest, because: str, *, hidden: bool = False) -> HttpResponseBase:
    """What the actor may not do. A thing out of reach is answered as one that is not there, so that nothing is told."""
    if hidden:
        return _answer(
            request, 404, (Problem("not-found", "没有找到，或不在您的范围内。", "请检查地址，或返回首页。"),)
        )
    # Which of many actions it is, is told in Chinese only.
    words = f"{because}。" if (get_language() or "zh").startswith("zh") else gettext("您的岗位不能这样做。")
    return _answer(request, 403, (Problem("not-allowed", words, "需要时请找安全管理员授权。"),))


def api_error(status: int, code: str, message: str, hint: str = "") -> JsonResponse:
    """An error as JSON: one shape for all."""
    return JsonResponse({"problems": [Problem(code, message, hint).as_json()]}, status=status)


def api_problems(status: int, problems: Sequence[Mapping[str, Any]]) -> JsonResponse:
    """Problems that are told in the API's own shape, with the field they are in."""
    return JsonResponse({"problems": list(problems)}, status=status)


def wrong_method(request: HttpRequest, allowed: Sequence[str]) -> HttpResponseBase:
    """An address that knows other methods only, or none: what has no rule nobody may do."""
    problem = Problem("wrong-method", f"这个地址不支持 {request.method}。", "请返回上一页。")
    response = _answer(request, 405, (problem,))
    response["Allow"] = ", ".join(allowed)
    return response


def too_many(request: HttpRequest, seconds: int) -> HttpResponseBase:
    """More requests than anybody makes by hand: nothing was done, and when to try again."""
    problem = Problem("too-many-requests", "操作太频繁，这次没有处理。", f"请 {seconds} 秒后再试。")
    response = _answer(request, 429, (problem,))
    response["Retry-After"] = str(seconds)
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    """A request that no browser of ours sends: too large, cut off, with signs that are no text."""
    return _answer(request, 400, (Problem("bad-request", "没有读懂这个请求，什么也没有保存。", "请刷新页面后再试。"),))


def too_large(request: HttpRequest, megabytes: int) -> HttpResponseBase:
    """More than a request may send; none of it was read."""
    message = f"上传的内容超过 {megabytes} MB，没有接收。"
    return _answer(request, 413, (Problem("too-large", message, "请分成几个文件上传，或请系统管理员调高上限。"),))


def length_missing(request: HttpRequest) -> HttpResponseBase:
    """A body sent in pieces that does not say how large it is; none of it was read."""
    problem = Problem("length-missing", "请求没有写明内容的大小，没有接收。", "请写明 Content-Length，不要分块发送。")
    return _answer(request, 411, (problem,))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """A form that was open for too long, or came from elsewhere."""
    return _answer(request, 403, (Problem("csrf", "页面已经过期，没有保存。", "请返回上一页，刷新后再试。"),))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    """No such page."""
    return _answer(request, 404, (Problem("not-found", "没有这个页面。", "请检查地址，或返回首页。"),))


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Something of ours broke: the page shows a number under which the log has the details, and nothing else."""
    number = uuid.uuid4().hex[:8]
    _log.error("error %s at %s", number, request.path)
    return _answer(
        request, 500, (Problem("server-error", f"程序出错了（编号 {number}）。", "请把编号告诉系统管理员。"),)
    )


def _answer(request: HttpRequest, status: int, problems: tuple[Problem, ...]) -> HttpResponseBase:
    if request.path.startswith(API):
        return JsonResponse({"problems": [_plain(problem) for problem in problems]}, status=status)
    htmx = getattr(cast(Request, request), "htmx", False)
    template = "web/problems.html" if htmx else "web/error.html"
    response: HttpResponse = render(request, template, {"problems": problems, "status": status}, status=status)
    if htmx:
        response["HX-Retarget"], response["HX-Reswap"] = "#problems", "innerHTML"
    return response


def _plain(problem: Problem) -> dict[str, Any]:
    return problem.as_json()
