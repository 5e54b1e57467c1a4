"""What an administrator makes another releases (三员分立): accounts added and passwords reset on the web wait here."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.db import transaction

from yici.core.access.actors import Actor, Role
from yici.core.access.rules import can
from yici.core.errors import Conflict, NotFound, Problem, Refused
from yici.services.agenda import SOURCES, Item
from yici.storage import accounts, audit, holds
from yici.storage.database import open_database
from yici.storage.holds import Hold

_LONGEST = 500


def waiting_accounts(*, home: Path) -> list[Hold]:
    """The accounts that wait, the longest first."""
    open_database(home)
    return holds.waiting()


def release_account(*, actor: Actor, home: Path, login: str, seen: str) -> None:
    """Let an account sign in with the password an administrator made.

    `seen` is the moment at which what is released was done, as the page showed it. Raises NotFound when the account
    does not wait, Conflict when something was done to it since, Refused for one's own doing.
    """
    open_database(home)
    with transaction.atomic():
        held = _checked(actor, login, seen)
        holds.release(held.account, by=actor.name)
        audit.append(actor=actor.name, action="account.release", thing=held.login, detail=_told(held))


def refuse_account(*, actor: Actor, home: Path, login: str, seen: str, reason: str, today: date) -> None:
    """Do not let it: a new account is closed; one whose password was reset has no password until the next reset.

    Raises what `release_account` does, and Conflict without a reason.
    """
    open_database(home)
    with transaction.atomic():
        held = _checked(actor, login, seen)
        if not reason.strip() or len(reason) > _LONGEST:
            raise Conflict(
                Problem("release-reason", "没有写不启用的理由，或者太长。", f"请写一句话，最多 {_LONGEST} 字。")
            )
        if held.what == holds.ADDED:
            accounts.end_posts(held.account, list(Role), on=today)
            accounts.close_account(held.account)
        else:
            accounts.set_password(held.account, None, must_change=True)
        detail = _told(held) | {"why": reason.strip()}
        audit.append(actor=actor.name, action="account.refuse", thing=held.login, detail=detail)


def reset_told(*, actor: Actor, home: Path) -> Hold | None:
    """Who reset the actor's own password and who released that; None once the owner chose a password."""
    open_database(home)
    held = holds.hold_of(actor.account)
    return held if held is not None and held.what == holds.RESET else None


def _checked(actor: Actor, login: str, seen: str) -> Hold:
    held = holds.lock_hold(login)
    if held is None:
        raise NotFound(Problem("release-none", "这个账号不在待启用之列。", "可能别人已经处理，请刷新页面。"))
    if held.by == actor.name:
        raise Refused(Problem("release-own", "不能启用自己开通或重置的账号。", "请另一位安全管理员处理。"))
    if held.since.isoformat() != seen:
        raise Conflict(Problem("release-changed", "这个账号刚才又被改过。", "请刷新页面，看清楚再决定。"))
    return held


def _told(held: Hold) -> dict[str, str]:
    return {"what": held.what, "by": held.by, "since": held.since.isoformat()}


def _agenda(actor: Actor, _home: Path, _today: date) -> list[Item]:
    return (
        [Item("个账号等您启用", holds.count_waiting(), "accounts", detail="先核实再启用")]
        if can(actor, "account.release")
        else []
    )


SOURCES.append(_agenda)
