"""Pictures as answers: a still one, or the same chart as JSON for the browser to draw."""

from __future__ import annotations

from typing import Protocol

from django.http import HttpResponse

from yici.web.requests import Request


class Draw(Protocol):
    """Draws the picture for the ending of a kind of file, for a light or a dark page."""

    def __call__(self, *, suffix: str, dark: bool) -> bytes: ...


def picture_answer(request: Request, draw: Draw) -> HttpResponse:
    """The picture as SVG, or with `as=json` as an ECharts option; a page in its dark theme asks for
    `theme=dark`."""
    dark = request.GET.get("theme") == "dark"
    if request.GET.get("as") == "json":
        return HttpResponse(draw(suffix=".json", dark=dark), content_type="application/json")
    return HttpResponse(draw(suffix=".svg", dark=dark), content_type="image/svg+xml")
