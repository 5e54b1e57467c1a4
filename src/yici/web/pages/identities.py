"""Signing in by an OpenID Connect provider, and tying one's account to it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yici.core.errors import NotFound, Problem, Refused, YiciError
from yici.services import identities
from yici.services.factors import state_of
from yici.web import oidc
from yici.web.device_cookie import device_of
from yici.web.errors import status_of
from yici.web.oidc_settings import Provider
from yici.web.requests import Request, home_of, now, proof_of
from yici.web.routes import PUBLIC, page
from yici.web.signed_in import signed_in

_TYING, _PENDING = "oidc-tying", "oidc-pending"


@page(PUBLIC)
def sign_in(request: Request) -> HttpResponse:
    """To the provider, to sign in. A link and no form: a form may not lead to another site."""
    request.session[_TYING] = 0
    return oidc.go(request, _provider(), request.build_absolute_uri(reverse("oidc-back")))


@page("account.own")
def tie(request: Request) -> HttpResponse:
    """To the provider, to tie one's own account to it."""
    request.session[_TYING] = request.actor.account
    return oidc.go(request, _provider(), request.build_absolute_uri(reverse("oidc-back")))


@page(PUBLIC)
def back(request: Request) -> HttpResponse:
    """Back from the provider. Tying is only proposed here: the page asks, so that nobody ties another's identity."""
    identity = oidc.come_back(request, _provider())
    tying = request.session.pop(_TYING, None)
    if tying and tying == request.actor.account:
        request.session[_PENDING] = {"subject": identity.subject, "name": identity.name}
        return HttpResponseRedirect(reverse("identity"))
    if tying != 0:
        raise NotFound(Problem("signin-again", "登录已经过期。", "请重新登录。"))
    signed = identities.sign_in_outside(
        home=home_of(request), issuer=identity.issuer, subject=identity.subject, at=now(),
        device=device_of(request),
    )  # fmt: skip
    return signed_in(request, signed, reverse("home"))


@page("account.own")
def index(request: Request) -> HttpResponse:
    """Whether the account is tied to the provider."""
    return _page(request, {})


@page("account.own", methods=("POST",), limit="signin")
def confirm(request: Request) -> HttpResponse:
    """Tie the account to the identity that was shown."""
    pending = request.session.get(_PENDING)
    if pending is None:
        raise NotFound(Problem("signin-again", "绑定已经过期。", "请重新绑定。"))
    try:
        identities.tie(
            actor=request.actor, home=home_of(request), issuer=_provider().issuer, subject=pending["subject"],
            proof=proof_of(request),
        )  # fmt: skip
    except YiciError as error:
        if not isinstance(error, Refused):  # Another password can be typed; another identity is another try.
            del request.session[_PENDING]
        return _page(request, {"problems": error.problems}, status_of(error))
    del request.session[_PENDING]
    messages.success(request, _("已绑定，以后可以用统一身份登录。"))
    return HttpResponseRedirect(reverse("identity"))


@page("account.own", methods=("POST",), limit="signin")
def untie(request: Request) -> HttpResponse:
    """Sign in by password only from now on."""
    request.session.pop(_PENDING, None)
    try:
        identities.untie(
            actor=request.actor, home=home_of(request), issuer=_provider().issuer, proof=proof_of(request)
        )  # fmt: skip
    except Refused as refused:
        return _page(request, {"problems": refused.problems}, status_of(refused))
    messages.success(request, _("已解除绑定。"))
    return HttpResponseRedirect(reverse("identity"))


def _provider() -> Provider:
    provider: Provider | None = settings.OIDC
    if provider is None:
        raise NotFound(Problem("not-found", "没有接入统一身份认证。", "请用密码登录。"))
    return provider


def _page(request: Request, context: dict[str, Any], status: int = 200) -> HttpResponse:
    provider = _provider()
    base = {
        "provider": provider, "pending": request.session.get(_PENDING),
        "coded": state_of(actor=request.actor, home=home_of(request)).enrolled,
        "tied": identities.is_tied(actor=request.actor, home=home_of(request), issuer=provider.issuer),
    }  # fmt: skip
    return render(request, "web/identity.html", base | context, status=status)
