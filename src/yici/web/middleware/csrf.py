"""CSRF: a request that says who it is by a token carries no cookie, so nobody else's page can send it."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware

from yici.web.requests import Request


class Csrf(CsrfViewMiddleware):
    """Django's check for everything else."""

    def process_view(
        self, request: HttpRequest, callback: Any, callback_args: tuple[Any, ...], callback_kwargs: dict[str, Any]
    ) -> HttpResponseForbidden | None:
        """Refuse (a response) or let through (None)."""
        if cast(Request, request).by_token:
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)
