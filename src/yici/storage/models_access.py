"""The tables of who may sign in and what they may reach: organisations, accounts, posts, grants."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

SHORT = 64
LONG = 255


class Organisation(models.Model):
    """A department (部门): a node of the organisation tree."""

    name: models.CharField[str, str] = models.CharField(max_length=LONG, unique=True)
    parent: models.ForeignKey[Any, Any] = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    unit: models.ForeignKey[Any, Any] = models.ForeignKey("Unit", null=True, on_delete=models.PROTECT)


class Account(AbstractBaseUser):
    """Who signs in. Never deleted, only closed: the audit names it."""

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    login: models.CharField[str, str] = models.CharField(max_length=SHORT, unique=True)
    full_name: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    is_active: models.BooleanField[bool, bool] = models.BooleanField(default=True)
    subject: models.CharField[str, str] = models.CharField(max_length=SHORT, default="")
    key: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    failures: models.IntegerField[int, int] = models.IntegerField(default=0)
    locked_until: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    must_change: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    session_epoch: models.IntegerField[int, int] = models.IntegerField(default=0)
    made_at: models.DateTimeField[Any, Any] = models.DateTimeField(default=timezone.now)
    # Whose doing the password is that waits, or waited, for a security administrator; all are empty when none does.
    held_since: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)
    held_by: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
    held_for: models.CharField[str, str] = models.CharField(max_length=SHORT, default="")
    released_by: models.CharField[str, str] = models.CharField(max_length=LONG, default="")

    objects: ClassVar[BaseUserManager[Any]] = BaseUserManager()


class DeviceTries(models.Model):
    """Wrong passwords for an account typed in a browser its owner has signed in with before; strangers' tries are
    counted with the account."""

    account: models.ForeignKey[Any, Any] = models.ForeignKey(Account, on_delete=models.PROTECT)
    device: models.CharField[str, str] = models.CharField(max_length=SHORT)
    failures: models.IntegerField[int, int] = models.IntegerField(default=0)
    locked_until: models.DateTimeField[Any, Any] = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint("account", "device", name="one_count_a_device")]


class AccountPost(models.Model):
    """A post an account holds (岗位): a role in a unit or an organisation. Ended, never deleted."""

    account: models.ForeignKey[Any, Any] = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="posts")
    role: models.CharField[str, str] = models.CharField(max_length=SHORT)
    unit: models.ForeignKey[Any, Any] = models.ForeignKey("Unit", null=True, on_delete=models.PROTECT)
    organisation: models.ForeignKey[Any, Any] = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT)
    since: models.DateField[Any, Any] = models.DateField(default=date.today)
    until: models.DateField[Any, Any] = models.DateField(null=True)
    by: models.CharField[str, str] = models.CharField(max_length=LONG, default="")


class ElementGrant(models.Model):
    """Elements an organisation may read (授权), for a purpose, until a day. Ended, never deleted."""

    organisation: models.ForeignKey[Any, Any] = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    elements: models.JSONField[Any, Any] = models.JSONField(default=list)
    purpose: models.CharField[str, str] = models.CharField(max_length=LONG)
    units: models.JSONField[Any, Any] = models.JSONField(null=True)
    since: models.DateField[Any, Any] = models.DateField(default=date.today)
    until: models.DateField[Any, Any] = models.DateField(null=True)
    by: models.CharField[str, str] = models.CharField(max_length=LONG, default="")
