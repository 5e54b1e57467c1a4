"""Signing in as the demo's people with one click: only with YICI_DEMO=1, and only into accounts the demo made."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from django.utils import timezone

from yici.core.access.actors import ROLE_NAMES
from yici.demo.accounts import DEMO_LOGINS, make_accounts
from yici.services.accounts import SignedIn, accounts_of, sign_in_without_password
from yici.services.pool import Pool, open_pool
from yici.services.subjects import first_subject

_RESIDENT = "与户主关系 = '户主' and 年龄 >= 80"


def demo_signins(home: Path) -> list[tuple[str, str, str]]:
    """(login, full name, posts) of the demo's accounts in the pool."""
    return [
        (row.login, row.full_name, "、".join(ROLE_NAMES[post.role] for post in row.posts))
        for row in accounts_of(home=home)
        if row.login in DEMO_LOGINS and row.is_active
    ]


def sign_in_demo(home: Path, login: str, at: datetime) -> SignedIn | None:
    """Sign in as one of the demo's people; None for anybody else."""
    return sign_in_without_password(home=home, login=login, at=at) if login in DEMO_LOGINS else None


def make_demo_accounts(home: Path) -> None:
    """Make the demo's accounts for the pool as it is: the resident is an old head of a household."""
    pool, today = open_pool(home), timezone.localdate()
    resident = _first(pool, "person", _RESIDENT, today) or _first(pool, "person", None, today)
    firm = _first(pool, "enterprise", None, today)
    make_accounts(home=home, today=today, resident=resident, firm=firm)


def _first(pool: Pool, subject: str, where: str | None, today: date) -> str | None:
    return first_subject(pool=pool, subject=subject, unit=None, where=where, as_of=today)
