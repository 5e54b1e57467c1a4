"""Law: whoever is in no register is taken for "not on it" only in the units it was imported for, by every evaluator."""

from __future__ import annotations

import random
from typing import Any

from expression_sample import AS_OF, random_people, sample_registry
from facts_sample import unit_of, values_of
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_evaluator import evaluate as naively

from compiled_alone import condition_sql, from_sql
from yici.core.expressions import parse_filter
from yici.core.expressions.evaluating import holds
from yici.core.expressions.facts import Facts
from yici.core.expressions.moment import Moment
from yici.engine.projection import Projection
from yici.engine.sample import sample_projection
from yici.engine.vector import load_frame, truths

REGISTRY = sample_registry()
UNITS = ("甲村", "乙村", "丙村", "")
ELEMENTS = ("person.alone", "person.grade", "person.allowance", "household.poor", "household.farmland")
atoms = st.sampled_from([
    "listed(是否独居)", "listed(是否独居, '否')", "listed(残疾等级, '三级') = '三级'", "listed(残疾等级) is null",
    "listed(津贴, 0) <= 50", "listed(户.是否低保户, '否')", "listed(户.耕地面积, 0) < 3", "listed(户.是否低保户)",
    "年龄 >= 60",
])  # fmt: skip
conditions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
        inner.map(lambda one: f"not ({one})"),
    ),
    max_leaves=4,
)
Row = dict[str, Any]


def placed(seed: int) -> tuple[list[Row], list[Row], frozenset[tuple[str, str]]]:
    """People and households somewhere, and registers imported for some units."""
    rng = random.Random(seed)
    people, households = random_people(seed, 16)
    for row in (*people, *households):
        row["unit"] = rng.choice(UNITS) or None
    return people, households, frozenset((e, u) for e in ELEMENTS for u in UNITS if rng.random() < 0.5)


def projected(people: list[Row], households: list[Row], registers: frozenset[tuple[str, str]]) -> Projection:
    projection = sample_projection(REGISTRY, {"person": people, "household": households})
    projection.con.execute("DELETE FROM register_unit")
    projection.con.executemany("INSERT INTO register_unit VALUES (?, ?)", [list(pair) for pair in sorted(registers)])
    return projection


@given(text=conditions, seed=st.integers(0, 200))
@settings(max_examples=15, deadline=None)
def test_all_say_what_the_naive_evaluator_says(text: str, seed: int) -> None:
    people, households, registers = placed(seed)
    by_key = {household["key"]: household for household in households}
    condition = parse_filter(text, REGISTRY, subject="person")
    with projected(people, households, registers or frozenset({("none", "")})) as projection:
        sql = condition_sql(condition, as_of=AS_OF)
        compiled = dict(
            projection.con.execute(f"SELECT p.key, {sql.text} FROM {from_sql('person')}", list(sql.params)).fetchall()
        )
        frame = load_frame(projection, REGISTRY, "person", [condition.expr], moment=Moment(AS_OF))
        vector = dict(zip(frame.keys, truths(frame, [condition.expr])[0], strict=True))
    for person in people:
        home = by_key.get(person["household"])
        units = {"person": unit_of(person), "household": unit_of(home)}
        facts = Facts(
            "person", {"person": values_of(person), "household": values_of(home)}, kept=registers, units=units
        )
        expected = naively(condition.expr, {"person": person, "household": home}, {}, AS_OF, registers)
        told = (compiled[person["key"]], vector[person["key"]], holds(condition.expr, facts, moment=Moment(AS_OF)))
        assert told == (expected,) * 3, (text, person)
