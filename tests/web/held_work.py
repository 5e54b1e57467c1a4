"""A worker's run held at a step, by its own telling how far it is: what somebody does meanwhile is done right there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from yici.services.jobs import kinds, running
from yici.storage.host import models


def held_at(monkeypatch: pytest.MonkeyPatch, done: int, act: Callable[[int], None], *, words: str = "") -> None:
    """Have `act` called once, with the job's number, when work tells that so much of a step is done, and go on then."""
    whole, held = running._note, set[int]()

    def noting(row: Any) -> Any:
        note = whole(row)

        def told(so_far: int, total: int, step: str) -> None:
            note(so_far, total, step)
            if row.id not in held and so_far >= done and words in step:
                held.add(row.id)
                act(row.id)
                note(so_far, total, step)

        return told

    # Work tells all it does and not only twice a second, so that it is held where the test says.
    monkeypatch.setattr(kinds, "_EVERY", 0.0)
    monkeypatch.setattr(running, "_note", noting)


def cancel(number: int) -> None:
    """Wish that a job ends, as its owner's click does."""
    models.Job.objects.filter(pk=number).update(cancel_asked=True)
