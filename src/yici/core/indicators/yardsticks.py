"""Whether every item can be scored as it is written: its method has the numbers it needs, and they make sense."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from yici.core.errors import Problem
from yici.core.indicators.methods import number_of
from yici.core.indicators.model import Direction, Item, Method, Scheme, Value

# Whether the target lies above the value that earns nothing, where the direction says the contrary.
_WRONG_WAY = {Direction.HIGHER: False, Direction.LOWER: True}


def check_scoring(scheme: Scheme, figures: Mapping[str, Value]) -> list[Problem]:
    """What keeps items from being scored with the parameters in force; one problem for each thing that is wrong."""
    return [
        Problem("scheme-scoring", f"“{item.name}”的{problem.message}", problem.hint)
        for item in scheme.items
        for problem in _of(item, figures)
    ]


def _of(item: Item, figures: Mapping[str, Value]) -> Iterator[Problem]:
    scoring, direction = item.scoring, item.indicator.direction
    for value in (scoring.target, scoring.zero, scoring.base):
        if isinstance(value, str) and number_of(value, figures) is None:
            yield _says(f"{value}没有数值。", "请在 parameters 里写它，并从方案生效那天起有值。")
    if scoring.cap is not None and scoring.floor is not None and scoring.cap < scoring.floor:
        yield _says("封顶低于保底。", "请核对 cap 与 floor。")
    if direction is Direction.TARGET and scoring.method is not Method.TARGET:
        yield _says("方向是接近目标，方法却不是目标值。", "请写 method: 目标值，并写 target 和 zero。")
    yield from _CHECKS[scoring.method](item, figures)


def _target(item: Item, figures: Mapping[str, Value]) -> Iterator[Problem]:
    goal, zero = number_of(item.scoring.target, figures), number_of(item.scoring.zero, figures)
    if item.scoring.target is None:
        yield _says("目标值没有写。", "请写 target。")
    if item.scoring.zero is None and item.indicator.direction is not Direction.HIGHER:
        yield _says("0 分对应的值没有写。", "方向不是越高越好时请写 zero：到这个值就是 0 分。")
    elif goal is not None and goal == (zero or 0):
        yield _says("目标值与 0 分的值相同。", "请核对 target 与 zero。")
    elif goal is not None and zero is not None and (goal > zero) is _WRONG_WAY.get(item.indicator.direction):
        yield _says(f"方向是{item.indicator.direction}，目标与 0 分的值却相反。", "请核对 direction、target 与 zero。")


def _benchmark(item: Item, figures: Mapping[str, Value]) -> Iterator[Problem]:
    base = number_of(item.scoring.base, figures)
    if item.scoring.base is None and item.scoring.base_rule is None:
        yield _says("基准值没有写。", "请写 base：一个数、参数.名称、平均值或中位数。")
    elif base is not None and base <= 0:
        yield _says("基准值不大于 0。", "请核对 base。")
    if item.scoring.times <= 0:
        yield _says("times 不大于 0。", "请核对 times。")


def _rate(item: Item, figures: Mapping[str, Value]) -> Iterator[Problem]:
    if item.indicator.unit not in ("", "%"):
        yield _says(f"单位是{item.indicator.unit}，不能按比率计分。", "请写 unit: '%'，或换一种 method。")


def _deduction(item: Item, figures: Mapping[str, Value]) -> Iterator[Problem]:
    if item.scoring.points <= 0 or item.scoring.per <= 0:
        yield _says("扣分的 points 和 per 要大于 0。", "例如 per: 1, points: 0.5（每 1 件扣 0.5 分）。")


def _bands(item: Item, figures: Mapping[str, Value]) -> Iterator[Problem]:
    if not item.scoring.bands:
        yield _says("分档没有写。", "请写 bands: [[90, 1], [80, 0.8]]。")
    if any(not 0 <= part <= 1 for _, part in item.scoring.bands):
        yield _says("分档的得分比例不在 0 与 1 之间。", "每档写成 [分界值, 得分比例]。")


def _nothing(item: Item, figures: Mapping[str, Value]) -> Iterator[Problem]:
    yield from ()


_CHECKS = {
    Method.TARGET: _target,
    Method.BENCHMARK: _benchmark,
    Method.MINMAX: _nothing,
    Method.RATE: _rate,
    Method.DEDUCTION: _deduction,
    Method.BANDS: _bands,
}


def _says(message: str, hint: str) -> Problem:
    return Problem("scheme-scoring", message, hint)
