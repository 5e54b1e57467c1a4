"""The tables of collections: forms asked for, to whom they were sent, what was answered. Nothing here is deleted."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

SHORT = 64
LONG = 255


class AskedForm(models.Model):
    """A blank form somebody asks for: the uploaded original by its hash, what was recognised, its legal marks."""

    source: models.CharField[str, str] = models.CharField(max_length=SHORT, db_index=True)
    file_name: models.CharField[str, str] = models.CharField(max_length=LONG)
    title: models.CharField[str, str] = models.CharField(max_length=LONG)
    fingerprint: models.CharField[str, str] = models.CharField(max_length=LONG, db_index=True)
    fields: models.JSONField[Any, Any] = models.JSONField(default=list)
    number: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    maker: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    approval: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    valid_until: models.DateField[Any, Any] = models.DateField(null=True)
    by: models.CharField[str, str] = models.CharField(max_length=LONG)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)


class Collection(models.Model):
    """A form asked of units for a period (采集任务): of those who meet `where`, of those `named` by their keys, or
    of `everybody`, where its officer said so."""

    form: models.ForeignKey[Any, Any] = models.ForeignKey(AskedForm, on_delete=models.PROTECT)
    name: models.CharField[str, str] = models.CharField(max_length=LONG)
    organisation: models.CharField[str, str] = models.CharField(max_length=LONG, db_index=True)
    purpose: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    where: models.TextField[str, str] = models.TextField(default="")
    everybody: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    named: models.JSONField[Any, Any] = models.JSONField(default=list)
    urgent: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    state: models.CharField[str, str] = models.CharField(max_length=SHORT, db_index=True)
    admission: models.JSONField[Any, Any] = models.JSONField(default=dict)
    remark: models.TextField[str, str] = models.TextField(default="")
    into: models.ForeignKey[Any, Any] = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    period: models.CharField[str, str] = models.CharField(max_length=SHORT, default="")
    recurring: models.CharField[str, str] = models.CharField(max_length=SHORT, default="")
    # Who chose that the next period is sent by itself, and from which day on; empty where nobody did.
    automatic_by: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    automatic_since: models.DateField[Any, Any] = models.DateField(null=True)
    as_of: models.DateField[Any, Any] = models.DateField(null=True)
    due: models.DateField[Any, Any] = models.DateField(null=True)
    previous: models.ForeignKey[Any, Any] = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="following"
    )
    by: models.CharField[str, str] = models.CharField(max_length=LONG)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)
    decided_by: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    decided_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    published_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)


class Filling(models.Model):
    """One unit's answer to a collection (填报). `asked_known` and `asked_unknown` are the cells the pool knew and did
    not know on the day it was sent out; they never change (null: sent out before they were noted). `cards` are the
    copies of the form on that day where one is made for each subject, else 0."""

    collection: models.ForeignKey[Any, Any] = models.ForeignKey(
        Collection, on_delete=models.PROTECT, related_name="fillings"
    )
    unit: models.CharField[str, str] = models.CharField(max_length=LONG, db_index=True)
    state: models.CharField[str, str] = models.CharField(max_length=SHORT, db_index=True)
    known: models.IntegerField[int, int] = models.IntegerField(default=0)
    unknown: models.IntegerField[int, int] = models.IntegerField(default=0)
    asked_known: models.IntegerField[Any, Any] = models.IntegerField(null=True)
    asked_unknown: models.IntegerField[Any, Any] = models.IntegerField(null=True)
    cards: models.IntegerField[int, int] = models.IntegerField(default=0)
    changed_at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["collection", "unit"], name="one_filling_a_unit"),)


class FillingEvent(models.Model):
    """One step in the life of a filling, with the remark that went with it."""

    filling: models.ForeignKey[Any, Any] = models.ForeignKey(Filling, on_delete=models.PROTECT, related_name="events")
    step: models.CharField[str, str] = models.CharField(max_length=SHORT)
    remark: models.TextField[str, str] = models.TextField(default="")
    by: models.CharField[str, str] = models.CharField(max_length=LONG)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)


class Submission(models.Model):
    """What one device sent, under an id that the device made when the form was opened. Kept for ever: the same id
    with the same content is answered as the first time, with other content it is refused."""

    id: models.CharField[str, str] = models.CharField(max_length=SHORT, primary_key=True)
    content_hash: models.CharField[str, str] = models.CharField(max_length=SHORT)
    content: models.JSONField[Any, Any] = models.JSONField()
    outcome: models.JSONField[Any, Any] = models.JSONField(default=dict)
    by: models.CharField[str, str] = models.CharField(max_length=LONG)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)


class FormAnswer(models.Model):
    """A value for a slot that no element of the pool is: kept for this collection only. Later ones supersede."""

    collection: models.ForeignKey[Any, Any] = models.ForeignKey(Collection, on_delete=models.PROTECT)
    unit: models.CharField[str, str] = models.CharField(max_length=LONG)
    subject: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    sheet: models.CharField[str, str] = models.CharField(max_length=LONG)
    label: models.TextField[str, str] = models.TextField()
    value: models.TextField[str, str] = models.TextField()
    by: models.CharField[str, str] = models.CharField(max_length=LONG)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)
