"""Remarks of reviewers about single cells of a filling."""

from typing import Any, ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("storage", "0014_jobs")]

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="CellRemark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(default="", max_length=255)),
                ("element", models.CharField(default="", max_length=255)),
                ("sheet", models.CharField(default="", max_length=255)),
                ("label", models.TextField(default="")),
                ("remark", models.TextField()),
                ("open", models.BooleanField(default=True)),
                ("by", models.CharField(max_length=255)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "filling",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="remarks", to="storage.filling"
                    ),
                ),
            ],
        ),
    ]
