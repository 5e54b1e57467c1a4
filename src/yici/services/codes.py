"""Codes of the second factor: by an app (TOTP), and the digests of recovery codes."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

import pyotp

from yici.storage import factors

STEP = 30


def code_right(key: str, account: int, code: str, at: datetime, *, confirmed: bool) -> bool:
    """Whether the code is that of now, the half minute before or the one after, and was never used."""
    row = factors.find_factor(account)
    typed = "".join(code.split())
    if row is None or row.confirmed is not confirmed or not (typed.isascii() and typed.isdigit()):
        return False
    totp, now = pyotp.TOTP(secret_of(key, account, row.salt)), int(at.timestamp()) // STEP
    for step in (now, now - 1, now + 1):
        if hmac.compare_digest(totp.at(step * STEP), typed):
            return factors.take_step(account, step)
    return False


def secret_of(key: str, account: int, salt: str) -> str:
    """The secret an app is told, in base 32."""
    digest = hmac.new(key.encode(), f"second factor|{account}|{salt}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:20]).decode()


def digest_of(key: str, account: int, code: str) -> str:
    """What is kept of a recovery code."""
    typed = "".join(sign for sign in code.lower() if sign.isalnum())
    return hmac.new(key.encode(), f"recovery code|{account}|{typed}".encode(), hashlib.sha256).hexdigest()[:40]
