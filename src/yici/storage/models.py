"""The tables. Nothing outside this folder queries them; every query has a name in a module beside this one."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from yici.storage.models_access import Account, AccountPost, DeviceTries, ElementGrant, Organisation
from yici.storage.models_apps import App, AppMonth, AppStep
from yici.storage.models_burden import AskedAgain, AskedAgainMark
from yici.storage.models_collections import AskedForm, Collection, Filling, FillingEvent, FormAnswer, Submission
from yici.storage.models_factors import FactorRule, OutsideIdentity, RecoveryCode, SecondFactor
from yici.storage.models_figures import SavedFigure
from yici.storage.models_jobs import Job
from yici.storage.models_limits import RateCount, Refusal
from yici.storage.models_outside import ConfirmedWord, OutsideDemand, OutsideUse
from yici.storage.models_periods import PeriodSending
from yici.storage.models_pool import Dispute, SavedFilter, SubjectReference
from yici.storage.models_reviews import CellRemark
from yici.storage.models_tokens import ApiToken

__all__ = [
    "Account",
    "AccountPost",
    "ApiToken",
    "App",
    "AppMonth",
    "AppStep",
    "AskedAgain",
    "AskedAgainMark",
    "AskedForm",
    "CellRemark",
    "Collection",
    "ConfirmedWord",
    "DeviceTries",
    "Dispute",
    "ElementGrant",
    "FactorRule",
    "Filling",
    "FillingEvent",
    "FormAnswer",
    "Job",
    "Organisation",
    "OutsideDemand",
    "OutsideIdentity",
    "OutsideUse",
    "PeriodSending",
    "RateCount",
    "RecoveryCode",
    "Refusal",
    "SavedFigure",
    "SavedFilter",
    "SecondFactor",
    "SubjectReference",
    "Submission",
]  # fmt: skip

SHORT = 64
LONG = 255
IN_FORCE = Q(withdrawn_at__isnull=True)


class Counter(models.Model):
    """A running number taken under a lock: the pool sequence and the audit sequence."""

    name: models.CharField[str, str] = models.CharField(max_length=SHORT, primary_key=True)
    value: models.BigIntegerField[int, int] = models.BigIntegerField(default=0)


class Unit(models.Model):
    """A unit of the area tree (区划). Names are unique: clerks name a village by its name."""

    name: models.CharField[str, str] = models.CharField(max_length=LONG, unique=True)
    parent: models.ForeignKey[Any, Any] = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    kind: models.CharField[str, str] = models.CharField(max_length=SHORT, default="")
    code: models.CharField[str, str] = models.CharField(max_length=SHORT, default="")


class Batch(models.Model):
    """An imported ledger: its row is the manifest entry that makes the Parquet file count."""

    seq: models.BigIntegerField[int, int] = models.BigIntegerField(primary_key=True)
    content: models.CharField[str, str] = models.CharField(max_length=SHORT, db_index=True)
    source: models.CharField[str, str] = models.CharField(max_length=SHORT)
    claim: models.CharField[str, str] = models.CharField(max_length=SHORT)
    file_name: models.CharField[str, str] = models.CharField(max_length=LONG)
    department: models.CharField[str, str] = models.CharField(max_length=LONG)
    as_of: models.DateField[Any, Any] = models.DateField()
    authority: models.JSONField[Any, Any] = models.JSONField(default=list)
    covers: models.JSONField[Any, Any] = models.JSONField(default=list)
    columns: models.JSONField[Any, Any] = models.JSONField(default=list)
    rows: models.BigIntegerField[int, int] = models.BigIntegerField(default=0)
    problems: models.BigIntegerField[int, int] = models.BigIntegerField(default=0)
    imported_at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)
    imported_by: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    withdrawn_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    withdrawn_by: models.CharField[str, str] = models.CharField(max_length=LONG, default="")

    class Meta:
        # Two processes importing the same file at once must not both succeed: the second meets this constraint.
        constraints = (
            models.UniqueConstraint(
                fields=["claim"], condition=Q(withdrawn_at__isnull=True), name="one_claim_in_force"
            ),
        )


class Entry(models.Model):
    """One value by hand (条目): an edit or the answer to a gap."""

    seq: models.BigIntegerField[int, int] = models.BigIntegerField(primary_key=True)
    subject: models.CharField[str, str] = models.CharField(max_length=SHORT)
    key: models.CharField[str, str] = models.CharField(max_length=LONG)
    element: models.CharField[str, str] = models.CharField(max_length=LONG)
    value: models.TextField[str, str] = models.TextField()
    original: models.TextField[str, str] = models.TextField(default="")
    by: models.CharField[str, str] = models.CharField(max_length=LONG)
    department: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    authoritative: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)
    as_of: models.DateField[Any, Any] = models.DateField()
    source: models.CharField[str, str] = models.CharField(max_length=LONG, default="")


class Judgement(models.Model):
    """A decision that two subjects are (not) the same. A later one for the same pair supersedes; none is changed."""

    seq: models.BigIntegerField[int, int] = models.BigIntegerField(primary_key=True)
    subject: models.CharField[str, str] = models.CharField(max_length=SHORT)
    left: models.CharField[str, str] = models.CharField(max_length=LONG)
    right: models.CharField[str, str] = models.CharField(max_length=LONG)
    verdict: models.CharField[str, str] = models.CharField(max_length=SHORT)
    reason: models.TextField[str, str] = models.TextField(default="")
    by: models.CharField[str, str] = models.CharField(max_length=LONG)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)


class ConfirmedBinding(models.Model):
    """What a person said fills a slot of one form. `element` is null when nothing does."""

    form: models.CharField[str, str] = models.CharField(max_length=LONG, db_index=True)
    sheet: models.CharField[str, str] = models.CharField(max_length=LONG)
    cell: models.CharField[str, str] = models.CharField(max_length=SHORT, default="")
    path: models.TextField[str, str] = models.TextField(default="")
    element: models.CharField[Any, Any] = models.CharField(max_length=LONG, null=True)
    by: models.CharField[str, str] = models.CharField(max_length=LONG)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)


class ConfirmedAlias(models.Model):
    """A word a person said names an element, for all forms (`scope` empty) or one office's."""

    word: models.CharField[str, str] = models.CharField(max_length=LONG, db_index=True)
    subject: models.CharField[str, str] = models.CharField(max_length=SHORT, default="")
    element: models.CharField[Any, Any] = models.CharField(max_length=LONG, null=True)
    scope: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    by: models.CharField[str, str] = models.CharField(max_length=LONG)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)


class TemplateMemory(models.Model):
    """A recognised form (表样), remembered by its fingerprint."""

    fingerprint: models.CharField[str, str] = models.CharField(max_length=LONG, primary_key=True)
    content: models.JSONField[Any, Any] = models.JSONField()
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)


class MatchRun(models.Model):
    """Everybody's matches brought up to date once: as of which pool sequence and day, and the files that hold them.

    `marks` are hashes of the policies as they were, `files` the names of the state's files by subject type, the oldest
    first; the last run's files are the state in force, and earlier ones are gone. `cause`: first, data, day,
    policy, register.
    """

    seq: models.BigIntegerField[int, int] = models.BigIntegerField(primary_key=True)
    sequence: models.BigIntegerField[int, int] = models.BigIntegerField()
    day: models.DateField[Any, Any] = models.DateField()
    cause: models.CharField[str, str] = models.CharField(max_length=SHORT)
    marks: models.JSONField[Any, Any] = models.JSONField(default=dict)
    files: models.JSONField[Any, Any] = models.JSONField(default=dict)
    judged: models.BigIntegerField[int, int] = models.BigIntegerField(default=0)
    changes: models.BigIntegerField[int, int] = models.BigIntegerField(default=0)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)
    by: models.CharField[str, str] = models.CharField(max_length=LONG, default="")


class MatchChange(models.Model):
    """One subject's match with one policy that became another, with its cause in words. Append-only."""

    run: models.ForeignKey[Any, Any] = models.ForeignKey(MatchRun, on_delete=models.PROTECT)
    policy: models.CharField[str, str] = models.CharField(max_length=LONG, db_index=True)
    subject: models.CharField[str, str] = models.CharField(max_length=SHORT)
    key: models.CharField[str, str] = models.CharField(max_length=LONG, db_index=True)
    unit: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    kind: models.CharField[str, str] = models.CharField(max_length=SHORT)
    before: models.SmallIntegerField[Any, Any] = models.SmallIntegerField(null=True)
    after: models.SmallIntegerField[Any, Any] = models.SmallIntegerField(null=True)
    amount_before: models.DecimalField[Any, Any] = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    amount_after: models.DecimalField[Any, Any] = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    cause: models.CharField[str, str] = models.CharField(max_length=LONG, default="")


class AuditLine(models.Model):
    """One line of the audit: append-only, each line holding the hash of the one before."""

    seq: models.BigIntegerField[int, int] = models.BigIntegerField(primary_key=True)
    at: models.CharField[str, str] = models.CharField(max_length=SHORT)
    actor: models.CharField[str, str] = models.CharField(max_length=LONG)
    action: models.CharField[str, str] = models.CharField(max_length=SHORT)
    thing: models.CharField[str, str] = models.CharField(max_length=LONG)
    detail: models.JSONField[Any, Any] = models.JSONField(default=dict)
    previous: models.CharField[str, str] = models.CharField(max_length=SHORT)
    hash: models.CharField[str, str] = models.CharField(max_length=SHORT)

    class Meta:
        indexes = (models.Index(fields=["action", "seq"], name="audit_by_action"),)


class ScoreRun(models.Model):
    """Scores worked out once (考核批次). Never changed: a correction is another run that names this one."""

    seq: models.BigIntegerField[int, int] = models.BigIntegerField(primary_key=True)
    scheme: models.CharField[str, str] = models.CharField(max_length=LONG, db_index=True)
    title: models.CharField[str, str] = models.CharField(max_length=LONG)
    version: models.CharField[str, str] = models.CharField(max_length=SHORT)
    definition: models.JSONField[Any, Any] = models.JSONField(default=dict)
    period: models.CharField[str, str] = models.CharField(max_length=SHORT)
    start: models.DateField[Any, Any] = models.DateField()
    end: models.DateField[Any, Any] = models.DateField()
    as_of: models.DateField[Any, Any] = models.DateField()
    records_until: models.DateField[Any, Any] = models.DateField(null=True)
    sequence: models.BigIntegerField[int, int] = models.BigIntegerField()
    unit: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    previous: models.ForeignKey[Any, Any] = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    reason: models.TextField[str, str] = models.TextField(default="")
    published: models.DateField[Any, Any] = models.DateField(null=True)
    days: models.IntegerField[int, int] = models.IntegerField(default=0)
    notes: models.JSONField[Any, Any] = models.JSONField(default=list)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)
    by: models.CharField[str, str] = models.CharField(max_length=LONG, default="")


class ScoreRow(models.Model):
    """One thing's score in a run; `place` is its place in the list. `items` are its points item by item."""

    run: models.ForeignKey[Any, Any] = models.ForeignKey(ScoreRun, on_delete=models.PROTECT)
    place: models.IntegerField[int, int] = models.IntegerField()
    thing: models.CharField[str, str] = models.CharField(max_length=LONG, db_index=True)
    name: models.CharField[str, str] = models.CharField(max_length=LONG)
    unit: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    excluded: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    total: models.DecimalField[Any, Any] = models.DecimalField(max_digits=38, decimal_places=10, null=True)
    rank: models.IntegerField[Any, Any] = models.IntegerField(null=True)
    grade: models.CharField[Any, Any] = models.CharField(max_length=SHORT, null=True)
    content: models.JSONField[Any, Any] = models.JSONField(default=dict)


class ScoreObjection(models.Model):
    """An objection (异议) to a score or to an indicator, and what came of it."""

    seq: models.BigIntegerField[int, int] = models.BigIntegerField(primary_key=True)
    run: models.ForeignKey[Any, Any] = models.ForeignKey(ScoreRun, on_delete=models.PROTECT)
    item: models.CharField[str, str] = models.CharField(max_length=LONG)
    thing: models.CharField[str, str] = models.CharField(max_length=LONG)
    reason: models.TextField[str, str] = models.TextField()
    by: models.CharField[str, str] = models.CharField(max_length=LONG)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)
    upheld: models.BooleanField[Any, Any] = models.BooleanField(null=True)
    answer: models.TextField[str, str] = models.TextField(default="")
    answered_by: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    answered_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)


class ScoreAdjustment(models.Model):
    """Points given or taken by decision (容错、加分、减分), for one thing, scheme and period."""

    seq: models.BigIntegerField[int, int] = models.BigIntegerField(primary_key=True)
    scheme: models.CharField[str, str] = models.CharField(max_length=LONG, db_index=True)
    start: models.DateField[Any, Any] = models.DateField()
    end: models.DateField[Any, Any] = models.DateField()
    thing: models.CharField[str, str] = models.CharField(max_length=LONG)
    kind: models.CharField[str, str] = models.CharField(max_length=SHORT)
    points: models.DecimalField[Any, Any] = models.DecimalField(max_digits=20, decimal_places=6)
    item: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    reason: models.TextField[str, str] = models.TextField()
    document: models.CharField[str, str] = models.CharField(max_length=LONG)
    by: models.CharField[str, str] = models.CharField(max_length=LONG)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)
    withdrawn_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
