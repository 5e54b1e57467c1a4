"""The tables of the second factor and of identities kept by others (OIDC)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from yici.storage.models_access import LONG, SHORT, Account


class SecondFactor(models.Model):
    """An account's codes by an app. The secret is not kept: it follows from `salt` and the key outside the database.

    `last_step` is that of the last code taken: each is taken once.
    """

    account: models.OneToOneField[Any, Any] = models.OneToOneField(Account, on_delete=models.PROTECT)
    salt: models.CharField[str, str] = models.CharField(max_length=SHORT)
    made_at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)
    confirmed_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    last_step: models.BigIntegerField[int, int] = models.BigIntegerField(default=0)


class RecoveryCode(models.Model):
    """A code for when the phone is lost: used once, kept as a keyed hash."""

    account: models.ForeignKey[Any, Any] = models.ForeignKey(Account, on_delete=models.PROTECT)
    hash: models.CharField[str, str] = models.CharField(max_length=SHORT)
    used_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)


class FactorRule(models.Model):
    """A role that must sign in with a second factor."""

    role: models.CharField[str, str] = models.CharField(max_length=SHORT, primary_key=True)
    by: models.CharField[str, str] = models.CharField(max_length=LONG)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)


class OutsideIdentity(models.Model):
    """An account's identity with an OpenID Connect provider."""

    account: models.ForeignKey[Any, Any] = models.ForeignKey(Account, on_delete=models.PROTECT)
    issuer: models.CharField[str, str] = models.CharField(max_length=LONG)
    subject: models.CharField[str, str] = models.CharField(max_length=LONG)
    made_at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: Any = (models.UniqueConstraint(fields=["issuer", "subject"], name="one_account_an_identity"),)
