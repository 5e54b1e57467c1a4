"""Second factors and identities kept by others: every query has a name here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q

from yici.storage.host import models


@dataclass(frozen=True, slots=True)
class FactorRow:
    """An account's second factor."""

    account: int
    salt: str
    confirmed: bool
    last_step: int


def find_factor(account: int) -> FactorRow | None:
    """The second factor of an account, confirmed or not."""
    row = models.SecondFactor.objects.filter(account_id=account).first()
    return FactorRow(account, row.salt, row.confirmed_at is not None, row.last_step) if row else None


def has_factor(account: int) -> bool:
    """Whether an account signs in with a second factor."""
    return models.SecondFactor.objects.filter(account_id=account, confirmed_at__isnull=False).exists()


def with_factor() -> frozenset[str]:
    """The login names of all accounts that sign in with one."""
    rows = models.SecondFactor.objects.filter(confirmed_at__isnull=False)
    return frozenset(rows.values_list("account__login", flat=True))


def begin_factor(account: int, salt: str) -> None:
    """Begin one that is not confirmed yet, in place of an earlier try."""
    models.SecondFactor.objects.update_or_create(
        account_id=account, defaults={"salt": salt, "confirmed_at": None, "last_step": 0}
    )


def confirm_factor(account: int, *, at: datetime) -> None:
    """From now on the account signs in with it."""
    models.SecondFactor.objects.filter(account_id=account).update(confirmed_at=at)


def take_step(account: int, step: int) -> bool:
    """Note that the code of a step was used; False when it, or a later one, had been used before."""
    return bool(
        models.SecondFactor.objects.filter(account_id=account, last_step__lt=step).update(last_step=step)
    )  # fmt: skip


def drop_factor(account: int) -> bool:
    """Forget the second factor and its recovery codes; whether there was one."""
    models.RecoveryCode.objects.filter(account_id=account).delete()
    return bool(models.SecondFactor.objects.filter(account_id=account).delete()[0])


def put_codes(account: int, hashes: Sequence[str]) -> None:
    """Keep new recovery codes in place of the old ones."""
    models.RecoveryCode.objects.filter(account_id=account).delete()
    models.RecoveryCode.objects.bulk_create([models.RecoveryCode(account_id=account, hash=one) for one in hashes])


def use_code(account: int, digest: str, *, at: datetime) -> bool:
    """Use a recovery code; False when there is none, or it was used."""
    rows = models.RecoveryCode.objects.filter(account_id=account, hash=digest, used_at=None)
    return bool(rows.update(used_at=at))


def codes_left(account: int) -> int:
    """How many recovery codes have not been used."""
    return models.RecoveryCode.objects.filter(account_id=account, used_at=None).count()


def required_roles() -> frozenset[str]:
    """The roles that must have a second factor."""
    return frozenset(models.FactorRule.objects.values_list("role", flat=True))


def require(roles: Iterable[str], *, by: str) -> None:
    """Make these the roles that must have one."""
    wanted = set(roles)
    models.FactorRule.objects.exclude(role__in=wanted).delete()
    for role in wanted:
        models.FactorRule.objects.get_or_create(role=role, defaults={"by": by})


def end_sessions(account: int) -> None:
    """End all sessions of an account."""
    models.Account.objects.filter(pk=account).update(session_epoch=F("session_epoch") + 1)


def end_sessions_without(roles: Iterable[str], *, today: date) -> int:
    """End the sessions of all who hold one of these roles and have no second factor; of how many accounts."""
    posts = models.AccountPost.objects.filter(Q(until__isnull=True) | Q(until__gt=today), role__in=list(roles))
    having = models.SecondFactor.objects.filter(confirmed_at__isnull=False).values("account_id")
    rows = models.Account.objects.filter(pk__in=posts.values("account_id")).exclude(pk__in=having)
    return rows.update(session_epoch=F("session_epoch") + 1)


def account_of_identity(issuer: str, subject: str) -> models.Account | None:
    """The open account of an identity kept by others."""
    row = models.OutsideIdentity.objects.select_related("account").filter(issuer=issuer, subject=subject).first()
    return row.account if row is not None and row.account.is_active else None


def identity_taken(issuer: str, subject: str) -> bool:
    """Whether an identity belongs to an account already."""
    return models.OutsideIdentity.objects.filter(issuer=issuer, subject=subject).exists()


def add_identity(account: int, issuer: str, subject: str) -> None:
    """Tie an identity to an account."""
    models.OutsideIdentity.objects.create(account_id=account, issuer=issuer, subject=subject)


def drop_identities(account: int, issuer: str) -> int:
    """Untie an account from its identities with a provider; how many there were."""
    return models.OutsideIdentity.objects.filter(account_id=account, issuer=issuer).delete()[0]


def has_identity(account: int, issuer: str) -> bool:
    """Whether an account has an identity with a provider."""
    return models.OutsideIdentity.objects.filter(account_id=account, issuer=issuer).exists()
