"""Accounts, posts, organisations and grants: every query has a name here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection
from django.db.models import F, Q

from yici.core.access.actors import Actor, Grant, Post, Role
from yici.storage.host import models
from yici.storage.organisations import organisations_below
from yici.storage.units import TREE, units_below

Account = models.Account

# Somebody who asks for an account that is not there waits as long as one whose password is wrong.
_NOBODYS = "argon2$argon2id$v=19$m=102400,t=2,p=8$YmFkc2FsdGJhZHNhbHQ$uGL1ZvQm0gTRZBXpDZ3sJ0bq3WqO7Xo6lFqHn8r0c1Y"


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as lists show it."""

    id: int
    login: str
    full_name: str
    is_active: bool
    posts: tuple[Post, ...]
    locked_until: datetime | None
    last_login: datetime | None
    waits: bool = False
    barred: bool = False


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A grant as lists show it."""

    id: int
    organisation: str
    elements: tuple[str, ...]
    units: tuple[str, ...] | None
    purpose: str
    since: date
    until: date | None
    by: str


def find_account(login: str) -> models.Account | None:
    """The account of that login name, whatever its case."""
    return models.Account.objects.filter(login=login.strip().lower()).first()


def login_of(subject: tuple[str, str]) -> str:
    """The login of the open account of a subject, empty when there is none."""
    rows = models.Account.objects.filter(subject=subject[0], key=subject[1], is_active=True).order_by("pk")
    return str(rows.values_list("login", flat=True).first() or "")


def roles_ever(login: str) -> frozenset[Role]:
    """The roles an account holds, will hold or ever held."""
    rows = models.AccountPost.objects.filter(account__login=login)
    return frozenset(Role(role) for role in rows.values_list("role", flat=True))


def account_by_id(number: int) -> models.Account | None:
    """The account of that number while it is open."""
    return models.Account.objects.filter(pk=number, is_active=True).first()


def must_change(number: int) -> bool:
    """Whether an account still has a password that somebody else made."""
    return bool(models.Account.objects.filter(pk=number, must_change=True).exists())


def add_account(login: str, full_name: str, password: str, *, subject: tuple[str, str] | None = None) -> int:
    """Add an account whose password must be changed at the first sign-in; its number."""
    kind, key = subject or ("", "")
    row = models.Account.objects.create(
        login=login.strip().lower(), full_name=full_name, password=make_password(password), must_change=True,
        subject=kind, key=key,
    )  # fmt: skip
    return int(row.pk)


def add_post(account: int, post: Post, *, by: str, since: date) -> None:
    """Give an account a post. The unit and the organisation must exist; an organisation is made when it is new."""
    unit = models.Unit.objects.get(name=post.unit) if post.unit else None
    organisation = organisation_of(post.organisation) if post.organisation else None
    models.AccountPost.objects.create(
        account_id=account, role=str(post.role), unit=unit, organisation=organisation, since=since, by=by
    )


def end_posts(account: int, roles: Iterable[Role], *, on: date) -> int:
    """End the posts of these roles; how many there were."""
    rows = models.AccountPost.objects.filter(account_id=account, role__in=list(map(str, roles)), until__isnull=True)
    return rows.update(until=on)


def organisation_of(name: str) -> models.Organisation:
    """The organisation of that name, made when it is new."""
    row, _ = models.Organisation.objects.get_or_create(name=name)
    return row


def organisation_names() -> list[str]:
    """The names of all organisations."""
    return list(models.Organisation.objects.order_by("name").values_list("name", flat=True))


def add_grant(organisation: str, grant: Grant, *, by: str, since: date, until: date | None) -> None:
    """Let an organisation read elements."""
    models.ElementGrant.objects.create(
        organisation=organisation_of(organisation), elements=sorted(grant.elements), purpose=grant.purpose,
        units=sorted(grant.units) if grant.units is not None else None, since=since, until=until, by=by,
    )  # fmt: skip


def list_grants() -> list[GrantRow]:
    """All grants, ended ones included, the latest first."""
    rows = models.ElementGrant.objects.select_related("organisation").order_by("-pk")
    return [
        GrantRow(
            int(row.pk), row.organisation.name, tuple(row.elements),
            tuple(row.units) if row.units is not None else None, row.purpose, row.since, row.until, row.by,
        )
        for row in rows
    ]  # fmt: skip


def end_grant(number: int, *, on: date) -> str | None:
    """End a grant on that day; the organisation's name, None when there is none that lasts longer."""
    rows = models.ElementGrant.objects.filter(Q(until__isnull=True) | Q(until__gt=on), pk=number)
    name = rows.values_list("organisation__name", flat=True).first()
    rows.update(until=on)
    return name


def grant_ends(*, after: date, until: date) -> list[date]:
    """The days on which grants end that are in force after the first day and end no later than the second."""
    rows = models.ElementGrant.objects.filter(until__gt=after, until__lte=until)
    return sorted(rows.values_list("until", flat=True))


def list_accounts() -> list[AccountRow]:
    """All accounts by login name, closed ones included."""
    rows = models.Account.objects.order_by("login").prefetch_related("posts__unit", "posts__organisation")
    return [
        AccountRow(
            row.pk, row.login, row.full_name, row.is_active,
            tuple(post_of(post) for post in row.posts.all() if post.until is None),
            row.locked_until, row.last_login, waits(row), not row.has_usable_password(),
        )
        for row in rows
    ]  # fmt: skip


def names_by_login() -> dict[str, str]:
    """The full name of every account, its login where it has none; closed ones included."""
    return {login: name or login for login, name in models.Account.objects.values_list("login", "full_name")}


def posts_over_units(roles: Iterable[Role], *, today: date) -> set[tuple[Role, str]]:
    """The role and unit of every post of some roles that is in force and held by an account that may sign in."""
    rows = models.AccountPost.objects.filter(_in_force(today), account__is_active=True, unit__isnull=False)
    found = rows.filter(role__in=[str(role) for role in roles]).values_list("role", "unit__name").distinct()
    return {(Role(role), unit) for role, unit in found}


def actor_of(account: models.Account, *, today: date) -> Actor:
    """The account as an actor, with everything its posts reach on that day."""
    return _actor(_held(int(account.pk), today), today)


def actor_of_session(number: int, epoch: int, *, today: date) -> Actor | None:
    """Who a session of that epoch belongs to; None once the account is closed or its epoch is another."""
    rows = _held(number, today)
    if not rows or not rows[0][1] or rows[0][2] != epoch:
        return None
    return _actor(rows, today)


# A row for each post in force, one for an account that has none. Plain, since every request asks it.
_HELD = (
    "SELECT a.id, a.is_active AND (a.held_since IS NULL OR a.released_by <> ''), a.session_epoch, a.login,"
    " a.full_name, a.subject, a.key, p.role, u.name, o.name,"
    " (SELECT value FROM storage_counter WHERE name = %s)"
    " FROM storage_account a LEFT JOIN storage_accountpost p ON p.account_id = a.id AND p.since <= %s"
    " AND (p.until IS NULL OR p.until > %s)"
    " LEFT JOIN storage_unit u ON u.id = p.unit_id LEFT JOIN storage_organisation o ON o.id = p.organisation_id"
    " WHERE a.id = %s ORDER BY p.id"
)


def _held(number: int, today: date) -> list[tuple[Any, ...]]:
    day = connection.ops.adapt_datefield_value(today)
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [TREE, day, day, number])
        return list(cursor.fetchall())


def _actor(rows: Sequence[tuple[Any, ...]], today: date) -> Actor:
    number, _, _, login, full_name, subject, key, _, _, _, tree = rows[0]
    posts = tuple(Post(Role(role), unit, organisation) for *_, role, unit, organisation, _ in rows if role)
    organisations = [post.organisation for post in posts if post.organisation]
    return Actor(
        account=int(number),
        name=login,
        full_name=full_name,
        posts=posts,
        units=units_below([post.unit for post in posts if post.unit], tree or 0),
        grants=_grants(organisations, today),
        subject=(subject, key) if subject else None,
        overseen=organisations_below(organisations),
    )


def password_right(account: models.Account | None, password: str) -> bool:
    """Whether the password is the account's. Takes the same time when there is no such account."""
    if account is None:
        check_password(password, _NOBODYS)
        return False
    return bool(check_password(password, account.password))


def waits(account: models.Account) -> bool:
    """Whether the account may not sign in until a security administrator releases it."""
    return account.held_since is not None and not account.released_by


def set_password(account: int, password: str | None, *, must_change: bool) -> None:
    """Set a password and end all sessions of the account; None sets one that nothing equals.

    The account waits for nobody any more: whoever sets a password that must be released says so afterwards.
    """
    models.Account.objects.filter(pk=account).update(
        password=make_password(password), must_change=must_change, failures=0, locked_until=None,
        session_epoch=F("session_epoch") + 1, held_since=None, held_by="", held_for="", released_by="",
    )  # fmt: skip


def close_account(account: int) -> None:
    """Close an account: it cannot sign in any more, and its sessions end at once."""
    models.Account.objects.filter(pk=account).update(is_active=False, session_epoch=F("session_epoch") + 1)


def _in_force(today: date) -> Q:
    return Q(since__lte=today) & (Q(until__isnull=True) | Q(until__gt=today))


def _grants(organisations: Sequence[str], today: date) -> tuple[Grant, ...]:
    if not organisations:
        return ()
    rows = models.ElementGrant.objects.filter(_in_force(today), organisation__name__in=list(organisations))
    return tuple(
        Grant(frozenset(row.elements), row.purpose, frozenset(row.units) if row.units is not None else None)
        for row in rows.order_by("pk")
    )


def post_of(row: models.AccountPost) -> Post:
    """A post as the rules know it."""
    unit, organisation = row.unit, row.organisation
    return Post(Role(row.role), unit.name if unit else None, organisation.name if organisation else None)
