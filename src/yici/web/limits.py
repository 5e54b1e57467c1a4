"""Rate limits of requests: under which a request counts, and whose request it is."""

from __future__ import annotations

import ipaddress

from django.conf import settings

from yici.services.limits import Budget, seconds_to_wait
from yici.web.errors import API
from yici.web.limit_table import COUNTED_READING
from yici.web.requests import Request, home_of, now
from yici.web.routes import RouteRule

READING = frozenset({"GET", "HEAD", "OPTIONS"})
_NAMES = {"account", "address", "seconds"}


def wait_for(request: Request, rule: RouteRule) -> int:
    """For how many seconds a request must wait; 0 when it may pass. Reading counts for files only."""
    counts = rule.limit in COUNTED_READING or request.method not in READING
    names = [rule.limit] if rule.limit and counts else []
    if request.path.startswith(API):
        names.append("api")
    wanted = [(name, settings.LIMITS[name]) for name in names if name in settings.LIMITS]
    if not wanted:
        return 0
    address = address_of(request)
    budgets = []
    for name, limit in wanted:
        who = _who(request, name, address)
        budgets += [Budget(name, who, limit.account, limit.seconds)] if who else []
        budgets.append(Budget(name, f"address {address}", limit.address, limit.seconds))
    return seconds_to_wait(home=home_of(request), budgets=budgets, at=now().timestamp())


def address_of(request: Request) -> str:
    """Where a request comes from. What a proxy of ours says counts, what the sender says does not; of an IPv6 address
    the network, since everybody has as many addresses there as he likes."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.PROXIES:
        passed = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
        address = passed[-min(settings.PROXIES, len(passed))] if passed else address
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:  # As a server that listens on both kinds sees an IPv4 address.
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _who(request: Request, name: str, address: str) -> str:
    if request.actor.posts:
        return f"@{request.actor.name}"
    if name == "signin":
        # Together with the address: nobody keeps somebody else from signing in by trying often.
        # The second half of a sign-in names nobody; its session does, whatever else is sent with the code.
        half = request.session.get("half", {}).get("account", "")
        login = "" if half else request.POST.get("login", "").strip().lower()[:64]
        return f"login {login} {half} {address}"
    return ""
