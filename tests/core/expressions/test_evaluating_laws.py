"""Laws of evaluation and of what decides: evaluated == compiled; sets are smallest, and knowing all of one suffices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from expression_sample import AS_OF, random_people, sample_registry
from facts_sample import person_facts
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_evaluator import Undecidable
from naive_evaluator import evaluate as naively
from test_expression_laws import conditions

from yici.core.elements import Element, Kind
from yici.core.expressions import parse_filter
from yici.core.expressions.deciding import decide
from yici.core.expressions.evaluating import evaluate, holds
from yici.core.expressions.explaining import deciders, explain, walk_explained
from yici.core.expressions.facts import Fact, Facts, Need
from yici.core.expressions.moment import Moment

REGISTRY = sample_registry()
MOMENT = Moment(AS_OF)


def subjects(seed: int) -> list[tuple[Facts, dict[str, Any], dict[str, int]]]:
    people, households = random_people(seed)
    by_key = {household["key"]: household for household in households}
    sizes = {key: sum(p.get("household") == key for p in people) for key in by_key}
    found = []
    for person in people:
        household = by_key.get(person["household"])
        found.append((person_facts(person, household, people), {"person": person, "household": household}, sizes))
    return found


PEOPLE = [*subjects(1), *subjects(2)]


@given(text=conditions, who=st.sampled_from(PEOPLE))
@settings(max_examples=300, deadline=None)
def test_evaluated_means_what_the_naive_evaluator_says(text: str, who: Any) -> None:
    facts, row, sizes = who
    condition = parse_filter(text, REGISTRY, subject="person")
    try:
        expected = naively(condition.expr, row, sizes, AS_OF)
    except Undecidable:
        return
    assert holds(condition.expr, facts, moment=MOMENT) is expected
    assert evaluate(condition.expr, facts, moment=MOMENT) is expected


@given(text=conditions, who=st.sampled_from(PEOPLE))
@settings(max_examples=200, deadline=None)
def test_an_explanation_says_the_same_and_its_parts_too(text: str, who: Any) -> None:
    condition = parse_filter(text, REGISTRY, subject="person").expr
    explained = explain(condition, who[0], moment=MOMENT, registry=REGISTRY)
    assert explained.verdict is holds(condition, who[0], moment=MOMENT)
    for part in walk_explained(explained):
        if part.is_condition:
            assert part.verdict is holds(part.expr, who[0], moment=MOMENT)
            assert part.verdict is None or not part.missing


@given(text=conditions, who=st.sampled_from(PEOPLE))
@settings(max_examples=200, deadline=None)
def test_deciding_sets_are_smallest_and_stand_for_unknown_elements(text: str, who: Any) -> None:
    explained = explain(parse_filter(text, REGISTRY, subject="person").expr, who[0], moment=MOMENT)
    found = deciders(explained)
    for family in (found.needs_to_hold, found.needs_to_fail):
        assert not any(one < other for one in family for other in family)
        assert all(one <= {*explained.missing} for one in family)
    if explained.verdict is not None:
        assert (found.needs_to_hold == (frozenset(),)) is explained.verdict
        assert (found.needs_to_fail == (frozenset(),)) is not explained.verdict
    assert found == deciders(explained)


def known(facts: Facts, needs: frozenset[Need], draw: Any) -> Facts:
    """The facts with a value for every need."""
    values = {role: dict(of_role) for role, of_role in facts.values.items()}
    for need in sorted(needs):
        element = REGISTRY.elements[need.element]
        values[need.role][need.element] = Fact(draw(value_of(element)))
    return replace(facts, values=values)


def value_of(element: Element) -> st.SearchStrategy[Any]:
    if element.codes:
        return st.sampled_from([code.label for code in REGISTRY.codes_of(element)])
    by_kind: dict[Kind, st.SearchStrategy[Any]] = {
        Kind.DATE: st.dates(date(1935, 1, 1), AS_OF).map(date.isoformat),
        Kind.BOOL: st.booleans(),
        Kind.INTEGER: st.integers(1, 9),
        Kind.DECIMAL: st.integers(0, 400_000).map(lambda n: Decimal(n) / 4),
    }
    return by_kind.get(element.kind, st.sampled_from(["赵一", "钱二", "1", "2", "甲村", "乙村"]))


@given(text=conditions, who=st.sampled_from(PEOPLE), data=st.data())
@settings(max_examples=300, deadline=None)
def test_knowing_less_than_a_deciding_set_decides_nothing(text: str, who: Any, data: st.DataObject) -> None:
    condition = parse_filter(text, REGISTRY, subject="person").expr
    found = decide(condition, who[0], moment=MOMENT)
    if holds(condition, who[0], moment=MOMENT) is not None or "is null" in text:
        return
    for wanted, family in ((True, found.needs_to_hold), (False, found.needs_to_fail)):
        for needs in family:
            fewer = frozenset(sorted(needs)[1:])
            assert holds(condition, known(who[0], fewer, data.draw), moment=MOMENT) is not wanted


@given(text=conditions, who=st.sampled_from(PEOPLE), data=st.data())
@settings(max_examples=300, deadline=None)
def test_a_verdict_never_comes_without_a_deciding_set_for_it(text: str, who: Any, data: st.DataObject) -> None:
    condition = parse_filter(text, REGISTRY, subject="person").expr
    if "is null" in text:
        return
    explained = explain(condition, who[0], moment=MOMENT)
    found = deciders(explained)
    told = data.draw(st.sets(st.sampled_from(explained.missing)) if explained.missing else st.just(set()))
    verdict = holds(condition, known(who[0], frozenset(told), data.draw), moment=MOMENT)
    family = {True: found.needs_to_hold, False: found.needs_to_fail}
    if verdict is not None:
        assert any(one <= told for one in family[verdict])


CASES = [
    ("年龄 >= 80 and 是否低保户 = '是'", {}, {},
     [{"person.birth_date", "household.poor"}], [{"household.poor"}, {"person.birth_date"}]),
    ("年龄 >= 80 or 是否独居", {"person.alone": False}, {}, [{"person.birth_date"}], [{"person.birth_date"}]),
    ("年龄 >= 80 or 是否独居", {"person.alone": True}, {}, [set()], []),
    ("年龄 >= 80", {"person.birth_date": "1945"}, {}, [{"person.birth_date"}], [{"person.birth_date"}]),
    ("个人年收入 + 家庭年收入 > 3", {}, {}, [{"household.annual_income", "person.income"}],
     [{"household.annual_income", "person.income"}]),
    ("家庭人均年收入 < 3000", {}, {}, [{"household.annual_income", "household.size"}],
     [{"household.annual_income", "household.size"}]),
    ("not (年龄 >= 80 and 是否独居)", {}, {}, [{"person.alone"}, {"person.birth_date"}],
     [{"person.alone", "person.birth_date"}]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "person", "household", "hold", "fail"), CASES)
def test_deciders(text: str, person: Any, household: Any, hold: list[set[str]], fail: list[set[str]]) -> None:
    facts = Facts("person", {"person": {k: Fact(v) for k, v in person.items()}, "household": household})
    condition = parse_filter(text, REGISTRY, subject="person").expr
    found = decide(condition, facts, moment=MOMENT)
    assert [set(one) for one in found.to_hold] == hold
    assert [set(one) for one in found.to_fail] == fail
