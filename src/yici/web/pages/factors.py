"""The second factor: asked at sign-in, set up and given up by its owner, required and reset by the security
administrator."""

from __future__ import annotations

from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yici.core.access.actors import PUBLIC as PUBLIC_ROLES
from yici.core.access.actors import ROLE_NAMES, Role
from yici.core.errors import Refused, YiciError
from yici.services import factors
from yici.web.device_cookie import device_of
from yici.web.errors import status_of
from yici.web.middleware.actor import half_of
from yici.web.requests import Request, home_of, now, proof_of, today
from yici.web.routes import PUBLIC, page
from yici.web.signed_in import signed_in


@page(PUBLIC, methods=("GET", "POST"), limit="signin")
def code(request: Request) -> HttpResponse:
    """The second half of a sign-in."""
    half = half_of(request)
    if half is None:
        return HttpResponseRedirect(reverse("signin"))
    if request.method == "GET":
        return render(request, "web/signin_code.html", {})
    try:
        signed = factors.sign_in_with_code(
            home=home_of(request), account=half["account"], epoch=half["epoch"], code=request.POST.get("code", "")[:40],
            key=settings.SECRET_KEY, at=now(), device=device_of(request),
        )  # fmt: skip
    except Refused as refused:
        return render(request, "web/signin_code.html", {"problems": refused.problems}, status=403)
    return signed_in(request, signed, half["next"])


@page("account.own")
def index(request: Request) -> HttpResponse:
    """How things stand, with what may be done."""
    return _page(request, {})


@page("account.own", methods=("POST",))
def begin(request: Request) -> HttpResponse:
    """Begin to set one up; it counts once it was confirmed with the password and a code."""
    factors.begin(actor=request.actor, home=home_of(request))
    return HttpResponseRedirect(reverse("second-factor"))


@page("account.own", methods=("POST",), limit="signin")
def confirm(request: Request) -> HttpResponse:
    """The first code; then the recovery codes are shown, once."""
    return _with_code(request, "confirm")


@page("account.own", methods=("POST",), limit="signin")
def codes(request: Request) -> HttpResponse:
    """New recovery codes, shown once."""
    return _with_code(request, "new_codes")


@page("account.own", methods=("POST",), limit="signin")
def remove(request: Request) -> HttpResponse:
    """Give it up."""
    return _with_code(request, "remove")


@page("factor.require", methods=("GET", "POST"))
def rules(request: Request) -> HttpResponse:
    """Which roles must have a second factor, and who has one."""
    home = home_of(request)
    if request.method == "POST":
        wanted = [Role(role) for role in request.POST.getlist("roles") if role in set(Role) - PUBLIC_ROLES]
        ended = factors.require(actor=request.actor.name, home=home, roles=wanted, today=today())
        messages.success(request, _("已保存，%(n)s 个账号下次登录时要启用两步验证。") % {"n": ended})
        return HttpResponseRedirect(reverse("factor-rules"))
    required = factors.required_roles(home=home)
    roles = [(str(role), ROLE_NAMES[role], role in required) for role in Role if role not in PUBLIC_ROLES]
    logins = sorted(factors.logins_with_factor(home=home))
    return render(request, "web/factor_rules.html", {"roles": roles, "logins": logins})


@page("factor.reset", methods=("POST",))
def reset(request: Request, login: str) -> HttpResponse:
    """Take somebody's second factor away who has lost it."""
    factors.reset(actor=request.actor.name, home=home_of(request), login=login)
    messages.success(request, _("已重置 %(login)s 的两步验证。") % {"login": login})
    return HttpResponseRedirect(reverse("factor-rules"))


def _with_code(request: Request, step: str) -> HttpResponse:
    steps: dict[str, Any] = {"confirm": factors.confirm, "new_codes": factors.new_codes, "remove": factors.remove}
    try:
        made = steps[step](actor=request.actor, home=home_of(request), proof=proof_of(request))
    except YiciError as error:
        return _page(request, {"problems": error.problems}, status=status_of(error))
    if step == "confirm":
        request.session.pop("must_enrol", None)
    return _page(request, {"codes": made or (), "removed": step == "remove"})


def _page(request: Request, context: dict[str, Any], status: int = 200) -> HttpResponse:
    home = home_of(request)
    begun = factors.enrolment(actor=request.actor, home=home, key=settings.SECRET_KEY)
    base: dict[str, Any] = {"state": factors.state_of(actor=request.actor, home=home), "begun": begun}
    if begun is not None:
        base["picture"] = segno.make(begun.address, error="m").svg_data_uri(scale=5, border=4, light="white")
        base["spaced"] = " ".join(begun.secret[place : place + 4] for place in range(0, len(begun.secret), 4))
    return render(request, "web/second_factor.html", base | context, status=status)
