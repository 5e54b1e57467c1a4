"""Figures for leaders and departments over values that are not granted to them: counts to the nearest five, audited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from yici.core.access.actors import Actor, Role
from yici.core.access.coarse import rounded, told, why_not
from yici.core.access.differencing import too_exact
from yici.core.areas import BELOW, level_named
from yici.core.errors import Problem, Refused
from yici.core.expressions import parse_expression
from yici.core.expressions.nodes import Expr
from yici.engine.figures import Answer
from yici.office.tables import Table, Value
from yici.services.asking import Asked, Question, Row, ask
from yici.services.coarse_trials import told_apart
from yici.services.figure_pages import figure_for
from yici.services.pool import Pool, open_pool
from yici.storage import audit


@dataclass(frozen=True, slots=True)
class Figured:
    """An answer as a page shows it. Of a coarse one the counts are rounded, 0 standing for what is too small to tell,
    and nobody behind it is listed; `because` says why it is coarse."""

    asked: Asked
    coarse: bool = False
    because: str = ""


def figure_seen(*, actor: Actor, home: Path, question: Question, today: date, again: bool = False) -> Figured:
    """The answer the actor may see: whole where all of it is granted, else a coarse count for leaders (of their units)
    and departments (of everywhere: a rounded number is no personal record, and saves another form).

    `again`: it was given before, as to draw its picture. Raises ExpressionError, NotFound, and Refused
    with both reasons where not even that may be told.
    """
    try:
        return Figured(figure_for(actor=actor, home=home, question=question, today=today, again=again))
    except Refused as refused:
        if not actor.roles & {Role.LEADER, Role.OFFICER}:
            raise
        return _coarse(actor, home, question, today, refused)


def figure_table(figured: Figured) -> Table:
    """The answer as a table to take away: groups, numbers, unknown."""
    asked = figured.asked
    rows: list[tuple[Value, ...]] = [
        (*row.keys, _cell(figured, row.answer), row.answer.unknown) for row in asked.rows
    ]  # fmt: skip
    total = ("合计", *[""] * (len(asked.by) - 1), _cell(figured, asked.total), asked.total.unknown)
    title = f"{asked.words}，截至 {asked.moment.as_of}" + (f"；{asked.where}" if asked.where else "")
    headings = (*(asked.by or ("",)), asked.unit or "数", "缺数据")
    return Table("统计", title, headings, [*rows, total])


def note_export(*, actor: Actor, figured: Figured) -> None:
    """Write the audit line of a table taken away."""
    detail = {"text": figured.asked.text, "by": list(figured.asked.by), "coarse": figured.coarse}
    audit.append_alone(actor=actor.name, action="figure.export", thing="figure", detail=detail)


def number_told(figured: Figured, answer: Answer) -> str:
    """A coarse number in words; "" for one that is whole."""
    return told(int(answer.value or 0)) if figured.coarse and isinstance(answer.value, int) else ""


def _coarse(actor: Actor, home: Path, question: Question, today: date, refused: Refused) -> Figured:
    def within(_pool: Pool, _exprs: Sequence[Expr]) -> frozenset[str] | None:
        return None if Role.OFFICER in actor.roles else actor.units

    asked = ask(home=home, question=question, today=today, within=within)
    areal = [bool(level_named(word)) or word == BELOW for word in question.by]
    registry, subject = open_pool(home).registry, next(iter(asked.figure.aggregates)).subject
    groups = [
        parse_expression(word, registry, subject=subject)
        for word, area in zip(question.by, areal, strict=True)
        if not area
    ]
    conditions = [each.expr for each in asked.whole.filters.values()] if asked.whole else []
    because = why_not(asked.figure, groups, conditions) or too_exact([asked.figure.expr, *conditions])
    if because := because or told_apart(home, asked):
        first = refused.problems[0]
        raise Refused(Problem(first.code, f"{first.message}{because}。", first.hint))
    detail = {"text": asked.text, "where": question.where or "", "by": list(question.by), "unit": question.unit or ""}
    audit.append_alone(actor=actor.name, action="figure.coarse", thing="figure", detail=detail)
    # That somebody is in a group that is not a unit's would tell its value of a few: such groups are left out.
    rows = tuple(
        Row(row.keys, _rounded(row.answer))
        for row in asked.rows
        if all(areal) or rounded(int(row.answer.value or 0))
    )  # fmt: skip
    because = refused.problems[0].message.replace("，不能统计。", "。")
    return Figured(
        replace(asked, rows=rows, total=_rounded(asked.total), parts=(), whole=None, groupings=()), True, because
    )


def _rounded(answer: Answer) -> Answer:
    return replace(answer, value=rounded(int(answer.value or 0)), unknown=rounded(answer.unknown))


def _cell(figured: Figured, answer: Answer) -> Value:
    if figured.coarse:
        return number_told(figured, answer)
    value = answer.value
    return None if value is None else value if isinstance(value, str | int) else float(value)
