"""Which database a data folder uses: the SQLite file inside it, or the PostgreSQL server that DATABASE_URL names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from yici.core.errors import NotFound, Problem

# Writers queue at the start of their transaction, so that none fails half way with "database is locked". WAL with
# NORMAL: what was committed survives a killed process; readers never wait for a writer.
_SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 60,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}
_SCHEMES = ("postgres", "postgresql")


def database_url(home: Path) -> str:
    """The address of the database server for a data folder (DATABASE_URL), or "" for the folder's own file.

    One database belongs to one data folder: the folder holds the batches whose rows the database lists.
    """
    return os.environ.get("DATABASE_URL", "")


def database_settings(home: Path, url: str) -> dict[str, Any]:
    """Django's settings of the database. Raises NotFound for an address of another kind than postgresql://…"""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str((home / "db.sqlite3").absolute()),
            "OPTIONS": dict(_SQLITE),
        }
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES or len(parts.path) < 2:
        # The address may hold a password, so only its kind is shown.
        raise NotFound(
            Problem(
                "database-url",
                f"DATABASE_URL 不是 PostgreSQL 地址（{parts.scheme or '没有协议'}）。",
                "写作 postgresql://用户:密码@主机:端口/库名；不设则用数据文件夹里的 SQLite。",
            )
        )
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        # Each thread keeps its connection: making one costs more than most requests.
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "yici", **options},
    }
