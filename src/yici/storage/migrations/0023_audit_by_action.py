"""The last line of an action is looked for on first pages: found without reading the whole audit."""

from typing import Any, ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("storage", "0022_device_tries")]

    operations: ClassVar[list[Any]] = [
        migrations.AddIndex("auditline", models.Index(fields=["action", "seq"], name="audit_by_action")),
    ]
