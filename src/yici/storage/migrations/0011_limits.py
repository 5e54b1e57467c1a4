"""How often somebody did something lately."""

from typing import Any, ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("storage", "0010_apps")]

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="RateCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64)),
                ("starts", models.BigIntegerField()),
                ("ends", models.BigIntegerField(db_index=True)),
                ("count", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.AddConstraint(
            model_name="ratecount",
            constraint=models.UniqueConstraint(fields=("key", "starts"), name="one_count_a_window"),
        ),
    ]
