"""The queue: django-tasks-db, in the same database, so that a job and its place in the queue are one transaction."""

from __future__ import annotations

from yici.storage.host import models  # noqa: F401 - the settings must be there before a task is declared

from django_tasks import task  # isort: skip


@task()
def run_job(number: int) -> None:
    """Run a job; called by a worker only."""
    # Which work there is depends on every service; only workers need to know it.
    from yici.services.home import data_home
    from yici.services.jobs.running import run_one

    run_one(number, data_home())


def enqueue(number: int) -> str:
    """Put a job into the queue, in the caller's transaction; the number of its place."""
    return str(run_job.enqueue(number).id)
