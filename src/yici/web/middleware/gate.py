"""The gate: asks `can()` before any page is called, and turns errors into pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from yici.core.access.actors import ANYTHING
from yici.core.access.rules import can
from yici.core.errors import YiciError
from yici.web import errors
from yici.web.requests import Request
from yici.web.routes import PUBLIC, rule_of

# Whoever signed in with a password given by somebody else must change it before anything else.
_BEFORE_CHANGE = frozenset({"account.own"})


class Gate:
    """Denies unless the route's rule allows it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> HttpResponseBase | None:
        """Let the request through to its page (None), or answer in its place."""
        request = cast(Request, request)
        rule = rule_of(view)
        if rule is None:
            return errors.refuse(request, "no rule")
        if rule.action == PUBLIC:
            return None
        if not request.actor.posts:
            return _to_sign_in(request)
        if request.session.get("must_change") and rule.action not in _BEFORE_CHANGE:
            return HttpResponseRedirect(reverse("password"))
        try:
            thing = rule.thing(request, *args, **kwargs) if rule.thing else ANYTHING
        except YiciError as error:
            return errors.page_of(request, error)
        verdict = can(request.actor, rule.action, thing)
        return None if verdict else errors.refuse(request, verdict.because, hidden=rule.thing is not None)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Errors of ours become a page; others a plain one, with the details in the log only."""
        if isinstance(error, YiciError):
            return errors.page_of(cast(Request, request), error)
        return None


def _to_sign_in(request: Request) -> HttpResponseBase:
    """To the sign-in page, and back afterwards; a fragment tells the whole page to go there."""
    where = reverse("signin") + "?" + urlencode({"next": request.get_full_path()})
    if request.htmx:
        return HttpResponse(status=401, headers={"HX-Redirect": reverse("signin")})
    if request.path.startswith("/api/"):
        return errors.api_error(401, "signin-needed", "请先登录。")
    return HttpResponseRedirect(where)
