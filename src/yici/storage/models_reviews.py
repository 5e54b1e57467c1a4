"""What reviewers say about single cells of a filling."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from yici.storage.models_collections import Filling

SHORT = 64
LONG = 255


class CellRemark(models.Model):
    """Why one cell was returned. It is open until the filling is sent again."""

    filling: models.ForeignKey[Any, Any] = models.ForeignKey(Filling, on_delete=models.PROTECT, related_name="remarks")
    key: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    element: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    sheet: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    label: models.TextField[str, str] = models.TextField(default="")
    remark: models.TextField[str, str] = models.TextField()
    open: models.BooleanField[bool, bool] = models.BooleanField(default=True)
    by: models.CharField[str, str] = models.CharField(max_length=LONG)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)
