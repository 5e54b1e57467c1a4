"""What a password must be: long, and not one of those everybody tries. No rule about signs, no forced change. How often
it may be typed wrong."""

from __future__ import annotations

import secrets
from datetime import timedelta
from functools import lru_cache

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from yici.core.errors import Problem

SHORTEST, LONGEST = 12, 128
FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)
# Letters and digits that are not mistaken for one another when a note is read aloud.
_CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"


def password_problems(password: str, *, login: str = "", full_name: str = "") -> list[Problem]:
    """Everything that is wrong with a new password (OWASP ASVS 5.0, 6.2)."""
    found: list[Problem] = []
    if len(password) < SHORTEST:
        found.append(Problem("password-short", f"密码少于 {SHORTEST} 位。", "可以用一句好记的话。"))
    if len(password) > LONGEST:
        found.append(Problem("password-long", f"密码超过 {LONGEST} 位。", "请写短一些。"))
    if any(word and word.lower() in password.lower() for word in (login, full_name)):
        found.append(Problem("password-name", "密码里有您的登录名或姓名。", "请换一个。"))
    if len(set(password)) < 5 or _is_common(password):
        found.append(Problem("password-common", "这个密码太常见，容易被猜到。", "可以把几个不相干的词连在一起。"))
    return found


def new_secret() -> str:
    """A password for the first sign-in, easy to read aloud: four groups of four, 79 bits."""
    return "-".join("".join(secrets.choice(_CLEAR) for _ in range(4)) for _ in range(4))


@lru_cache(maxsize=1)
def _common() -> CommonPasswordValidator:
    return CommonPasswordValidator()


def _is_common(password: str) -> bool:
    try:
        _common().validate(password)
    except ValidationError:
        return True
    return False
