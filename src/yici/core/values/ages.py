"""Completed years of age, as far as a birth date's precision decides them."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def age_on(birth: str, as_of: date) -> int | None:
    """Completed years on a day (周岁), or None when the precision of `birth` ("1950", "1950-03") does not decide.

    None also for a birth after that day.
    """
    parts = [int(part) for part in birth.split("-")]
    latest = parts if len(parts) == 3 else [*parts, *_last(parts)]
    earliest = [*parts, *[1] * (3 - len(parts))]
    oldest, youngest = _years(earliest, as_of), _years(latest, as_of)
    return oldest if oldest == youngest and oldest >= 0 else None


def _last(parts: list[int]) -> list[int]:
    """What completes a year or month to its last day."""
    return [12, 31] if len(parts) == 1 else [monthrange(parts[0], parts[1])[1]]


def _years(birth: list[int], as_of: date) -> int:
    return as_of.year - birth[0] - ((as_of.month, as_of.day) < (birth[1], birth[2]))
