"""Signing in and out, changing one's password, and the switches of language, theme and view."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from yici.core.errors import Problem, Refused
from yici.services import accounts
from yici.services.account_releases import reset_told
from yici.web.demo_signins import demo_signins, sign_in_demo
from yici.web.device_cookie import device_of, remember
from yici.web.layout import SIZE_COOKIE, SIZES, THEME_COOKIE, THEMES, VIEW_COOKIE
from yici.web.middleware.language import COOKIE as LANGUAGE_COOKIE
from yici.web.requests import Request, home_of, now
from yici.web.routes import PUBLIC, page
from yici.web.signed_in import signed_in

_YEAR = 365 * 24 * 3600


@page(PUBLIC, methods=("GET", "POST"), limit="signin")
def signin(request: Request) -> HttpResponse:
    """Sign in with a login name and a password."""
    if request.method == "GET":
        timed_out = request.session.pop("timed_out", False)
        return _form(request, {"timed_out": timed_out})
    login = request.POST.get("login", "")
    try:
        signed = accounts.sign_in(
            home=home_of(request), login=login, password=request.POST.get("password", ""), at=now(),
            device=device_of(request),
        )  # fmt: skip
    except Refused as refused:
        return _form(request, {"problems": refused.problems, "login": login}, status=403)
    return signed_in(request, signed, _next(request))


@page(PUBLIC, methods=("POST",))
def demo(request: Request) -> HttpResponse:
    """Sign in as one of the demo's people; only with YICI_DEMO=1."""
    signed = sign_in_demo(home_of(request), request.POST.get("login", ""), now()) if settings.DEMO else None
    if signed is None:
        return HttpResponse(status=404)
    return signed_in(request, signed)


@page("account.own", methods=("POST",))
def signout(request: Request) -> HttpResponse:
    """Sign out; the browser forgets everything of this site but its switches, and that it is known to who
    signed in with it."""
    accounts.sign_out(actor=request.actor, home=home_of(request), end=request.session.flush)
    response = HttpResponseRedirect(reverse("signin"))
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@page("account.own", methods=("GET", "POST"), limit="signin")
def password(request: Request) -> HttpResponse:
    """Change one's own password."""
    first = bool(request.session.get("must_change"))
    told = {"first": first, "reset": reset_told(actor=request.actor, home=home_of(request))}
    if request.method == "GET":
        return render(request, "web/password.html", told)
    old, new, again = (request.POST.get(name, "") for name in ("old", "new", "again"))
    try:
        if new != again:
            raise Refused(Problem("password-again", _("两次输入的新密码不一样。"), _("请重新输入。")))
        epoch = accounts.change_password(actor=request.actor, home=home_of(request), old=old, new=new)
    except Refused as refused:
        return render(request, "web/password.html", told | {"problems": refused.problems}, status=422)
    request.session.cycle_key()
    request.session.update({"epoch": epoch, "must_change": False})
    messages.success(request, _("密码已修改，其他设备上的登录已退出。"))
    response = HttpResponseRedirect(reverse("home"))
    remember(request, response, request.actor.account, epoch)
    return response


@page(PUBLIC, methods=("POST",))
def preferences(request: Request) -> HttpResponse:
    """Switch the language, the theme, the elders' view or its size of letters; kept in this browser."""
    response = HttpResponseRedirect(_next(request))
    allowed = {
        LANGUAGE_COOKIE: dict(settings.LANGUAGES),
        THEME_COOKIE: THEMES,
        VIEW_COOKIE: ("elder", "dense"),
        SIZE_COOKIE: SIZES,
    }
    for cookie, values in allowed.items():
        value = request.POST.get(cookie, "")
        if value in values:
            response.set_cookie(cookie, value, max_age=_YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True)
    return response


def _form(request: Request, context: dict[str, object], status: int = 200) -> HttpResponse:
    people = demo_signins(home_of(request)) if settings.DEMO else []
    return render(request, "web/signin.html", context | {"next": _next(request), "people": people}, status=status)


def _next(request: Request) -> str:
    """Where to go afterwards: only within this site."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return reverse("home")
