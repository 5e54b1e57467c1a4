"""Refused requests are counted by account, route and minute, so that they fill no audit."""

from typing import Any, ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("storage", "0024_period_sending")]

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            "Refusal",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("login", models.CharField(max_length=64)),
                ("route", models.CharField(max_length=64)),
                ("minute", models.BigIntegerField()),
                ("count", models.BigIntegerField()),
            ],
        ),
        migrations.AddConstraint(
            "refusal",
            models.UniqueConstraint(fields=["login", "minute", "route"], name="one_count_of_refusals"),
        ),
        migrations.AddIndex("refusal", models.Index(fields=["minute"], name="refusals_by_minute")),
    ]
