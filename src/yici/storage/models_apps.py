"""The tables of the register of apps. Nothing here is deleted."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

SHORT = 64
LONG = 255


class App(models.Model):
    """An app, mini program, system or group chat a department has people use (政务应用)."""

    name: models.CharField[str, str] = models.CharField(max_length=LONG)
    kind: models.CharField[str, str] = models.CharField(max_length=SHORT)
    organisation: models.CharField[str, str] = models.CharField(max_length=LONG, db_index=True)
    purpose: models.TextField[str, str] = models.TextField(default="")
    functions: models.JSONField[Any, Any] = models.JSONField(default=list)
    fields: models.JSONField[Any, Any] = models.JSONField(default=list)
    audience: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    users: models.IntegerField[int, int] = models.IntegerField(default=0)
    state: models.CharField[str, str] = models.CharField(max_length=SHORT, db_index=True)
    report: models.JSONField[Any, Any] = models.JSONField(default=dict)
    by: models.CharField[str, str] = models.CharField(max_length=LONG)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)
    admitted_on: models.DateField[Any, Any] = models.DateField(null=True)


class AppStep(models.Model):
    """One step in the life of an app: by whom, why, and for an import of its data the batch."""

    app: models.ForeignKey[Any, Any] = models.ForeignKey(App, on_delete=models.PROTECT, related_name="steps")
    step: models.CharField[str, str] = models.CharField(max_length=SHORT)
    remark: models.TextField[str, str] = models.TextField(default="")
    batch: models.CharField[str, str] = models.CharField(max_length=SHORT, default="")
    by: models.CharField[str, str] = models.CharField(max_length=LONG)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)


class AppMonth(models.Model):
    """How many people used an app in a month ("2026-11"), as told."""

    app: models.ForeignKey[Any, Any] = models.ForeignKey(App, on_delete=models.PROTECT, related_name="months")
    month: models.CharField[str, str] = models.CharField(max_length=SHORT)
    actives: models.IntegerField[int, int] = models.IntegerField()
    by: models.CharField[str, str] = models.CharField(max_length=LONG)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["app", "month"], name="one_count_a_month"),)
