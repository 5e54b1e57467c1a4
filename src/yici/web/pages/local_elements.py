"""What forms ask for and no element is, and making it into one: the steward's page."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yici.core.element_check import SENSITIVITIES, SHARES
from yici.core.elements import Kind
from yici.core.errors import YiciError
from yici.core.local_elements import NewElement
from yici.services import local_elements
from yici.services.pool import open_pool
from yici.web.errors import status_of
from yici.web.requests import Request, home_of
from yici.web.routes import page

_TEXTS = ("subject", "name", "kind", "definition", "authority", "sensitivity", "share", "unit", "codes", "word")
_LONGEST = 500


@page("elements.add", methods=("GET", "POST"))
def index(request: Request) -> HttpResponse:
    """The words no element is; with one chosen, the form to make it an element."""
    if request.method == "GET":
        word = request.GET.get("word", "")[:60]
        typed = {"word": word, "name": word, "sensitivity": SENSITIVITIES[1], "share": SHARES[1]}
        return _page(request, word, typed)
    typed = {name: request.POST.get(name, "").strip()[:_LONGEST] for name in (*_TEXTS, "options", "future")}
    new = NewElement(
        **{name: typed[name] for name in _TEXTS}, future=typed["future"] == "1",
        options=tuple(line.strip() for line in request.POST.get("options", "").splitlines() if line.strip()),
    )  # fmt: skip
    try:
        local_elements.add_element(actor=request.actor, home=home_of(request), new=new)
    except YiciError as error:
        return _page(request, new.word, typed, {"problems": error.problems}, status_of(error))
    messages.success(request, _("已登记“%(name)s”。以后问到它，答案都进库，不再重复要。") % {"name": new.name})
    return HttpResponseRedirect(f"{reverse('elements')}?{urlencode({'q': new.name})}")


def _page(
    request: Request, word: str, typed: dict[str, str], more: dict[str, object] | None = None, status: int = 200
) -> HttpResponse:
    home = home_of(request)
    registry = open_pool(home).registry
    place = local_elements.place_of(home=home, word=word) if word else None
    if place is not None and not typed.get("subject"):
        typed = typed | {"subject": place.subjects[0] if len(place.subjects) == 1 else "",
                         "options": "\n".join(place.options), "kind": "code" if place.options else ""}  # fmt: skip
    kinds = {Kind.TEXT: _("文字"), Kind.INTEGER: _("整数"), Kind.DECIMAL: _("小数（要写单位）"), Kind.DATE: _("日期"),
             Kind.BOOL: _("是或否"), Kind.CODE: _("选项（代码表）")}  # fmt: skip
    context = {
        "asked": local_elements.unregistered(home=home), "word": word, "typed": typed, "place": place,
        "subjects": [(subject.id, subject.name) for subject in registry.subjects.values()],
        "kinds": [(str(kind), words) for kind, words in kinds.items()],
        "sensitivities": SENSITIVITIES, "shares": SHARES,
        "lists": [(codes.id, codes.name) for codes in registry.code_lists.values()],
    }  # fmt: skip
    return render(request, "web/pool/element_new.html", context | (more or {}), status=status)
