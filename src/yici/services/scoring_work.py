"""Scoring over many is work for the background: when it is, and that it is done once however often it is begun."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from yici.core.access.actors import Actor
from yici.core.expressions import Figure
from yici.core.indicators.compiling import ReadyScheme, try_compile
from yici.core.indicators.model import Scheme
from yici.core.jobs import LARGE_SCORED_VALUES, LOOKS_A_VALUE
from yici.core.periods import Period
from yici.engine.projection import Projection
from yici.engine.select import count_rows
from yici.services.pool import Pool, open_pool
from yici.services.schemes import find_scheme
from yici.services.scoring import get_run, runs_of, scheme_of
from yici.storage.scores import latest_run


def is_large(*, home: Path, scheme: str, period: Period, unit: str | None, today: date) -> bool:
    """Whether scoring by a scheme goes over so many that it is work for the background. Raises NotFound."""
    day = period.moment(today).as_of
    return _values(find_scheme(scheme, day=day), day, unit, open_pool(home)) > LARGE_SCORED_VALUES


def is_large_again(*, home: Path, number: int, today: date) -> bool:
    """Whether scoring again what a run scored goes over so many. Raises NotFound."""
    run = get_run(home=home, run=number)
    day = run.period.moment(today).as_of
    return _values(scheme_of(run), day, run.unit or None, open_pool(home)) > LARGE_SCORED_VALUES


def scored_before(*, actor: Actor, home: Path, scheme: str, period: Period, unit: str | None) -> int | None:
    """The run an earlier attempt of the same work has kept: the actor's last of that scheme, period and unit."""
    open_pool(home)
    run = latest_run(scheme, period, unit or "")
    return run.number if run is not None and run.by == actor.name else None


def corrected_before(*, actor: Actor, home: Path, number: int, reason: str) -> int | None:
    """The run by which an earlier attempt of the same work has corrected a run."""
    scheme = get_run(home=home, run=number).scheme
    mine = [
        run.number
        for run in runs_of(home=home, scheme=scheme)
        if (run.previous, run.by, run.reason) == (number, actor.name, reason.strip())
    ]
    return mine[-1] if mine else None


def _values(scheme: Scheme, day: date, unit: str | None, pool: Pool) -> int:
    """How many values are worked out one by one, or as how many the looks at rows count."""
    units = pool.units_below(unit) if unit else None
    ready, _ = try_compile(scheme, pool.registry, day=day)
    with pool.projection() as projection:
        if not scheme.scored.by_figures:
            things = count_rows(projection, subject=scheme.scored.subject, units=units, as_of=day)
            return things * max(1, len(scheme.items))
        return _looks(ready, day, projection) // LOOKS_A_VALUE


def _looks(ready: ReadyScheme, day: date, projection: Projection) -> int:
    """How many rows all figures of a scheme look at; each looks at all of its subject, of whatever unit."""
    rows: dict[str, int] = {}
    looks = 0
    for figure in _figures(ready):
        for aggregate in figure.aggregates:
            if aggregate.subject not in rows:
                rows[aggregate.subject] = count_rows(projection, subject=aggregate.subject, as_of=day)
            looks += rows[aggregate.subject]
    return looks


def _figures(ready: ReadyScheme) -> Iterator[Figure]:
    for each in ready.items:
        yield from (part for part in (each.value, each.without, *each.stages) if isinstance(part, Figure))
    yield from (veto for veto in ready.vetoes if isinstance(veto, Figure))
