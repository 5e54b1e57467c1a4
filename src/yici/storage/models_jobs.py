"""The table of background work: what the queue itself does not know — whose it is, how far, and what came of it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

SHORT = 64
LONG = 255


class Job(models.Model):
    """One piece of background work. `attempts` tells runs apart: what an earlier one still writes does not count.

    `outcome` is what came of it for programs, as `told` is for people.
    """

    kind: models.CharField[str, str] = models.CharField(max_length=SHORT)
    words: models.CharField[str, str] = models.CharField(max_length=LONG)
    owner: models.CharField[str, str] = models.CharField(max_length=LONG, db_index=True)
    account: models.BigIntegerField[int, int] = models.BigIntegerField()
    arguments: models.JSONField[Any, Any] = models.JSONField(default=dict)
    state: models.CharField[str, str] = models.CharField(max_length=SHORT, db_index=True)
    cancel_asked: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    done: models.BigIntegerField[int, int] = models.BigIntegerField(default=0)
    total: models.BigIntegerField[int, int] = models.BigIntegerField(default=0)
    step: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    task: models.CharField[str, str] = models.CharField(max_length=SHORT, default="")
    worker: models.CharField[str, str] = models.CharField(max_length=SHORT, default="")
    attempts: models.IntegerField[int, int] = models.IntegerField(default=0)
    beat_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    asked_at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)
    started_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    finished_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    told: models.TextField[str, str] = models.TextField(default="")
    outcome: models.JSONField[Any, Any] = models.JSONField(default=dict)
    route: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    argument: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    file: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    file_name: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    problems: models.JSONField[Any, Any] = models.JSONField(default=list)
