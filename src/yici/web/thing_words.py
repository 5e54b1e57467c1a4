"""What things of audit lines are called that are pages or kinds of things: a route or a key tells a reader nothing."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from yici.storage.audit import Line
from yici.web.layout import NAVIGATION

_REFUSED = "access.refused"
_PAGES: dict[str, Any] = {entry.route: entry.words for entry in NAVIGATION}
_KINDS: dict[str, Any] = {"account": _("账号"), "codes": _("代码表"), "form": _("表")}


def thing_words(line: Line) -> str:
    """The page somebody was refused, or the kind of thing an action was about; "" where the thing has another name."""
    return str((_PAGES if line.action == _REFUSED else _KINDS).get(line.thing, ""))
