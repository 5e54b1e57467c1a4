"""DMN's three-valued logic: its truth tables hold in every evaluator; differences from FEEL are told."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from compiled_alone import from_sql, value_sql
from yici.core.errors import ExpressionError
from yici.core.expressions import parse_expression
from yici.core.expressions.evaluating import evaluate
from yici.core.expressions.facts import Fact, Facts
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import BOOL
from yici.engine.projection import Projection
from yici.engine.sample import sample_projection
from yici.engine.vector import load_frame, truths
from yici.storage.packs import load_registry

DMN = yaml.safe_load((Path(__file__).parent / "dmn.yaml").read_text("utf-8"))
REGISTRY = load_registry(())
MOMENT = Moment(date(2025, 6, 30))
LETTERS = {"A": "是否独居", "B": "是否退役军人", "C": "是否流动党员"}


@pytest.fixture(scope="module")
def pool() -> duckdb.DuckDBPyConnection:
    return sample_projection(REGISTRY, {}).con


def both(pool: duckdb.DuckDBPyConnection, text: str, given: dict[str, Any]) -> Any:
    """The value by the evaluator, which must be the one by SQL and, of a condition, by vectors."""
    expr = parse_expression(text, REGISTRY, subject="person")
    values = {REGISTRY.element(name).id: _plain(value) for name, value in given.items() if value is not None}
    facts = Facts("person", {"person": {name: Fact(value) for name, value in values.items()}}, keys={"person": "1"})
    alone = evaluate(expr, facts, moment=MOMENT)
    pool.execute("DELETE FROM person")
    row = {"key": "1", **values}
    columns, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" for _ in row)
    pool.execute(f"INSERT INTO person({columns}) VALUES ({marks})", list(row.values()))
    sql = value_sql(expr, moment=MOMENT)
    ((found,),) = pool.execute(f"SELECT {sql.text} FROM {from_sql('person')}", list(sql.params)).fetchall()
    if expr.type == BOOL:
        assert found is alone
        frame = load_frame(Projection(pool, 0), REGISTRY, "person", [expr], moment=MOMENT)
        assert truths(frame, [expr])[0].to_list() == [alone]
    else:
        assert (found is None) == (alone is None) and (found is None or Decimal(str(found)) == alone)
    return alone


def _plain(value: Any) -> Any:
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def spelled(law: str) -> str:
    return re.sub(r"\b[ABC]\b", lambda found: LETTERS[found.group()], law)


@pytest.mark.parametrize(("a", "b", "conjunction", "disjunction"), DMN["tables"])
def test_truth_tables(pool: duckdb.DuckDBPyConnection, a: Any, b: Any, conjunction: Any, disjunction: Any) -> None:
    given = {"是否独居": a, "是否退役军人": b}
    assert both(pool, "是否独居 and 是否退役军人", given) is conjunction
    assert both(pool, "是否独居 or 是否退役军人", given) is disjunction


@pytest.mark.parametrize(("a", "negation"), DMN["negation"])
def test_negation(pool: duckdb.DuckDBPyConnection, a: Any, negation: Any) -> None:
    assert both(pool, "not 是否独居", {"是否独居": a}) is negation


@pytest.mark.parametrize(("left", "right"), DMN["laws"])
def test_laws_hold_for_all_values(pool: duckdb.DuckDBPyConnection, left: str, right: str) -> None:
    for values in product((True, False, None), repeat=3):
        given = dict(zip(LETTERS.values(), values, strict=True))
        assert both(pool, spelled(left), given) is both(pool, spelled(right), given), values


@pytest.mark.parametrize("row", DMN["expressions"], ids=lambda row: row["feel"])
def test_expressions_about_missing_values(pool: duckdb.DuckDBPyConnection, row: dict[str, Any]) -> None:
    here = both(pool, row["ours"], row["given"])
    assert here == _plain(row["here"])
    assert (row["here"] == row["there"]) == ("differs" not in row), "a difference must be explained, and only one"


@pytest.mark.parametrize(("feel", "ours", "problem"), DMN["refused"])
def test_what_is_refused_while_it_is_typed(feel: str, ours: str, problem: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(ours, REGISTRY, subject="person")
    assert [found.code for found in caught.value.problems] == [f"expression.{problem}"]
