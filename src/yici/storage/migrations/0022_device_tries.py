"""Wrong passwords are counted apart for browsers the owner has signed in with before."""

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("storage", "0021_held_accounts")]

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            "DeviceTries",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account", models.ForeignKey("storage.Account", on_delete=django.db.models.deletion.PROTECT)),
                ("device", models.CharField(max_length=64)),
                ("failures", models.IntegerField(default=0)),
                ("locked_until", models.DateTimeField(null=True)),
            ],
            options={"constraints": [models.UniqueConstraint("account", "device", name="one_count_a_device")]},
        ),
    ]
