"""What is deleted because its time is over, whether anybody uses the platform or not: the keeper does it every hour."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from yici.core.jobs import ACTIVE, KEPT
from yici.services.importing import sweep_uploads
from yici.services.jobs.starting import FOLDER
from yici.services.received_files import remove_old
from yici.storage import asked_again, jobs, sessions
from yici.storage.database import open_database
from yici.storage.kept_forms import remove_old_forms

_HALF_MADE = timedelta(days=1)


def sweep_old(home: Path, *, kept: timedelta = KEPT) -> None:
    """Forget old jobs and their files, uploads, received and recognised forms, marks of 又要了一遍, and sessions."""
    open_database(home)
    now = timezone.now()
    for name in jobs.sweep(before=now - kept):
        shutil.rmtree((home / FOLDER / name).parent, ignore_errors=True)
    _sweep_half_made(home / FOLDER, (now - _HALF_MADE).timestamp())
    sweep_uploads(home=home, now=now)
    remove_old(home, now)
    remove_old_forms(home, now)
    asked_again.forget_marks(day=timezone.localdate())
    sessions.forget_ended(at=now)


def _sweep_half_made(folder: Path, before: float) -> None:
    """Remove folders of attempts that ended without saying so: no job runs in them or keeps a file there."""
    for place in folder.iterdir() if folder.is_dir() else ():
        number = place.name.split("-")[0]
        if not place.is_dir() or not number.isdigit() or place.stat().st_mtime >= before:
            continue
        row = jobs.job_row(int(number))
        if row is None or (row.state not in ACTIVE and not row.file.startswith(f"{place.name}/")):
            shutil.rmtree(place, ignore_errors=True)
