"""Blank forms that clerks received outside the platform: kept for some time under their hash, then removed."""

from __future__ import annotations

import os
import shutil
import uuid
from datetime import datetime, timedelta
from pathlib import Path

from yici.storage import jobs, outside
from yici.storage.batch_files import hash_file

FOLDER = "received"
KIND = "receive"
"""The kind of background work that takes received forms in."""
PROPOSING = "propose"
"""The kind that proposes a large form or one of an old format; until then its file lies here, too."""
DAYS = 90
"""How long a received form is kept after it was last received."""


def received_path(home: Path, source: str, file_name: str) -> Path:
    """Where the received file of that hash lies."""
    return home / FOLDER / f"{source}{Path(file_name).suffix.lower()}"


def keep_received(home: Path, file: Path) -> str:
    """Keep a received file; its hash. The same content is kept once."""
    source = hash_file(file)
    final = received_path(home, source, file.name)
    if not final.exists():
        final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = final.parent / f".tmp-{uuid.uuid4().hex}"
        shutil.copyfile(file, temporary)
        os.replace(temporary, final)
    else:
        # What it was kept for before may be over: it has its day again until it has its row.
        os.utime(final)
    return source


def remove_old(home: Path, now: datetime) -> int:
    """Remove the received files nobody has received for DAYS days; how many."""
    folder = home / FOLDER
    if not folder.is_dir():
        return 0
    kept = outside.kept_sources(now - timedelta(days=DAYS)) | _waiting()
    # A file that just came may not have its row yet.
    newest = (now - timedelta(days=1)).timestamp()
    old = [path for path in folder.iterdir() if path.stem not in kept and path.stat().st_mtime < newest]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _waiting() -> set[str]:
    """The hashes of the files that work in the background has yet to take in."""
    return {source for job in jobs.active_of([KIND, PROPOSING]) for source, _name in job.arguments["what"]["files"]}
