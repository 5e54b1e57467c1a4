"""Opening the data folder: the database of that folder, with all tables in place."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, connections
from django.db.utils import OperationalError, ProgrammingError

from yici.core.errors import NotFound, Problem
from yici.storage import engines
from yici.storage.host import models

__all__ = ["is_server", "models", "open_database", "server_settings", "snapshot"]

MIGRATIONS = Path(__file__).with_name("migrations")
# The databases this process has found up to date: tables never go back while a process runs.
_CHECKED: set[tuple[str, ...]] = set()


def open_database(home: Path) -> None:
    """Use the data folder `home` from here on: makes the folder, connects, and brings the tables up to date.

    Raises NotFound when the database server that DATABASE_URL names cannot be reached.
    """
    home.mkdir(parents=True, exist_ok=True)
    _connect_to(engines.database_settings(home.resolve(), engines.database_url(home)))
    _reach()
    if not _up_to_date():
        with locked(home / "db.lock"):
            if not _up_to_date():
                call_command("migrate", verbosity=0, interactive=False)


def identity() -> tuple[str, ...]:
    """What tells the database in use from every other one this process has met, a new file of that name too."""
    now = connection.settings_dict
    name = str(now["NAME"])
    file = Path(name)
    born = str(file.stat().st_ino) if connection.vendor == "sqlite" and file.exists() else ""
    return (name, str(now.get("HOST", "")), str(now.get("PORT", "")), born)


def in_transaction() -> bool:
    """Whether a transaction is under way: what it reads may never be committed."""
    return bool(connection.in_atomic_block)


def leave_database() -> None:
    """Close this thread's connection: a thread that ends must not leave one behind."""
    connections["default"].close()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the file lock `path` alone; other processes wait. The system frees it when a process dies."""
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def snapshot() -> None:
    """Inside a transaction, before its first query: all its queries see one moment.

    SQLite's transactions do so by themselves; PostgreSQL's would see what others commit between two queries.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def is_server() -> bool:
    """Whether the database is a server rather than a file in the data folder."""
    return connection.vendor == "postgresql"


def server_settings() -> dict[str, str]:
    """The server's settings on which durability depends, by name; empty for SQLite."""
    names = ("synchronous_commit", "fsync", "full_page_writes", "data_checksums")
    if not is_server():
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(names)])
        return dict(cursor.fetchall())


def day_of(given: date | str) -> date:
    """A date that a plain statement has read: SQLite gives it as its text."""
    return given if isinstance(given, date) else date.fromisoformat(given)


def _connect_to(wanted: dict[str, Any]) -> None:
    """Point the default connection at another database. One process serves one folder at a time."""
    now = connections.settings["default"]
    if all(now.get(name) == value for name, value in wanted.items()):
        return
    connections["default"].close()
    del connections["default"]
    connections.settings = connections.configure_settings({"default": wanted})


def _reach() -> None:
    try:
        connection.ensure_connection()
    except OperationalError as error:
        if not is_server():
            raise
        raise NotFound(
            Problem(
                "database-unreachable",
                f"连不上数据库服务器：{str(error).splitlines()[0]}",
                "请检查 DATABASE_URL、网络和服务状态。",
            )
        ) from None


def _up_to_date() -> bool:
    """Whether the newest shipped migration has been applied: asked once a process."""
    if identity() in _CHECKED:
        return True
    newest = max(path.stem for path in MIGRATIONS.glob("[0-9]*.py"))
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations WHERE app = 'storage' AND name = %s", [newest])
            done = cursor.fetchone() is not None
    except (OperationalError, ProgrammingError):
        return False
    if done:
        _CHECKED.add(identity())
    return done
