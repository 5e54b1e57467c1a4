"""Registers (名册): of a list a department keeps, for which units an imported ledger is that list.

Who is absent from a list counts as "not on it" only where the list was imported for his unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from yici.core.manifest import Area, Source

NOWHERE = ""
"""What stands for the unit of a subject of which nobody knows where it is."""


def covered_units(source: Source, areas: Sequence[Area]) -> frozenset[str]:
    """The units a ledger was imported for, with all that lies below them; none when nothing says so: then it is for
    the units its rows lie in.

    A village's list that names somebody of another village is no list of that one. The units are those said at the
    import; else the unit the department names (魏庄村委会 is for 魏庄村), if any. A ledger for
    the top of the tree is also for subjects of which nobody knows where they are.
    """
    wanted = source.covers or _named(source.department, areas)
    parents = {area.name: area.parent for area in areas}
    below = {name for name in parents if any(above in wanted for above in _upwards(name, parents))}
    return frozenset(below | ({NOWHERE} if any(parents.get(name, "") is None for name in wanted) else set()))


def _named(department: str, areas: Iterable[Area]) -> tuple[str, ...]:
    """The unit a department's name names last: of 某镇魏庄村委会 it is 魏庄村."""
    names = [area.name for area in areas if area.name in department]
    return (max(names, key=lambda name: (department.rfind(name) + len(name), len(name))),) if names else ()


def _upwards(name: str, parents: Mapping[str, str | None]) -> Iterable[str]:
    """A unit and those it lies in."""
    seen: set[str] = set()
    above: str | None = name
    while above and above not in seen:
        seen.add(above)
        above = parents.get(above)
    return seen
