"""The second factor, recovery codes, the roles that must have it, and identities kept by others."""

from typing import Any, ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

_ID: Any = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
_PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("storage", "0012_outside")]

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="FactorRule",
            fields=[
                ("role", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("by", models.CharField(max_length=255)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="SecondFactor",
            fields=[
                ("id", _ID.clone()),
                ("salt", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("last_step", models.BigIntegerField(default=0)),
                ("account", models.OneToOneField(on_delete=_PROTECT, to="storage.account")),
            ],
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", _ID.clone()),
                ("hash", models.CharField(max_length=64)),
                ("used_at", models.DateTimeField(null=True)),
                ("account", models.ForeignKey(on_delete=_PROTECT, to="storage.account")),
            ],
        ),
        migrations.CreateModel(
            name="OutsideIdentity",
            fields=[
                ("id", _ID.clone()),
                ("issuer", models.CharField(max_length=255)),
                ("subject", models.CharField(max_length=255)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("account", models.ForeignKey(on_delete=_PROTECT, to="storage.account")),
            ],
        ),
        migrations.AddConstraint(
            model_name="outsideidentity",
            constraint=models.UniqueConstraint(fields=("issuer", "subject"), name="one_account_an_identity"),
        ),
    ]
