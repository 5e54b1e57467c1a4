"""The key that signs sessions and CSRF tokens: made once, kept in the data folder, readable by its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def secret_key(home: Path) -> str:
    """The key of a data folder (YICI_SECRET_KEY wins), made when there is none."""
    if given := os.environ.get("YICI_SECRET_KEY"):
        return given
    home.mkdir(parents=True, exist_ok=True)
    path = home / "web-secret"
    try:
        # Exclusive creation: of two processes that start at once, one makes the key and the other reads it.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii")
    with os.fdopen(handle, "w") as file:
        key = secrets.token_urlsafe(64)
        file.write(key)
    return key
