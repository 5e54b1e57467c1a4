"""One's own results (考核评价): what a firm or a cadre was scored, where each point comes from, and objecting to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from yici.core.access.actors import Actor
from yici.core.errors import Conflict, NotFound, Problem, Refused
from yici.core.indicators.measured import ItemScore, Score
from yici.core.indicators.model import Purpose, Scheme
from yici.core.indicators.runs import Run
from yici.engine.schema import quoted, table_of
from yici.services.pool import open_pool
from yici.services.score_pages import out_of_time
from yici.services.scoring import object_to, objections_of, scheme_of
from yici.storage import scores
from yici.storage.scores import Objection

_PARTS = {"enterprise": "企业"}
_ONESELF = "本人"


@dataclass(frozen=True, slots=True)
class OwnItem:
    """One indicator of one's score: the calculation, what it means, whether one may object to it."""

    score: ItemScore
    name: str
    definition: str
    may_object: bool


@dataclass(frozen=True, slots=True)
class OwnScore:
    """One's score in a run with the objections to it. `closed` says why nobody may object any more."""

    run: Run
    score: Score
    items: tuple[OwnItem, ...]
    objections: tuple[tuple[Objection, str], ...]
    closed: str


def is_scored(*, actor: Actor, home: Path, today: date) -> bool:
    """Whether some run that may be seen has a score of the actor's own subject."""
    return bool(_found(actor, home, today))


def own_scores(*, actor: Actor, home: Path, today: date) -> list[OwnScore]:
    """The actor's scores in every run that no other corrects, from the first day of its publicity on; the latest
    first."""
    return [_told(run, score, scheme, part, home, today) for run, score, scheme, part in _found(actor, home, today)]


def object_own(*, actor: Actor, home: Path, number: int, item: str, reason: str, today: date) -> int:
    """Object to an indicator of one's own score; the objection's number. Raises NotFound for a run one is not in,
    Refused when the scheme does not let one, Conflict outside the days of publicity or without a reason."""
    found = next((one for one in _found(actor, home, today) if one[0].number == number), None)
    if found is None:
        raise NotFound(Problem("unknown-run", "没有这一批，或其中没有您。", "请返回列表。"))
    run, score, scheme, part = found
    if not _may(scheme, item, part):
        raise Refused(Problem("objection-who", "您不能对这个指标提异议。", "方案里写着谁可以提。"))
    if late := out_of_time(run, today):
        raise Conflict(Problem("objection-late", late, "请联系数据专员。"))
    if any(one.upheld is None and (one.thing, one.item) == (score.thing.id, item) for one in _objections(home, run)):
        raise Conflict(Problem("objection-open", "这个指标已经提过异议，还没有答复。", "请等答复。"))
    return object_to(
        home=home, actor=actor.name, run=number, item=item, thing=score.thing.id, reason=reason[:500], who=part
    )  # fmt: skip


def _told(run: Run, score: Score, scheme: Scheme, part: str, home: Path, today: date) -> OwnScore:
    items = {item.id: item for item in scheme.items}
    mine = [one for one in _objections(home, run) if one.thing == score.thing.id]
    shown = tuple(
        OwnItem(one, items[one.item].name, items[one.item].indicator.definition, _may(scheme, one.item, part))
        for one in score.items
        if one.item in items
    )
    named = tuple((one, items[one.item].name if one.item in items else "") for one in mine)
    return OwnScore(run, score, shown, named, out_of_time(run, today))


def _objections(home: Path, run: Run) -> list[Objection]:
    return objections_of(home=home, run=run.number)


def _may(scheme: Scheme, item: str, part: str) -> bool:
    allowed = next((one.indicator.objectors for one in scheme.items if one.id == item), None)
    return allowed is not None and (not allowed or part in allowed)


def _found(actor: Actor, home: Path, today: date) -> list[tuple[Run, Score, Scheme, str]]:
    things = _things(actor, home)
    found = []
    for run, score in scores.scores_of(things):
        if run.published and run.published > today:
            continue
        scheme = scheme_of(run)
        kind = things[score.thing.id]
        if scheme.scored.subject == kind and scheme.purpose is not Purpose.STATISTICS:
            found.append((run, score, scheme, _PARTS.get(kind, _ONESELF)))
    return found


def _things(actor: Actor, home: Path) -> dict[str, str]:
    """What stands for the actor in schemes, with its kind: itself, and records of other kinds with its ID number, such
    as that of a cadre."""
    if actor.subject is None:
        return {}
    pool, (kind, key) = open_pool(home), actor.subject
    found = {key: kind}
    if kind != "person":
        return found
    with pool.projection() as projection:
        for other in pool.registry.added_subjects:
            element = f"{other}.id_number"
            if element in pool.registry.elements:
                rows = projection.con.execute(
                    f"SELECT key FROM {table_of(other)} WHERE {quoted(element)} = ? AND NOT starts_with(key, '?')",  # noqa: S608 (registry's names)
                    [key],
                ).fetchall()
                found |= {str(row[0]): other for row in rows}
    return found
