"""Scores computed by hand beforehand, and laws every scheme keeps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from yici.core.elements import Registry
from yici.core.indicators.measured import Adjustment, AdjustmentKind, Measured, Thing
from yici.core.indicators.model import Scheme
from yici.core.indicators.reading import read_schemes
from yici.core.indicators.scoring import score_things

CASES = yaml.safe_load(Path(__file__).with_name("scoring.yaml").read_text("utf-8"))


def scheme_of(definition: dict[str, Any]) -> Scheme:
    """A scheme of the items given; what a case does not care about is filled in."""
    items = [{"name": item["id"], "expression": "x", "evidence": "实绩", **item} for item in definition["items"]]
    document = {
        "id": "case",
        "title": "例",
        "purpose": "评价",
        "valid": {"from": date(2020, 1, 1)},
        "scored": {"unit": "村"},
        "indicators": items,
        **{key: value for key, value in definition.items() if key != "items"},
    }
    return read_schemes([("case.yaml", document)], Registry())[0]


def decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def measured(value: object) -> Measured:
    if isinstance(value, dict):
        stages = tuple(decimal(stage) for stage in value.get("stages", ()))
        return Measured(decimal(value.get("value")), without=value.get("without", False), stages=stages)
    return Measured(decimal(value))


def scores_of(case: dict[str, Any]) -> Any:
    scheme = scheme_of(case["scheme"])
    things, values = [], {}
    for name, given_ in case["measured"].items():
        excluded = given_.get("excluded", "")
        things.append(
            Thing(name, name, excluded=excluded, grade="T" if excluded else "", vetoes=tuple(given_.get("vetoes", ())))
        )
        if not excluded:
            values[name] = {item.id: measured(given_.get(item.id)) for item in scheme.items}
    adjustments = [
        Adjustment(a["thing"], AdjustmentKind(a["kind"]), Decimal(str(a["points"])), "因", "文", a.get("item", ""))
        for a in case.get("adjustments", ())
    ]
    return score_things(scheme, things, values, day=case.get("day", date(2025, 12, 31)), adjustments=adjustments)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_scores_by_hand(case: dict[str, Any]) -> None:
    scores = scores_of(case)
    for name, items in case.get("points", {}).items():
        for item, points in items.items():
            got = scores.of(name).item(item).points
            assert (got if got is None else round(got, 9)) == decimal(points), (name, item)
    for name, total in case.get("totals", {}).items():
        got = scores.of(name).total
        assert (got if got is None else round(got, 9)) == decimal(total), name
    for name, (known, open_) in case.get("known", {}).items():
        assert (scores.of(name).known, scores.of(name).open) == (known, open_)
    for name, grade in case.get("grades", {}).items():
        assert scores.of(name).grade == grade, name


def test_every_point_says_how_it_came_about() -> None:
    named = {case["name"]: case for case in CASES}
    scores = scores_of(named["黄岩2022规上，手算：60 + 10 + 25 + 5 + 10 + 0 = 110，公式没有封顶"])
    assert scores.of("甲").item("tax").how == "48.194 ÷ 基准 24.097 × 30 = 60分"
    scores = scores_of(named["没有排放的企业取其他企业该项平均分 (8 + 12) / 2 = 10"])
    assert scores.of("丙").item("emission").how == "不适用，按方案取其余各家本项平均分 10分"
    scores = scores_of(named["潜绩：第一年没有到期的阶段，不计不罚"])
    assert scores.of("甲").item("later").how == "潜绩：周期36个月，已11个月，第一阶段12个月，本次不计，不扣分"
    scores = scores_of(named["目标值：从0到95，超过不加"])
    assert scores.of("乙").item("rate").how == "99 ÷ 目标 95 × 20 = 20分，封顶"
    assert scores_of(named["等次按比例，同分同等"]).notes == ("1个缺数据，没有排名；补齐后其他名次可能变化",)


values = st.lists(st.one_of(st.none(), st.decimals(min_value=0, max_value=1000, places=3)), min_size=1, max_size=12)
METHODS = [
    {"method": "基准值", "base": 20},
    {"method": "目标值", "target": 100},
    {"method": "极差"},
    {"method": "分档", "bands": [[50, 1], [10, 0.5]]},
]


@given(values, st.sampled_from(METHODS), st.sampled_from([2, 5, 10]))
def test_heavier_weights_scale_the_points_and_keep_the_order(
    numbers: list[Decimal | None], scoring: dict[str, Any], factor: int
) -> None:
    def run(weight: int) -> Any:
        items = [{"id": "a", "weight": weight, "scoring": scoring}]
        given_ = {str(n): {"a": number} for n, number in enumerate(numbers)}
        return scores_of({"scheme": {"items": items}, "measured": given_})

    one, many = run(10), run(10 * factor)
    for score in one.scores:
        other = many.of(score.thing.id)
        assert (score.total is None) == (other.total is None)
        if score.total is not None:
            assert abs(score.total * factor - other.total) < Decimal("1e-18")


@given(values, st.decimals(min_value=0, max_value=2, places=2), st.decimals(min_value=0, max_value=2, places=2))
def test_caps_and_floors_hold(numbers: list[Decimal | None], one: Decimal, other: Decimal) -> None:
    floor, cap = sorted((one, other))
    scoring = {"method": "基准值", "base": 100, "cap": float(cap), "floor": float(floor)}
    scores = scores_of({
        "scheme": {"items": [{"id": "a", "weight": 10, "scoring": scoring}]},
        "measured": {str(n): {"a": number} for n, number in enumerate(numbers)},
    })  # fmt: skip
    for score in scores.scores:
        assert score.total is None or floor * 10 <= score.total <= cap * 10


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=40, unique=True),
       st.lists(st.integers(1, 60), min_size=1, max_size=4))  # fmt: skip
def test_shares_of_grades_are_not_exceeded(numbers: list[int], parts: list[int]) -> None:
    shares = [Decimal(part) * 100 / sum(parts) for part in parts]
    scheme = {
        "items": [{"id": "a", "weight": 100, "scoring": {"method": "基准值", "base": 1000}}],
        "grades": [{"name": f"g{n}", "share": float(share)} for n, share in enumerate(shares)],
    }
    scores = scores_of({"scheme": scheme, "measured": {str(n): {"a": n} for n in numbers}})
    grades = [score.grade for score in scores.scores]
    assert grades == sorted(grades), "a better rank never has a worse grade"
    summed = Decimal(0)
    for place in range(len(parts) - 1):
        summed += shares[place] * len(numbers) / 100
        count = sum(grades.count(f"g{n}") for n in range(place + 1))
        assert abs(count - summed) <= Decimal("0.501")


@given(st.lists(st.integers(0, 20), min_size=2, max_size=30))
def test_equals_are_treated_equally(numbers: list[int]) -> None:
    scheme = {
        "items": [{"id": "a", "weight": 100, "scoring": {"method": "极差"}}],
        "grades": [{"name": "A", "share": 30}, {"name": "B", "share": 70}],
    }
    scores = scores_of({"scheme": scheme, "measured": {str(n): {"a": value} for n, value in enumerate(numbers)}})
    by_value: dict[int, set[tuple[object, object]]] = {}
    for score in scores.scores:
        by_value.setdefault(numbers[int(score.thing.id)], set()).add((score.rank, score.grade))
    assert all(len(found) == 1 for found in by_value.values())
