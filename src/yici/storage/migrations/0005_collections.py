"""Collections: forms asked for, fillings, answers."""

from typing import Any, ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [
        ("storage", "0004_scores"),
    ]

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="AskedForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(db_index=True, max_length=64)),
                ("file_name", models.CharField(max_length=255)),
                ("title", models.CharField(max_length=255)),
                ("fingerprint", models.CharField(db_index=True, max_length=255)),
                ("fields", models.JSONField(default=list)),
                ("number", models.CharField(default="", max_length=255)),
                ("maker", models.CharField(default="", max_length=255)),
                ("approval", models.CharField(default="", max_length=255)),
                ("valid_until", models.DateField(null=True)),
                ("by", models.CharField(max_length=255)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("content_hash", models.CharField(max_length=64)),
                ("content", models.JSONField()),
                ("outcome", models.JSONField(default=dict)),
                ("by", models.CharField(max_length=255)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Collection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255)),
                ("organisation", models.CharField(db_index=True, max_length=255)),
                ("purpose", models.CharField(default="", max_length=255)),
                ("where", models.TextField(default="")),
                ("urgent", models.BooleanField(default=False)),
                ("state", models.CharField(db_index=True, max_length=64)),
                ("admission", models.JSONField(default=dict)),
                ("remark", models.TextField(default="")),
                ("period", models.CharField(default="", max_length=64)),
                ("recurring", models.CharField(default="", max_length=64)),
                ("as_of", models.DateField(null=True)),
                ("due", models.DateField(null=True)),
                ("by", models.CharField(max_length=255)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("decided_by", models.CharField(default="", max_length=255)),
                ("decided_at", models.DateTimeField(null=True)),
                ("published_at", models.DateTimeField(null=True)),
                ("form", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.askedform")),
                (
                    "into",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="storage.collection"),
                ),
                (
                    "previous",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="following",
                        to="storage.collection",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Filling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unit", models.CharField(db_index=True, max_length=255)),
                ("state", models.CharField(db_index=True, max_length=64)),
                ("known", models.IntegerField(default=0)),
                ("unknown", models.IntegerField(default=0)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="fillings", to="storage.collection"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FillingEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.CharField(max_length=64)),
                ("remark", models.TextField(default="")),
                ("by", models.CharField(max_length=255)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "filling",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="storage.filling"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FormAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unit", models.CharField(max_length=255)),
                ("subject", models.CharField(default="", max_length=255)),
                ("sheet", models.CharField(max_length=255)),
                ("label", models.TextField()),
                ("value", models.TextField()),
                ("by", models.CharField(max_length=255)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("collection", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.collection")),
            ],
        ),
        migrations.AddConstraint(
            model_name="filling",
            constraint=models.UniqueConstraint(fields=("collection", "unit"), name="one_filling_a_unit"),
        ),
    ]
