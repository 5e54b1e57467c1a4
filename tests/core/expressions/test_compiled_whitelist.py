"""Whatever is typed, right or noise: the SQL made of it is one expression of known parts, and an engine runs it."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator

import duckdb
import pytest
import sqlglot
from expression_maker import Maker
from expression_noise import noise
from expression_sample import AS_OF, create_tables, insert, random_people, sample_registry
from sqlglot import exp

from compiled_alone import condition_sql, from_sql
from yici.core.errors import ExpressionError
from yici.core.expressions import Moment, parse_filter
from yici.engine.workdays import at_work

REGISTRY = sample_registry()
TABLES = {"person", "household", "enterprise", "register_unit"}
FORBIDDEN = (exp.DDL, exp.DML, exp.Command, exp.SetOperation, exp.Set, exp.Pragma, exp.Window, exp.Lambda)


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    people, households = random_people(3)
    with duckdb.connect() as con:
        create_tables(con, REGISTRY)
        insert(con, "person", people)
        insert(con, "household", households)
        yield con


def check_whitelist(sql: str, typed: str) -> None:
    """One SELECT over our own tables, nothing but expressions in it."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(10_000)  # What nests 20 deep compiles to more than sqlglot reads within the usual limit.
    try:
        (tree,) = sqlglot.parse(f"SELECT {sql}", read="duckdb")
    finally:
        sys.setrecursionlimit(limit)
    assert isinstance(tree, exp.Select), typed
    assert {table.name for table in tree.find_all(exp.Table)} <= TABLES, typed
    assert not list(tree.find_all(*FORBIDDEN)), (typed, sql)


@pytest.mark.parametrize("subject", ["person", "household"])
@pytest.mark.parametrize("seed", range(40))
def test_compiled(engine: duckdb.DuckDBPyConnection, subject: str, seed: int) -> None:
    rng = random.Random(seed)
    for text in (*(noise(rng) for _ in range(10)), *(Maker(rng, subject).condition(deep) for deep in (1, 2, 3))):
        try:
            condition = parse_filter(text, REGISTRY, subject=subject)
        except ExpressionError:
            continue
        sql = condition_sql(condition, as_of=at_work(Moment(AS_OF), [condition.expr]))
        assert sql.text.isascii(), "nothing that is typed stands in it"
        check_whitelist(sql.text, text)
        engine.execute(f"SELECT {sql.text} FROM {from_sql(subject)}", list(sql.params)).fetchall()
