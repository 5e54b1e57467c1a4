"""The single Django app with tables, the batch files, and the loader of packs."""

from __future__ import annotations

from pathlib import Path


def setup(home: Path) -> None:
    """Start Django if need be and open the data folder `home`, making it and its tables when missing."""
    # Loaded here because the packs are read by commands that need no database, and Django costs 0.2 s to start.
    from yici.storage.database import open_database

    open_database(home)
