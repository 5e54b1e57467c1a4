"""Laws: the vector evaluator, DuckDB's compiled statement and the evaluation from facts say the same, of everything."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from expression_maker import Maker
from expression_sample import AS_OF, random_people, sample_registry
from facts_sample import person_facts
from hypothesis import given, settings
from hypothesis import strategies as st

from yici.core.errors import ExpressionError
from yici.core.expressions import Sql, parse_filter
from yici.core.expressions.evaluating import holds
from yici.core.expressions.facts import Facts
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import Expr
from yici.engine.projection import Projection
from yici.engine.rows import Rows
from yici.engine.sample import sample_projection
from yici.engine.vector import load_frame, truths, values, verdicts
from yici.engine.workdays import official_calendar

REGISTRY = sample_registry()
MOMENT = Moment(AS_OF, calendar=official_calendar(AS_OF.year))


class World:
    """The same people as a projection and as facts."""

    def __init__(self, projection: Projection, facts: dict[str, Facts]) -> None:
        self.projection, self.facts = projection, facts


@pytest.fixture(scope="module", params=[1, 2])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    people, households = random_people(request.param)
    for number, household in enumerate(households[:4]):
        household["household.head_id_number"] = f"p{number}"
    by_key = {household["key"]: household for household in households}
    facts = {p["key"]: person_facts(p, by_key.get(p["household"]), people) for p in people}
    with sample_projection(REGISTRY, {"person": people, "household": households}) as projection:
        yield World(projection, facts)


def made(seed: int, count: int = 1) -> list[Expr]:
    """Random conditions about a person that the checker takes."""
    rng, found = random.Random(seed), list[Expr]()
    while len(found) < count:
        try:
            found.append(parse_filter(Maker(rng, "person").condition(3), REGISTRY, subject="person").expr)
        except ExpressionError:
            continue
    return found


def by_duckdb(world: World, condition: Expr) -> dict[str, bool | None]:
    rows = Rows("person", MOMENT)
    sql = rows.select([Sql("p.key"), rows.truth(condition)])
    return dict(world.projection.con.execute(sql.text, list(sql.params)).fetchall())


@given(seed=st.integers(0, 10**9))
@settings(max_examples=8, deadline=None)
def test_the_vector_evaluator_says_what_duckdb_says(world: World, seed: int) -> None:
    conditions = made(seed, 3)
    frame = load_frame(world.projection, REGISTRY, "person", conditions, moment=MOMENT)
    for condition, verdict in zip(conditions, truths(frame, conditions), strict=True):
        assert dict(zip(frame.keys, verdict, strict=True)) == by_duckdb(world, condition)
    few = load_frame(world.projection, REGISTRY, "person", conditions, moment=MOMENT, keys=["p1", "p7"])
    for condition, verdict in zip(conditions, truths(few, conditions), strict=True):
        whole = by_duckdb(world, condition)
        assert dict(zip(few.keys, verdict, strict=True)) == {key: whole[key] for key in ("p1", "p7")}


@given(seed=st.integers(0, 10**9))
@settings(max_examples=12, deadline=None)
def test_evaluation_from_facts_says_what_duckdb_says(world: World, seed: int) -> None:
    condition = made(seed)[0]
    for key, verdict in by_duckdb(world, condition).items():
        assert holds(condition, world.facts[key], moment=MOMENT) is verdict, (key, condition)


@given(seed=st.integers(0, 10**9), sizes=st.lists(st.integers(1, 12), min_size=1, max_size=3))
@settings(max_examples=15, deadline=None)
def test_verdicts_and_masks_say_what_the_clauses_say(world: World, seed: int, sizes: list[int]) -> None:
    conditions = made(seed, 6)
    rules = [[conditions[n % 6] for n in range(size)] for size in sizes]
    frame = load_frame(world.projection, REGISTRY, "person", conditions, moment=MOMENT)
    held = dict(zip(conditions, truths(frame, conditions), strict=True))
    for rule, found in zip(rules, verdicts(frame, rules), strict=True):
        rows = list(zip(*(held[clause] for clause in rule), strict=True))
        expected = [0 if False in row else -1 if None in row else 1 for row in rows]
        assert found.verdict.tolist() == expected
        assert found.failed.tolist() == [sum(1 << n for n, v in enumerate(row) if v is False) for row in rows]
        assert found.unknown.tolist() == [sum(1 << n for n, v in enumerate(row) if v is None) for row in rows]
        assert found.counts == tuple(expected.count(verdict) for verdict in (1, 0, -1))
        for verdict in (1, 0, -1):
            named = [key for key, v in zip(frame.keys, expected, strict=True) if v == verdict]
            assert found.keys(verdict).to_list() == named


def test_values_come_with_the_frame(world: World) -> None:
    from yici.core.expressions import parse_expression

    amount = parse_expression("case when 年龄 >= 80 then 200 else 100 end", REGISTRY, subject="person")
    name = parse_expression("姓名", REGISTRY, subject="person")
    frame = load_frame(world.projection, REGISTRY, "person", [amount, name], moment=MOMENT)
    amounts, names = values(frame, [amount, name])
    assert set(amounts.drop_nulls()) <= {100, 200}
    assert set(names.drop_nulls()) <= {"赵一", "钱二", "赵%"}


def test_a_condition_that_was_not_loaded_is_an_error(world: World) -> None:
    first, second = (parse_filter(text, REGISTRY, subject="person").expr for text in ("年龄 > 1", "是否独居"))
    frame = load_frame(world.projection, REGISTRY, "person", [first], moment=MOMENT)
    with pytest.raises(ExpressionError):
        truths(frame, [second])


def test_too_many_clauses_are_an_error(world: World) -> None:
    clause = parse_filter("是否独居", REGISTRY, subject="person").expr
    frame = load_frame(world.projection, REGISTRY, "person", [clause], moment=MOMENT)
    assert verdicts(frame, [[clause] * 64])[0].failed.dtype.itemsize == 8
    with pytest.raises(ExpressionError):
        verdicts(frame, [[clause] * 65])


def test_nobody_is_no_error(world: World) -> None:
    clause: Any = parse_filter("是否独居 and 残疾等级 = '一级'", REGISTRY, subject="person").expr
    frame = load_frame(world.projection, REGISTRY, "person", [clause], moment=MOMENT, keys=[])
    assert verdicts(frame, [[clause]])[0].counts == (0, 0, 0)
