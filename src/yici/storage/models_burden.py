"""The tables of the burden meter: what people said was asked again, without who said it."""

from __future__ import annotations

from typing import Any

from django.db import models

SHORT = 64
LONG = 255


class AskedAgain(models.Model):
    """A field or form that people say was asked before (又要了一遍), however many said so, and what was answered.

    No account stands here, no moment, and no unit small enough to be somebody: see decision 0009. `label` is empty for
    a whole form.
    """

    collection: models.ForeignKey[Any, Any] = models.ForeignKey("storage.Collection", on_delete=models.PROTECT)
    label: models.TextField[str, str] = models.TextField(default="")
    element: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    times: models.IntegerField[int, int] = models.IntegerField(default=0)
    units: models.JSONField[Any, Any] = models.JSONField(default=list)
    first: models.DateField[Any, Any] = models.DateField()
    last: models.DateField[Any, Any] = models.DateField()
    answer: models.CharField[str, str] = models.CharField(max_length=SHORT, default="", db_index=True)
    reason: models.TextField[str, str] = models.TextField(default="")
    into: models.ForeignKey[Any, Any] = models.ForeignKey(
        "storage.Collection", null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_by: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    answered_on: models.DateField[Any, Any] = models.DateField(null=True)


class AskedAgainMark(models.Model):
    """One-way marks that keep one person from saying the same twice a day, and the day's salt (mark empty). Both are
    deleted the next day; they point to nothing."""

    day: models.DateField[Any, Any] = models.DateField(db_index=True)
    mark: models.CharField[str, str] = models.CharField(max_length=SHORT)
    salt: models.CharField[str, str] = models.CharField(max_length=SHORT, default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["day", "mark"], name="one_mark_a_day"),)
