"""Accounts, posts, organisations and grants of elements."""

import datetime
from typing import Any, ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("storage", "0002_matches")]

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("login", models.CharField(max_length=64, unique=True)),
                ("full_name", models.CharField(default="", max_length=255)),
                ("is_active", models.BooleanField(default=True)),
                ("subject", models.CharField(default="", max_length=64)),
                ("key", models.CharField(default="", max_length=255)),
                ("failures", models.IntegerField(default=0)),
                ("locked_until", models.DateTimeField(null=True)),
                ("must_change", models.BooleanField(default=False)),
                ("session_epoch", models.IntegerField(default=0)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255, unique=True)),
                (
                    "parent",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="storage.organisation"
                    ),
                ),
                ("unit", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="storage.unit")),
            ],
        ),
        migrations.CreateModel(
            name="ElementGrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("elements", models.JSONField(default=list)),
                ("purpose", models.CharField(max_length=255)),
                ("units", models.JSONField(null=True)),
                ("since", models.DateField(default=datetime.date.today)),
                ("until", models.DateField(null=True)),
                ("by", models.CharField(default="", max_length=255)),
                (
                    "organisation",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.organisation"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AccountPost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(max_length=64)),
                ("since", models.DateField(default=datetime.date.today)),
                ("until", models.DateField(null=True)),
                ("by", models.CharField(default="", max_length=255)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="posts", to="storage.account"
                    ),
                ),
                ("unit", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="storage.unit")),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="storage.organisation"
                    ),
                ),
            ],
        ),
    ]
