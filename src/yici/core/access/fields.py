"""Field rights: which elements an actor sees, and which of them only masked until there is a need."""

from __future__ import annotations

from enum import StrEnum

from yici.core.access.actors import PUBLIC, Actor, Role
from yici.core.elements import Element


class Sight(StrEnum):
    """How an element is shown to an actor."""

    PLAIN = "plain"
    MASKED = "masked"
    HIDDEN = "hidden"


SENSITIVE, PERSONAL, OPEN = "敏感个人信息", "个人信息", "无条件共享"
# Names and ID numbers of people in one's own work are personal, yet a list without names helps nobody: names are plain.
_SEEN_WHOLE = frozenset({"person_name"})


def sight(actor: Actor, element: Element) -> Sight:
    """How the actor sees an element of a subject within the actor's reach.

    Clerks and stewards keep the pool: they see everything, sensitive values masked. Departments and leaders see what is
    granted to their organisation, and what is shared without conditions. Residents see what is about themselves.
    """
    if actor.roles & PUBLIC:
        return Sight.MASKED if element.sensitivity == SENSITIVE else Sight.PLAIN
    keeps = bool(actor.roles & {Role.CLERK, Role.STEWARD})
    if not keeps and element.id not in actor.granted and not (element.share == OPEN and element.sensitivity == "一般"):
        return Sight.HIDDEN
    if element.sensitivity == SENSITIVE:
        return Sight.MASKED
    if element.sensitivity == PERSONAL and not keeps and element.kind.value not in _SEEN_WHOLE:
        return Sight.MASKED
    return Sight.PLAIN
