"""The worker's process: takes jobs from the queue, shows life, and finds the jobs of dead workers."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from django.db import connections
from django.db.utils import DatabaseError
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker as QueueWorker

from yici.core.errors import Problem
from yici.core.jobs import BEAT, LEASE, MOST_ATTEMPTS
from yici.services.collecting.periods import begin_due
from yici.services.jobs.queue import enqueue
from yici.services.jobs.running import RUNNING, STOPPING, WORKER
from yici.services.jobs.sweeping import sweep_old
from yici.services.refusals import tell_counts
from yici.storage import jobs
from yici.storage.database import open_database

_log = logging.getLogger("yici.jobs")
# What the day brings is begun within minutes, and found by a query; what is old is swept every hour.
_ROUNDS_BEGUN, _ROUNDS_SWEPT = 60, 720
_DEAD = Problem(
    "job-worker-died",
    f"这项任务运行时，后台进程 {MOST_ATTEMPTS} 次中断，不再自动重试。",
    "请系统管理员查看日志和内存后重新发起。",
)


def work(home: Path, *, interval: float = 0.5, parent: int | None = None) -> None:
    """Work until SIGTERM or SIGINT. What runs then is given back to the queue at its next safe point.

    With `parent` (a process number) also until that process has gone: a worker that `yici serve` started does not
    outlive it.
    """
    open_database(home)
    queue = _queue(interval, batch=False)
    _on_signals(queue)
    done = threading.Event()
    keeper = threading.Thread(target=_keep, args=(home, done, parent), daemon=True, name="keeper")
    keeper.start()
    try:
        queue.run()
    finally:
        done.set()


def work_off(home: Path) -> None:
    """Do what waits in the queue, in this process, and return."""
    open_database(home)
    STOPPING.clear()
    _queue(0.0, batch=True).run()


def recover_dead(home: Path, *, lease_seconds: float | None = None) -> list[int]:
    """Put the jobs of dead workers back into the queue, or tell that they failed; the jobs concerned."""
    open_database(home)
    now = timezone.now()
    lease = LEASE if lease_seconds is None else LEASE * (lease_seconds / LEASE.total_seconds())
    return jobs.recover(
        before=now - lease, at=now, enqueue=enqueue, problem=_DEAD.as_json(), step="后台进程中断过，已重新排队"
    )


def _queue(interval: float, *, batch: bool) -> QueueWorker:
    return QueueWorker(
        queue_names=["default"], interval=interval, batch=batch, backend_name="default", startup_delay=False,
        max_tasks=None, worker_id=WORKER, excluded_queue_names=[],
    )  # fmt: skip


def _on_signals(queue: QueueWorker) -> None:
    def stop(number: int, _frame: FrameType | None) -> None:
        STOPPING.set()
        queue.running = False
        if not queue.running_task:
            raise SystemExit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def _keep(home: Path, done: threading.Event, parent: int | None) -> None:
    """Every few seconds: show life for what runs, recover what dead workers left; now and then begin what the day
    brings, and sweep what is old."""
    rounds = 0
    while True:
        _safely(_beat)
        _safely(lambda: recover_dead(home))
        if rounds % _ROUNDS_BEGUN == 0:
            _safely(lambda: begin_due(home=home, now=timezone.now()))
            _safely(lambda: tell_counts(home=home, at=timezone.now()))
        if rounds % _ROUNDS_SWEPT == 0:
            _safely(lambda: sweep_old(home))
        rounds += 1
        if done.wait(BEAT.total_seconds()):
            return
        if parent is not None and os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)
            return


def _beat() -> None:
    for number, attempt in list(RUNNING.items()):
        jobs.beat(number, attempt, at=timezone.now())


def _safely(act: Callable[[], object]) -> None:
    """A database or a file that is away for a moment does not end the keeper."""
    try:
        act()
    except (DatabaseError, OSError) as error:
        _log.warning("keeper: %s", error)
        connections["default"].close()
