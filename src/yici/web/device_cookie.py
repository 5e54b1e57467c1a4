"""The cookie by which a browser is known to the accounts its owners have signed in with.

It opens nothing: it only tells whose wrong passwords are counted together (services/devices.py).
"""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from yici.services.devices import UNKNOWN_DEVICE, Device

COOKIE = "yici-device"
_SALT = "yici.device"
_KNOWN_FOR = 365 * 24 * 3600
_MOST = 12  # Accounts of one browser: a counter's shared PC has some, and a cookie is short.


def device_of(request: HttpRequest) -> Device:
    """The browser a request comes from; UNKNOWN_DEVICE where it brings no cookie of ours, or an old one."""
    try:
        told: dict[str, Any] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_KNOWN_FOR)
    except signing.BadSignature:
        return UNKNOWN_DEVICE
    return Device(told["device"], {int(account): epoch for account, epoch in told["accounts"]})


def remember(request: HttpRequest, response: HttpResponse, account: int, epoch: int) -> None:
    """Make the browser known to an account that has just shown to be its owner's."""
    before = device_of(request)
    accounts = [[one, its] for one, its in before.accounts.items() if one != account][1 - _MOST :]
    told = {"device": before.number or secrets.token_urlsafe(16), "accounts": [*accounts, [account, epoch]]}
    response.set_cookie(
        COOKIE, signing.dumps(told, salt=_SALT, compress=True), max_age=_KNOWN_FOR, samesite="Lax",
        secure=settings.HTTPS, httponly=True,
    )  # fmt: skip
