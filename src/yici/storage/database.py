"""Opening the data folder: the database of that folder, with all tables in place."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connections
from django.db.utils import OperationalError, ProgrammingError

from yici.storage.host import models

__all__ = ["models", "open_database"]

MIGRATIONS = Path(__file__).with_name("migrations")


def open_database(home: Path) -> None:
    """Use the data folder `home` from here on: makes the folder, connects, and brings the tables up to date."""
    home.mkdir(parents=True, exist_ok=True)
    _connect_to(str((home / "db.sqlite3").resolve()))
    if not _up_to_date():
        with locked(home / "db.lock"):
            if not _up_to_date():
                call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the file lock `path` alone; other processes wait. The system frees it when a process dies."""
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _connect_to(name: str) -> None:
    """Point the default connection at another database file. One process serves one folder at a time."""
    settings = connections.settings["default"]
    if settings["NAME"] != name:
        connections["default"].close()
        settings["NAME"] = name
        connections["default"].settings_dict["NAME"] = name


def _up_to_date() -> bool:
    """Whether the newest shipped migration has been applied: one query, as every command asks it."""
    newest = max(path.stem for path in MIGRATIONS.glob("[0-9]*.py"))
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations WHERE app = 'storage' AND name = %s", [newest])
            return cursor.fetchone() is not None
    except (OperationalError, ProgrammingError):
        return False
