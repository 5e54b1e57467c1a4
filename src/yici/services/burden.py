"""The burden meter (减负计量): what was asked of whom, the minutes that is by hand, and those the pool took over.

Everything is counted anew from the fillings each time; nothing is stored but what a filling knew when it was sent out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.utils import timezone

from yici.core.access.actors import Actor, Role
from yici.core.collections.burden import KEYS, MINUTES_SOURCE, SPANS, Before, Burden, Demand, burden_by, burden_of
from yici.core.errors import NotFound, Problem
from yici.core.periods import Period
from yici.services.clerks import clerks_in, full_names
from yici.services.office_days import calendar_note, working_days
from yici.storage import burden, outside
from yici.storage.database import open_database

NOBODY_YET = "还没有人报送"
OTHERS = "同事"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose demands are looked at: those of units, those by organisations; None leaves that open."""

    units: frozenset[str] | None = None
    organisations: frozenset[str] | None = None


Source = Callable[[datetime, datetime, Scope], list[Demand]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The figure from before over the same clerks and working days, in forms and minutes; `note`: how those count."""

    before: Before
    clerks: int
    days: int
    forms: float
    minutes: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Meter:
    """The burden of a period: in all, by key, the demands behind it, and what it is compared with (None: nothing)."""

    period: Period
    by: str
    total: Burden
    rows: tuple[tuple[str, Burden], ...]
    demands: tuple[Demand, ...]
    comparison: Comparison | None
    formula: str = MINUTES_SOURCE


def meter_for(*, actor: Actor, home: Path, period: Period, by: str, today: date, only: str | None = None) -> Meter:
    """The burden the actor may see: clerks and leaders of their units, departments what they ask themselves.

    `only` keeps the demands of one key of `by`. Clerks see who sent a form of themselves only. Raises NotFound for
    something burden is not counted by.
    """
    open_database(home)
    if by not in choices_for(actor):
        raise NotFound(Problem("burden-by", "不能按这一项统计。", "请从列表里选。"))
    scope = scope_of(actor)
    demands = [_named(actor, one) for one in demands_in(home=home, period=period, scope=scope)]
    return meter(demands, period=period, by=by, scope=scope, today=today, only=only)


def meter(
    demands: Sequence[Demand], *, period: Period, by: str, scope: Scope, today: date, only: str | None = None
) -> Meter:
    """The burden of these demands. The comparison is left out where only one department's demands are looked at."""
    kept = [one for one in demands if only is None or KEYS[by][1](one) == only]
    compared = None if scope.organisations is not None or only is not None else _compared(period, scope, today)
    return Meter(period, by, burden_of(kept), tuple(burden_by(kept, by)), tuple(kept), compared)


def demands_in(*, home: Path, period: Period, scope: Scope) -> list[Demand]:
    """Every demand of a period, oldest first: fillings of collections, and forms asked for outside the platform."""
    open_database(home)
    since, until = _moment(period.start), _moment(period.end + timedelta(days=1))
    names = full_names()
    found = [one for source in SOURCES for one in source(since, until, scope)]
    named = [replace(one, person=names.get(one.person, one.person) or NOBODY_YET) for one in found]
    return sorted(named, key=lambda one: (one.day, one.outside, one.number))


def scope_of(actor: Actor) -> Scope:
    """What the actor's posts let them look at."""
    if actor.roles & {Role.STEWARD, Role.AUDITOR}:
        return Scope()
    if actor.roles & {Role.CLERK, Role.LEADER}:
        return Scope(units=actor.units)
    return Scope(organisations=actor.organisations)


def choices_for(actor: Actor) -> dict[str, str]:
    """What the actor may count burden by. By person only where people are one's own: units, and the steward."""
    people = actor.roles & {Role.CLERK, Role.LEADER, Role.STEWARD}
    return {name: words for name, (words, _) in KEYS.items() if people or name != "person"}


def _named(actor: Actor, one: Demand) -> Demand:
    """A demand with the name of who sent it, where the actor may know: leaders and the steward, or it is oneself."""
    own = actor.full_name or actor.name
    if actor.roles & {Role.LEADER, Role.STEWARD} or one.person in (own, NOBODY_YET):
        return one
    return replace(one, person=OTHERS)


def _fillings(since: datetime, until: datetime, scope: Scope) -> list[Demand]:
    rows = burden.fillings_asked(since=since, until=until, units=scope.units, organisations=scope.organisations)
    return [
        Demand(
            row.filling, False, row.name, timezone.localdate(row.at), row.organisation, row.unit, row.sent_by,
            row.asked[0] if row.asked else None, row.asked[1] if row.asked else row.cells, row.copies,
        )
        for row in rows
    ]  # fmt: skip


def _outside(since: datetime, until: datetime, scope: Scope) -> list[Demand]:
    """Forms that clerks received beside the platform and had filled (services/outside.py). The same file dropped in
    again on a day, by the same clerk for the same unit, people or subject, was asked once: the first counts. With the
    data of which day it was filled does not matter: choosing another is no second ask."""
    first = {
        (use.source, use.by, use.unit, use.where, use.of, timezone.localdate(use.at)): use
        for use in outside.uses(since=since, until=until, units=scope.units)
    }
    return [
        Demand(
            use.id, True, use.title, timezone.localdate(use.at), use.department, use.unit, use.by, use.filled, use.left
        )
        for use in first.values()
        if scope.organisations is None or use.department in scope.organisations
    ]  # fmt: skip


def _compared(period: Period, scope: Scope, today: date) -> Comparison | None:
    """The figure from before over the working days of the period that are over, today included."""
    before, clerks, end = burden.before_figure(), clerks_in(scope.units), min(period.end, today)
    if before is None or not clerks or end < period.start:
        return None
    days = working_days(period.start, end)
    forms, minutes = before.over(clerks, days)
    return Comparison(before, clerks, days, forms, minutes, calendar_note(end))


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


SOURCES: list[Source] = [_fillings, _outside]

__all__ = ["SPANS", "Comparison", "Meter", "Scope", "choices_for", "demands_in", "meter", "meter_for", "scope_of"]
