"""The register of apps: apps, their steps, and how many people used them by month."""

from typing import Any, ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

_ID: tuple[str, Any] = (
    "id",
    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
)


def _of_app(name: str) -> tuple[str, Any]:
    on_delete = django.db.models.deletion.PROTECT
    return ("app", models.ForeignKey(on_delete=on_delete, related_name=name, to="storage.app"))


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("storage", "0009_batch_covers")]

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="App",
            fields=[
                _ID,
                ("name", models.CharField(max_length=255)),
                ("kind", models.CharField(max_length=64)),
                ("organisation", models.CharField(db_index=True, max_length=255)),
                ("purpose", models.TextField(default="")),
                ("functions", models.JSONField(default=list)),
                ("fields", models.JSONField(default=list)),
                ("audience", models.CharField(default="", max_length=255)),
                ("users", models.IntegerField(default=0)),
                ("state", models.CharField(db_index=True, max_length=64)),
                ("report", models.JSONField(default=dict)),
                ("by", models.CharField(max_length=255)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("admitted_on", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="AppStep",
            fields=[
                _ID,
                _of_app("steps"),
                ("step", models.CharField(max_length=64)),
                ("remark", models.TextField(default="")),
                ("batch", models.CharField(default="", max_length=64)),
                ("by", models.CharField(max_length=255)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="AppMonth",
            fields=[
                _ID,
                _of_app("months"),
                ("month", models.CharField(max_length=64)),
                ("actives", models.IntegerField()),
                ("by", models.CharField(max_length=255)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddConstraint(
            model_name="appmonth",
            constraint=models.UniqueConstraint(fields=("app", "month"), name="one_count_a_month"),
        ),
    ]
