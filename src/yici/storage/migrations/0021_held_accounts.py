"""Accounts whose password an administrator made wait until another one releases them."""

from typing import Any, ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("storage", "0020_received_day")]

    operations: ClassVar[list[Any]] = [
        migrations.AddField("account", "held_since", models.DateTimeField(null=True)),
        migrations.AddField("account", "held_by", models.CharField(max_length=255, default="")),
        migrations.AddField("account", "held_for", models.CharField(max_length=64, default="")),
        migrations.AddField("account", "released_by", models.CharField(max_length=255, default="")),
    ]
