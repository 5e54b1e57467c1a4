"""Which units have a township that checks what they send: 村 → 镇 → 部门, and 村 → 部门 where nobody is between."""

from __future__ import annotations

from datetime import date

from yici.core.access.actors import Role
from yici.storage.accounts import posts_over_units
from yici.storage.units import areas_now


def units_with_township(*, today: date) -> frozenset[str]:
    """The units that a leader's post reaches, or a clerk's post in a unit above: what may be checked by somebody. The
    steward may check everywhere, but is nobody's township."""
    posts = posts_over_units((Role.LEADER, Role.CLERK), today=today)
    leading = {unit for role, unit in posts if role is Role.LEADER}
    checking = {unit for _, unit in posts}
    above: set[str] = set()
    found: set[str] = set()
    for area in areas_now():
        # Units are listed parents first, so whoever reaches the parent is known already.
        if area.parent is not None and (area.parent in above or area.parent in checking):
            above.add(area.name)
        if area.name in above or area.name in leading:
            found.add(area.name)
    return frozenset(found)
