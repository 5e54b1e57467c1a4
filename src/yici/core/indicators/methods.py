"""Methods of scoring: from a value to the part of the weight it earns, and the calculation in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from yici.core.charts.model import shown
from yici.core.indicators.model import BaseRule, Direction, Item, Method, Scoring, Value

ONE, ZERO = Decimal(1), Decimal(0)
_BOUNDED = {Method.TARGET, Method.MINMAX, Method.RATE, Method.DEDUCTION, Method.BANDS}


@dataclass(frozen=True, slots=True)
class Yardstick:
    """An item with every number it is scored by: parameters looked up, bases that follow from all values computed."""

    item: Item
    target: Decimal | None = None
    zero: Decimal | None = None
    base: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def bounds(self) -> tuple[Decimal | None, Decimal | None]:
        """The least and the greatest part of the weight that can be earned; None: no bound."""
        scoring = self.item.scoring
        bounded = scoring.method in _BOUNDED
        floor = scoring.floor if scoring.floor is not None else ZERO if bounded else None
        cap = scoring.cap if scoring.cap is not None else ONE if bounded else None
        return floor, cap


def yardstick(item: Item, figures: Mapping[str, Value], values: Sequence[Decimal]) -> Yardstick:
    """The numbers an item is scored by: `figures` are the parameters in force, `values` all that were measured."""
    scoring = item.scoring
    base = number_of(scoring.base, figures)
    if scoring.base_rule is not None and values:
        mean = sum(values, ZERO) / len(values)
        base = (mean if scoring.base_rule is BaseRule.MEAN else Decimal(median(values))) * scoring.times
    elif base is not None:
        base *= scoring.times
    return Yardstick(item, number_of(scoring.target, figures), number_of(scoring.zero, figures), base,
                     min(values, default=None), max(values, default=None))  # fmt: skip


def number_of(value: Value, figures: Mapping[str, Value]) -> Decimal | None:
    """A number, or the parameter of that name (参数.名称) as one; None when it has no number."""
    if isinstance(value, str):
        value = figures.get(value.removeprefix("参数."))
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def part_of(value: Decimal, by: Yardstick) -> Decimal | None:
    """The part of the weight a value earns, within the bounds; None where the yardstick has no answer."""
    raw = _RULES[by.item.scoring.method](value, by)
    if raw is None:
        return None
    floor, cap = by.bounds
    bounded = raw if floor is None else max(raw, floor)
    # Adding 0 makes an ordinary zero of a negative one.
    return (bounded if cap is None else min(bounded, cap)) + ZERO


def _target(value: Decimal, by: Yardstick) -> Decimal | None:
    goal, zero = by.target, by.zero
    if by.item.indicator.direction is Direction.HIGHER and zero is None:
        zero = ZERO
    if goal is None or zero is None or goal == zero:
        return None
    if by.item.indicator.direction is Direction.TARGET:
        return ONE - abs(value - goal) / abs(zero - goal)
    return (value - zero) / (goal - zero)


def _benchmark(value: Decimal, by: Yardstick) -> Decimal | None:
    if by.item.indicator.direction is Direction.LOWER:
        return by.base / value if by.base is not None and value > 0 else None
    return value / by.base if by.base else None


def _minmax(value: Decimal, by: Yardstick) -> Decimal | None:
    if by.low is None or by.high is None:
        return None
    if by.low == by.high:
        return ONE
    place = (value - by.low) / (by.high - by.low)
    return ONE - place if by.item.indicator.direction is Direction.LOWER else place


def _rate(value: Decimal, by: Yardstick) -> Decimal:
    rate = value / 100 if by.item.indicator.unit == "%" else value
    return ONE - rate if by.item.indicator.direction is Direction.LOWER else rate


def _deduction(value: Decimal, by: Yardstick) -> Decimal:
    scoring = by.item.scoring
    return ONE - scoring.points * value / scoring.per / by.item.weight


def _bands(value: Decimal, by: Yardstick) -> Decimal:
    lower = by.item.indicator.direction is Direction.LOWER
    reached = [part for edge, part in by.item.scoring.bands if (value <= edge if lower else value >= edge)]
    return max(reached, default=ZERO)


_RULES = {
    Method.TARGET: _target,
    Method.BENCHMARK: _benchmark,
    Method.MINMAX: _minmax,
    Method.RATE: _rate,
    Method.DEDUCTION: _deduction,
    Method.BANDS: _bands,
}


def formula(value: Decimal, by: Yardstick, points: Decimal) -> str:
    """The calculation as people write it: 48.19 ÷ 24.097 × 30 = 60 分."""
    item = by.item
    left, weight = f"{_exact(value)}{item.indicator.unit}", _exact(item.weight)
    lower = item.indicator.direction is Direction.LOWER
    match item.scoring.method:
        case Method.BENCHMARK:
            text = f"基准 {_exact(by.base)} ÷ {left}" if lower else f"{left} ÷ 基准 {_exact(by.base)}"
            text = f"{text} × {weight}"
        case Method.TARGET if item.indicator.direction is Direction.TARGET:
            width = abs((by.zero or ZERO) - (by.target or ZERO))
            text = f"(1 − |{left} − 目标 {_exact(by.target)}| ÷ {_exact(width)}) × {weight}"
        case Method.TARGET if by.zero:
            zero = _exact(by.zero)
            text = f"({left} − {zero}) ÷ (目标 {_exact(by.target)} − {zero}) × {weight}"
        case Method.TARGET:
            text = f"{left} ÷ 目标 {_exact(by.target)} × {weight}"
        case Method.MINMAX:
            text = (
                f"{left} 在最低 {_exact(by.low)} 与最高 {_exact(by.high)} 之间{'（反向）' if lower else ''} × {weight}"
            )
        case Method.RATE:
            text = f"(1 − {left}) × {weight}" if lower else f"{left} × {weight}"
        case Method.DEDUCTION:
            scoring: Scoring = item.scoring
            per = "" if scoring.per == 1 else f" ÷ {_exact(scoring.per)}"
            text = f"{weight} − {left}{per} × {_exact(scoring.points)}"
        case Method.BANDS:
            text = f"{left} 所在档次 × {weight}"
    raw = _RULES[item.scoring.method](value, by)
    floor, cap = by.bounds
    limit = "，封顶" if raw is not None and cap is not None and raw > cap else ""
    limit = "，保底" if raw is not None and floor is not None and raw < floor else limit
    return f"{text} = {shown(points)}分{limit}"


def _exact(value: Decimal | None) -> str:
    """A number as written, without idle zeros; long fractions are cut at four decimals."""
    return "？" if value is None else shown(value, 4)
