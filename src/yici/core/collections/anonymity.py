"""How far a unit may be named with what somebody said without a name."""

from __future__ import annotations

from collections.abc import Mapping

LEAST = 5
"""From this many clerks on, naming their unit names nobody."""


def named_unit(unit: str, parents: Mapping[str, str | None], clerks: Mapping[str, int], least: int = LEAST) -> str:
    """The unit, or the nearest one above it, that has at least `least` clerks in it and below; "" when none has.

    `clerks` are the clerks of each unit, those of the units below it included.
    """
    here: str | None = unit
    while here:
        if clerks.get(here, 0) >= least:
            return here
        here = parents.get(here)
    return ""


def clerks_below(direct: Mapping[str, int], parents: Mapping[str, str | None]) -> dict[str, int]:
    """The clerks of each unit with those of all units below it."""
    found: dict[str, int] = {}
    for unit, count in direct.items():
        here: str | None = unit
        while here:
            found[here] = found.get(here, 0) + count
            here = parents.get(here)
    return found
