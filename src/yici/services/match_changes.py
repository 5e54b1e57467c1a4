"""The list of changes: who became eligible, lost it, or can no longer be told, with day and cause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from yici.storage.matches import Change, changes_since


def changes_of(
    *, since: date | None = None, policies: Sequence[str] = (), units: Sequence[str] | None = None, key: str = ""
) -> Iterator[Change]:
    """Recorded changes since a day, the oldest first, of some policies, units, or one subject; of an open pool."""
    yield from changes_since(since, policies=policies, units=units, key=key)
