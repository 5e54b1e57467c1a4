"""What a password must be: long, and not one of those everybody tries. No rule about signs, no forced change. How often
it may be typed wrong."""

from __future__ import annotations

import re
import secrets
import string
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from pypinyin import lazy_pinyin

from yici.core.errors import Problem

SHORTEST, LONGEST = 12, 128
FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)
# Letters and digits that are not mistaken for one another when a note is read aloud.
_CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"
# Words of fewer letters say nothing of whose they are, nor that they are well known.
_TELLING = 4
_AROUND = string.digits + string.punctuation + string.whitespace
_REPEATED = re.compile(r"(.{2,})\1+", re.DOTALL)
_ROWS = ("1234567890", string.ascii_lowercase, "qwertyuiop", "asdfghjkl", "zxcvbnm", "0987654321")


def password_problems(password: str, *, login: str = "", full_name: str = "") -> list[Problem]:
    """Everything that is wrong with a new password (OWASP ASVS 5.0, 6.2)."""
    found: list[Problem] = []
    if len(password) < SHORTEST:
        found.append(Problem("password-short", f"密码少于 {SHORTEST} 位。", "可以用一句好记的话。"))
    if len(password) > LONGEST:
        found.append(Problem("password-long", f"密码超过 {LONGEST} 位。", "请写短一些。"))
    if any(word in password.lower() for word in _own_words(login, full_name)):
        found.append(Problem("password-name", "密码里有您的登录名、姓名（或其拼音）或本系统的名字。", "请换一个。"))
    if len(set(password)) < 5 or _is_common(password):
        found.append(Problem("password-common", "这个密码太常见，容易被猜到。", "可以把几个不相干的词连在一起。"))
    return found


def new_secret() -> str:
    """A password for the first sign-in, easy to read aloud: four groups of four, 79 bits."""
    return "-".join("".join(secrets.choice(_CLEAR) for _ in range(4)) for _ in range(4))


def _own_words(login: str, full_name: str) -> set[str]:
    """What is tried first of somebody: login and name, the name in pinyin (zhangsan), and what this is called. A login
    of one or two letters stands in half of all passwords."""
    spelt = "".join(lazy_pinyin(full_name)) if full_name and not full_name.isascii() else ""
    words = {word.strip().lower() for word in (login, full_name, spelt)}
    return {"yici"} | {word for word in words if len(word) >= _TELLING or (len(word) > 1 and not word.isascii())}


@lru_cache(maxsize=1)
def _common() -> CommonPasswordValidator:
    return CommonPasswordValidator()


def _is_common(password: str) -> bool:
    """Whether everybody tries it: one of the 20,000 most used, by itself, with digits and signs before or after
    (Password2026!), or written several times; or signs as they follow one another on the keys (qwertyuiop12)."""
    plain = password.strip().lower()
    bare = plain.strip(_AROUND)
    part = _REPEATED.fullmatch(plain)
    tried = {plain, bare if len(bare) >= _TELLING else "", part[1] if part else ""} - {""}
    return any(_listed(word) or _follows(word) for word in tried)


def _listed(word: str) -> bool:
    try:
        _common().validate(word)
    except ValidationError:
        return True
    return False


def _follows(word: str) -> bool:
    """Whether no sign but the first is new: each follows the one before it on the keys, the alphabet or the digits, or
    comes before it."""
    pairs = [before + after for before, after in pairwise(word)]
    along = sum(any(pair in row or pair[::-1] in row for row in _ROWS) for pair in pairs)
    return len(word) >= _TELLING and along >= len(pairs) - 1
