"""Accounts, for the administrators."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yici.core.access.actors import ROLE_NAMES, Post, Role
from yici.core.errors import Conflict, YiciError
from yici.demo.accounts import DEMO_LOGINS
from yici.services import accounts
from yici.services.account_releases import refuse_account, release_account, waiting_accounts
from yici.services.units import units_of
from yici.storage.accounts import AccountRow
from yici.web.errors import status_of
from yici.web.paging import asked_of, holds, page_of
from yici.web.requests import Request, home_of, today
from yici.web.routes import page

_FIELDS = ("login", "full_name", "role", "unit", "organisation", "key")


@page("account.list")
def index(request: Request) -> HttpResponse:
    """All accounts with their posts."""
    return _list(request, {})


@page("account.add", methods=("POST",))
def add(request: Request) -> HttpResponse:
    """Add an account; its first password is shown once."""
    typed = {
        name: request.POST.get(name, "").strip()
        for name in ("login", "full_name", "role", "unit", "organisation", "key")
    }
    role = Role(typed["role"]) if typed["role"] in set(Role) else Role.CLERK
    kind = "enterprise" if role is Role.ENTERPRISE else "person"
    try:
        made = accounts.add_account(
            actor=request.actor.name, home=home_of(request), login=typed["login"], full_name=typed["full_name"],
            posts=[Post(role, typed["unit"] or None, typed["organisation"] or None)],
            subject=(kind, typed["key"]) if typed["key"] else None, today=today(), waits=True,
        )  # fmt: skip
    except YiciError as error:
        return _list(request, {"problems": error.problems, "typed": typed}, status=status_of(error))
    return _list(request, {"made": made, "waits": True})


@page("account.add", methods=("POST",))
def reset(request: Request, login: str) -> HttpResponse:
    """Give an account a new first password."""
    # Anybody may sign in as the demo's people by one click: there is nothing to keep from the administrator.
    waits = not (settings.DEMO and login in DEMO_LOGINS)
    secret = accounts.reset_password(actor=request.actor.name, home=home_of(request), login=login, waits=waits)
    return _list(request, {"made": accounts.NewAccount(0, login, secret), "waits": waits})


@page("account.release", methods=("POST",))
def release(request: Request, login: str) -> HttpResponse:
    """Let an account sign in that another administrator added, or whose password he reset."""
    try:
        release_account(actor=request.actor, home=home_of(request), login=login, seen=request.POST.get("since", ""))
    except Conflict as error:
        return _list(request, {"problems": error.problems}, status=status_of(error))
    messages.success(request, _("已启用 %(login)s。") % {"login": login})
    return HttpResponseRedirect(reverse("accounts"))


@page("account.release", methods=("POST",))
def refuse(request: Request, login: str) -> HttpResponse:
    """Do not let it; with a reason."""
    reason = request.POST.get("reason", "")
    try:
        refuse_account(
            actor=request.actor, home=home_of(request), login=login, seen=request.POST.get("since", ""), reason=reason,
            today=today(),
        )  # fmt: skip
    except Conflict as error:
        return _list(request, {"problems": error.problems}, status=status_of(error))
    messages.success(request, _("没有启用 %(login)s。") % {"login": login})
    return HttpResponseRedirect(reverse("accounts"))


@page("account.add", methods=("POST",))
def close(request: Request, login: str) -> HttpResponse:
    """Close an account; its sessions end at once."""
    accounts.close_account(actor=request.actor.name, home=home_of(request), login=login, today=today())
    messages.success(request, _("已停用 %(login)s。") % {"login": login})
    return HttpResponseRedirect(reverse("accounts"))


def _list(request: Request, context: dict[str, object], status: int = 200) -> HttpResponse:
    home, asked = home_of(request), asked_of(request, "words", "of")

    def fits(row: AccountRow) -> bool:
        places = [text for post in row.posts for text in (post.unit, post.organisation) if text]
        held = not asked["of"] or asked["of"] in {str(post.role) for post in row.posts}
        return held and holds(asked["words"], row.login, row.full_name, *places)

    base = {
        "accounts": page_of(request, accounts.accounts_of(home=home), asked, fits),
        "waiting": [(hold, hold.since.isoformat()) for hold in waiting_accounts(home=home)],
        "roles": [(str(role), ROLE_NAMES[role]) for role in Role],
        "units": [area.name for area in units_of(home=home)],
    }
    return render(request, "web/accounts.html", base | context, status=status)
