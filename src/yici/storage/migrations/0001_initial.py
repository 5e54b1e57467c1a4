"""The first tables."""

from typing import Any, ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar[list[Any]] = []

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="AuditLine",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.CharField(max_length=64)),
                ("actor", models.CharField(max_length=255)),
                ("action", models.CharField(max_length=64)),
                ("thing", models.CharField(max_length=255)),
                ("detail", models.JSONField(default=dict)),
                ("previous", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="ConfirmedAlias",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(db_index=True, max_length=255)),
                ("subject", models.CharField(default="", max_length=64)),
                ("element", models.CharField(max_length=255, null=True)),
                ("scope", models.CharField(default="", max_length=255)),
                ("by", models.CharField(max_length=255)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="ConfirmedBinding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form", models.CharField(db_index=True, max_length=255)),
                ("sheet", models.CharField(max_length=255)),
                ("cell", models.CharField(default="", max_length=64)),
                ("path", models.TextField(default="")),
                ("element", models.CharField(max_length=255, null=True)),
                ("by", models.CharField(max_length=255)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("name", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("value", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("subject", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=255)),
                ("element", models.CharField(max_length=255)),
                ("value", models.TextField()),
                ("original", models.TextField(default="")),
                ("by", models.CharField(max_length=255)),
                ("department", models.CharField(default="", max_length=255)),
                ("authoritative", models.BooleanField(default=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("as_of", models.DateField()),
                ("source", models.CharField(default="", max_length=255)),
            ],
        ),
        migrations.CreateModel(
            name="Judgement",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("subject", models.CharField(max_length=64)),
                ("left", models.CharField(max_length=255)),
                ("right", models.CharField(max_length=255)),
                ("verdict", models.CharField(max_length=64)),
                ("reason", models.TextField(default="")),
                ("by", models.CharField(max_length=255)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="TemplateMemory",
            fields=[
                ("fingerprint", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("content", models.JSONField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("content", models.CharField(db_index=True, max_length=64)),
                ("source", models.CharField(max_length=64)),
                ("claim", models.CharField(max_length=64)),
                ("file_name", models.CharField(max_length=255)),
                ("department", models.CharField(max_length=255)),
                ("as_of", models.DateField()),
                ("authority", models.JSONField(default=list)),
                ("columns", models.JSONField(default=list)),
                ("rows", models.BigIntegerField(default=0)),
                ("problems", models.BigIntegerField(default=0)),
                ("imported_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("imported_by", models.CharField(default="", max_length=255)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by", models.CharField(default="", max_length=255)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)), fields=("claim",), name="one_claim_in_force"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Unit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255, unique=True)),
                ("kind", models.CharField(default="", max_length=64)),
                ("code", models.CharField(default="", max_length=64)),
                (
                    "parent",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="storage.unit"),
                ),
            ],
        ),
    ]
