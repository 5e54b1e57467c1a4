"""Forms as they were read and recognised, kept in the data folder for other processes and for after a restart.

It is a cache: whatever is missing, damaged or of another program is made again. Blank forms may hold what somebody
typed into them, so nobody else may read the folder, and what nobody asked for during DAYS days is removed.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yici
from yici.storage.packs import packs_stamp

FOLDER = "recognised"
DAYS = 7


def form_key(*ground: object) -> str:
    """The name under which a form is kept: it changes with its ground, the definitions and the program itself."""
    told = json.dumps([_program(), packs_stamp(), ground], ensure_ascii=False, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def kept_form(home: Path, key: str) -> Any:
    """What was kept under that name as JSON; None when there is nothing that can be read."""
    path = home / FOLDER / f"{key}.json.gz"
    try:
        content = json.loads(gzip.decompress(path.read_bytes()))
        os.utime(path)
    except (OSError, EOFError, ValueError):
        return None
    return content


def has_form(home: Path, key: str) -> bool:
    """Whether anything was kept under that name."""
    return (home / FOLDER / f"{key}.json.gz").exists()


def keep_form(home: Path, key: str, content: Any) -> None:
    """Keep a JSON value under that name."""
    packed = gzip.compress(json.dumps(content, ensure_ascii=False).encode(), 1)
    _place(home / FOLDER / f"{key}.json.gz", lambda path: path.write_bytes(packed))


def keep_package(home: Path, source: str, converted: Path) -> Path:
    """Keep the package that a form of an old format (by its hash) was converted to; where it lies now."""
    final = package_path(home, source, converted.suffix)
    if not final.exists():
        _place(final, lambda path: shutil.copyfile(converted, path))
    return final


def kept_package(home: Path, source: str, suffix: str) -> Path | None:
    """The package that was kept for the form of that hash; None when there is none any more."""
    path = package_path(home, source, suffix)
    if path.exists():
        os.utime(path)
        return path
    return None


def package_path(home: Path, source: str, suffix: str) -> Path:
    """Where the package lies that the form of that hash was converted to."""
    return home / FOLDER / f"{source}{suffix}"


def remove_old_forms(home: Path, now: datetime) -> int:
    """Remove what nobody has asked for during DAYS days; how many files."""
    before = (now - timedelta(days=DAYS)).timestamp()
    folder = home / FOLDER
    old = [path for path in folder.iterdir() if path.stat().st_mtime < before] if folder.is_dir() else []
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _place(final: Path, write: Callable[[Path], object]) -> None:
    """Write a file; who reads meanwhile finds it whole or not at all."""
    final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = final.parent / f".tmp-{uuid.uuid4().hex}"
    write(half)
    os.replace(half, final)


@lru_cache(maxsize=1)
def _program() -> str:
    """A hash that changes when any file of the program does: what an older one recognised is not asked for."""
    folder = Path(yici.__file__).parent
    stamps = [
        (str(path.relative_to(folder)), (stat := path.stat()).st_size, stat.st_mtime_ns)
        for part in ("core", "office", "services")
        for path in sorted((folder / part).rglob("*.py"))
    ]
    return hashlib.sha256(repr(stamps).encode()).hexdigest()
