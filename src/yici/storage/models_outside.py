"""The tables of what people confirmed about the words of one form, and of forms asked for outside the platform."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

SHORT = 64
LONG = 255


class ConfirmedWord(models.Model):
    """What somebody said a doubtful word of one form means. `form` is the form's fingerprint, `scope` for whose use of
    it this holds. `cells` are the slots it settles: "sheet!cell" → element id, "=figure", or null for nothing.

    `alias` is the bare word when it could stand for `meaning` in every form; a steward decides about that.
    """

    form: models.CharField[str, str] = models.CharField(max_length=LONG, db_index=True)
    scope: models.CharField[str, str] = models.CharField(max_length=LONG)
    title: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    word: models.TextField[str, str] = models.TextField()
    alias: models.TextField[str, str] = models.TextField(default="")
    subject: models.CharField[str, str] = models.CharField(max_length=SHORT, default="")
    meaning: models.TextField[str, str] = models.TextField(default="")
    cells: models.JSONField[Any, Any] = models.JSONField(default=dict)
    by: models.CharField[str, str] = models.CharField(max_length=LONG)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)
    withdrawn_by: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    withdrawn_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    decided: models.CharField[str, str] = models.CharField(max_length=SHORT, default="")
    decided_by: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    decided_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)


class OutsideDemand(models.Model):
    """A form that somebody asks for outside the platform (平台外要数), known by its fingerprint."""

    form: models.CharField[str, str] = models.CharField(max_length=LONG, unique=True)
    title: models.CharField[str, str] = models.CharField(max_length=LONG)
    number: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    department: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    fields: models.JSONField[Any, Any] = models.JSONField(default=list)
    state: models.CharField[str, str] = models.CharField(max_length=SHORT, db_index=True)
    reason: models.TextField[str, str] = models.TextField(default="")
    collection: models.ForeignKey[Any, Any] = models.ForeignKey(
        "storage.Collection", null=True, on_delete=models.PROTECT
    )
    decided_by: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    decided_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)


class OutsideUse(models.Model):
    """One time a clerk received such a form and had it filled. The received file is kept for some time under its hash,
    the filled one never. `of` stands for the one subject a card is about, `as_of` for the day of the data where the
    clerk chose one."""

    demand: models.ForeignKey[Any, Any] = models.ForeignKey(
        OutsideDemand, on_delete=models.PROTECT, related_name="uses"
    )
    source: models.CharField[str, str] = models.CharField(max_length=SHORT)
    file_name: models.CharField[str, str] = models.CharField(max_length=LONG)
    unit: models.CharField[str, str] = models.CharField(max_length=LONG, db_index=True)
    where: models.TextField[str, str] = models.TextField(default="")
    of: models.CharField[str, str] = models.CharField(max_length=SHORT, default="")
    as_of: models.DateField[Any, Any] = models.DateField(null=True)
    department: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    asked: models.IntegerField[int, int] = models.IntegerField(default=0)
    filled: models.IntegerField[int, int] = models.IntegerField(default=0)
    by: models.CharField[str, str] = models.CharField(max_length=LONG, db_index=True)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now, db_index=True)
