"""At the counter: a clerk opens an account for the person or firm whose document was shown."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from yici.core.errors import YiciError
from yici.services import subject_pages
from yici.services.residents import counter as accounts
from yici.web.errors import status_of
from yici.web.pages.pool import subject_thing
from yici.web.requests import Request, home_of, today
from yici.web.routes import page


@page("account.counter", thing=subject_thing, methods=("GET", "POST"))
def counter(request: Request, code: str) -> HttpResponse:
    """Ask which document was shown, then show the login and the first password once, to be handed over."""
    context: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        typed = {name: request.POST.get(name, "").strip() for name in ("login", "document")}
        try:
            made = accounts.open_account(actor=request.actor, home=home_of(request), code=code, today=today(), **typed)
            context = {"made": made}
        except YiciError as error:
            context, status = {"problems": error.problems, "typed": typed}, status_of(error)
    known = accounts.counter_account(actor=request.actor, home=home_of(request), code=code)
    shown = subject_pages.subject_page(actor=request.actor, home=home_of(request), code=code, editing=False)
    return render(request, "web/mine/counter.html", context | {"account": known, "page": shown, "code": code},
                  status=status)  # fmt: skip
