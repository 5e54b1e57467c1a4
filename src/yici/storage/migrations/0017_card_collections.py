"""Forms of which one copy is made for each subject: who is meant, and how many there were."""

from typing import Any, ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("storage", "0016_saved_figures")]

    operations: ClassVar[list[Any]] = [
        migrations.AddField("collection", "everybody", models.BooleanField(default=False)),
        migrations.AddField("collection", "named", models.JSONField(default=list)),
        migrations.AddField("filling", "cards", models.IntegerField(default=0)),
    ]
