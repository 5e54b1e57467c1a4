"""The table of saved figures."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone


class SavedFigure(models.Model):
    """A figure somebody asks again. `shared` ones everybody may ask, within their own rights."""

    owner: models.CharField[str, str] = models.CharField(max_length=255, db_index=True)
    name: models.CharField[str, str] = models.CharField(max_length=255)
    typed: models.JSONField[Any, Any] = models.JSONField(default=dict)
    shared: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["owner", "name"], name="one_figure_a_name"),)
