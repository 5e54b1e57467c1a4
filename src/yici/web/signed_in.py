"""After somebody has signed in: the session begins, and the browser is known to the account from now on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from yici.services.accounts import SignedIn
from yici.web.device_cookie import remember
from yici.web.middleware.actor import start_session


def signed_in(request: HttpRequest, signed: SignedIn, following: str = "/") -> HttpResponse:
    """Begin the session and go on; the browser is known from now on, unless a code is still asked for."""
    response = HttpResponseRedirect(start_session(request, signed, following))
    if signed.second != "code":
        remember(request, response, signed.actor.account, signed.epoch)
    return response
