"""Runs of assessments with their scores, objections and adjustments."""

from typing import Any, ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("storage", "0003_accounts")]

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="ScoreAdjustment",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("scheme", models.CharField(db_index=True, max_length=255)),
                ("start", models.DateField()),
                ("end", models.DateField()),
                ("thing", models.CharField(max_length=255)),
                ("kind", models.CharField(max_length=64)),
                ("points", models.DecimalField(decimal_places=6, max_digits=20)),
                ("item", models.CharField(default="", max_length=255)),
                ("reason", models.TextField()),
                ("document", models.CharField(max_length=255)),
                ("by", models.CharField(max_length=255)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ScoreRun",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("scheme", models.CharField(db_index=True, max_length=255)),
                ("title", models.CharField(max_length=255)),
                ("version", models.CharField(max_length=64)),
                ("definition", models.JSONField(default=dict)),
                ("period", models.CharField(max_length=64)),
                ("start", models.DateField()),
                ("end", models.DateField()),
                ("as_of", models.DateField()),
                ("records_until", models.DateField(null=True)),
                ("sequence", models.BigIntegerField()),
                ("unit", models.CharField(default="", max_length=255)),
                ("reason", models.TextField(default="")),
                ("published", models.DateField(null=True)),
                ("days", models.IntegerField(default=0)),
                ("notes", models.JSONField(default=list)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("by", models.CharField(default="", max_length=255)),
                (
                    "previous",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="storage.scorerun"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ScoreRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.IntegerField()),
                ("thing", models.CharField(db_index=True, max_length=255)),
                ("name", models.CharField(max_length=255)),
                ("unit", models.CharField(default="", max_length=255)),
                ("excluded", models.CharField(default="", max_length=255)),
                ("total", models.DecimalField(decimal_places=10, max_digits=38, null=True)),
                ("rank", models.IntegerField(null=True)),
                ("grade", models.CharField(max_length=64, null=True)),
                ("content", models.JSONField(default=dict)),
                ("run", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.scorerun")),
            ],
        ),
        migrations.CreateModel(
            name="ScoreObjection",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("item", models.CharField(max_length=255)),
                ("thing", models.CharField(max_length=255)),
                ("reason", models.TextField()),
                ("by", models.CharField(max_length=255)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("upheld", models.BooleanField(null=True)),
                ("answer", models.TextField(default="")),
                ("answered_by", models.CharField(default="", max_length=255)),
                ("answered_at", models.DateTimeField(null=True)),
                ("run", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.scorerun")),
            ],
        ),
    ]
