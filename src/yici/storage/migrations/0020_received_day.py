"""The day of the data of a received form, where its clerk chose one."""

from typing import Any, ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("storage", "0019_missed_fillings")]

    operations: ClassVar[list[Any]] = [
        migrations.AddField("outsideuse", "as_of", models.DateField(null=True)),
    ]
