"""The tables of tokens with which departments' own systems use the API."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from yici.storage.models_access import LONG, SHORT, Account


class ApiToken(models.Model):
    """A token of an account. Only its hash is kept. Ended, never deleted: the audit names it."""

    account: models.ForeignKey[Any, Any] = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="tokens")
    words: models.CharField[str, str] = models.CharField(max_length=LONG)
    start: models.CharField[str, str] = models.CharField(max_length=SHORT)
    hash: models.CharField[str, str] = models.CharField(max_length=SHORT, unique=True)
    made_at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)
    made_by: models.CharField[str, str] = models.CharField(max_length=LONG)
    expires_at: models.DateTimeField[Any, Any] = models.DateTimeField()
    revoked_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    revoked_by: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    used_on: models.DateField[Any, Any] = models.DateField(null=True)
