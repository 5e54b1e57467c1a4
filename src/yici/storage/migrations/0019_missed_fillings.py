"""Fillings that were never submitted before their collection was closed are missed: each may be reopened then."""

from __future__ import annotations

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def miss(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    """Mark what waits in closed collections."""
    rows = apps.get_model("storage", "Filling").objects.filter(state__in=["open", "returned"])
    rows.filter(collection__state="closed").update(state="missed")


def open_again(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    """Back to what an earlier version knows."""
    apps.get_model("storage", "Filling").objects.filter(state="missed").update(state="open")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("storage", "0018_job_outcome")]
    operations: ClassVar = [migrations.RunPython(miss, open_again)]
