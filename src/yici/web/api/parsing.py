"""Reading the JSON bodies of the API."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.parser import Parser

from yici.web.strict_json import strict_json


class StrictParser(Parser):
    """Refuses what parsers read differently."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body. Raises HttpError 400."""
        try:
            return cast(dict[str, Any], strict_json(request.body))
        except ValueError:
            raise HttpError(400, "unreadable") from None
