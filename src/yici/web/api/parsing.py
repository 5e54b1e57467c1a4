"""Reading a JSON body so that every layer understands the same by it: nothing doubled, nothing outside the standard."""

from __future__ import annotations

import json
from typing import Any, cast

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.parser import Parser


class StrictParser(Parser):
    """Refuses duplicate keys, NaN and infinities, a byte order mark, other encodings than UTF-8, NUL and halves of
    surrogate pairs: what parsers read differently, or a database cannot hold."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body. Raises HttpError 400."""
        try:
            text = request.body.decode("utf-8")
            found = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse, parse_int=_whole)
            _check(found)
        except (ValueError, RecursionError):
            raise HttpError(400, "unreadable") from None
        return cast(dict[str, Any], found)


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
