"""How many clerks there are where: for averages a clerk, and for what must not point to one."""

from __future__ import annotations

from collections import Counter

from yici.core.access.actors import Role
from yici.core.collections.anonymity import clerks_below
from yici.storage.accounts import list_accounts, names_by_login
from yici.storage.units import areas_now


def clerks_by_unit() -> dict[str, int]:
    """The clerks of each unit who hold that post now, with those of all units below it."""
    direct: Counter[str] = Counter()
    for account in list_accounts():
        units = {post.unit for post in account.posts if post.role is Role.CLERK and post.unit}
        direct.update(units if account.is_active else ())
    return clerks_below(direct, {area.name: area.parent for area in areas_now()})


def clerks_in(units: frozenset[str] | None) -> int:
    """How many clerks have a post in these units; None: in any."""
    return sum(
        1
        for account in list_accounts()
        if account.is_active
        and any(post.role is Role.CLERK and post.unit and (units is None or post.unit in units)
                for post in account.posts)
    )  # fmt: skip


def full_names() -> dict[str, str]:
    """The full name of every login."""
    return names_by_login()
