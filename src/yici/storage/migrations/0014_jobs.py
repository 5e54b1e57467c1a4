"""Background work."""

from typing import Any, ClassVar

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("storage", "0013_factors")]

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=64)),
                ("words", models.CharField(max_length=255)),
                ("owner", models.CharField(db_index=True, max_length=255)),
                ("account", models.BigIntegerField()),
                ("arguments", models.JSONField(default=dict)),
                ("state", models.CharField(db_index=True, max_length=64)),
                ("cancel_asked", models.BooleanField(default=False)),
                ("done", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(default=0)),
                ("step", models.CharField(default="", max_length=255)),
                ("task", models.CharField(default="", max_length=64)),
                ("worker", models.CharField(default="", max_length=64)),
                ("attempts", models.IntegerField(default=0)),
                ("beat_at", models.DateTimeField(null=True)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("told", models.TextField(default="")),
                ("route", models.CharField(default="", max_length=255)),
                ("argument", models.CharField(default="", max_length=255)),
                ("file", models.CharField(default="", max_length=255)),
                ("file_name", models.CharField(default="", max_length=255)),
                ("problems", models.JSONField(default=list)),
            ],
        ),
    ]
