"""Burden: the cells of a filling on the day it was asked; what people said was asked again, without who said it."""

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("storage", "0007_tokens")]

    operations: ClassVar[list[Any]] = [
        migrations.AddField("filling", "asked_known", models.IntegerField(null=True)),
        migrations.AddField("filling", "asked_unknown", models.IntegerField(null=True)),
        migrations.CreateModel(
            name="AskedAgain",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "collection",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.collection"),
                ),
                ("label", models.TextField(default="")),
                ("element", models.CharField(default="", max_length=255)),
                ("times", models.IntegerField(default=0)),
                ("units", models.JSONField(default=list)),
                ("first", models.DateField()),
                ("last", models.DateField()),
                ("answer", models.CharField(db_index=True, default="", max_length=64)),
                ("reason", models.TextField(default="")),
                (
                    "into",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="storage.collection",
                    ),
                ),
                ("answered_by", models.CharField(default="", max_length=255)),
                ("answered_on", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="AskedAgainMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(db_index=True)),
                ("mark", models.CharField(max_length=64)),
                ("salt", models.CharField(default="", max_length=64)),
            ],
        ),
        migrations.AddConstraint(
            model_name="askedagainmark",
            constraint=models.UniqueConstraint(fields=("day", "mark"), name="one_mark_a_day"),
        ),
    ]  # fmt: skip
