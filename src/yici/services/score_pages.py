"""Assessment as an actor may see it: schemes with what the linter says, runs with the scores of one's own units, where
every point comes from, objections, and scoring again with both versions kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from yici.core.access.actors import Actor, Role, Thing
from yici.core.access.fields import Sight, sight
from yici.core.access.rules import can
from yici.core.charts.model import Chart, Series
from yici.core.errors import Conflict, NotFound, Problem, Refused
from yici.core.expressions import Figure, in_words
from yici.core.indicators.compiling import ReadyItem
from yici.core.indicators.linting import Finding, check_schemes
from yici.core.indicators.measured import ItemScore, Score
from yici.core.indicators.model import Branch, Purpose, Scheme
from yici.core.indicators.runs import Change, Run, changes
from yici.core.periods import Period
from yici.office.charts import chart_bytes
from yici.services.measuring import ALL, Progress
from yici.services.pool import Pool, open_pool
from yici.services.pool_sight import narrowed, seen
from yici.services.schemes import schemes_of
from yici.services.score_details import Explainer
from yici.services.scoring import (
    Scored,
    answer_to,
    get_run,
    object_to,
    objections_of,
    rescore,
    runs_of,
    scheme_of,
    score,
)
from yici.storage.packs import load_registry
from yici.storage.references import references_of
from yici.storage.schemes import load_trace_words
from yici.storage.scores import Objection, latest_run

PART = {Role.CLERK: "基层", Role.LEADER: "基层"}
"""On whose part somebody objects, by role; a scheme says who may object to an indicator. A steward writes down what
others (firms, cadres) object to on paper, on their part."""
MOST_ROWS = 50
_WHOLE = frozenset({Role.STEWARD, Role.AUDITOR})


@dataclass(frozen=True, slots=True)
class Node:
    """One line of a scheme's weighted tree: how deep, the words, the weight, and of a leaf its item."""

    depth: int
    name: str
    weight: Any
    item: Any = None


@dataclass(frozen=True, slots=True)
class RunSeen:
    """A run with the scores the actor may see, in the order of names, objections to these, and what changed against the
    run it corrects. `later` is the run that corrects it. `plain` marks statistics, which give no points."""

    run: Run
    scheme: Scheme
    scores: tuple[Score, ...]
    hidden: int
    objections: tuple[Objection, ...]
    changed: tuple[Change, ...]
    later: Run | None
    plain: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One of the rows a number counts; `code` stands for it in addresses."""

    code: str
    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class ItemTold:
    """Where the points of one item come from: the calculation, 口径, the expression in words, and by population
    the rows counted and how many there are. `closed` says why rows are not shown. `part` is on whose part the actor may
    object to it ("" may not)."""

    item: ItemScore
    name: str
    definition: str
    kind: str
    expression: str
    rows: tuple[tuple[str, tuple[Row, ...], int], ...]
    closed: str
    part: str


def schemes_shown() -> list[tuple[Scheme, list[Finding]]]:
    """Every scheme with what the linter says of it."""
    registry, words = load_registry(), load_trace_words()
    return [(scheme, check_schemes([scheme], registry, words)) for scheme in schemes_of()]


def scheme_versions(name: str) -> list[tuple[Scheme, list[Finding]]]:
    """The versions of a scheme, the newest first. Raises NotFound."""
    found = [pair for pair in schemes_shown() if pair[0].id == name]
    if not found:
        raise NotFound(Problem("unknown-scheme", "没有这个考核方案。", "请返回列表。"))
    return sorted(found, key=lambda pair: pair[0].since, reverse=True)


def tree_of(scheme: Scheme) -> list[Node]:
    """The weighted tree line by line."""
    return list(_nodes(scheme.root, 0))


def runs_seen(*, home: Path, scheme: str) -> list[Run]:
    """The runs of a scheme, the latest first."""
    return list(reversed(runs_of(home=home, scheme=scheme)))


def check_unscored(*, home: Path, scheme: str, period: Period, today: date, unit: str | None) -> None:
    """Raise Conflict for a period that has not begun, and for one that was scored: two results beside each other are
    none."""
    if period.start > today:
        raise Conflict(Problem("period-ahead", "这个时期还没有开始。", "请选已经开始的时期。"))
    open_pool(home)
    if before := latest_run(scheme, period, unit or ""):
        message = f"{before.period.name}已计过分，是第 {before.number} 批。"
        raise Conflict(Problem("period-scored", message, "数据变了，请打开那一批，写明原因重新计分；两批都会留着。"))


def score_now(
    *, actor: Actor, home: Path, scheme: str, period: Period, today: date, unit: str | None,
    progress: Progress | None = None,
) -> int:  # fmt: skip
    """Score by a scheme; the number of the run. Raises NotFound, PackError for a scheme the linter refuses, Conflict as
    `check_unscored`, and what `progress` raises: then nothing is kept."""
    check_unscored(home=home, scheme=scheme, period=period, today=today, unit=unit)
    done = score(
        home=home, actor=actor.name, scheme=scheme, period=period, today=today, unit=unit, progress=progress
    )  # fmt: skip
    return done.run.number


def check_reason(reason: str) -> None:
    """Raise Conflict when nobody says why it is scored again."""
    if not reason.strip():
        raise Conflict(Problem("reason-missing", "没有写为什么重新计分。", "如：异议 3 采纳，数据已更正。"))


def score_again(
    *, actor: Actor, home: Path, number: int, reason: str, today: date, progress: Progress | None = None
) -> int:
    """Score again what a run scored; the number of the new run. Both are kept. Raises Conflict without a reason, and
    what `progress` raises."""
    check_reason(reason)
    again, _ = rescore(
        home=home, actor=actor.name, run=number, reason=reason.strip(), today=today, progress=progress
    )  # fmt: skip
    return again.run.number


def run_seen(*, actor: Actor, home: Path, number: int) -> RunSeen:
    """A run as the actor may see it. Raises NotFound."""
    run = get_run(home=home, run=number)
    scheme, pool = scheme_of(run), open_pool(home)
    mine = sorted((s for s in run.scores.scores if _sees(actor, scheme, s)), key=lambda s: s.thing.name)
    ids = {score_.thing.id for score_ in mine}
    objections = tuple(one for one in objections_of(home=home, run=number) if one.thing in ids)
    found = changes(get_run(home=home, run=run.previous).scores, run.scores) if run.previous else []
    later = next((one for one in runs_of(home=home, scheme=run.scheme) if one.previous == number), None)
    return RunSeen(
        run, scheme, tuple(_named(actor, pool, scheme, one) for one in mine), len(run.scores.scores) - len(mine),
        objections, tuple(one for one in found if one.thing in ids), later, scheme.purpose is Purpose.STATISTICS,
    )  # fmt: skip


def thing_told(*, actor: Actor, home: Path, number: int, thing: str) -> tuple[RunSeen, Score, list[ItemTold]]:
    """One thing's score, item by item, with the rows behind. Raises NotFound for what the actor does not see."""
    told = run_seen(actor=actor, home=home, number=number)
    score_ = next((one for one in told.scores if one.thing.id == thing), None)
    if score_ is None:
        raise NotFound(Problem("unknown-thing", "这一批里没有它，或不在您的范围内。", "请返回列表。"))
    pool = open_pool(home)
    with pool.projection(told.run.records_until) as projection:
        explainer = Explainer(pool, Scored(told.run, told.scheme), projection)
        items = [_item_told(actor, pool, explainer, told.scheme, score_, item) for item in score_.items]
    return told, score_, items


def object_from_page(*, actor: Actor, home: Path, number: int, thing: str, item: str, reason: str, today: date) -> int:
    """Object to an item of a thing the actor sees, on the part of the actor's role. Raises Refused when the scheme does
    not let that part object, Conflict outside the days of publicity or without a reason, NotFound."""
    told = run_seen(actor=actor, home=home, number=number)
    if thing not in {one.thing.id for one in told.scores}:
        raise NotFound(Problem("unknown-thing", "这一批里没有它，或不在您的范围内。", "请返回列表。"))
    part = _part(actor, told.scheme, item)
    if not part:
        raise Refused(Problem("objection-who", "您不能对这个指标提异议。", "方案里写着谁可以提。"))
    if late := out_of_time(told.run, today):
        raise Conflict(Problem("objection-late", late, "请联系数据专员。"))
    return object_to(home=home, actor=actor.name, run=number, item=item, thing=thing, reason=reason[:500], who=part)


def out_of_time(run: Run, today: date) -> str:
    """Why nobody may object to a run now; "" when they may."""
    until = run.published_until
    if run.published and until and not run.published <= today <= until:
        return f"公示期是 {run.published} 至 {until}，不在期内。"
    return ""


def answer_from_page(*, actor: Actor, home: Path, number: int, objection: int, upheld: bool, answer: str) -> None:
    """Answer an objection to something the actor sees. Raises Conflict without words, NotFound."""
    told = run_seen(actor=actor, home=home, number=number)
    if objection not in {one.number for one in told.objections}:
        raise NotFound(Problem("unknown-objection", "没有这条异议，或不在您的范围内。", "请返回列表。"))
    if not answer.strip():
        raise Conflict(Problem("answer-missing", "没有写答复。", "采纳写怎样更正，不采纳写为什么。"))
    answer_to(home=home, actor=actor.name, objection=objection, upheld=upheld, answer=answer.strip()[:500])


def chart_of(told: RunSeen) -> Chart:
    """The totals the actor sees (for statistics the first indicator) as bars."""
    first = told.scheme.items[0]
    taking = [one for one in told.scores if not one.thing.excluded and one.thing.id != ALL][:60]
    values = tuple(_shown(one.item(first.id).measured.value if told.plain else one.total) for one in taking)
    name, unit = (first.name, first.indicator.unit) if told.plain else ("总分", "分")
    note = f"{told.run.period}，截至{told.run.as_of}"
    names = tuple(one.thing.name for one in taking)
    return Chart("bar", f"{told.scheme.title}：{name}", names, (Series(name, values),), unit, note)


def _shown(value: Decimal | None) -> Decimal | None:
    """A number as a chart writes it beside its bar; the table beside it has it, too."""
    return None if value is None else round(value, 2)


def picture_of_run(*, actor: Actor, home: Path, number: int, suffix: str = ".svg", dark: bool = False) -> bytes:
    """The chart as a static SVG (.json: an ECharts option). Raises NotFound."""
    return chart_bytes(chart_of(run_seen(actor=actor, home=home, number=number)), suffix, dark=dark)


def _nodes(branch: Branch, depth: int) -> Iterator[Node]:
    for node in branch.nodes:
        if isinstance(node, Branch):
            yield Node(depth, node.name, node.total if node.weight is None else node.weight)
            yield from _nodes(node, depth + 1)
        else:
            yield Node(depth, node.name, node.weight, node)


def _sees(actor: Actor, scheme: Scheme, score_: Score) -> bool:
    """Stewards and auditors see all; units' own people their units, departments themselves, leaders the firms and
    cadres of their units."""
    if actor.roles & _WHOLE:
        return True
    thing = score_.thing
    if scheme.scored.by:
        return thing.id in actor.organisations
    if scheme.scored.by_figures:
        return bool(actor.roles & {Role.CLERK, Role.LEADER}) and thing.id in actor.units
    return Role.LEADER in actor.roles and thing.unit in actor.units


def _named(actor: Actor, pool: Pool, scheme: Scheme, score_: Score) -> Score:
    """The score with its subject's name as the actor may see it."""
    subject = scheme.scored.subject
    if not subject:
        return score_
    element = pool.registry.elements[pool.registry.name_of(subject)]
    text = seen(narrowed(actor, score_.thing.unit, pool), element, score_.thing.name).text
    return replace(score_, thing=replace(score_.thing, name=text or "（名称未授权）"))


def _item_told(
    actor: Actor, pool: Pool, explainer: Explainer, scheme: Scheme, score_: Score, item: ItemScore
) -> ItemTold:
    ready = explainer.ready[item.item]
    indicator = ready.item.indicator
    expr = ready.value.expr if isinstance(ready.value, Figure) else ready.value
    kind = f"{indicator.evidence}，{'潜绩' if indicator.latent else '显绩'}"
    closed = _closed(actor, pool, ready, score_)
    rows = () if closed or not isinstance(ready.value, Figure) else tuple(_rows(actor, pool, explainer, score_, ready))
    words = in_words(expr, pool.registry) if expr is not None else ""
    return ItemTold(item, ready.item.name, indicator.definition, kind, words, rows, closed,
                    _part(actor, scheme, item.item))  # fmt: skip


def _closed(actor: Actor, pool: Pool, ready: ReadyItem, score_: Score) -> str:
    """Why the rows behind an item are not shown: who may not see a value must not find it out from a list, either."""
    here = narrowed(actor, score_.thing.unit or None, pool)
    hidden = [
        element.name
        for element in (pool.registry.elements[name] for name in sorted(ready.elements))
        if sight(here, element) is Sight.HIDDEN
    ]
    return f"没有“{'、'.join(hidden[:4])}”的授权，只看得到数。" if hidden else ""


def _rows(
    actor: Actor, pool: Pool, explainer: Explainer, score_: Score, ready: ReadyItem
) -> Iterator[tuple[str, tuple[Row, ...], int]]:
    for aggregate, words, found in explainer.behind(score_, ready):
        some = found[:MOST_ROWS]
        codes = references_of((aggregate.subject, str(row["key"])) for row in some)
        element = pool.registry.elements[pool.registry.name_of(aggregate.subject)]
        told = []
        for row in some:
            here = narrowed(actor, str(row["unit"] or ""), pool)
            name = seen(here, element, row["name"]).text or "—"
            told.append(Row(codes[aggregate.subject, str(row["key"])], name, str(row["unit"] or "")))
        yield words, tuple(told), len(found)


def _part(actor: Actor, scheme: Scheme, item: str) -> str:
    """On whose part the actor may object to an item; "" when the scheme does not let them."""
    if not can(actor, "score.object", Thing()):
        return ""
    allowed = next((one.indicator.objectors for one in scheme.items if one.id == item), ())
    if Role.STEWARD in actor.roles:
        return allowed[0] if allowed else "基层"
    mine = [PART[role] for role in sorted(actor.roles) if role in PART]
    return next((part for part in mine if not allowed or part in allowed), "")
