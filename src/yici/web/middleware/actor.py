"""Who makes the request: the session's account, while the session is neither idle for too long nor too old."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from yici.core.access.actors import NOBODY, Actor
from yici.services.accounts import SignedIn, actor_for
from yici.services.tokens import actor_by_token
from yici.web.errors import API
from yici.web.requests import Request, home_of, now, today

IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=12)
HALF = timedelta(minutes=5)
# The time of the last request is written at most this often, so that reading a page costs no write each time.
_NOTED_EVERY = timedelta(minutes=1)


class Actors:
    """Puts the actor on the request; NOBODY before signing in and after a time-out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request = cast(Request, request)
        secret = _token(request)
        request.by_token = secret is not None
        if secret is None:
            request.actor = _actor(request)
        else:
            # A token that opens nothing is refused, whoever is signed in beside it.
            home = home_of(request)
            request.actor = actor_by_token(home=home, secret=secret, now=now(), today=today()) or NOBODY
        return self.get_response(request)


def start_session(request: HttpRequest, signed: SignedIn, following: str = "/") -> str:
    """Begin a session under a new id; where to go now. A sign-in that asks for a code is only remembered as half done,
    and goes on to `following` once the code was right."""
    request.session.flush()
    moment = now().timestamp()
    if signed.second == "code":
        half = {"account": signed.actor.account, "epoch": signed.epoch, "since": moment, "next": following}
        request.session["half"] = half
        return reverse("signin-code")
    if signed.second == "enrol":
        request.session["must_enrol"] = True
    request.session.update(
        {"account": signed.actor.account, "epoch": signed.epoch, "since": moment, "seen": moment,
         "must_change": signed.must_change}
    )  # fmt: skip
    return following


def half_of(request: HttpRequest) -> dict[str, Any] | None:
    """The half of a sign-in that was done a short while ago; None when there is none."""
    half: dict[str, Any] | None = request.session.get("half")
    fresh = half is not None and 0 <= now().timestamp() - half["since"] <= HALF.total_seconds()
    return half if fresh else None


def _token(request: HttpRequest) -> str | None:
    """The token of a request to the API; None when it sends none. Pages know no tokens."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if request.path.startswith(API) and scheme.lower() == "bearer" else None


def _actor(request: HttpRequest) -> Actor:
    session: SessionBase = request.session
    account, moment = session.get("account"), now().timestamp()
    if account is None:
        return NOBODY
    idle, age = moment - session["seen"], moment - session["since"]
    if idle > IDLE.total_seconds() or age > ABSOLUTE.total_seconds() or idle < 0:
        session.flush()
        session["timed_out"] = True
        return NOBODY
    actor = actor_for(home=home_of(request), account=account, epoch=session["epoch"], today=today())
    if actor is None:
        session.flush()
        return NOBODY
    if idle > _NOTED_EVERY.total_seconds():
        session["seen"] = moment
    return actor
