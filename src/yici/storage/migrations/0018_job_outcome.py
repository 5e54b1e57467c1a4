"""What came of a job, for programs."""

from typing import Any, ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("storage", "0017_card_collections")]

    operations: ClassVar[list[Any]] = [
        migrations.AddField("job", "outcome", models.JSONField(default=dict)),
    ]
