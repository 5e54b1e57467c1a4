"""The size of what is sent: too much is refused by what the request says of itself, before any of it is read."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from yici.web import errors


class BodyLimit:
    """Refuses bodies that are too large, and those that do not say how large they are."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.META.get("HTTP_TRANSFER_ENCODING"):
            return errors.length_missing(request)  # Django would take such a body for an empty one.
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > settings.UPLOAD_MOST:
            return errors.too_large(request, settings.UPLOAD_MOST >> 20)
        return self.get_response(request)
