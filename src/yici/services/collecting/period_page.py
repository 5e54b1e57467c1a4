"""What a department is told of periods that are sent by themselves: on the collection's page and on its first page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from yici.core.access.actors import Actor, Role
from yici.core.jobs import ACTIVE, JobState
from yici.services.agenda import SOURCES, Item
from yici.services.collecting.periods import Coming, carrier_of, coming
from yici.storage import jobs, periods
from yici.storage.collections import CollectionRow

# Nobody need know in spring that next year's days off were not announced.
_TOLD_BEFORE = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class NextPeriod:
    """The next period of a recurring collection as its page tells it. `by` chose that it is sent by itself (empty: it
    is sent by hand); `under_way`: it is being sent; `failed`: it was tried, for which `period`, and `problems` say why
    it was not sent, as far as that is still known."""

    number: int
    by: str
    coming: Coming
    under_way: bool = False
    failed: bool = False
    period: str = ""
    problems: tuple[Mapping[str, Any], ...] = ()


def next_period(row: CollectionRow, today: date) -> NextPeriod | None:
    """The next period of a collection; None where nothing follows."""
    carrier = carrier_of(row)
    return _told(carrier, today) if carrier is not None and carrier.as_of is not None else None


def _told(row: CollectionRow, today: date) -> NextPeriod:
    what, taken = coming(row, today), periods.last_taken(row.id)
    if not row.automatic_by or taken is None:
        return NextPeriod(row.id, row.automatic_by, what)
    job = jobs.job_row(taken.job)
    if job is not None and job.state in ACTIVE | {JobState.DONE}:
        return NextPeriod(row.id, row.automatic_by, what, under_way=job.state in ACTIVE)
    problems = job.problems if job is not None else ()
    return NextPeriod(row.id, row.automatic_by, what, failed=True, period=taken.period, problems=problems)


def _agenda(actor: Actor, home: Path, today: date) -> list[Item]:
    """What will not be sent by itself although that was chosen: nobody else would notice."""
    if not actor.roles & {Role.OFFICER, Role.STEWARD}:
        return []
    rows = [
        row for row in periods.automatic_collections()
        if row.organisation in actor.organisations or row.automatic_by == actor.name
    ]  # fmt: skip
    told = [_told(row, today) for row in rows]
    failed = [one for one in told if one.failed]
    unknown = [one for one in told if one.coming.lacking and one.coming.window.start - _TOLD_BEFORE <= today]
    year = min((one.coming.lacking for one in unknown if one.coming.lacking), default=0)
    return [
        Item("个采集任务的下一期没有自动派出", len(failed), *_where(failed), detail="原因写在任务的页面上，请手工派发"),
        Item("个采集任务的下一期不会自动派出", len(unknown), *_where(unknown),
             detail=f"{year} 年的放假安排还没有公布，算不出工作日，到时请手工派发"),
    ]  # fmt: skip


def _where(told: list[NextPeriod]) -> tuple[str, str]:
    """The route to the one collection, or to the list of several."""
    return ("collection", str(told[0].number)) if len(told) == 1 else ("collections", "")


SOURCES.append(_agenda)
