"""Saving figures under a name, for oneself or for everybody inside to ask within their own rights."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from django.db import transaction

from yici.core.access.actors import Actor
from yici.core.errors import Conflict, NotFound, Problem
from yici.storage import audit, saved_figures
from yici.storage.database import open_database
from yici.storage.saved_figures import FigureRow

FIELDS = ("text", "by", "where", "unit", "as_of")
_LONGEST = 100


def figures_for(*, actor: Actor, home: Path) -> list[FigureRow]:
    """The actor's own figures and those others share."""
    open_database(home)
    return saved_figures.figures_of(actor.name)


def save_figure(*, actor: Actor, home: Path, name: str, typed: Mapping[str, str], shared: bool) -> None:
    """Save a figure under a name. Raises Conflict without a name."""
    open_database(home)
    if not name.strip() or len(name) > _LONGEST:
        raise Conflict(Problem("name-missing", "没有写名称，或太长。", f"给这个统计起个名字，最多 {_LONGEST} 字。"))
    kept = {field: typed.get(field, "") for field in FIELDS}
    with transaction.atomic():
        saved_figures.save_figure(actor.name, name.strip(), kept, shared=shared)
        audit.append(
            actor=actor.name, action="figure.save", thing="figure", detail={"text": kept["text"], "shared": shared}
        )


def forget_figure(*, actor: Actor, home: Path, number: int) -> None:
    """Delete one of one's own figures. Raises NotFound for another's."""
    open_database(home)
    with transaction.atomic():
        if not saved_figures.forget_figure(actor.name, number):
            raise NotFound(Problem("unknown-figure", "没有这个统计。", "请返回列表。"))
        audit.append(actor=actor.name, action="figure.forget", thing="figure", detail={"number": number})
