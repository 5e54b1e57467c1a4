"""Tokens of the API: every query has a name here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from yici.storage.accounts import waits
from yici.storage.host import models


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as lists show it: its first signs, never the whole."""

    id: int
    login: str
    words: str
    start: str
    made_at: datetime
    made_by: str
    expires_at: datetime
    revoked_at: datetime | None
    used_on: date | None

    def in_force(self, at: datetime) -> bool:
        """Whether it opens anything."""
        return self.revoked_at is None and at < self.expires_at


def add_token(account: int, secret: str, *, words: str, start: str, at: datetime, until: datetime) -> tuple[int, str]:
    """Keep the hash of a token that an account's owner made; its number and the account's login."""
    owner = models.Account.objects.get(pk=account)
    row = models.ApiToken.objects.create(
        account=owner, words=words, start=start, hash=_hash(secret), made_by=owner.login, made_at=at, expires_at=until
    )
    return int(row.pk), owner.login


def find_token(secret: str, *, at: datetime) -> tuple[TokenRow, models.Account] | None:
    """The token in force and its open account, unless that waits to be released."""
    row = models.ApiToken.objects.select_related("account").filter(hash=_hash(secret)).first()
    if row is None or not row.account.is_active or waits(row.account) or not _row(row).in_force(at):
        return None
    return _row(row), row.account


def token_row(number: int) -> TokenRow | None:
    """One token."""
    row = models.ApiToken.objects.select_related("account").filter(pk=number).first()
    return _row(row) if row else None


def list_tokens(login: str | None = None) -> list[TokenRow]:
    """All tokens, or those of an account; the latest first."""
    rows = models.ApiToken.objects.select_related("account").order_by("-pk")
    return [_row(row) for row in (rows if login is None else rows.filter(account__login=login))]


def revoke_token(number: int, *, by: str, at: datetime) -> bool:
    """End a token; whether it was in force."""
    return bool(models.ApiToken.objects.filter(pk=number, revoked_at=None).update(revoked_at=at, revoked_by=by))


def revoke_tokens_of(account: int, *, by: str, at: datetime) -> list[int]:
    """End all tokens of an account; the numbers of those that were in force."""
    rows = models.ApiToken.objects.filter(account_id=account, revoked_at=None, expires_at__gt=at)
    numbers = [int(number) for number in rows.values_list("pk", flat=True)]
    models.ApiToken.objects.filter(pk__in=numbers).update(revoked_at=at, revoked_by=by)
    return numbers


def note_use(number: int, *, on: date) -> bool:
    """Note the day of a use; whether it is the first of that day."""
    return bool(models.ApiToken.objects.filter(pk=number).exclude(used_on=on).update(used_on=on))


def _hash(secret: str) -> str:
    # A token has 256 random bits: nobody finds it by trying, so no slow hash is needed on every request.
    return hashlib.sha256(secret.encode()).hexdigest()


def _row(row: models.ApiToken) -> TokenRow:
    return TokenRow(
        int(row.pk), row.account.login, row.words, row.start, row.made_at, row.made_by, row.expires_at,
        row.revoked_at, row.used_on,
    )  # fmt: skip
