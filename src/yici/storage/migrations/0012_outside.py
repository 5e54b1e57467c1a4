"""Words confirmed for one form, and forms asked for outside the platform."""

from typing import Any, ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("storage", "0011_limits")]

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="ConfirmedWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form", models.CharField(db_index=True, max_length=255)),
                ("scope", models.CharField(max_length=255)),
                ("title", models.CharField(default="", max_length=255)),
                ("word", models.TextField()),
                ("alias", models.TextField(default="")),
                ("subject", models.CharField(default="", max_length=64)),
                ("meaning", models.TextField(default="")),
                ("cells", models.JSONField(default=dict)),
                ("by", models.CharField(max_length=255)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("withdrawn_by", models.CharField(default="", max_length=255)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("decided", models.CharField(default="", max_length=64)),
                ("decided_by", models.CharField(default="", max_length=255)),
                ("decided_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="OutsideDemand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form", models.CharField(max_length=255, unique=True)),
                ("title", models.CharField(max_length=255)),
                ("number", models.CharField(default="", max_length=255)),
                ("department", models.CharField(default="", max_length=255)),
                ("fields", models.JSONField(default=list)),
                ("state", models.CharField(db_index=True, max_length=64)),
                ("reason", models.TextField(default="")),
                ("decided_by", models.CharField(default="", max_length=255)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "collection",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="storage.collection"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OutsideUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=64)),
                ("file_name", models.CharField(max_length=255)),
                ("unit", models.CharField(db_index=True, max_length=255)),
                ("where", models.TextField(default="")),
                ("of", models.CharField(default="", max_length=64)),
                ("department", models.CharField(default="", max_length=255)),
                ("asked", models.IntegerField(default=0)),
                ("filled", models.IntegerField(default=0)),
                ("by", models.CharField(db_index=True, max_length=255)),
                ("at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                (
                    "demand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="storage.outsidedemand"
                    ),
                ),
            ],
        ),
    ]
