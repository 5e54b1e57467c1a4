"""Points given or taken by decision (容错、加分、减分) from a page: with reason and document, and a way back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from yici.core.access.actors import Actor
from yici.core.errors import Conflict, NotFound, Problem
from yici.core.indicators.measured import Adjustment, AdjustmentKind
from yici.services.clerks import full_names
from yici.services.score_pages import RunSeen, run_seen
from yici.services.scoring import adjust
from yici.storage import scores

_MOST = Decimal(1000)


@dataclass(frozen=True, slots=True)
class Decision:
    """An adjustment as a page shows it: of whom, of which indicator, by whom; `counted` when this run has it already,
    `withdrawn` when it was taken back."""

    number: int
    adjustment: Adjustment
    name: str
    item: str
    by: str
    at: datetime
    withdrawn: datetime | None


def decisions_of(told: RunSeen) -> list[Decision]:
    """The adjustments for the scheme and period of a run, about the things the actor sees."""
    names = {score.thing.id: score.thing.name for score in told.scores}
    items = {item.id: item.name for item in told.scheme.items}
    people = full_names()
    return [
        Decision(one.number, one.adjustment, names[one.adjustment.thing], items.get(one.adjustment.item, ""),
                 people.get(one.by, one.by), one.at, one.withdrawn)
        for one in scores.decided_for(told.run.scheme, told.run.period)
        if one.adjustment.thing in names
    ]  # fmt: skip


def adjust_from_page(
    *, actor: Actor, home: Path, number: int, thing: str, kind: str, points: str, item: str, reason: str, document: str
) -> int:
    """Decide points for one thing of a run; they count when it is scored again. The adjustment's number.

    Raises Conflict for what is missing or odd, NotFound for a thing the actor does not see.
    """
    told = run_seen(actor=actor, home=home, number=number)
    if thing not in {one.thing.id for one in told.scores}:
        raise NotFound(Problem("unknown-thing", "这一批里没有它，或不在您的范围内。", "请返回列表。"))
    if told.plain:
        raise Conflict(Problem("adjust-plain", "统计方案不计分，没有加减分。", "请返回列表。"))
    if kind not in list(AdjustmentKind):
        raise Conflict(Problem("adjust-kind", "没有选择是容错、加分还是减分。", "请选一类。"))
    try:
        amount = Decimal(points.strip())
    except InvalidOperation:
        raise Conflict(Problem("adjust-points", f"“{points[:20]}”不是一个数。", "请写分数，如 2 或 0.5。")) from None
    if not amount.is_finite() or amount > _MOST:
        raise Conflict(Problem("adjust-points", "分数太大。", f"请写不超过 {_MOST} 的数。"))
    tolerance = kind == AdjustmentKind.TOLERANCE
    return adjust(
        home=home, actor=actor.name, run=number, thing=thing, kind=kind, points=amount, reason=reason[:500],
        document=document[:250], item=item if tolerance else "",
    )  # fmt: skip


def take_adjustment_back(*, actor: Actor, home: Path, number: int, adjustment: int) -> None:
    """Take an adjustment of a run's scheme and period back. Raises NotFound when there is none that counts."""
    told = run_seen(actor=actor, home=home, number=number)
    there = {one.number for one in decisions_of(told)}
    if adjustment not in there or not scores.withdraw_adjustment(number=adjustment, actor=actor.name):
        raise NotFound(Problem("unknown-adjustment", "没有这条调整，或已经撤回。", "请刷新页面。"))
