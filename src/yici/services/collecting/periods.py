"""The next period of a recurring collection, sent by itself on its first working day (按期自动派发).

Only where an officer has chosen so. The keeper of every worker looks for what is to be sent; the work itself is a job
of that officer, with the rights of the day. A period is taken up once: what fails is told to the department, and sent
by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from yici.core.access.actors import SYSTEM, Actor
from yici.core.collections.states import State
from yici.core.errors import Conflict, Problem
from yici.core.periods import Period
from yici.services.collecting.proposals import get_collection
from yici.services.collecting.publishing import days_of, period_after, plan_sending, renew, send, sent_to
from yici.services.collecting.trying import Progress
from yici.services.office_days import due_after, first_working_day, unannounced_year
from yici.storage import audit, collections, periods
from yici.storage.collections import CollectionRow
from yici.storage.database import open_database


@dataclass(frozen=True, slots=True)
class Coming:
    """The next period of a collection, and the day it is sent; `window` is the period this day lies in. No day is known
    while the days off of the year `lacking` were not announced. `skipped` are periods that were not sent at all."""

    period: Period
    window: Period
    day: date | None
    lacking: int | None
    skipped: tuple[str, ...] = ()

    def is_due(self, today: date) -> bool:
        """Whether it is to be sent now."""
        return self.day is not None and self.day <= today


def coming(row: CollectionRow, today: date) -> Coming:
    """What follows a recurring collection that was sent out.

    Who asks in March for February's data asks in April for March's: as many periods lie between as did. Periods over
    before anything was sent are left out, and those whose day was before sending by itself was chosen.
    """
    assert row.as_of is not None and row.published_at is not None
    data = period_after(row.as_of, row.recurring)
    window = max(data, period_after(timezone.localdate(row.published_at), row.recurring), key=lambda one: one.start)
    skipped, since = [], row.automatic_since or today
    while window.end < today or ((day := first_working_day(window.start)) is not None and day < since):
        skipped.append(data.name)
        data, window = period_after(data.end, row.recurring), period_after(window.end, row.recurring)
    lacking = _lacking(day, window, today, days_of(row))
    return Coming(data, window, None if lacking else day, lacking, tuple(skipped))


def _lacking(day: date | None, window: Period, today: date, days: int) -> int | None:
    """The year whose days off must be known before anything is sent: that of the first day, and that of the last."""
    if day is None:
        return window.start.year
    return unannounced_year(due_after(max(day, today), days))


def begin_due(*, home: Path, now: datetime) -> list[int]:
    """Start the jobs that send what is to be sent today, each period once; their numbers."""
    from yici.services.jobs.starting import start_for  # The kinds of jobs know this module.

    open_database(home)
    today, begun = timezone.localdate(now), []
    for row in periods.automatic_collections():
        if not (what := coming(row, today)).is_due(today):
            continue
        with transaction.atomic():
            if periods.claim(row.id, what.period.name, at=now):
                arguments = {"number": row.id, "period": what.period.name}
                job = start_for(row.automatic_by, kind="period", words=row.name, arguments=arguments, today=today)
                periods.note_job(row.id, what.period.name, job)
                begun.append(job)
    return begun


def send_next(
    *, actor: Actor, home: Path, number: int, period: str, now: datetime, progress: Progress | None = None
) -> CollectionRow | None:
    """Send the period after a collection, on behalf of the actor, who has chosen so; the collection that is the next
    one now. None when it was stopped meanwhile. Raises Conflict where it cannot be sent."""
    row = get_collection(home=home, number=number)
    following = periods.following_of(number)
    if following is not None and following.published_at is not None:
        return following
    if row.automatic_by != actor.name:
        return None
    today = timezone.localdate(now)
    what = coming(row, today)
    if what.period.name != period or not what.is_due(today):
        raise Conflict(Problem("period-over", f"没有赶上派发“{period}”这一期的日子。", "这一期请手工派发。"))
    _check_form(row, today)
    next_one = following.id if following is not None else _made(row, now)
    sending = plan_sending(
        home=home, number=next_one, units=sent_to(row), as_of=min(what.period.end, today), days=days_of(row),
        period=period, recurring=row.recurring, automatic=True, now=now,
    )  # fmt: skip
    told = {"for": actor.name, "period": period, "skipped": list(what.skipped)}
    send(actor=actor, home=home, sending=sending, now=now, progress=progress, by_itself=told)
    return collections.collection_row(next_one)


def choose(*, actor: Actor, home: Path, number: int, automatic: bool, today: date) -> None:
    """Let the next periods of a collection that was sent out be sent by themselves, or stop it. Raises Conflict."""
    row = carrier_of(get_collection(home=home, number=number))
    if row is None:
        message = "这个任务没有下一期可以自动派发。"
        raise Conflict(
            Problem(
                "automatic-nothing", message, "只有派发过的周期任务才有下一期；下一期派出后，请到那一期的页面上改。"
            )
        )
    with transaction.atomic():
        collections.lock_collection(row.id)
        periods.choose(row.id, by=actor.name if automatic else "", since=today if automatic else None)
        detail = {"automatic": automatic}
        audit.append(actor=actor.name, action="collection.automatic", thing=str(row.id), detail=detail)


def followed_by_itself(rows: Iterable[CollectionRow]) -> frozenset[int]:
    """Those of these collections after which a period is sent by itself; one that was not sent yet goes by the one
    before it."""
    carried = {row.id: row.id if row.published_at else row.previous for row in rows if _may_follow(row)}
    carriers = periods.still_automatic(number for number in carried.values() if number is not None)
    return frozenset(row for row, carrier in carried.items() if carrier in carriers)


def _may_follow(row: CollectionRow) -> bool:
    """Whether a period can still be sent: after one that was, or as the one that stands ready."""
    return row.published_at is not None or row.state is State.APPROVED


def carrier_of(row: CollectionRow) -> CollectionRow | None:
    """The collection whose next period is sent by itself or by hand: itself, or for one that was not sent yet the one
    before it. None where nothing follows, or what follows was sent."""
    if row.published_at is None:
        return collections.collection_row(row.previous) if row.previous is not None and row.recurring else None
    following = periods.following_of(row.id)
    sent = following is not None and following.published_at is not None
    return row if row.recurring and row.as_of is not None and not sent else None


def _made(row: CollectionRow, now: datetime) -> int:
    """The next collection, made unless somebody has made it at this very moment."""
    with transaction.atomic():
        collections.lock_collection(row.id)
        following = periods.following_of(row.id)
        return following.id if following is not None else renew(row, by=SYSTEM, now=now)


def _check_form(row: CollectionRow, today: date) -> None:
    """Raise Conflict for a form that is no longer valid: nobody looks at it before it is sent."""
    until = row.form.valid_until
    if until is not None and until < today:
        message = f"表的有效期到 {until.isoformat()} 为止，不能自动派发下一期。"
        raise Conflict(Problem("form-expired", message, "请用重新批准的表另外报备。"))
