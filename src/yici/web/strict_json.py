"""Reading JSON so that every layer understands the same by it: nothing doubled, nothing outside the standard."""

from __future__ import annotations

import json
import math
from typing import Any


def strict_json(body: bytes) -> Any:
    """What a body says. Raises ValueError.

    Refused are duplicate keys, NaN and infinities, a byte order mark, other encodings than UTF-8, NUL and halves of
    surrogate pairs: what parsers read differently, or a database cannot hold.
    """
    text = body.decode("utf-8")
    try:
        found = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_refuse, parse_int=_whole, parse_float=_finite
        )
    except RecursionError:
        raise ValueError("too deep") from None
    _check(found)
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refuse(word: str) -> Any:
    raise ValueError(word)


def _whole(digits: str) -> int:
    if len(digits) > 20:
        raise ValueError("a number too large")
    return int(digits)


def _finite(text: str) -> float:
    if math.isinf(number := float(text)):
        raise ValueError("a number too large")
    return number


def _check(value: Any) -> None:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str) and ("\0" in one or any("\ud800" <= sign <= "\udfff" for sign in one)):
            raise ValueError("a sign that is no text")
