"""Runs of policy matching and the changes each found."""

from typing import Any, ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("storage", "0001_initial")]

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="MatchRun",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("sequence", models.BigIntegerField()),
                ("day", models.DateField()),
                ("cause", models.CharField(max_length=64)),
                ("marks", models.JSONField(default=dict)),
                ("files", models.JSONField(default=dict)),
                ("judged", models.BigIntegerField(default=0)),
                ("changes", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("by", models.CharField(default="", max_length=255)),
            ],
        ),
        migrations.CreateModel(
            name="MatchChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("policy", models.CharField(db_index=True, max_length=255)),
                ("subject", models.CharField(max_length=64)),
                ("key", models.CharField(db_index=True, max_length=255)),
                ("unit", models.CharField(default="", max_length=255)),
                ("kind", models.CharField(max_length=64)),
                ("before", models.SmallIntegerField(null=True)),
                ("after", models.SmallIntegerField(null=True)),
                ("amount_before", models.DecimalField(decimal_places=6, max_digits=24, null=True)),
                ("amount_after", models.DecimalField(decimal_places=6, max_digits=24, null=True)),
                ("cause", models.CharField(default="", max_length=255)),
                ("run", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.matchrun")),
            ],
        ),
    ]
