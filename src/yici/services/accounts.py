"""Accounts: who signs in, with which posts; signing in with lockout; grants of elements to organisations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from yici.core.access.actors import ADMINISTRATORS, PUBLIC, ROLE_NAMES, Actor, Grant, Post, Role
from yici.core.errors import Conflict, NotFound, Problem, Refused
from yici.services.devices import UNKNOWN_DEVICE, Device
from yici.services.forms import find_element
from yici.services.passwords import FAILURES_ALLOWED, LOCKED_FOR, new_secret, password_problems
from yici.services.pool import Pool, open_pool
from yici.services.tokens import end_tokens_of
from yici.storage import accounts, audit, factors, holds
from yici.storage.accounts import Account, AccountRow
from yici.storage.database import open_database
from yici.storage.tries import STRANGER, is_locked, note_failure, note_success
from yici.storage.units import all_areas

_IN_UNITS = frozenset({Role.CLERK, Role.LEADER})


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account that was added, with the password for the first sign-in: shown once, stored nowhere."""

    id: int
    login: str
    secret: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A successful sign-in. `epoch` goes into the session: when it changes, the session ends.

    `second` is "code" when the sign-in is only half done and asks for a code, "enrol" when a second factor must be set
    up before anything else, "" otherwise.
    """

    actor: Actor
    epoch: int
    must_change: bool
    second: str = ""


def add_account(
    *,
    actor: str,
    home: Path,
    login: str,
    full_name: str,
    posts: Sequence[Post],
    subject: tuple[str, str] | None = None,
    password: str | None = None,
    today: date,
    waits: bool = False,
) -> NewAccount:
    """Add an account with its posts. Without `password` one is made up; either way it must be changed at first sign-in.

    `waits`: the account may not sign in until a security administrator releases it. Whoever adds it knows its password,
    so an administrator alone could else make himself somebody who reads business data (三员分立).

    Raises Conflict listing everything that is wrong: a login that exists or has odd signs, unknown units, two
    administrators' roles on one account (三员分立), a resident without a subject, a weak password.
    """
    pool = open_pool(home)
    problems = [*_login_problems(login), *_post_problems(posts, subject, pool)]
    if password is not None:
        problems += password_problems(password, login=login, full_name=full_name)
    if problems:
        raise Conflict(problems)
    secret = password or new_secret()
    with transaction.atomic():
        number = accounts.add_account(login, full_name, secret, subject=subject)
        for post in posts:
            accounts.add_post(number, post, by=actor, since=today)
        if waits:
            holds.hold(number, what=holds.ADDED, by=actor, since=timezone.now())
        detail = {"posts": [_told(post) for post in posts]}
        audit.append(actor=actor, action="account.add", thing=login, detail=detail)
    return NewAccount(number, login.strip().lower(), secret)


def sign_in(*, home: Path, login: str, password: str, at: datetime, device: Device = UNKNOWN_DEVICE) -> SignedIn:
    """Check a login and its password. Raises Refused: the same answer for a wrong name, a wrong password and an account
    that is locked, so that nobody learns which accounts there are. Only who has the right password learns that the
    account waits to be released.

    After five wrong passwords the account is locked for fifteen minutes; a browser the owner has signed in with before
    is counted and locked apart (storage/tries.py). Every try is an audit line.
    """
    open_database(home)
    # Checking takes its time on purpose, so it happens before any row is locked.
    account = accounts.find_account(login)
    right, refusal = accounts.password_right(account, password), _WRONG
    known = device.known_to(account) if account else STRANGER
    with transaction.atomic():
        if account is None or not account.is_active:
            # What was typed is not written down: it may be a password in the wrong field.
            audit.append(actor="?", action="signin.refused", thing="account", detail={"why": "unknown"})
        elif is_locked(account, known, at):
            audit.append(actor=account.login, action="signin.refused", thing="account", detail={"why": "locked"})
        elif not right:
            locked = note_failure(account.pk, known, most=FAILURES_ALLOWED, until=at + LOCKED_FOR)
            why = "password, now locked" if locked else "password"
            audit.append(actor=account.login, action="signin.refused", thing="account", detail={"why": why})
        elif accounts.waits(account):
            audit.append(actor=account.login, action="signin.refused", thing="account", detail={"why": "waits"})
            refusal = WAITS
        else:
            return recognised(account, "", at, known)
    raise Refused(refusal)


def recognised(account: Account, how: str, at: datetime, device: str) -> SignedIn:
    """Who has shown to be the account's owner, with what is still asked: every way to sign in ends here.

    Call it inside a transaction.

    A sign-in that still asks for a code does not set the count of wrong tries back.
    """
    actor = accounts.actor_of(account, today=timezone.localdate(at))
    if factors.has_factor(account.pk):
        audit.append(actor=account.login, action="signin.half", thing="account", detail={"how": how})
        return SignedIn(actor, account.session_epoch, account.must_change, "code")
    note_success(account.pk, device, at=at)
    audit.append(actor=account.login, action="signin", thing="account", detail={"how": how} if how else {})
    second = "enrol" if factors.required_roles() & set(map(str, actor.roles)) else ""
    return SignedIn(actor, account.session_epoch, account.must_change, second)


def sign_in_without_password(*, home: Path, login: str, at: datetime) -> SignedIn | None:
    """Sign in whoever was recognised in another way: the demo's one click. None when unknown."""
    open_database(home)
    account = accounts.find_account(login)
    if account is None or not account.is_active or accounts.waits(account):
        return None
    with transaction.atomic():
        note_success(account.pk, STRANGER, at=at)
        audit.append(actor=account.login, action="signin", thing="account", detail={"how": "recognised"})
    return SignedIn(accounts.actor_of(account, today=timezone.localdate(at)), account.session_epoch, must_change=False)


def sign_out(*, actor: Actor, home: Path, end: Callable[[], None]) -> None:
    """End a session, with its audit line: `end` takes it out of the database, both or neither."""
    open_database(home)
    with transaction.atomic():
        end()
        audit.append(actor=actor.name, action="signout", thing="account", detail={})


def actor_for(*, home: Path, account: int, epoch: int, today: date) -> Actor | None:
    """Who a session belongs to; None once the account is closed, or its password was changed elsewhere."""
    open_database(home)
    return accounts.actor_of_session(account, epoch, today=today)


def change_password(*, actor: Actor, home: Path, old: str, new: str) -> int:
    """Change one's own password; the new epoch for this session, all others end.

    Raises Refused listing everything that is wrong.
    """
    open_database(home)
    row = accounts.account_by_id(actor.account)
    problems = password_problems(new, login=actor.name, full_name=actor.full_name)
    if row is None or not accounts.password_right(row, old):
        problems.insert(0, Problem("password-wrong", "现在的密码不对。", "请重新输入。"))
    if old == new:
        problems.append(Problem("password-same", "新密码和现在的一样。", "请换一个。"))
    if problems or row is None:
        raise Refused(problems)
    with transaction.atomic():
        accounts.set_password(row.pk, new, must_change=False)
        audit.append(actor=actor.name, action="password.change", thing=actor.name, detail={})
    return int(row.session_epoch) + 1


def reset_password(*, actor: str, home: Path, login: str, waits: bool = False) -> str:
    """Give an account a new one-time password; all its sessions and tokens end. Raises NotFound.

    `waits`: it may not sign in until a security administrator releases it. A new account that waits already stays new.
    """
    row = _account(home, login)
    secret = new_secret()
    with transaction.atomic():
        before = holds.lock_hold(login)
        accounts.set_password(row, secret, must_change=True)
        if waits:
            holds.hold(row, what=before.what if before else holds.RESET, by=actor, since=timezone.now())
        audit.append(actor=actor, action="password.reset", thing=login, detail={})
        end_tokens_of(actor=actor, account=row, login=login, now=timezone.now())
    return secret


def close_account(*, actor: str, home: Path, login: str, today: date) -> None:
    """Close an account and end its posts and sessions. Raises NotFound."""
    row = _account(home, login)
    with transaction.atomic():
        accounts.end_posts(row, list(Role), on=today)
        accounts.close_account(row)
        audit.append(actor=actor, action="account.close", thing=login, detail={})


def organisation_names(*, home: Path) -> list[str]:
    """The departments that are known."""
    open_database(home)
    return accounts.organisation_names()


def grant_elements(
    *,
    actor: str,
    home: Path,
    organisation: str,
    elements: Sequence[str],
    purpose: str,
    units: Sequence[str] | None = None,
    today: date,
    until: date | None = None,
) -> tuple[str, ...]:
    """Let an organisation read elements for a purpose; their ids. Raises NotFound for unknown elements or units."""
    pool = open_pool(home)
    ids = tuple(find_element(pool.registry, name).id for name in elements)
    if units is not None:
        for unit in units:
            pool.units_below(unit)
    grant = Grant(frozenset(ids), purpose, frozenset(units) if units is not None else None)
    with transaction.atomic():
        accounts.add_grant(organisation, grant, by=actor, since=today, until=until)
        audit.append(
            actor=actor, action="grant.add", thing=organisation, detail={"elements": list(ids), "for": purpose}
        )
    return ids


def accounts_of(*, home: Path) -> list[AccountRow]:
    """All accounts."""
    open_database(home)
    return accounts.list_accounts()


def _account(home: Path, login: str) -> int:
    open_database(home)
    row = accounts.find_account(login)
    if row is None:
        raise NotFound(Problem("unknown-account", f"没有登录名为“{login}”的账号。", "用 yici users list 查看。"))
    return int(row.pk)


def _login_problems(login: str) -> list[Problem]:
    name = login.strip().lower()
    if not name or len(name) > 64 or not all(sign.isalnum() or sign in "._-@" for sign in name):
        return [Problem("login-odd", f"登录名“{login}”不合要求。", "用字母、数字、汉字和 . _ - @，最多 64 个字。")]
    if accounts.find_account(name) is not None:
        return [Problem("login-taken", f"登录名“{login}”已经有人用。", "请换一个。")]
    return []


def _post_problems(posts: Sequence[Post], subject: tuple[str, str] | None, pool: Pool) -> list[Problem]:
    found: list[Problem] = []
    roles = {post.role for post in posts}
    units = {area.name for area in all_areas()}
    if not posts:
        found.append(Problem("post-missing", "账号没有岗位。", "至少给一个岗位。"))
    if len(roles & ADMINISTRATORS) > 1 or (roles & ADMINISTRATORS and roles - ADMINISTRATORS):
        found.append(
            Problem("post-separation", "系统、安全、审计管理员要分开，也不能兼办业务。", "请分成几个账号（三员分立）。")
        )
    if roles & PUBLIC and subject is None:
        found.append(Problem("post-subject", "居民和企业账号要对应库里的一个人或企业。", "请给出证件号码。"))
    for post in posts:
        if post.role in _IN_UNITS and not post.unit:
            found.append(Problem("post-unit", f"{ROLE_NAMES[post.role]}要属于一个单位。", "请给出村（社区）或乡镇。"))
        if post.unit and post.unit not in units:
            found.append(Problem("unknown_unit", f"没有名为“{post.unit}”的单位。", "用 yici units 登记或查看。"))
        if post.role is Role.OFFICER and not post.organisation:
            found.append(Problem("post-organisation", "部门经办要属于一个部门。", "请给出部门名称。"))
    return found


def _told(post: Post) -> str:
    return " ".join(part for part in (str(post.role), post.unit, post.organisation) if part)


WAITS = Problem(
    "signin-waits",
    "账号待安全管理员启用。",
    "账号或密码是系统管理员刚开通或重置的，请联系安全管理员启用后再登录。",
)
_WRONG = Problem(
    "signin-wrong",
    "登录名或密码不对，或者错的次数太多、暂时锁定了。",
    "请检查大小写。连错 5 次要等 15 分钟；忘记密码请找系统管理员重置。",
)
