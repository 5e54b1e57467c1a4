"""Figures people ask again."""

from typing import Any, ClassVar

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("storage", "0015_cell_remarks")]

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="SavedFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("owner", models.CharField(db_index=True, max_length=255)),
                ("name", models.CharField(max_length=255)),
                ("typed", models.JSONField(default=dict)),
                ("shared", models.BooleanField(default=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddConstraint(
            model_name="savedfigure",
            constraint=models.UniqueConstraint(fields=("owner", "name"), name="one_figure_a_name"),
        ),
    ]
