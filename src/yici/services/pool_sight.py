"""What of the pool an actor sees: whose records, and which values of them whole or masked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from yici.core.access.actors import PUBLIC, Actor, Role
from yici.core.access.fields import Sight, sight
from yici.core.access.masks import masked
from yici.core.elements import Element
from yici.services.pool import Pool

_IN_UNITS = frozenset({Role.CLERK, Role.LEADER})


@dataclass(frozen=True, slots=True)
class Seen:
    """A value as it is shown to an actor. `hidden` parts are masked, and may be shown whole for a purpose."""

    text: str
    sight: Sight


def units_in_reach(actor: Actor, pool: Pool) -> frozenset[str] | None:
    """The units whose subjects the actor may see, None for all: own units, and those of the grants of departments."""
    if Role.STEWARD in actor.roles:
        return None
    found: frozenset[str] = actor.units if actor.roles & _IN_UNITS else frozenset()
    for grant in actor.grants if Role.OFFICER in actor.roles else ():
        if grant.units is None:
            return None
        found |= _with_those_below(grant.units, pool)
    return found


def narrowed(actor: Actor, unit: str | None, pool: Pool) -> Actor:
    """The actor with only those grants that are for subjects of a unit."""
    if all(grant.units is None for grant in actor.grants):
        return actor
    here = [g for g in actor.grants if g.units is None or (unit or "") in _with_those_below(g.units, pool)]
    return replace(actor, grants=tuple(here))


def in_reach(actor: Actor, pool: Pool, subject: tuple[str, str], unit: str | None) -> bool:
    """Whether the actor may see a subject of a unit at all. A firm whose unit is unknown belongs to whoever asks."""
    if actor.roles & PUBLIC and subject == actor.subject:
        return True
    reach = units_in_reach(actor, pool)
    return reach is None or unit in reach or (unit is None and subject[0] == "enterprise" and bool(reach))


def seen(actor: Actor, element: Element, value: object) -> Seen:
    """A value as the actor sees it; nothing at all of a hidden one."""
    how = sight(actor, element)
    if value is None or how is Sight.HIDDEN:
        return Seen("", how)
    text = shown(value)
    return Seen(masked(element, text) if how is Sight.MASKED else text, how)


def shown(value: object) -> str:
    """A value as people write it: 是 and 否, numbers without needless zeros."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal | float):
        return f"{Decimal(str(value)):f}".rstrip("0").rstrip(".") if "." in f"{value}" else str(value)
    return str(value)


def _with_those_below(units: frozenset[str], pool: Pool) -> frozenset[str]:
    known = {area.name for area in pool.areas()}
    return frozenset(name for unit in units if unit in known for name in pool.units_below(unit)) | units
