"""Law: what is compiled means what the evaluator in Python says, on random expressions of every construct and random
people; and what is worked out once for every row means the same as what is not."""

from __future__ import annotations

import random
from typing import Any

import pytest
from conformance_engines import ROWS
from conformance_world import World
from expression_maker import Maker
from expression_sample import AS_OF, random_people, sample_registry

from yici.core.expressions import Sql, parse_filter
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import Filter
from yici.engine.rows import Rows
from yici.engine.workdays import at_work

REGISTRY = sample_registry()
SIZE, DEPTHS = 12, (1, 2, 3)


def world(seed: int) -> World:
    people, households = random_people(seed, 20)
    return World(f"random {seed}", Moment(AS_OF), {"person": people, "household": households, "enterprise": []})


def conditions(seed: int, subject: str) -> list[Filter]:
    maker = Maker(random.Random(seed), subject)
    texts = [maker.condition(deep) for deep in DEPTHS for _ in range(SIZE)]
    return [parse_filter(text, REGISTRY, subject=subject) for text in texts]


def alone(world: World, condition: Filter) -> list[Any]:
    """One condition by itself, what it needs looked up for each row."""
    rows = Rows(condition.subject, at_work(world.moment, [condition.expr]))
    sql = rows.select([Sql(f"{rows.alias}.key"), rows.truth(condition.expr)])
    with world.projection() as projection:
        found = dict(projection.con.execute(sql.text, list(sql.params)).fetchall())
    return [found[row["key"]] for row in world.rows[condition.subject]]


@pytest.mark.parametrize("subject", ["person", "household"])
@pytest.mark.parametrize("seed", range(6))
def test_compiled_means_what_the_evaluator_says(seed: int, subject: str) -> None:
    people, asked = world(seed), conditions(seed, subject)
    exprs = [condition.expr for condition in asked]
    together = ROWS["duckdb"](people, subject, exprs)
    evaluated = ROWS["python"](people, subject, exprs)
    wrong = [(c.text, got, want) for c, got, want in zip(asked, together, evaluated, strict=True) if got != want]
    assert not wrong
    for condition, column in zip(asked[:: SIZE // 2], together[:: SIZE // 2], strict=True):
        assert alone(people, condition) == column, condition.text
