"""References to subjects, doubts about values (疑义校核), saved filters."""

from typing import Any, ClassVar

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("storage", "0005_collections")]

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="SubjectReference",
            fields=[
                ("code", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("subject", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=255)),
            ],
        ),
        migrations.AddConstraint(
            model_name="subjectreference",
            constraint=models.UniqueConstraint(fields=("subject", "key"), name="one_reference_a_subject"),
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=64)),
                ("key", models.CharField(db_index=True, max_length=255)),
                ("element", models.CharField(max_length=255)),
                ("unit", models.CharField(default="", max_length=255)),
                ("doubt", models.TextField()),
                ("state", models.CharField(db_index=True, max_length=64)),
                ("due", models.DateField()),
                ("by", models.CharField(max_length=255)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("answer", models.TextField(default="")),
                ("answered_by", models.CharField(default="", max_length=255)),
                ("answered_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("owner", models.CharField(db_index=True, max_length=255)),
                ("name", models.CharField(max_length=255)),
                ("subject", models.CharField(max_length=64)),
                ("condition", models.TextField(default="")),
                ("columns", models.JSONField(default=list)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddConstraint(
            model_name="savedfilter",
            constraint=models.UniqueConstraint(fields=("owner", "name"), name="one_filter_a_name"),
        ),
    ]
