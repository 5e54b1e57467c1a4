"""The table of how often somebody did something lately."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from yici.storage.models_access import SHORT


class RateCount(models.Model):
    """How many requests of one kind one account or address has taken out of its window. Deleted after the window."""

    key: models.CharField[str, str] = models.CharField(max_length=SHORT)
    starts: models.BigIntegerField[int, int] = models.BigIntegerField()
    ends: models.BigIntegerField[int, int] = models.BigIntegerField(db_index=True)
    count: models.BigIntegerField[int, int] = models.BigIntegerField(default=0)

    class Meta:
        constraints: Any = (models.UniqueConstraint(fields=["key", "starts"], name="one_count_a_window"),)


class Refusal(models.Model):
    """How often an account was refused at a route in a minute (counted from 1970); forgotten once the audit tells."""

    login: models.CharField[str, str] = models.CharField(max_length=64)
    route: models.CharField[str, str] = models.CharField(max_length=64)
    minute: models.BigIntegerField[int, int] = models.BigIntegerField()
    count: models.BigIntegerField[int, int] = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["login", "minute", "route"], name="one_count_of_refusals")
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["minute"], name="refusals_by_minute")]
