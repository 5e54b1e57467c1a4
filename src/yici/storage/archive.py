"""The tables as lines of JSON and back: the same for SQLite and PostgreSQL, so one restores into the other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from yici.storage.database import MIGRATIONS, snapshot
from yici.storage.host import models

__all__ = ["applied_migration", "is_empty", "load_tables", "migrations", "reading", "table_lines", "table_names"]

# Loading takes this many rows at a time.
_AT_A_TIME = 2_000


def migrations() -> list[str]:
    """The names of the migrations this program ships, oldest first."""
    return sorted(path.stem for path in MIGRATIONS.glob("[0-9]*.py"))


def applied_migration() -> str:
    """The newest migration the database has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(name) FROM django_migrations WHERE app = 'storage'")
        (name,) = cursor.fetchone()
    return str(name)


def table_names() -> list[str]:
    """The tables' names, as they stand in an archive."""
    return [str(model._meta.model_name) for model in _models()]


@contextmanager
def reading() -> Iterator[None]:
    """A transaction in which all tables are read as of one moment."""
    with transaction.atomic():
        snapshot()
        yield


def table_lines(name: str) -> Iterator[bytes]:
    """The rows of a table in the order of their keys, each a line of JSON. Call it inside `reading()`."""
    model = apps.get_model("storage", name)
    fields = model._meta.concrete_fields
    for row in model.objects.order_by("pk").iterator(chunk_size=_AT_A_TIME):
        values = {field.attname: getattr(row, field.attname) for field in fields}
        yield json.dumps(values, ensure_ascii=False, cls=DjangoJSONEncoder).encode() + b"\n"


def is_empty() -> bool:
    """Whether nobody has recorded anything in this database yet."""
    return not models.AuditLine.objects.exists() and not models.Unit.objects.exists()


def load_tables(tables: dict[str, Iterable[bytes]], migration: str) -> None:
    """Load rows written by `table_lines` into empty tables, in one transaction.

    `migration` is the one the rows were written under; tables are brought to it first and up to date afterwards.
    """
    newest = migrations()[-1]
    if migration != newest:
        call_command("migrate", "storage", migration, verbosity=0, interactive=False)
    state = MigrationExecutor(connection).loader.project_state(("storage", migration))
    with transaction.atomic():
        for name, lines in tables.items():
            _load(state.apps.get_model("storage", name), lines)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), _models()):
                cursor.execute(statement)
    if migration != newest:
        call_command("migrate", "storage", verbosity=0, interactive=False)


def _models() -> list[Any]:
    """Every table but that of background work: what is done or waiting now means nothing in another database."""
    return [model for model in apps.get_app_config("storage").get_models() if model is not models.Job]


def _load(model: Any, lines: Iterable[bytes]) -> None:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    waiting: list[Any] = []
    for line in lines:
        values = json.loads(line)
        waiting.append(model(**{name: _python(fields[name], value) for name, value in values.items()}))
        if len(waiting) == _AT_A_TIME:
            model.objects.bulk_create(waiting)
            waiting = []
    model.objects.bulk_create(waiting)


def _python(field: Any, value: Any) -> Any:
    """A value out of JSON as the field holds it: dates and moments are texts there, JSON is itself."""
    return value if field.get_internal_type() == "JSONField" else field.to_python(value)
