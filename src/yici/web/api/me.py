"""Who is asking."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Router, Schema

from yici.core.access.actors import ROLE_NAMES
from yici.core.access.rules import RULES, can
from yici.web.api.operations import operation
from yici.web.requests import Request

router = Router(tags=["me"])


class PostOut(Schema):
    """One post: what role, where."""

    role: str
    name: str
    unit: str | None = None
    organisation: str | None = None


class Me(Schema):
    """The account that asks. `actions` are what its posts may do at all; `csrf` is the token a session must send."""

    login: str
    full_name: str
    posts: list[PostOut]
    units: list[str]
    organisations: list[str]
    actions: list[str]
    csrf: str | None = None


@operation(router, "GET", "/me", action="account.own", response=Me, summary="我是谁")
def who_am_i(request: HttpRequest) -> Me:
    """这次请求是哪个账号、能做什么。"""
    request = cast(Request, request)
    actor = request.actor
    return Me(
        login=actor.name,
        full_name=actor.full_name,
        posts=[
            PostOut(role=str(p.role), name=ROLE_NAMES[p.role], unit=p.unit, organisation=p.organisation)
            for p in actor.posts
        ],
        units=sorted(actor.units),
        organisations=sorted(actor.organisations),
        actions=sorted(action for action in RULES if can(actor, action)),
        csrf=None if getattr(request, "by_token", False) else get_token(request),
    )
