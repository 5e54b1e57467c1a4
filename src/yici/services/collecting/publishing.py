"""Publishing a collection to units (派发), closing it, and opening the next one of a recurring one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from yici.core.access.actors import SYSTEM, Actor
from yici.core.collections.states import ANSWERABLE, FillingState, State, after, filling_after
from yici.core.errors import Conflict, Problem
from yici.core.jobs import LARGE_TRIAL_CELLS
from yici.core.periods import Period, around
from yici.services.collecting.days import check_day, check_recurring, data_day, titled_until
from yici.services.collecting.proposals import get_collection, leaf_units
from yici.services.collecting.questions import asked_by
from yici.services.collecting.trial import recognise_kept
from yici.services.collecting.trying import Progress, trial_cells, try_units
from yici.services.collecting.whom import check_whom, whom_of
from yici.services.office_days import due_after, working_days
from yici.services.pool import open_pool
from yici.storage import audit, collections
from yici.storage.collections import CollectionRow, FillingRow

_LONGEST = 250
# What a unit still owes is a form tried anew; of more units than these it would keep whoever closes waiting.
_MOST_COUNTED = 20
_ALL_KNOWN = "库里全有，自动报送"
_NOBODY = "没有要填的对象，自动报送"
RECURRING = {"": "一次", "month": "每月", "quarter": "每季度", "year": "每年"}


@dataclass(frozen=True, slots=True)
class Sending:
    """A collection to be sent: to which villages, with the data of which day, due when. `recurring` is of RECURRING;
    `automatic`: the next periods are sent by themselves (see periods.py)."""

    number: int
    units: tuple[str, ...]
    as_of: date
    due: date
    period: str = ""
    recurring: str = ""
    automatic: bool = False

    def as_json(self) -> dict[str, Any]:
        """The same as a job's arguments."""
        days = {"as_of": self.as_of.isoformat(), "due": self.due.isoformat()}
        return asdict(self) | {"units": list(self.units)} | days

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Sending:
        """Out of a job's arguments, whatever else these tell."""
        as_of, due = (date.fromisoformat(told[name]) for name in ("as_of", "due"))
        # Jobs that waited while the program was renewed say nothing of what is automatic.
        automatic = bool(told.get("automatic"))
        period, recurring = str(told["period"]), str(told["recurring"])
        return cls(int(told["number"]), tuple(told["units"]), as_of, due, period, recurring, automatic)


@dataclass(frozen=True, slots=True)
class NextTime:
    """What publishing is prefilled with: villages, the day the data is of, working days, the period's name; `until` is
    the last day of the one period that the form's title names, `automatic` whether the last one was to send this one
    by itself."""

    units: tuple[str, ...]
    as_of: date
    days: int
    period: str
    until: date | None = None
    automatic: bool = False


def plan_sending(
    *,
    home: Path,
    number: int,
    units: Sequence[str],
    as_of: date | None,
    days: int,
    period: str = "",
    recurring: str = "",
    automatic: bool = False,
    now: datetime,
) -> Sending:
    """What publishing an approved collection comes to, before anything is tried or written. `days` are working days
    from today; `as_of` is the day the data is of (None: today, or the last day of the past period the form's title
    names). Units with others below them stand for all of these.

    Raises Conflict with every problem, NotFound for a unit that does not exist.
    """
    pool = open_pool(home)
    row = get_collection(home=home, number=number)
    problems = []
    if not units:
        problems.append(Problem("units-missing", "没有选择单位。", "请选择村（社区）或乡镇。"))
    if not 1 <= days <= _LONGEST:
        problems.append(Problem("days-odd", "期限不在 1 到 250 个工作日之间。", "请重新填写。"))
    if recurring not in RECURRING:
        problems.append(Problem("recurring-odd", "不认识的周期。", "一次、每月、每季度或每年。"))
    if automatic and not recurring:
        problems.append(
            Problem("automatic-once", "只派发一次的任务没有下一期，不能按期自动派发。", "请选周期，或不勾选。")
        )
    if problems:
        raise Conflict(problems)
    after(row.state, "publish")
    wanted = leaves_of(units, pool_units=leaf_units(pool), below=[pool.units_below(unit) for unit in units])
    template = recognise_kept(home=home, form=row.form, pool=pool).template
    check_whom(row, template)
    as_of = as_of or data_day(template, timezone.localdate(now))
    check_day(template, as_of)
    check_recurring(template, as_of, recurring)
    due = due_after(timezone.localdate(now), days)
    return Sending(number, tuple(wanted), as_of, due, period, recurring, automatic)


def is_large(*, home: Path, sending: Sending) -> bool:
    """Whether so much is to be tried that it is work for the background."""
    pool = open_pool(home)
    row = get_collection(home=home, number=sending.number)
    template = recognise_kept(home=home, form=row.form, pool=pool).template
    whom = whom_of(row, template)
    cells = trial_cells(template, len(sending.units), whom=whom, as_of=sending.as_of, pool=pool)
    return cells > LARGE_TRIAL_CELLS


def send(
    *, actor: Actor, home: Path, sending: Sending, now: datetime, progress: Progress | None = None,
    by_itself: Mapping[str, Any] | None = None,
) -> date:  # fmt: skip
    """Send an approved collection to units; the day it is due. `by_itself`: nobody sends it now, the actor has chosen
    it earlier; what the audit says of that.

    A unit of whose form the pool knows everything is not asked: its filling is submitted at once. Everything is tried
    before anything is written, and all is written at once: whatever `progress` raises leaves nothing. Raises Conflict.
    """
    pool, number = open_pool(home), sending.number
    row = get_collection(home=home, number=number)
    template = recognise_kept(home=home, form=row.form, pool=pool).template
    whom = whom_of(row, template)
    trials = try_units(template, sending.units, whom=whom, as_of=sending.as_of, pool=pool, progress=progress)
    with transaction.atomic():
        state = collections.lock_collection(number)
        following = after(state or row.state, "publish")
        collections.change_collection(
            number, state=str(following), as_of=sending.as_of, due=sending.due, period=sending.period,
            recurring=sending.recurring, published_at=now, automatic_by=actor.name if sending.automatic else "",
            automatic_since=timezone.localdate(now) if sending.automatic else None,
        )  # fmt: skip
        collections.add_fillings(number, sending.units, {t.unit: (t.known, len(t.gaps), t.cards) for t in trials})
        for filling in collections.fillings_in(collection=number):
            if not filling.unknown:
                remark = _NOBODY if whom.each and not filling.cards else _ALL_KNOWN
                collections.move_filling(filling.id, FillingState.SUBMITTED, "submit", by="", remark=remark)
        detail = {
            "units": len(sending.units), "due": sending.due.isoformat(), "recurring": sending.recurring,
            "automatic": sending.automatic, **(by_itself or {}),
        }  # fmt: skip
        who = actor.name if by_itself is None else SYSTEM
        audit.append(actor=who, action="collection.publish", thing=str(number), detail=detail)
    return sending.due


def close_collection(
    *, actor: Actor, home: Path, number: int, now: datetime, confirmed: bool = False
) -> int | None:  # fmt: skip
    """Close an open collection. Of a recurring one the next is made, approved as this one was; its number.

    Raises Conflict that names the units that have not submitted and how much they still owe, unless that is confirmed:
    their fillings are missed then, and each may be reopened.
    """
    row = get_collection(home=home, number=number)
    after(row.state, "close")
    waiting = collections.fillings_in(collection=number, states=ANSWERABLE)
    if waiting and not confirmed:
        raise Conflict(_still_owing(home, waiting))
    with transaction.atomic():
        state = collections.lock_collection(number)
        collections.change_collection(number, state=str(after(state or row.state, "close")))
        detail = {"missed": _miss(actor, number)}
        audit.append(actor=actor.name, action="collection.close", thing=str(number), detail=detail)
        if not row.recurring or collections.has_following(number):
            # One that was reopened and is closed again has its next one already.
            return None
        return renew(row, by=actor.name, now=now)


def renew(row: CollectionRow, *, by: str, now: datetime) -> int:
    """Make the next one of a recurring collection, approved as this one was; its number. Call it with the row locked,
    once it is known that there is none yet."""
    following = collections.add_collection(
        form_id=row.form.id, name=row.name, organisation=row.organisation, purpose=row.purpose, where=row.where,
        everybody=row.everybody, named=list(row.named), urgent=row.urgent, state=str(State.APPROVED),
        admission=dict(row.admission), remark=row.remark, recurring=row.recurring, previous_id=row.id, by=row.by,
        decided_by=row.decided_by, decided_at=now,
    )  # fmt: skip
    audit.append(actor=by, action="collection.renew", thing=str(following), detail={"of": row.id})
    return following


def _miss(actor: Actor, number: int) -> list[str]:
    """Mark what was never submitted as missed; the units. One submitted at this very moment is locked, and stays so."""
    missed = []
    for waiting in collections.fillings_in(collection=number, states=ANSWERABLE):
        filling = collections.filling_row(waiting.id, lock=True)
        if filling is not None and filling.state in ANSWERABLE:
            collections.move_filling(filling.id, filling_after(filling.state, "miss"), "miss", by=actor.name)
            missed.append(filling.unit)
    return missed


def _still_owing(home: Path, waiting: Sequence[FillingRow]) -> list[Problem]:
    """Which units have not submitted, each with how many answers it still owes."""
    pool = open_pool(home)
    hint = "可以先催报。仍要结束请确认：这些单位记为未报送，以后可以逐个重新打开补报。"
    problems = [Problem("still-owing", f"还有 {len(waiting)} 个单位没有报送。", hint)]
    for filling in waiting[:_MOST_COUNTED]:
        left = len(asked_by(home=home, row=filling, pool=pool))
        problems.append(Problem("still-owing", f"“{filling.unit}”还有 {left} 项未填。"))
    if rest := waiting[_MOST_COUNTED:]:
        problems.append(Problem("still-owing", f"还有：{'、'.join(filling.unit for filling in rest)}。"))
    return problems


def next_time(*, home: Path, row: CollectionRow, today: date) -> NextTime:
    """What is proposed for publishing an approved collection. The next one of a recurring collection goes to the same
    villages, with as many working days, for the period after the last one's."""
    previous = collections.collection_row(row.previous) if row.previous is not None else None
    template = recognise_kept(home=home, form=row.form, pool=open_pool(home)).template
    until = titled_until(template)
    if previous is None or previous.as_of is None:
        return NextTime((), data_day(template, today), 5, "", until)
    units, days = sent_to(previous), days_of(previous)
    if not row.recurring:
        return NextTime(units, data_day(template, today), days, "", until)
    period, automatic = period_after(previous.as_of, row.recurring), bool(previous.automatic_by)
    as_of = min(period.end, today) if period.start <= today else today
    return NextTime(units, as_of, days, period.name, until, automatic)


def sent_to(row: CollectionRow) -> tuple[str, ...]:
    """The units a collection was sent to."""
    return tuple(filling.unit for filling in collections.fillings_in(collection=row.id))


def days_of(row: CollectionRow) -> int:
    """In how many working days a collection was due."""
    if row.due is None or row.published_at is None:
        return 5
    return max(1, working_days(timezone.localdate(row.published_at) + timedelta(days=1), row.due))


def period_after(day: date, recurring: str) -> Period:
    """The period after the one a day lies in."""
    return around(around(day, recurring).end + timedelta(days=1), recurring)


def leaves_of(units: Sequence[str], *, pool_units: Sequence[str], below: Sequence[Sequence[str]]) -> list[str]:
    """The villages among the units and below them, in the order of the area tree."""
    reached = {name for names in below for name in names} | set(units)
    return [name for name in pool_units if name in reached]
