"""Identities kept by an OpenID Connect provider: tied to accounts that exist, never making new ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.db import transaction

from yici.core.access.actors import Actor
from yici.core.errors import Conflict, NotFound, Problem, Refused
from yici.services.accounts import WAITS, SignedIn, recognised
from yici.services.devices import UNKNOWN_DEVICE, Device
from yici.services.proofs import Proof, check
from yici.storage import accounts, audit, factors
from yici.storage.accounts import Account
from yici.storage.database import open_database
from yici.storage.tries import STRANGER, is_locked

_LONGEST = 255


def sign_in_outside(
    *, home: Path, issuer: str, subject: str, at: datetime, device: Device = UNKNOWN_DEVICE
) -> SignedIn:
    """Sign in whoever the provider says it is. A second factor of ours is asked for all the same.

    Raises Refused for an identity no account is tied to, and while the account is locked.
    """
    open_database(home)
    with transaction.atomic():
        account = factors.account_of_identity(issuer, subject)
        known = device.known_to(account) if account else STRANGER
        why, problem = _refusal(account, at, known) if account else ("identity unknown", _UNKNOWN)
        if account is not None and not why:
            # The password may never have been used: the provider knows who it is.
            return replace(recognised(account, "oidc", at, known), must_change=False)
        audit.append(
            actor=account.login if account else "?", action="signin.refused", thing="account", detail={"why": why}
        )
    raise Refused(problem)


def _refusal(account: Account, at: datetime, device: str) -> tuple[str, Problem]:
    """Why the owner may not sign in now, for the audit (empty if he may) and in words."""
    if is_locked(account, device, at):
        return "locked", _LOCKED
    if accounts.waits(account):
        return "waits", WAITS
    # Its reset was not released: what the provider says is no way round that.
    return "" if account.has_usable_password() else "no password", _BARRED


def tie(*, actor: Actor, home: Path, issuer: str, subject: str, proof: Proof) -> None:
    """Tie an identity to the actor's own account. Raises Conflict when it, or the account, is tied already, Refused for
    a wrong password or code."""
    open_database(home)
    check(login=actor.name, proof=proof)
    _tie(actor.name, actor.account, actor.name, issuer, subject)


def tie_by_administrator(*, actor: str, home: Path, login: str, issuer: str, subject: str) -> None:
    """Tie an identity to somebody's account. Raises NotFound, Conflict."""
    open_database(home)
    account = accounts.find_account(login)
    if account is None or not account.is_active:
        raise NotFound(Problem("unknown-account", f"没有登录名为“{login}”的有效账号。", "用 yici users list 查看。"))
    _tie(actor, int(account.pk), account.login, issuer, subject)


def untie(*, actor: Actor, home: Path, issuer: str, proof: Proof) -> None:
    """Untie the actor's account from the provider. Raises NotFound when it is not tied, Refused."""
    open_database(home)
    check(login=actor.name, proof=proof)
    with transaction.atomic():
        if not factors.drop_identities(actor.account, issuer):
            raise NotFound(Problem("identity-none", "没有绑定统一身份。", "不用解除。"))
        audit.append(actor=actor.name, action="identity.remove", thing=actor.name, detail={"issuer": issuer})


def is_tied(*, actor: Actor, home: Path, issuer: str) -> bool:
    """Whether the actor signs in with the provider."""
    open_database(home)
    return factors.has_identity(actor.account, issuer)


def _tie(by: str, account: int, login: str, issuer: str, subject: str) -> None:
    if not subject or len(subject) > _LONGEST or len(issuer) > _LONGEST:
        raise Conflict(Problem("identity-odd", "统一身份的编号不合要求。", "请核对。"))
    with transaction.atomic():
        if factors.identity_taken(issuer, subject):
            raise Conflict(Problem("identity-taken", "这个统一身份已经绑定了账号。", "请先在那个账号解除。"))
        if factors.has_identity(account, issuer):
            raise Conflict(Problem("identity-there", "这个账号已经绑定了统一身份。", "请先解除原来的。"))
        factors.add_identity(account, issuer, subject)
        audit.append(actor=by, action="identity.add", thing=login, detail={"issuer": issuer})


_UNKNOWN = Problem("identity-unknown", "这个统一身份还没有绑定账号。", "请先用密码登录，在“统一身份”页绑定。")
_BARRED = Problem("signin-barred", "账号的密码重置没有获准启用。", "请找系统管理员重新重置，再由安全管理员启用。")
_LOCKED = Problem("signin-locked", "账号暂时锁定。", "请 15 分钟后再试，或找系统管理员。")
