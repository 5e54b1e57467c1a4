"""Starting background work, and what its owner sees of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from yici.core.access.actors import SYSTEM, Actor, Role, Thing
from yici.core.errors import Conflict, NotFound, Problem, Refused
from yici.core.jobs import JobState
from yici.services.jobs.queue import enqueue
from yici.storage import accounts, audit, jobs
from yici.storage.database import open_database
from yici.storage.jobs import JobRow

SHOWN = 50
FOLDER = "jobs"
REACH = "reach"


@dataclass(frozen=True, slots=True)
class Watched:
    """A job as the system administrator sees it: that it is, not what is in it."""

    kind: str
    owner: str
    state: JobState
    attempts: int
    asked_at: datetime
    finished_at: datetime | None


def start_job(*, actor: Actor, home: Path, kind: str, words: str, arguments: Mapping[str, Any]) -> int:
    """Put work into the queue; its number. Asking again for what already waits or runs gives the number of that."""
    open_database(home)
    # As they come back from the database, lists for tuples: else a second click would find nothing alike.
    arguments = json.loads(json.dumps({**arguments, REACH: _reach(actor)}))
    with transaction.atomic():
        if (there := jobs.same_active(actor.name, kind, arguments)) is not None:
            return there
        number = jobs.add_job(
            kind=kind, words=words[:200], owner=actor.name, account=actor.account, arguments=arguments,
            enqueue=enqueue,
        )  # fmt: skip
        audit.append(actor=actor.name, action="job.start", thing=str(number), detail={"kind": kind})
    return number


def start_for(login: str, *, kind: str, words: str, arguments: Mapping[str, Any], today: date) -> int:
    """Put work into the queue that somebody wanted done at a time, when this has come; its number. It fails, telling
    so, when the account was closed meanwhile. Call it in the transaction that notes that the time has come."""
    account = accounts.find_account(login)
    owner = Actor(0, login) if account is None else accounts.actor_of(account, today=today)
    number = jobs.add_job(
        kind=kind, words=words[:200], owner=login, account=owner.account,
        arguments=json.loads(json.dumps({**arguments, REACH: _reach(owner)})), enqueue=enqueue,
    )  # fmt: skip
    audit.append(actor=SYSTEM, action="job.start", thing=str(number), detail={"kind": kind, "for": login})
    return number


def jobs_for(*, actor: Actor, home: Path) -> list[JobRow]:
    """The actor's own jobs, the latest first."""
    open_database(home)
    return jobs.jobs_of(actor.name, SHOWN)


def jobs_watched(*, actor: Actor, home: Path) -> list[Watched]:
    """Everybody's jobs without their contents, for the system administrator; for others none."""
    open_database(home)
    if Role.SYSTEM_ADMIN not in actor.roles:
        return []
    return [
        Watched(row.kind, row.owner, row.state, row.attempts, row.asked_at, row.finished_at)
        for row in jobs.all_jobs(SHOWN)
    ]


def active_jobs(*, actor: Actor, home: Path) -> int:
    """How many of the actor's jobs wait or run."""
    open_database(home)
    return jobs.count_active(actor.name)


def active_about(*, home: Path, kind: str, name: str, value: Any, owner: str = "") -> JobRow | None:
    """The job of a kind that waits or runs for a thing (`name` of its arguments), whoever asked for it, or `owner`."""
    open_database(home)
    return jobs.active_about(kind, name, value, owner=owner)


def active_of(*, home: Path, kinds: Sequence[str], owner: str = "") -> list[JobRow]:
    """The jobs of these kinds that wait or run, the first asked first, of anybody or of `owner`."""
    open_database(home)
    return jobs.active_of(kinds, owner=owner)


def last_done(*, home: Path, kind: str, owner: str) -> JobRow | None:
    """The owner's job of a kind that was done last."""
    open_database(home)
    return jobs.last_done(kind, owner)


def check_free(*, actor: Actor, home: Path, kind: str, name: str, value: Any) -> None:
    """Raise Conflict when somebody else's job of the kind is to do the same to a thing: it need not be asked twice."""
    row = active_about(home=home, kind=kind, name=name, value=value)
    if row is not None and row.owner != actor.name:
        raise Conflict(Problem("job-others", "另一个人发起的同一项操作正在进行。", "请等它结束后刷新页面再看。"))


def get_job(*, home: Path, number: int) -> JobRow:
    """A job. Raises NotFound."""
    open_database(home)
    row = jobs.job_row(number)
    if row is None:
        raise NotFound(Problem("unknown-job", "没有这项后台任务。", "它可能已经过期，请重新发起。"))
    return row


def job_thing(row: JobRow) -> Thing:
    """A job, as far as rules ask: whose it is."""
    return Thing(kind="job", owner=row.owner, state=row.state)


def cancel_job(*, actor: Actor, home: Path, number: int, at: datetime) -> JobState:
    """Cancel a job: one that waits at once, one that runs at its next safe point. Raises Conflict when it has ended."""
    open_database(home)
    with transaction.atomic():
        state = jobs.ask_cancel(number, at=at)
        if state is None:
            raise Conflict(Problem("job-ended", "这项任务已经结束，不能取消。", "请看结果。"))
        audit.append(actor=actor.name, action="job.cancel", thing=str(number), detail={})
    return state


def job_file(*, actor: Actor, home: Path, number: int) -> tuple[str, Path]:
    """(name, path) of what a job made, with an audit line. Raises NotFound when there is none (any more), Refused when
    the actor's posts, units or grants are no longer those it was made with: it may hold what they no longer show."""
    row = get_job(home=home, number=number)
    path = home / FOLDER / row.file
    if not row.file or not path.is_file():
        raise NotFound(Problem("job-file-gone", "没有可下载的文件，或已过保存期。", "请重新生成。"))
    if REACH not in row.arguments:
        raise Refused(Problem("job-file-old", "这个文件是程序升级前生成的，不能再下载。", "请重新生成。"))
    if row.arguments[REACH] != _reach(actor):
        message = "您的岗位、单位或授权变了，以前生成的文件不能再下载。"
        raise Refused(Problem("job-reach-changed", message, "请重新生成。"))
    audit.append_alone(actor=actor.name, action="job.file", thing=str(number), detail={"kind": row.kind})
    return row.file_name, path


def _reach(actor: Actor) -> str:
    """A mark of everything the actor's rights follow from; it changes when any of it does."""
    posts = sorted([str(post.role), post.unit or "", post.organisation or ""] for post in actor.posts)
    grants = sorted(
        [sorted(grant.elements), [] if grant.units is None else ["", *sorted(grant.units)]] for grant in actor.grants
    )
    told = json.dumps([posts, sorted(actor.units), grants, list(actor.subject or ())], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()
