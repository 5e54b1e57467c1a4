"""What a policy leaves to do in the actor's units: how many it fits where, who came in or fell out, what to ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from yici.core.access.actors import Actor, Role
from yici.core.access.coarse import rounded, told
from yici.core.access.fields import Sight, sight
from yici.core.access.rules import can
from yici.core.errors import Refused
from yici.engine.policy_settling import ELIGIBLE, UNKNOWN
from yici.services.figure_pages import reach_for
from yici.services.match_changes import changes_of
from yici.services.match_lists import subject_names
from yici.services.match_questions import Question, open_questions
from yici.services.match_record import KINDS
from yici.services.matching import Matching, PolicyMatch, open_matching, record_open
from yici.services.policy_pages import elements_of
from yici.services.pool_sight import narrowed, seen
from yici.storage import audit
from yici.storage.matches import Change, last_run
from yici.storage.references import references_of

MOST = 200
"""Changes and questions that are listed, the newest and the most decisive."""


@dataclass(frozen=True, slots=True)
class UnitCount:
    """How many of a unit a policy fits, and for how many that cannot be told: numbers, or words where coarse."""

    unit: str
    eligible: str
    unknown: str


@dataclass(frozen=True, slots=True)
class Line:
    """A change or a question: about whom (code for addresses, name as the actor sees it), the unit, the words."""

    code: str
    name: str
    unit: str
    words: str
    day: date | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """A policy in the actor's units. `coarse` says why numbers are rounded and nobody is named ("" they are not).

    `recorded` is the day changes were last looked for, None before the first time.
    """

    day: date
    units: tuple[UnitCount, ...]
    changes: tuple[Line, ...] = ()
    changes_all: int = 0
    questions: tuple[Line, ...] = ()
    questions_all: int = 0
    coarse: str = ""
    recorded: date | None = None


def work_for(*, actor: Actor, home: Path, name: str, today: date) -> Work | None:
    """What a policy leaves to do; None when it is not in force. For leaders and departments that may not see what it
    stands on, only numbers by unit to the nearest five. Raises NotFound, Refused."""
    matching = open_matching(home=home, wanted=[name], day=today)
    with matching.projection:
        elements = elements_of(matching, name)
        if not elements:
            return None
        try:
            reach, coarse = reach_for(actor, matching.pool, elements), ""
        except Refused as refused:
            if not actor.roles & {Role.LEADER, Role.OFFICER}:
                raise
            reach, coarse = (
                None if Role.OFFICER in actor.roles else actor.units,
                refused.problems[0].message.replace("，不能统计。", "。"),
            )
        matching.units = None if reach is None else tuple(sorted(reach))
        report = matching.report()
        if not report.policies:
            return None
        match, run = report.policies[0], last_run()
        units, recorded = tuple(_by_unit(match, bool(coarse))), run.day if run else None
        if coarse:
            audit.append_alone(actor=actor.name, action="figure.coarse", thing="policy", detail={"policy": name})
            return Work(report.day, units, coarse=coarse, recorded=recorded)
        note = {"eligible": match.counts.get(ELIGIBLE, 0), "unknown": match.counts.get(UNKNOWN, 0)}
        audit.append_alone(actor=actor.name, action="policy.list", thing=name, detail=note)
        changes, changes_all = _changes(actor, matching, match, elements)
        asking = bool(can(actor, "pool.edit"))
        questions = open_questions(matching, [match]) if asking else []
        return Work(
            report.day, units, changes, changes_all, tuple(_asked(actor, matching, questions[:MOST])),
            len(questions), recorded=recorded,
        )  # fmt: skip


def look_for_changes(*, actor: Actor, home: Path, today: date) -> int:
    """Bring the list of changes of all policies up to date; how many changes there were."""
    matching = open_matching(home=home, day=today)
    with matching.projection:
        return len(record_open(matching, actor=actor.name).changes)


def _by_unit(match: PolicyMatch, coarse: bool) -> list[UnitCount]:
    rows = match.rows(pl.lit(True)).group_by("unit", "outcome").len()
    found: dict[str, dict[int, int]] = {}
    for unit, outcome, count in rows.iter_rows():
        found.setdefault(unit or "", {})[outcome] = count
    return [
        UnitCount(unit or "（不明）", *(_words(counts.get(outcome, 0), coarse) for outcome in (ELIGIBLE, UNKNOWN)))
        for unit, counts in sorted(found.items())
    ]


def _words(count: int, coarse: bool) -> str:
    return told(rounded(count)) if coarse else f"{count:,}"


def _changes(
    actor: Actor, matching: Matching, match: PolicyMatch, elements: frozenset[str]
) -> tuple[tuple[Line, ...], int]:
    """The newest changes of the policy in the units matched, and how many there are in all."""
    found: list[Change] = list(changes_of(policies=[match.rule.id], units=matching.units))[::-1]
    some, subject = found[:MOST], match.rule.subject
    names = subject_names(matching, subject, [one.key for one in some])
    codes = references_of((one.subject, one.key) for one in some)
    registry = matching.pool.registry
    element = registry.elements[registry.name_of(subject)]
    lines = []
    for one in some:
        here = narrowed(actor, one.unit, matching.pool)
        # What brought a change about may tell a value that is shown only masked.
        whole = all(sight(here, registry.elements[name]) is Sight.PLAIN for name in elements)
        name = seen(here, element, names.get(one.key, "")).text
        lines.append(Line(codes[one.subject, one.key], name, one.unit, KINDS[one.kind], one.day,
                          one.cause if whole else ""))  # fmt: skip
    return tuple(lines), len(found)


def _asked(actor: Actor, matching: Matching, questions: Sequence[Question]) -> list[Line]:
    registry = matching.pool.registry
    codes = references_of((one.subject, one.key) for one in questions)
    lines = []
    for one in questions:
        element = registry.elements[registry.name_of(one.subject)]
        name = seen(narrowed(actor, one.unit, matching.pool), element, one.name).text
        decides = "答了就能定" if one.alone else "还要别的才能定"
        lines.append(
            Line(codes[one.subject, one.key], name, one.unit, registry.elements[one.element].name, cause=decides)
        )
    return lines
