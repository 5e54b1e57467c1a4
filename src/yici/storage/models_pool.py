"""The tables of the pool on screen: references to subjects, doubts about values, saved filters."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

SHORT = 64
LONG = 255


class SubjectReference(models.Model):
    """What stands for a subject in addresses of pages, so that no ID number ever does. Never changed once given."""

    code: models.CharField[str, str] = models.CharField(max_length=SHORT, primary_key=True)
    subject: models.CharField[str, str] = models.CharField(max_length=SHORT)
    key: models.CharField[str, str] = models.CharField(max_length=LONG)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["subject", "key"], name="one_reference_a_subject"),)


class Dispute(models.Model):
    """A doubt about one value of one subject (疑义校核), and what came of it."""

    subject: models.CharField[str, str] = models.CharField(max_length=SHORT)
    key: models.CharField[str, str] = models.CharField(max_length=LONG, db_index=True)
    element: models.CharField[str, str] = models.CharField(max_length=LONG)
    unit: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    doubt: models.TextField[str, str] = models.TextField()
    state: models.CharField[str, str] = models.CharField(max_length=SHORT, db_index=True)
    due: models.DateField[Any, Any] = models.DateField()
    by: models.CharField[str, str] = models.CharField(max_length=LONG)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)
    answer: models.TextField[str, str] = models.TextField(default="")
    answered_by: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    answered_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)


class SavedFilter(models.Model):
    """A roster somebody asks for again: whom, which columns. Its owner's alone."""

    owner: models.CharField[str, str] = models.CharField(max_length=LONG, db_index=True)
    name: models.CharField[str, str] = models.CharField(max_length=LONG)
    subject: models.CharField[str, str] = models.CharField(max_length=SHORT)
    condition: models.TextField[str, str] = models.TextField(default="")
    columns: models.JSONField[Any, Any] = models.JSONField(default=list)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["owner", "name"], name="one_filter_a_name"),)
