"""The next period of a recurring collection may be sent by itself, once, for whoever chose so."""

from typing import Any, ClassVar

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("storage", "0023_audit_by_action")]

    operations: ClassVar[list[Any]] = [
        migrations.AddField("collection", "automatic_by", models.CharField(max_length=255, default="")),
        migrations.AddField("collection", "automatic_since", models.DateField(null=True)),
        migrations.CreateModel(
            "PeriodSending",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("collection", models.ForeignKey(on_delete=models.PROTECT, to="storage.collection")),
                ("period", models.CharField(max_length=64)),
                ("job", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddConstraint(
            "periodsending",
            models.UniqueConstraint(fields=["collection", "period"], name="one_sending_a_period"),
        ),
    ]
