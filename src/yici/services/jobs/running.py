"""Running one job: with its owner's rights of today, telling how far it is, stopping at safe points."""

from __future__ import annotations

import logging
import shutil
import threading
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils import timezone

from yici.core.errors import NotFound, Problem, YiciError
from yici.core.jobs import JobState
from yici.services.jobs.catalogue import KINDS
from yici.services.jobs.kinds import Cancelled, GivenBack, LeaseLost, Note, Result, Work
from yici.services.jobs.queue import enqueue
from yici.services.jobs.starting import FOLDER, REACH
from yici.storage import accounts, jobs
from yici.storage.database import open_database
from yici.storage.jobs import Ending, JobRow

_log = logging.getLogger("yici.jobs")
# Set when this process is asked to stop: what runs is given back at its next safe point.
STOPPING = threading.Event()
# The jobs this process runs now, with their attempts: the keeper shows life for them.
RUNNING: dict[int, int] = {}
WORKER = uuid.uuid4().hex


def run_one(number: int, home: Path) -> None:
    """Run a job that waits; nothing when it no longer does. Whatever happens, the job tells it."""
    open_database(home)
    row = jobs.claim(number, worker=WORKER, at=timezone.now())
    if row is None:
        return
    RUNNING[number] = row.attempts
    try:
        _end(row, home, _run(row, home))
    except GivenBack:
        jobs.give_back(number, row.attempts, enqueue=enqueue, step="服务正在重启，稍后自动重新开始")
    except LeaseLost:
        _log.warning("job %s was given to another worker", number)
    finally:
        RUNNING.pop(number, None)


def _run(row: JobRow, home: Path) -> Ending:
    folder = home / FOLDER / f"{row.id}-{row.attempts}"
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        result = KINDS[row.kind].run(_work(row, home, folder))
        return _ending(result, folder)
    except (GivenBack, LeaseLost):
        shutil.rmtree(folder, ignore_errors=True)
        raise
    except Cancelled:
        shutil.rmtree(folder, ignore_errors=True)
        return Ending(JobState.CANCELLED, told="已取消，没有留下任何改动。")
    except YiciError as error:
        shutil.rmtree(folder, ignore_errors=True)
        return Ending(JobState.FAILED, problems=tuple(problem.as_json() for problem in error.problems))
    except Exception:
        mark = uuid.uuid4().hex[:8]
        _log.exception("job %s (%s) failed, error %s", row.id, row.kind, mark)
        shutil.rmtree(folder, ignore_errors=True)
        problem = Problem("job-error", f"程序出错了（编号 {mark}）。", "请把编号告诉系统管理员。")
        return Ending(JobState.FAILED, problems=(problem.as_json(),))


def _work(row: JobRow, home: Path, folder: Path) -> Work:
    """The run, with its owner as the account is today. Raises NotFound for a closed account, Refused."""
    account = accounts.account_by_id(row.account)
    if account is None:
        raise NotFound(Problem("job-account", "发起人的账号已经停用。", "请由现在的经办人重新发起。"))
    today = timezone.localdate()
    work = Work(
        accounts.actor_of(account, today=today), home, row.arguments, folder, today, row.attempts == 1, _note(row)
    )
    work.check(KINDS[row.kind].action)
    return work


def _note(row: JobRow) -> Note:
    def note(done: int, total: int, step: str) -> None:
        if STOPPING.is_set():
            raise GivenBack
        asked = jobs.note_progress(row.id, row.attempts, done=done, total=total, step=step, at=timezone.now())
        if asked is None:
            raise LeaseLost
        if asked:
            raise Cancelled

    return note


def _ending(result: Result, folder: Path) -> Ending:
    file = f"{folder.name}/{result.file.name}" if result.file else ""
    if not file:
        shutil.rmtree(folder, ignore_errors=True)
    return Ending(JobState.DONE, result.told, result.route, result.argument, file, result.file_name,
                  outcome=result.outcome)  # fmt: skip


def _end(row: JobRow, home: Path, ending: Ending) -> None:
    arguments: Mapping[str, Any] = row.arguments
    kept = {REACH: arguments[REACH]} if ending.file and REACH in arguments else {}
    if jobs.finish(row.id, row.attempts, ending, at=timezone.now(), kept=kept):
        KINDS[row.kind].tidy(home, arguments)
        # What earlier attempts left when their workers died: it may name people, and nobody comes back for it.
        for folder in (home / FOLDER).glob(f"{row.id}-*"):
            if folder.name != f"{row.id}-{row.attempts}":
                shutil.rmtree(folder, ignore_errors=True)
    else:
        _log.warning("job %s ended, but was given to another worker meanwhile", row.id)
