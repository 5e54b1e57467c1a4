"""Which rate limits there are, and how an office changes them. The settings read this: it stands on nothing of ours."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

_NUMBERS = 3
_UPLOAD_MB = 64


@dataclass(frozen=True, slots=True)
class Limit:
    """How many requests one account and one address may make within so many seconds."""

    account: int
    address: int
    seconds: int


COUNTED_READING = frozenset({"downloads"})
"""Limits under which reading counts, too: what is taken away as a file."""

# An office of hundreds stands behind one address, so addresses may do much more than accounts.
DEFAULTS: Mapping[str, Limit] = {
    "signin": Limit(10, 200, 600),
    "answers": Limit(120, 6_000, 60),
    "search": Limit(60, 1_200, 60),
    "reveal": Limit(60, 600, 3_600),
    "uploads": Limit(60, 600, 3_600),
    "downloads": Limit(120, 2_400, 3_600),
    "api": Limit(600, 6_000, 60),
}


def limits_of(text: str) -> dict[str, Limit]:
    """The limits with those changed that YICI_LIMITS names: "search=30/600/60,api=off".

    Raises ImproperlyConfigured for what it does not understand: a limit that is mistyped must not be none.
    """
    found = dict(DEFAULTS)
    for word in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = word.partition("=")
        if name not in DEFAULTS:
            raise ImproperlyConfigured(f"YICI_LIMITS: no limit {name!r}; there are {', '.join(DEFAULTS)}")
        if value == "off":
            del found[name]
            continue
        numbers = value.split("/")
        if len(numbers) != _NUMBERS or not all(one.isdecimal() and int(one) for one in numbers):
            raise ImproperlyConfigured(f"YICI_LIMITS: write {name}=ACCOUNT/ADDRESS/SECONDS or {name}=off")
        found[name] = Limit(*map(int, numbers))
    return found


def proxies(https: bool) -> int:
    """How many proxies of ours stand in front: YICI_PROXIES, by default one where there is HTTPS."""
    given = os.environ.get("YICI_PROXIES", "")
    return int(given) if given.isdecimal() else int(https)


def upload_most(text: str) -> int:
    """How many bytes a request may send: YICI_UPLOAD_MB, by default 64 MB. Raises ImproperlyConfigured."""
    if text and not (text.isdecimal() and int(text)):
        raise ImproperlyConfigured("YICI_UPLOAD_MB: write a whole number of megabytes")
    return int(text or _UPLOAD_MB) << 20
