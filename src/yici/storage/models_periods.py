"""The table of periods that were sent by themselves (按期自动派发)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from yici.storage.models_collections import SHORT, Collection


class PeriodSending(models.Model):
    """That the period after a recurring collection's own was taken up to be sent by itself: once, whoever looks, and
    however many workers look at the same moment. `job` is the work that sends it."""

    collection: models.ForeignKey[Any, Any] = models.ForeignKey(Collection, on_delete=models.PROTECT)
    period: models.CharField[str, str] = models.CharField(max_length=SHORT)
    job: models.BigIntegerField[int, int] = models.BigIntegerField(default=0)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["collection", "period"], name="one_sending_a_period")
        ]
