"""What a kind of background work is, and what it works with."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from yici.core.access.actors import ANYTHING, Actor, Thing
from yici.core.access.rules import can
from yici.core.errors import Problem, Refused

# Progress is written, and the wish to cancel read, at most this often: each time is a small transaction.
_EVERY = 0.5
Note = Callable[[int, int, str], None]


class Stopped(Exception):
    """The work must end here, at a safe point: nothing of it may stay."""


class Cancelled(Stopped):
    """Somebody cancelled the work."""


class GivenBack(Stopped):
    """The worker is being stopped: another one does the work later, from the beginning."""


class LeaseLost(Stopped):
    """The work was given to another worker, who believes this one to be dead."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a job: words for its owner, and a page (route, argument) or a file (in the job's folder) to see;
    `outcome` tells programs, without what cells say."""

    told: str
    route: str = ""
    argument: str = ""
    file: Path | None = None
    file_name: str = ""
    outcome: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Work:
    """One run of a job: for whom, on what, and where its files go. `first` is False when an earlier run was cut off."""

    actor: Actor
    home: Path
    arguments: Mapping[str, Any]
    folder: Path
    today: date
    first: bool
    note: Note
    _told: float = field(default=0.0)
    _step: str = ""

    def step(self, words: str) -> None:
        """Say what is being done now."""
        self._step, self._told = words, time.monotonic()
        self.note(0, 0, words)

    def progress(self, done: int, total: int) -> None:
        """Say how far it is. Raises Stopped when the work must end here."""
        now = time.monotonic()
        if now - self._told >= _EVERY:
            self._told = now
            self.note(done, total, self._step)

    def then(self, words: str) -> Callable[[int, int], None]:
        """A progress that says these words from its first telling on: the next step of work that is told in two."""

        def told(done: int, total: int) -> None:
            if self._step != words:
                self.step(words)
            self.progress(done, total)

        return told

    def check(self, action: str, thing: Thing = ANYTHING) -> None:
        """The owner's rights now, which may be others than when the job was asked for. Raises Refused."""
        verdict = can(self.actor, action, thing)
        if not verdict:
            raise Refused(Problem("job-denied", f"{verdict.because}。", "岗位变动后，请重新发起。"))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job: its name, the action its owner must be allowed, what it does, and what is tidied up afterwards."""

    name: str
    action: str
    run: Callable[[Work], Result]
    tidy: Callable[[Path, Mapping[str, Any]], None] = lambda _home, _arguments: None
