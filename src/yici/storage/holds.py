"""Accounts that wait for a security administrator, and whose doing that is: every query has a name here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from yici.core.access.actors import Post
from yici.storage.accounts import post_of
from yici.storage.host import models

ADDED, RESET = "add", "reset"
_WAITING = Q(held_since__isnull=False, released_by="", is_active=True)


@dataclass(frozen=True, slots=True)
class Hold:
    """What was done to an account by whom: it was added, or its password was reset. `released_by` is empty while the
    account waits."""

    account: int
    login: str
    full_name: str
    posts: tuple[Post, ...]
    what: str
    by: str
    since: datetime
    released_by: str


def hold(account: int, *, what: str, by: str, since: datetime) -> None:
    """Let an account wait."""
    models.Account.objects.filter(pk=account).update(held_for=what, held_by=by, held_since=since, released_by="")


def waiting() -> list[Hold]:
    """The accounts that wait, the longest first."""
    rows = models.Account.objects.filter(_WAITING).order_by("held_since", "pk")
    return [_hold(row) for row in rows.prefetch_related("posts__unit", "posts__organisation")]


def count_waiting() -> int:
    """How many accounts wait."""
    return models.Account.objects.filter(_WAITING).count()


def lock_hold(login: str) -> Hold | None:
    """Why an account waits, None when it does not. Nobody else changes the account until the transaction ends."""
    row = models.Account.objects.select_for_update().filter(_WAITING, login=login.strip().lower()).first()
    return _hold(row) if row is not None else None


def hold_of(account: int) -> Hold | None:
    """What was done to an account, released or not, until its owner chose a password."""
    row = models.Account.objects.filter(pk=account, held_since__isnull=False).first()
    return _hold(row) if row is not None else None


def release(account: int, *, by: str) -> None:
    """Let the account sign in."""
    models.Account.objects.filter(pk=account).update(released_by=by)


def _hold(row: Any) -> Hold:
    posts = tuple(post_of(post) for post in row.posts.all() if post.until is None)
    return Hold(
        row.pk, row.login, row.full_name, posts, row.held_for, row.held_by, row.held_since, row.released_by
    )  # fmt: skip
