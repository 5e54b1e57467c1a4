"""From measured values to scores: pure arithmetic, in which unknown stays unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from yici.core.charts.model import shown
from yici.core.indicators.grading import rank_and_grade
from yici.core.indicators.measured import (
    Adjustment,
    AdjustmentKind,
    ItemScore,
    Measured,
    Measurements,
    Score,
    Scores,
    Thing,
)
from yici.core.indicators.methods import ZERO, Yardstick, formula, part_of, yardstick
from yici.core.indicators.model import Item, Latent, Missing, Purpose, Scheme, Value


def score_things(
    scheme: Scheme,
    things: Sequence[Thing],
    measured: Measurements,
    *,
    day: date,
    adjustments: Sequence[Adjustment] = (),
) -> Scores:
    """The scores of everything that is scored, as of a day. `measured` has every item of every thing taking part."""
    if scheme.purpose is Purpose.STATISTICS:
        return _unscored(scheme, things, measured)
    figures = scheme.figures(day)
    taking = [thing for thing in things if not thing.excluded]
    by_item: dict[str, dict[str, ItemScore]] = {}
    means: dict[str, Decimal | None] = {}
    for item in scheme.items:
        mine = {thing.id: measured[thing.id][item.id] for thing in taking}
        by_item[item.id], means[item.id] = _score_item(item, mine, figures, day)
    total = scheme.root.total
    scores = [_summed(thing, [by_item[item.id][thing.id] for item in scheme.items], total) for thing in taking]
    adjusted = [_adjusted(score, scheme, adjustments) for score in scores]
    out = [Score(thing, (), None, notes=(thing.excluded,)) for thing in things if thing.excluded]
    ordered = rank_and_grade([*adjusted, *out], scheme.grades, scheme.vetoes)
    unknown = sum(1 for score in adjusted if score.total is None)
    notes = (f"{unknown}个缺数据，没有排名；补齐后其他名次可能变化",) if unknown else ()
    return Scores(tuple(ordered), notes, means)


def _unscored(scheme: Scheme, things: Sequence[Thing], measured: Measurements) -> Scores:
    """Statistics: what was measured, in the order of the things, without points."""
    scores = []
    for thing in things:
        items = () if thing.excluded else tuple(_value(item, measured[thing.id][item.id]) for item in scheme.items)
        scores.append(Score(thing, items, None, grade=thing.grade or None))
    return Scores(tuple(scores))


def _value(item: Item, measured: Measured) -> ItemScore:
    lacking = f"（缺{'、'.join(measured.missing)}）" if measured.missing else ""
    how = (
        f"{shown(measured.value)}{item.indicator.unit if measured.value is not None else lacking}{_left_out(measured)}"
    )
    return ItemScore(item.id, measured, None, ZERO, how)


def _score_item(
    item: Item, mine: Mapping[str, Measured], figures: Mapping[str, Value], day: date
) -> tuple[dict[str, ItemScore], Decimal | None]:
    """The points of one item for everything scored, and their mean among those whose own value gave points."""
    latent = item.indicator.latent
    if latent is not None and _months_between(latent.since, day) < latent.months:
        return {thing: _staged(item, latent, value, day) for thing, value in mine.items()}, None
    applies = [m for m in mine.values() if m.without is False]
    by = yardstick(item, figures, [m.value for m in applies if m.value is not None])
    own = {thing: _own(by, m) if m.without is False else None for thing, m in mine.items()}
    counted = [score.points for score in own.values() if score is not None and score.points is not None]
    mean = sum(counted, ZERO) / len(counted) if counted else None
    scores: dict[str, ItemScore] = {}
    for thing, value in mine.items():
        score = own[thing]
        if score is None:
            score = _without(by, value, mean)
        elif score.points is None:
            score = _instead(by, value, item.missing, mean, score.how)
        scores[thing] = score
    return scores, mean


def _own(by: Yardstick, measured: Measured) -> ItemScore:
    """The points by the item's own method; unknown where the value or the yardstick is."""
    item = by.item
    if measured.value is None:
        lacking = "、".join(measured.missing)
        return ItemScore(item.id, measured, None, item.weight, f"缺数据（缺{lacking}）" if lacking else "缺数据")
    part = part_of(measured.value, by)
    if part is None:
        return ItemScore(item.id, measured, None, item.weight, "没有可比的基准")
    points = part * item.weight
    return ItemScore(item.id, measured, points, item.weight, formula(measured.value, by, points) + _left_out(measured))


def _left_out(measured: Measured) -> str:
    return f"（另有{measured.unknown}项缺数据，未计入）" if measured.unknown else ""


def _without(by: Yardstick, measured: Measured, mean: Decimal | None) -> ItemScore:
    """The points where the item does not apply, or where nobody can tell whether it does."""
    rule = by.item.without
    if rule is None or measured.without is None:
        return _open(by, measured, f"缺数据（是否适用待定，缺{'、'.join(measured.missing)}）")
    return _instead(by, measured, rule.gets, mean, "不适用")


def _instead(by: Yardstick, measured: Measured, rule: Missing, mean: Decimal | None, why: str) -> ItemScore:
    item = by.item
    if rule is Missing.DROP:
        return ItemScore(item.id, measured, None, ZERO, f"{why}，本项不计，权重分给其他指标")
    if rule is Missing.ZERO:
        return ItemScore(item.id, measured, ZERO, item.weight, f"{why}，按方案记0分")
    if rule is Missing.MEAN and mean is not None:
        return ItemScore(item.id, measured, mean, item.weight, f"{why}，按方案取其余各家本项平均分 {shown(mean)}分")
    return _open(by, measured, f"{why}，待定")


def _open(by: Yardstick, measured: Measured, how: str) -> ItemScore:
    floor, cap = by.bounds
    weight = by.item.weight
    low, high = (None if bound is None else bound * weight for bound in (floor, cap))
    return ItemScore(by.item.id, measured, None, weight, how, low, high)


def _staged(item: Item, latent: Latent, measured: Measured, day: date) -> ItemScore:
    """Latent work within its cycle: the stages that are due; nothing is lost before the first is."""
    elapsed = _months_between(latent.since, day)
    due = [place for place, stage in enumerate(latent.stages) if stage.after <= elapsed]
    if not due:
        first = f"，第一阶段{latent.stages[0].after}个月" if latent.stages else ""
        how = f"潜绩：周期{latent.months}个月，已{elapsed}个月{first}，本次不计，不扣分"
        return ItemScore(item.id, measured, None, ZERO, how)
    figures = [measured.stages[place] if place < len(measured.stages) else None for place in due]
    reached = [
        figure is not None and figure >= latent.stages[place].at_least
        for place, figure in zip(due, figures, strict=True)
    ]
    words = "、".join(
        f"{latent.stages[place].words}{'（缺数据）' if figure is None else '（已到）' if done else '（未到）'}"
        for place, figure, done in zip(due, figures, reached, strict=True)
    )
    sure, open_ = sum(reached), sum(figure is None for figure in figures)
    how = f"潜绩阶段：{words}，{sure}/{len(due)} × {shown(item.weight)}"
    share = item.weight / len(due)
    if open_:
        return ItemScore(item.id, measured, None, item.weight, how, sure * share, (sure + open_) * share)
    return ItemScore(item.id, measured, sure * share, item.weight, f"{how} = {shown(sure * share)}分")


def _months_between(since: date, to: date) -> int:
    return (to.year - since.year) * 12 + to.month - since.month - (to.day < since.day)


def _summed(thing: Thing, items: Sequence[ItemScore], total_weight: Decimal) -> Score:
    """The total over the items that count, stretched to the full weight where some do not."""
    counting = [item for item in items if item.weight]
    weight = sum((item.weight for item in counting), ZERO)
    if not weight:
        return Score(thing, tuple(items), None, notes=("没有一个指标可以计分",))
    stretch = total_weight / weight
    known = sum((item.points for item in counting if item.points is not None), ZERO) * stretch
    open_ = sum((item.weight for item in counting if item.points is None), ZERO) * stretch
    notes = () if weight == total_weight else (f"计入权重 {shown(weight)}，按 {shown(total_weight)} 折算",)
    return Score(thing, tuple(items), None if open_ else known, known, open_, notes=notes)


def _adjusted(score: Score, scheme: Scheme, adjustments: Sequence[Adjustment]) -> Score:
    """The score with what was decided added and taken, within the scheme's limits."""
    mine = [adjustment for adjustment in adjustments if adjustment.thing == score.thing.id]
    plus = min(_sum(mine, AdjustmentKind.BONUS), scheme.adjustments.plus)
    minus = min(_sum(mine, AdjustmentKind.PENALTY), scheme.adjustments.minus)
    back = ZERO
    for item in score.items:
        given = sum((a.points for a in mine if a.kind is AdjustmentKind.TOLERANCE and a.item == item.item), ZERO)
        if given and item.points is not None:
            # A tolerance cannot make more of an item than its full weight.
            back += min(given, max(ZERO, item.weight - item.points))
    change = plus + back - minus
    if not mine:
        return score
    notes = tuple(f"{a.kind}{shown(a.points)}分：{a.reason}（{a.document}）" for a in mine)
    total = None if score.total is None else score.total + change
    return replace(score, total=total, known=score.known + change, adjusted=change, notes=(*score.notes, *notes))


def _sum(adjustments: Sequence[Adjustment], kind: AdjustmentKind) -> Decimal:
    return sum((a.points for a in adjustments if a.kind is kind), ZERO)
