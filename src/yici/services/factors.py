"""The second factor: codes by an app (TOTP), recovery codes, which roles must have it, and its reset.

The secret of an account is not stored. It follows from a stored random salt and a key outside the database (`key`), so
that a copy of the database opens nothing. Whoever loses that key resets the second factors.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyotp
from django.db import transaction
from django.utils import timezone

from yici.core.access.actors import ROLE_NAMES, Actor, Role
from yici.core.errors import Conflict, NotFound, Problem, Refused
from yici.services.accounts import SignedIn
from yici.services.codes import code_right, digest_of, secret_of
from yici.services.devices import UNKNOWN_DEVICE, Device
from yici.services.passwords import FAILURES_ALLOWED, LOCKED_FOR
from yici.services.proofs import CODE_WRONG, LOCKED, Proof, check, check_password
from yici.services.tokens import end_tokens_of
from yici.storage import accounts, audit, factors
from yici.storage.database import open_database
from yici.storage.tries import is_locked, note_failure, note_success

ISSUER = "Yici"
CODES = 10
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class FactorState:
    """Whether an account has a second factor, must have one, and how many recovery codes are left."""

    enrolled: bool
    required: bool
    codes: int


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an app is told: the secret to type, and the address a QR code holds."""

    secret: str
    address: str


def state_of(*, actor: Actor, home: Path) -> FactorState:
    """How things stand with the actor's own account."""
    open_database(home)
    codes = factors.codes_left(actor.account)
    return FactorState(factors.has_factor(actor.account), bool(_required(actor)), codes)


def begin(*, actor: Actor, home: Path) -> None:
    """Begin a second factor; it counts only once a code of it was typed. Raises Conflict when there is one."""
    open_database(home)
    _not_yet(actor)
    with transaction.atomic():
        factors.begin_factor(actor.account, secrets.token_hex(16))
        audit.append(actor=actor.name, action="factor.begin", thing=actor.name, detail={})


def enrolment(*, actor: Actor, home: Path, key: str) -> Enrolment | None:
    """What the app is told while the second factor is not confirmed; None before `begin` and after `confirm`."""
    open_database(home)
    row = factors.find_factor(actor.account)
    if row is None or row.confirmed:
        return None
    secret = secret_of(key, actor.account, row.salt)
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=actor.name, issuer_name=ISSUER))


def confirm(*, actor: Actor, home: Path, proof: Proof) -> tuple[str, ...]:
    """Take the password and the first code of the app: from now on a code is asked at every sign-in. The recovery
    codes, shown once.

    Raises Refused for a wrong password, Conflict for a wrong code, or when there is nothing to confirm.
    """
    open_database(home)
    _not_yet(actor)
    check_password(login=actor.name, proof=proof)
    with transaction.atomic():
        if not code_right(proof.key, actor.account, proof.code, proof.at, confirmed=False):
            raise Conflict(CODE_WRONG)
        factors.confirm_factor(actor.account, at=proof.at)
        made = _new_codes(proof.key, actor.account)
        audit.append(actor=actor.name, action="factor.add", thing=actor.name, detail={})
    return made


def new_codes(*, actor: Actor, home: Path, proof: Proof) -> tuple[str, ...]:
    """New recovery codes in place of the old ones, for the password and a code of the app. Raises Refused."""
    open_database(home)
    _enrolled(actor)
    check(login=actor.name, proof=proof)
    with transaction.atomic():
        made = _new_codes(proof.key, actor.account)
        audit.append(actor=actor.name, action="factor.codes", thing=actor.name, detail={})
    return made


def remove(*, actor: Actor, home: Path, proof: Proof) -> None:
    """Give the second factor up, for the password and a code of it. Raises Conflict where the role must have one,
    Refused."""
    open_database(home)
    if required := _required(actor):
        names = "、".join(ROLE_NAMES[role] for role in sorted(required))
        raise Conflict(Problem("factor-required", f"{names}必须使用两步验证。", "换手机请找安全管理员重置。"))
    _enrolled(actor)
    check(login=actor.name, proof=proof)
    with transaction.atomic():
        factors.drop_factor(actor.account)
        audit.append(actor=actor.name, action="factor.remove", thing=actor.name, detail={})


def reset(*, actor: str, home: Path, login: str) -> None:
    """Take somebody's second factor away who has lost it; all sessions and tokens end. Raises NotFound."""
    open_database(home)
    account = accounts.find_account(login)
    if account is None:
        raise NotFound(Problem("unknown-account", f"没有登录名为“{login}”的账号。", "用 yici users list 查看。"))
    with transaction.atomic():
        if not factors.drop_factor(account.pk):
            raise NotFound(Problem("no-factor", f"“{login}”没有启用两步验证。", "不用重置。"))
        factors.end_sessions(account.pk)
        audit.append(actor=actor, action="factor.reset", thing=account.login, detail={})
        end_tokens_of(actor=actor, account=int(account.pk), login=account.login, now=timezone.now())


def require(*, actor: str, home: Path, roles: Iterable[Role], today: date) -> int:
    """Say which roles must sign in with a second factor. Who holds a newly named role and has none is signed out and
    sets one up at the next sign-in; of how many accounts these are."""
    open_database(home)
    wanted = {str(role) for role in roles}
    with transaction.atomic():
        new = wanted - factors.required_roles()
        factors.require(wanted, by=actor)
        ended = factors.end_sessions_without(new, today=today)
        audit.append(actor=actor, action="factor.require", thing="roles", detail={"roles": sorted(wanted)})
    return ended


def required_roles(*, home: Path) -> frozenset[Role]:
    """The roles that must have a second factor."""
    open_database(home)
    return frozenset(map(Role, factors.required_roles()))


def logins_with_factor(*, home: Path) -> frozenset[str]:
    """Who signs in with one."""
    open_database(home)
    return factors.with_factor()


def sign_in_with_code(
    *, home: Path, account: int, epoch: int, code: str, key: str, at: datetime, device: Device = UNKNOWN_DEVICE
) -> SignedIn:
    """The second half of a sign-in: a code of the app, or a recovery code. Raises Refused.

    Wrong codes count as wrong passwords do, and lock the account as they do.
    """
    open_database(home)
    row = accounts.account_by_id(account)
    if row is None or row.session_epoch != epoch:
        raise Refused(Problem("signin-again", "登录已经过期。", "请重新登录。"))
    refusal, known = None, device.known_to(row)
    with transaction.atomic():
        if is_locked(row, known, at):
            audit.append(actor=row.login, action="signin.refused", thing="account", detail={"why": "locked"})
            refusal = LOCKED
        elif how := _used(key, account, code, at):
            note_success(account, known, at=at)
            audit.append(actor=row.login, action="signin", thing="account", detail={"how": how})
        else:
            locked = note_failure(account, known, most=FAILURES_ALLOWED, until=at + LOCKED_FOR)
            audit.append(actor=row.login, action="signin.refused", thing="account", detail={"why": "code"})
            refusal = LOCKED if locked else CODE_WRONG
    if refusal is not None:
        raise Refused(refusal)
    return SignedIn(accounts.actor_of(row, today=timezone.localdate(at)), row.session_epoch, row.must_change)


def _used(key: str, account: int, code: str, at: datetime) -> str:
    if code_right(key, account, code, at, confirmed=True):
        return "code"
    return "recovery" if factors.use_code(account, digest_of(key, account, code), at=at) else ""


def _new_codes(key: str, account: int) -> tuple[str, ...]:
    made = tuple("-".join("".join(secrets.choice(_SIGNS) for _ in range(5)) for _ in range(2)) for _ in range(CODES))
    factors.put_codes(account, [digest_of(key, account, code) for code in made])
    return made


def _required(actor: Actor) -> frozenset[Role]:
    return frozenset(map(Role, factors.required_roles())) & actor.roles


def _enrolled(actor: Actor) -> None:
    if not factors.has_factor(actor.account):
        raise Refused(CODE_WRONG)


def _not_yet(actor: Actor) -> None:
    if factors.has_factor(actor.account):
        raise Conflict(Problem("factor-there", "已经启用两步验证。", "换手机请先停用，或找安全管理员重置。"))
