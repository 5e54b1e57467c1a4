"""The units a ledger is a complete list for (名册范围)."""

from typing import Any, ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("storage", "0008_burden")]

    operations: ClassVar[list[Any]] = [
        migrations.AddField(model_name="batch", name="covers", field=models.JSONField(default=list)),
    ]
