"""The request as pages see it: with the actor, the data folder and the day."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from yici.core.access.actors import Actor
from yici.services.proofs import Proof
from yici.web.device_cookie import device_of


class Request(HttpRequest):
    """What the middlewares make of a request. Only named in types: Django makes the object."""

    actor: Actor
    htmx: HtmxDetails
    csp_nonce: str
    by_token: bool


def home_of(_request: HttpRequest) -> Path:
    """The data folder that is served."""
    return Path(settings.HOME)


def now() -> datetime:
    """The moment, with its zone."""
    return timezone.now()


def today() -> date:
    """The office's own calendar day."""
    return timezone.localdate()


def proof_of(request: HttpRequest) -> Proof:
    """What was typed to show once more who it is (templates/web/proof.html asks for it)."""
    typed = {name: request.POST.get(name, "")[:most] for name, most in (("password", 512), ("code", 40))}
    return Proof(typed["password"], typed["code"], settings.SECRET_KEY, now(), device_of(request))
