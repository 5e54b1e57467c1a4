"""Whether a coarse question could be one of two that differ by a few people: each condition is put aside in turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from yici.core.access.coarse import LEAST
from yici.core.access.differencing import MOST_CONDITIONS, Trial, apart, conditions_in, trials
from yici.core.expressions import in_words
from yici.core.expressions.nodes import Aggregate, Expr, Figure, Junction
from yici.engine.figures import Ask, answer, answer_by
from yici.services.asking import Asked
from yici.services.pool import open_pool

Counts = tuple[int, ...]


def told_apart(home: Path, asked: Asked) -> str:
    """Why the question is not answered; "" when it is.

    With every condition taken as always and as never true no number, of all or of a group, may differ by one to four;
    and a condition that changes nothing is none: it would be there to hide another.
    """
    aggregate, whole = asked.figure.expr, asked.whole
    assert isinstance(aggregate, Aggregate)
    assert whole is not None
    own = whole.filters.get(aggregate.subject)
    parts = tuple(part for part in (own.expr if own else None, aggregate.where) if part is not None)
    if not parts:
        return ""
    condition: Expr = Junction("and", parts) if len(parts) > 1 else parts[0]
    if conditions_in(condition) > MOST_CONDITIONS:
        return f"没有授权的数据，一次最多提 {MOST_CONDITIONS} 个条件"
    tried = trials(condition)
    wheres = [condition, *(expr for trial in tried for expr in (trial.always, trial.never))]
    figures = [Figure(replace(aggregate, where=where), "") for where in wheres]
    totals, groups = _counted(home, asked, whole, figures)
    registry = open_pool(home).registry
    for place, trial in enumerate(tried):
        if why := _why(trial, *_three(totals, place), idle=True) or next(
            (why for group in groups if (why := _why(trial, *_three(group, place), idle=False))), ""
        ):
            return why.format(in_words(trial.atom, registry))
    return ""


def _three(counts: Counts, place: int) -> Counts:
    """The count itself, with the condition always, and never true."""
    return counts[0], counts[1 + 2 * place], counts[2 + 2 * place]


def _why(trial: Trial, count: int, always: int, never: int, *, idle: bool) -> str:
    if apart(count, always) or apart(count, never) or apart(always, never):
        return "条件“{}”只差几个人，能推出是谁；请把范围放宽"
    if idle and count == always == never and count >= LEAST:
        return "条件“{}”不起作用，请去掉再问"
    return ""


def _counted(home: Path, asked: Asked, whole: Ask, figures: Sequence[Figure]) -> tuple[Counts, list[Counts]]:
    pool = open_pool(home)
    with pool.projection(asked.moment.as_of) as projection:
        asks = [Ask(figure, whole.units) for figure in figures]
        totals = answer(projection, pool.registry, asks, moment=asked.moment)
        if not asked.groupings:
            return tuple(int(one.value or 0) for one in totals), []
        groups = answer_by(
            projection, pool.registry, figures, by=asked.groupings, moment=asked.moment, units=whole.units
        )
    return (
        tuple(int(one.value or 0) for one in totals),
        [tuple(int(one.value or 0) for one in group.answers) for group in groups],
    )
