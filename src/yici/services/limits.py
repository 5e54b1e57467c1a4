"""Rate limits: how often an account or an address may do something within a window, over all processes together.

A process takes requests out of the window in small lots, so that not every request writes to the database. What other
processes still hold counts as used: with several processes the limit may come a few requests early, never late.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from django.db import transaction

from yici.storage import audit, limits
from yici.storage.database import open_database

_LOTS = 50  # A lot is a fiftieth of the limit, and one request at least.
_MOST_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Budget:
    """`most` requests within `seconds` of one kind for one account or address (`who`)."""

    kind: str
    who: str
    most: int
    seconds: int


class _Lots:
    """What this process has taken out and not used yet, by window."""

    def __init__(self) -> None:
        self.left: dict[tuple[str, int], int] = {}
        self.lock = Lock()

    def use(self, place: tuple[str, int]) -> int | None:
        """Use one: 1 when there was one, 0 when the window is known to be used up, None when nothing is known."""
        with self.lock:
            left = self.left.get(place)
            if left is None:
                return None
            if left > 0:
                self.left[place] = left - 1
                if left == 1:
                    del self.left[place]
                return 1
            return 0

    def put(self, place: tuple[str, int], number: int) -> None:
        with self.lock:
            if len(self.left) > _MOST_KEPT:
                self.left.clear()
            if number < 0:
                self.left[place] = 0
            elif number:
                self.left[place] = self.left.get(place, 0) + number


_lots = _Lots()


def seconds_to_wait(*, home: Path, budgets: Sequence[Budget], at: float) -> int:
    """Count a request under all its budgets; 0 when it is within them, else for how many seconds it must wait.

    `at` is the moment in seconds. Who comes to the end of an account's budget is told to the audit once a window.
    """
    return max((_wait(home, budget, at) for budget in budgets), default=0)


def _wait(home: Path, budget: Budget, at: float) -> int:
    starts = int(at // budget.seconds * budget.seconds)
    ends = starts + budget.seconds
    place = (_key(home, budget), starts)
    used = _lots.use(place)
    if used is None:
        used = _take(home, budget, place, ends)
    return 0 if used else max(1, int(ends - at) + 1)


def _take(home: Path, budget: Budget, place: tuple[str, int], ends: int) -> int:
    lot = max(1, budget.most // _LOTS)
    open_database(home)
    total = limits.take(place[0], starts=place[1], ends=ends, requests=lot)
    got = lot - max(0, total - budget.most)
    if got > 0:
        _lots.put(place, got - 1)
        return 1
    _lots.put(place, -1)
    if total - budget.most <= lot and budget.who.startswith("@"):
        with transaction.atomic():
            audit.append(actor=budget.who[1:], action="limit.reached", thing=budget.kind, detail={"most": budget.most})
    return 0


def _key(home: Path, budget: Budget) -> str:
    """Addresses and login names stand in the table only as what they hash to."""
    text = f"{home}|{budget.kind}|{budget.who}|{budget.seconds}"
    return hashlib.sha256(text.encode()).hexdigest()[:40]
