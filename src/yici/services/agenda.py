"""What waits for somebody: each kind of work adds its own items, most urgent first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from yici.core.access.actors import Actor


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do: what, how many, until when, and the route (with its argument) where it is done. `late` says how
    much of it is past its day."""

    words: str
    count: int
    route: str
    argument: str = ""
    due: date | None = None
    detail: str = ""
    late: str = ""


Source = Callable[[Actor, Path, date], list[Item]]
SOURCES: list[Source] = []


def agenda_of(*, actor: Actor, home: Path, today: date) -> list[Item]:
    """What waits for the actor: what is due first comes first, then what is most."""
    items = [item for source in SOURCES for item in source(actor, home, today) if item.count]
    return sorted(items, key=lambda item: (item.due or date.max, -item.count, item.words))
