"""Figures from the cube equal what one query a cell says, whatever is asked together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from crowd import REGISTRY, VILLAGES, crowd, empty, insert

from compiled_alone import condition_sql, from_sql, value_sql
from yici.core.expressions import parse_figure, parse_filter
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import Aggregate
from yici.engine import cube
from yici.engine.figures import Answer, Ask, Grouping, answer, answer_by, items_of
from yici.engine.projection import Projection

MOMENT = Moment(date(2025, 2, 28))
FIGURES = [
    "count(人)",
    "count(人 where 年龄 >= 60)",
    "count(人 where 年龄 >= 60 and 性别 = '女')",
    "count(人 where not (年龄 between 16 and 59 or 性别 = '男'))",
    "count(人 where 性别 is null)",
    "count(人 where 出生日期 = '1950')",
    "count(人 where 户.是否低保户 = '是' and (年龄 < 18 or 年龄 >= 60))",
    "count(人 where 户主.性别 = '女')",
    "count(人 where 家庭人口数 >= 3)",
    "count(人 where 家庭人均年收入 < 20000)",
    "count(人 where count(户.人 where 年龄 < 18) >= 1)",
    "count(户 where sum(户.人.个人年收入) > 50000)",
    "count(户)",
    "count(户 where 是否低保户 = '是')",
    "count(户 where count(人 where 年龄 >= 60) = count(人))",
    "count(户 where 户主.年龄 >= 60)",
    "sum(人.个人年收入)",
    "sum(人.个人年收入 where 性别 = '女' and 年龄 >= 18)",
    "sum(户.耕地面积 where 是否低保户 = '否')",
    "sum(人.个人年收入 where 年龄 > 150)",
    "avg(人.年龄 where 性别 = '男')",
    "avg(人.个人年收入)",
    "min(人.出生日期)",
    "max(人.个人年收入 where 文化程度 is not null)",
    "min(人.个人年收入 where 年龄 > 150)",
    "median(人.个人年收入 where 年龄 >= 18)",
    "share(人 where 年龄 >= 60)",
    "share(人 where 年龄 > 150)",
    "count(企业)",
    "share(企业 where 年营业收入 > 0)",
    *(f"count(人 where 年龄 between {low} and {low + 19})" for low in range(0, 100, 20)),
    "count(人 where 年龄 is null or 出生日期 is null)",
]
SPLIT = {"person": ("p", "person"), "household": ("h", "household"), "enterprise": ("e", "enterprise")}


@pytest.fixture(scope="module")
def projection() -> Projection:
    return crowd(7)


def slowly(projection: Projection, ask: Ask) -> Answer:
    """One aggregate, by one query a row."""
    (aggregate,) = ask.figure.aggregates
    alias = SPLIT[aggregate.subject][0]
    parts: list[tuple[str, list[Any]]] = []
    for condition in (ask.filters.get(aggregate.subject), None if aggregate.where is None else aggregate.where):
        expr = getattr(condition, "expr", condition)
        sql = None if expr is None else value_sql(expr, moment=MOMENT)
        parts.append(("TRUE", []) if sql is None else (sql.text, list(sql.params)))
    value = value_sql(aggregate.value, moment=MOMENT) if aggregate.value else None
    columns = f"{parts[0][0]}, {parts[1][0]}, {value.text if value else 'NULL'}, {alias}.unit"
    text = f"SELECT {columns} FROM {from_sql(aggregate.subject)} WHERE NOT starts_with({alias}.key, '?')"
    params = [*parts[0][1], *parts[1][1], *(value.params if value else ())]
    rows = projection.con.execute(text, params).fetchall()
    rows = [row for row in rows if ask.units is None or row[3] in ask.units]
    truths = [False if False in row[:2] else None if None in row[:2] else True for row in rows]
    counted = [row for row, truth in zip(rows, truths, strict=True) if truth]
    values = [
        row[2] for row in counted if row[2] is not None and not (aggregate.type.base == "日期" and len(row[2]) < 10)
    ]
    return Answer(
        plain(measured(aggregate, counted, values, sum(row[0] is True for row in rows))),
        truths.count(None),
        len(counted) - len(values) if aggregate.value else 0,
    )


def measured(aggregate: Aggregate, counted: list[Any], values: list[Any], everybody: int) -> Any:
    match aggregate.op:
        case "count":
            return len(counted)
        case "share":
            return Fraction(len(counted), everybody) if everybody else None
        case "sum":
            return sum(values, Decimal(0)) if values or not counted else None
        case "avg":
            return Fraction(sum(map(Fraction, values)), len(values)) if values else None
        case "min" | "max":
            return {"min": min, "max": max}[aggregate.op](values, default=None)
    middle, rest = divmod(len(values), 2)
    ordered = sorted(map(Fraction, values))
    return (ordered[middle] if rest else (ordered[middle - 1] + ordered[middle]) / 2) if values else None


def plain(value: Any) -> Any:
    if not isinstance(value, Decimal | Fraction):
        return value
    exact = Fraction(value)
    return int(exact) if exact.denominator == 1 else Decimal(round(exact * 10**12)) / 10**12


def asks(units: tuple[str, ...] | None, filters: Mapping[str, str]) -> list[Ask]:
    read = {subject: parse_filter(text, REGISTRY, subject=subject) for subject, text in filters.items()}
    return [Ask(parse_figure(text, REGISTRY), units, read) for text in FIGURES]


@pytest.mark.parametrize("look_up_from", [1, 50_000], ids=["dates-looked-up", "row-by-row"])
@pytest.mark.parametrize("units", [None, VILLAGES[:1], VILLAGES[1:], ()])
@pytest.mark.parametrize("filters", [{}, {"person": "性别 = '女' or 年龄 < 30", "household": "耕地面积 > 3"}])
def test_together_they_say_what_each_says_alone(
    projection: Projection,
    units: tuple[str, ...] | None,
    filters: Mapping[str, str],
    look_up_from: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cube, "_LOOK_UP_FROM", look_up_from)
    asked = asks(units, filters)
    found = answer(projection, REGISTRY, asked, moment=MOMENT)
    wrong = [(ask.figure.text, got, want) for ask, got in zip(asked, found, strict=True)
             if got != (want := slowly(projection, ask))]  # fmt: skip
    assert not wrong


def test_different_units_in_one_go(projection: Projection) -> None:
    asked = [Ask(parse_figure(text, REGISTRY), units) for text in FIGURES for units in (None, VILLAGES[:2], ("无",))]
    assert answer(projection, REGISTRY, asked, moment=MOMENT) == [slowly(projection, ask) for ask in asked]


def test_what_is_calculated_between_aggregates() -> None:
    projection = empty()
    people = [{"key": f"p{n}", "person.sex": "女" if n < 2 else "男", "person.annual_income": n} for n in range(3)]
    insert(projection, "person", people)
    cases = {
        "count(人 where 性别 = '女') / count(人)": Decimal("0.666666666667"),
        "round(100 * share(人 where 性别 = '女'), 1)": Decimal("66.7"),
        "sum(人.个人年收入) / count(人)": 1,
        "count(人) / count(户)": None,
        "count(人) - 2 * count(人 where 性别 = '男')": 1,
        "case when count(人) > 2 then sum(人.个人年收入) else 0 end": 3,
    }
    found = answer(projection, REGISTRY, [Ask(parse_figure(text, REGISTRY)) for text in cases], moment=MOMENT)
    assert [each.value for each in found] == list(cases.values())


def test_grouped_figures_add_up(projection: Projection) -> None:
    sex = parse_filter("性别 = '女'", REGISTRY, subject="person").refs[0]
    by = [Grouping(units={"甲村": "东片", "乙村": "东片", "丙村": "西片"}), Grouping(exprs={"person": sex})]
    figures = [parse_figure(text, REGISTRY) for text in ("count(人)", "sum(人.个人年收入)", "median(人.年龄)")]
    groups = answer_by(projection, REGISTRY, figures, by=by, moment=MOMENT)
    assert len({group.keys for group in groups}) == len(groups) <= 9
    whole = answer(projection, REGISTRY, [Ask(figure) for figure in figures], moment=MOMENT)
    for place in (0, 1):
        assert sum(group.answers[place].value or 0 for group in groups) == whole[place].value
    by_key = {group.keys: group for group in groups}
    condition = {"person": parse_filter("性别 = '女'", REGISTRY, subject="person")}
    east = answer(projection, REGISTRY, [Ask(f, ("甲村", "乙村"), condition) for f in figures], moment=MOMENT)
    assert [each.value for each in by_key["东片", "女"].answers] == [each.value for each in east]


def test_the_items_behind_a_number_are_as_many(projection: Projection) -> None:
    condition = {"person": parse_filter("性别 = '女'", REGISTRY, subject="person")}
    for text in ("count(人 where 年龄 >= 60)", "sum(户.耕地面积 where 是否低保户 = '是')", "count(企业)"):
        ask = Ask(parse_figure(text, REGISTRY), VILLAGES[:2], condition)
        (aggregate,) = ask.figure.aggregates
        items = items_of(projection, REGISTRY, ask, aggregate, moment=MOMENT)
        (found,) = answer(projection, REGISTRY, [ask], moment=MOMENT)
        assert all(set(item) == {"key", "name", "household", "unit", "value"} for item in items)
        if aggregate.op == "count":
            assert len(items) == found.value
        else:
            assert sum(item["value"] or 0 for item in items) == found.value


def test_many_atoms_take_several_words(projection: Projection) -> None:
    texts = [f"count(人 where 年龄 >= {n} and 个人年收入 < {n * 900})" for n in range(1, 100)]
    asked = [Ask(parse_figure(text, REGISTRY)) for text in texts]
    assert answer(projection, REGISTRY, asked, moment=MOMENT) == [slowly(projection, ask) for ask in asked]


def test_working_days_use_the_official_calendar() -> None:
    projection = empty()
    insert(projection, "person", [{"key": "a", "person.discharge_date": "2025-01-24"}])
    condition = parse_filter("退役日期 + 1工作日 = '2025-01-26'", REGISTRY, subject="person")
    assert "?" in condition_sql(condition, as_of=Moment(MOMENT.as_of, calendar=_calendar())).text
    figure = parse_figure("count(人 where 退役日期 + 1工作日 = '2025-01-26')", REGISTRY)
    assert answer(projection, REGISTRY, [Ask(figure)], moment=MOMENT) == [Answer(1)]


def _calendar() -> Any:
    from yici.engine.workdays import official_calendar

    return official_calendar(2026)
