"""Scoring by a scheme: measured from the pool, scored, kept; corrected by another run that keeps both."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from yici.core.errors import Conflict, NotFound, PackError, Problem
from yici.core.indicators.compiling import compile_scheme
from yici.core.indicators.linting import Finding, check_variance
from yici.core.indicators.measured import Adjustment, AdjustmentKind, Scores
from yici.core.indicators.model import Purpose, Scheme
from yici.core.indicators.reading import read_schemes
from yici.core.indicators.runs import Change, Run, changes
from yici.core.indicators.scoring import score_things
from yici.core.periods import Period
from yici.services.measuring import Progress, measure
from yici.services.pool import open_pool
from yici.services.schemes import find_scheme, refusals
from yici.storage.packs import load_registry
from yici.storage.scores import (
    Objection,
    add_adjustment,
    add_objection,
    adjustments_for,
    all_runs,
    answer_objection,
    load_run,
    objections_to,
    save_run,
)


@dataclass(frozen=True, slots=True)
class Scored:
    """A run with its scheme, and what the linter says now that values are there."""

    run: Run
    scheme: Scheme
    findings: tuple[Finding, ...] = ()


def score(
    *,
    home: Path,
    actor: str,
    scheme: str,
    period: Period,
    today: date,
    unit: str | None = None,
    records_until: date | None = None,
    publish: date | None = None,
    progress: Progress | None = None,
) -> Scored:
    """Score everything a scheme scores, below `unit` when given, and keep the run.

    The scheme's version is that of the period's last day (today, while it runs), and so are its parameters. All records
    count, or those as of `records_until` and earlier: what became known after a period still belongs to it.
    Raises NotFound, PackError for a scheme the linter refuses, and what `progress` raises: then nothing is kept.
    """
    open_pool(home)
    chosen = find_scheme(scheme, day=period.moment(today).as_of)
    refused = refusals(chosen)
    if refused:
        raise PackError(refused)
    return _run(home=home, actor=actor, chosen=chosen, period=period, today=today, unit=unit, progress=progress,
                records_until=records_until, published=publish or chosen.publicity.start)  # fmt: skip


def _run(
    *,
    home: Path,
    actor: str,
    chosen: Scheme,
    period: Period,
    today: date,
    unit: str | None,
    records_until: date | None,
    published: date | None,
    previous: int | None = None,
    reason: str = "",
    progress: Progress | None = None,
) -> Scored:
    """Measure, score and keep."""
    pool = open_pool(home)
    moment = period.moment(today)
    if unit is not None:
        pool.units_below(unit)
    ready = compile_scheme(chosen, pool.registry, day=moment.as_of)
    manifest = pool.manifest()
    with pool.projection(records_until) as projection:
        measured = measure(
            projection, pool.registry, ready, areas=manifest.areas, unit=unit, moment=moment, progress=progress
        )
    given = adjustments_for(chosen.id, period)
    scores = score_things(chosen, measured.things, measured.values, day=moment.as_of, adjustments=given)
    scores = Scores(scores.scores, (*measured.notes, *scores.notes), scores.means)
    run = Run(0, chosen.id, chosen.title, chosen.version, period, moment.as_of, manifest.sequence, scores, unit or "",
              records_until, previous, reason, published, chosen.publicity.days, actor, _plain(chosen))  # fmt: skip
    plain = chosen.purpose is Purpose.STATISTICS
    findings = () if plain else tuple(check_variance(chosen, scores))
    if progress is not None:
        progress(len(scores.scores), len(scores.scores))
    return Scored(save_run(run, actor=actor), chosen, findings)


def rescore(
    *, home: Path, actor: str, run: int, reason: str, today: date, progress: Progress | None = None
) -> tuple[Scored, list[Change]]:
    """Score again what a run scored, by the same scheme, period and unit, after data was corrected or points decided.

    Both runs are kept; what changed comes back with the new one. Raises NotFound, and what `progress` raises.
    """
    before = get_run(home=home, run=run)
    again = _run(home=home, actor=actor, chosen=scheme_of(before), period=before.period, today=today,
                 unit=before.unit or None, records_until=before.records_until, published=before.published,
                 previous=before.number, reason=reason, progress=progress)  # fmt: skip
    return again, changes(before.scores, again.run.scores)


def scheme_of(run: Run) -> Scheme:
    """The scheme a run was scored by, as it was then: its file may have changed since."""
    (scheme,) = read_schemes([(f"第 {run.number} 批", run.definition)], load_registry())
    return scheme


def get_run(*, home: Path, run: int) -> Run:
    """The run of that number. Raises NotFound."""
    open_pool(home)
    found = load_run(run)
    if found is None:
        numbers = "、".join(str(each.number) for each in all_runs()[-5:]) or "还没有"
        raise NotFound(Problem("unknown_run", f"没有第 {run} 批考核结果。", f"最近的批次：{numbers}。"))
    return found


def runs_of(*, home: Path, scheme: str | None = None) -> list[Run]:
    """Every run, without its scores, the latest last."""
    open_pool(home)
    return all_runs(scheme)


def object_to(*, home: Path, actor: str, run: int, item: str, thing: str, reason: str, who: str = "") -> int:
    """Object to the score of one item of one thing in a run; the number of the objection.

    `item` is an indicator's id, `who` on whose part (基层, 企业 …), one of those the scheme lets object to it. Raises
    NotFound for a run, indicator or thing that is not there, Conflict without a reason or for others.
    """
    found = get_run(home=home, run=run)
    if not reason.strip():
        raise Conflict(Problem("objection-reason", "没有写异议的理由。", "请写明哪里不对、应是多少。"))
    score_ = _score_of(found, thing)
    items = [each.item for each in score_.items]
    if item not in items:
        raise NotFound(Problem("unknown_item", f"没有指标“{item}”。", f"指标有：{'、'.join(items)}。"))
    allowed = next(each.indicator.objectors for each in scheme_of(found).items if each.id == item)
    if who and allowed and who not in allowed:
        raise Conflict(Problem("objection-who", f"{who}不能对这个指标提异议。", f"可以提的有：{'、'.join(allowed)}。"))
    by = f"{actor}（{who}）" if who else actor
    return add_objection(run=run, item=item, thing=score_.thing.id, reason=reason.strip(), actor=by)


def answer_to(*, home: Path, actor: str, objection: int, upheld: bool, answer: str) -> None:
    """Answer an open objection. Raises NotFound when there is none of that number."""
    open_pool(home)
    if not answer_objection(number=objection, upheld=upheld, answer=answer, actor=actor):
        raise NotFound(Problem("unknown_objection", f"没有第 {objection} 号待答复的异议。", "用 yici scores 查看。"))


def objections_of(*, home: Path, run: int | None = None) -> list[Objection]:
    """Every objection, or those to one run."""
    open_pool(home)
    return objections_to(run)


def adjust(
    *,
    home: Path,
    actor: str,
    run: int,
    thing: str,
    kind: str,
    points: Decimal,
    reason: str,
    document: str,
    item: str = "",
) -> int:
    """Decide points for one thing of a run's scheme and period (容错、加分、减分); they count when it is scored again.

    Raises Conflict without reason or document, for points that are not positive, or a tolerance without its item.
    """
    found = get_run(home=home, run=run)
    score_ = _score_of(found, thing)
    problems = []
    if not reason.strip() or not document.strip():
        problems.append(
            Problem("adjust-reason", "调整要写理由和依据的文件。", "例如：受灾减产；县委考核办〔2026〕3号。")
        )
    if points <= 0:
        problems.append(Problem("adjust-points", "分数要大于 0。", "减分也写正数，方向由类别决定。"))
    items = [each.item for each in score_.items]
    if kind == AdjustmentKind.TOLERANCE and item not in items:
        problems.append(Problem("adjust-item", "容错要写是哪个指标。", f"指标有：{'、'.join(items)}。"))
    if problems:
        raise Conflict(problems)
    decided = Adjustment(score_.thing.id, AdjustmentKind(kind), points, reason.strip(), document.strip(), item)
    return add_adjustment(scheme=found.scheme, period=found.period, adjustment=decided, actor=actor)


def _score_of(run: Run, thing: str) -> Any:
    try:
        return run.scores.of(thing)
    except KeyError:
        names = "、".join(score_.thing.name for score_ in run.scores.scores[:8])
        raise NotFound(Problem("unknown_thing", f"这一批里没有“{thing}”。", f"有：{names}。")) from None


def _plain(scheme: Scheme) -> object:
    """What the scheme was read from as JSON: dates as text, everything else as it was."""
    plain: object = json.loads(json.dumps(scheme.definition, default=str, ensure_ascii=False))
    return plain
