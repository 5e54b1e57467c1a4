"""Routes and their rules: a page says which action it is, and the gate asks `can()` before the page is called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver
from django.views.decorators.http import require_http_methods

from yici.core.access.actors import Thing
from yici.core.access.rules import RULES
from yici.web.requests import Request

Page = Callable[..., HttpResponseBase]
FindThing = Callable[..., Thing]
PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class RouteRule:
    """What a route needs: an action of the rules, or PUBLIC for the few pages before anybody has signed in.

    `thing` finds what the request is about from the route's arguments; it raises NotFound. `limit` names the rate limit
    under which the request counts (web/limits.py).
    """

    action: str
    thing: FindThing | None = None
    methods: tuple[str, ...] = ("GET",)
    limit: str = ""


def page(
    action: str, *, thing: FindThing | None = None, methods: tuple[str, ...] = ("GET",), limit: str = ""
) -> Callable[[Page], Page]:
    """Mark a page with its rule. Raises KeyError at import for an action that has none."""
    if action != PUBLIC:
        RULES[action]
    rule = RouteRule(action, thing, methods, limit)

    def marked(view: Page) -> Page:
        limited = require_http_methods([*methods, *(["HEAD"] if "GET" in methods else [])])(view)

        @wraps(view)
        def inner(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            asked = request.method
            if asked == "HEAD" and "GET" in methods:
                # A page tells reading from what is sent by GET alone, and HEAD needs no CSRF token: it only ever reads.
                request.method = "GET"
            try:
                response: HttpResponseBase = limited(request, *args, **kwargs)
            finally:
                request.method = asked
            return response

        inner.rule = rule  # type: ignore[attr-defined]
        return inner

    return marked


def rules_of(view: object) -> Mapping[str, RouteRule]:
    """The rules of a view by method; empty when it has none. A page has one rule for all its methods."""
    rule: RouteRule | None = getattr(view, "rule", None)
    if rule is not None:
        return dict.fromkeys((*rule.methods, *(("HEAD",) if "GET" in rule.methods else ())), rule)
    found: Mapping[str, RouteRule] = getattr(view, "rules", {})
    return found


def rule_of(view: object, method: str = "") -> RouteRule | None:
    """The rule of a page, None when it has none; of an address of the API, the rule of that method (or any)."""
    rule: RouteRule | None = getattr(view, "rule", None)
    if rule is not None:
        return rule
    rules = rules_of(view)
    return rules.get(method) if method else next(iter(rules.values()), None)


def all_routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route with its full pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from all_routes(entry, path)
        else:
            yield path, entry


def routes_without_rule() -> list[str]:
    """The routes that name no rule."""
    return [path for path, route in all_routes() if rule_of(route.callback) is None]


def refuse_routes_without_rule() -> None:
    """Stop the start when a route has no rule. Raises ImproperlyConfigured naming all of them."""
    if missing := routes_without_rule():
        raise ImproperlyConfigured(f"routes without a rule of access: {', '.join(missing)}")
