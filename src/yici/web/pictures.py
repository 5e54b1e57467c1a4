"""Pictures as answers: a still one, or the same chart as JSON for the browser to draw."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse

from yici.web.requests import Request


def picture_answer(request: Request, draw: Callable[[str], bytes]) -> HttpResponse:
    """The picture as SVG, or with `as=json` as an ECharts option. `draw` takes the ending of the kind of file."""
    if request.GET.get("as") == "json":
        return HttpResponse(draw(".json"), content_type="application/json")
    return HttpResponse(draw(".svg"), content_type="image/svg+xml")
