"""The gate: asks `can()` before any page is called, and turns errors into pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast
from urllib.parse import urldefrag, urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from yici.core.access.actors import ANYTHING
from yici.core.access.rules import RULES, can
from yici.core.errors import NotFound, YiciError
from yici.services.refusals import note_refusal
from yici.web import errors
from yici.web.limits import wait_for
from yici.web.requests import Request, now
from yici.web.routes import PUBLIC, RouteRule, rule_of, rules_of

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
        rule = rule_of(view, request.method or "")
        if rule is None:
            return errors.wrong_method(request, sorted(rules_of(view)))
        if _has_nul(request):
            return errors.bad_request(request)
        if wait := wait_for(request, rule):
            return errors.too_many(request, wait)
        if rule.action == PUBLIC:
            return None
        if not request.actor.posts:
            return _to_sign_in(request)
        if not request.by_token and rule.action not in _BEFORE_CHANGE and (owed := _owed(request)):
            return owed
        if rule.thing and not request.actor.roles & RULES[rule.action].scopes.keys():
            return _refuse(request, rule, "", hidden=True)  # Whatever it is about: no need to look for it.
        try:
            thing = rule.thing(request, *args, **kwargs) if rule.thing else ANYTHING
        except NotFound:
            # The same answer as for what is out of reach: nobody learns which numbers exist.
            return _refuse(request, rule, "", hidden=True)
        verdict = can(request.actor, rule.action, thing)
        return None if verdict else _refuse(request, rule, verdict.because, hidden=rule.thing is not None)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Errors of ours become a page; others a plain one, with the details in the log only."""
        if isinstance(error, YiciError):
            return errors.page_of(cast(Request, request), error)
        return None


def _refuse(request: Request, rule: RouteRule, because: str, *, hidden: bool) -> HttpResponseBase:
    """Refuse, and note it: who tries doors that are closed is found by these lines."""
    answer = errors.refuse(request, because, hidden=hidden)
    # The route by its name, never the address: that may hold whom it was about.
    route = request.resolver_match.url_name if request.resolver_match else ""
    note_refusal(
        actor=request.actor, route=str(route)[:64], action=rule.action,
        status=answer.status_code, at=now(),
    )  # fmt: skip
    return answer


def _has_nul(request: Request) -> bool:
    """Whether there is a sign that no database holds. The API's parser looks at its own bodies."""
    given = [request.path, *request.GET, *(value for values in request.GET.lists() for value in values[1])]
    if request.method == "POST" and not request.path.startswith(errors.API):
        given += [*request.POST, *(value for values in request.POST.lists() for value in values[1])]
    return any("\0" in text for text in given)


def _owed(request: Request) -> HttpResponseBase | None:
    """What a session must do before anything else: change a first password, set up a second factor."""
    for flag, route, code, message in (
        ("must_change", "password", "password-change-needed", "请先在网页上修改初始密码。"),
        ("must_enrol", "second-factor", "factor-needed", "请先在网页上启用两步验证。"),
    ):
        if request.session.get(flag):
            api = request.path.startswith(errors.API)
            return errors.api_error(403, code, message) if api else HttpResponseRedirect(reverse(route))
    return None


def _to_sign_in(request: Request) -> HttpResponseBase:
    """To the sign-in page, and back afterwards; a fragment tells the whole page to go there."""
    if request.htmx:
        return HttpResponse(status=401, headers={"HX-Redirect": _sign_in(_page_of(request))})
    if request.path.startswith(errors.API):
        answer = errors.api_error(401, "signin-needed", "没有登录，或令牌无效。", "请先登录，或检查令牌是否过期。")
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    return HttpResponseRedirect(_sign_in(request.get_full_path()))


def _sign_in(back: str | None) -> str:
    return reverse("signin") + ("?" + urlencode({"next": back}) if back else "")


def _page_of(request: Request) -> str | None:
    """The path and query of the page a fragment was asked from: a fragment's own address shows no page to come back to.
    None where the header names another site, or nothing."""
    told = request.htmx.current_url_abs_path
    return urldefrag(told).url if told else None
