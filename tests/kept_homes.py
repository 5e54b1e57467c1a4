"""Data folders as a piece of set-up leaves them, kept while the tests run: who wants the same again gets a copy.

Hundreds of tests begin in the same office. Its tables, accounts and ledgers are made once, by the product itself.
"""

from __future__ import annotations

import atexit
import hashlib
import itertools
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from django.db import connection, connections

from postgres_cluster import Cluster
from yici.services.pool import open_pool
from yici.storage import engines
from yici.storage.database import open_database

Made = TypeVar("Made")

_FOLDER = Path(tempfile.mkdtemp(prefix="yici-kept-"))
_KEPT: dict[tuple[str, str, bool], tuple[Path, str, object]] = {}
_NUMBERS = itertools.count()
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)


def prepared(home: Path, name: str, make: Callable[[], Made]) -> Made:
    """Do `make` for the data folder, and return what it returns; a folder that already had it done gives its copy.

    `name` says what is made. A copy is given only to a folder that is as the first one was, to the byte; with a
    database on a server, to one that nobody opened before.
    """
    cluster = getattr(engines.database_url, "__self__", None)
    if cluster.knows(home) if isinstance(cluster, Cluster) else engines.database_url(home):
        return make()
    before = (name, _state(home), isinstance(cluster, Cluster))
    if before in _KEPT:
        kept, tables, made = _KEPT[before]
        _replace(home, kept)
        if isinstance(cluster, Cluster):
            cluster.bring(home, tables)
        open_database(home)
        return made  # type: ignore[return-value]
    made = make()
    # Whoever reads the pool first makes its golden records: once, instead of in every copy.
    with open_pool(home).projection():
        pass
    _leave(home)
    kept = _FOLDER / str(next(_NUMBERS))
    shutil.copytree(home, kept)
    tables = ""
    if isinstance(cluster, Cluster):
        connections["default"].close()
        tables = cluster.keep(home)
    _KEPT[before] = (kept, tables, made)
    return made


def _state(home: Path) -> str:
    """What all files of the folder hold, as a digest."""
    _leave(home)
    digest = hashlib.sha256()
    for file in sorted(path for path in home.rglob("*") if path.is_file()):
        digest.update(f"{file.relative_to(home)}\0{file.stat().st_size}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _leave(home: Path) -> None:
    """Close the folder's database, when it is the one in use: what it has in its log goes into its file."""
    if Path(str(connection.settings_dict["NAME"])).is_relative_to(home):
        connections["default"].close()


def _replace(home: Path, kept: Path) -> None:
    """Put a copy in the folder's place. The old one goes last, so that no new file can have the number of an old one:
    by that number the product knows a database again."""
    new, old = home.with_name(f"{home.name}-new"), home.with_name(f"{home.name}-old")
    shutil.copytree(kept, new)
    if home.exists():
        home.rename(old)
    new.rename(home)
    shutil.rmtree(old, ignore_errors=True)
