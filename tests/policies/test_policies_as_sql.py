"""The cases of the shipped policies, and OpenFisca's country template restated: alone, as SQL, as vectors, the same."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from case_pool import by_sql, judged_by_sql, pool_of

from yici.core.elements import Registry
from yici.core.expressions import parse_expression, parse_figure
from yici.core.expressions.moment import Moment
from yici.core.policies.cases import Staged, cases_by_registers, differences, judge, stage_cases
from yici.core.policies.compiling import compile_policy
from yici.core.policies.model import Case, Outcome, Policy
from yici.engine.figures import Ask, answer
from yici.engine.projection import Projection
from yici.engine.vector import load_frame, truths
from yici.storage.packs import load_registry, shipped_packs
from yici.storage.policies import load_policies

COUNTRY = Path(__file__).parent / "country"
REGISTRY: Registry = load_registry([COUNTRY])
RULES = load_policies(REGISTRY, [COUNTRY])
POLICIES = [*RULES, *load_policies(REGISTRY, shipped_packs())]
SITUATIONS = yaml.safe_load((COUNTRY / "situations.yaml").read_text("utf-8"))


def name_of(policy: Policy) -> str:
    return f"{policy.id}-{policy.since.year}"


@pytest.mark.parametrize("policy", POLICIES, ids=name_of)
def test_cases_come_out_as_told_by_every_evaluator(policy: Policy) -> None:
    rule = compile_policy(policy, REGISTRY, day=policy.since)
    for registers, group in cases_by_registers(stage_cases(policy, REGISTRY), rule):
        with pool_of(REGISTRY, group, registers) as pool:
            for number, one in enumerate(group):
                comes_out(pool, policy, one, str(number))


def comes_out(pool: Projection, policy: Policy, one: Staged, key: str) -> None:
    """A case alone, as SQL and as a vector."""
    rule = compile_policy(policy, REGISTRY, day=one.day)
    alone = judge(rule, one.facts(), moment=Moment(one.day))
    assert differences(one, rule, alone, REGISTRY) == [], one.case.name
    outcome, failed, unknown, amount = judged_by_sql(pool, rule, key)
    assert (outcome, failed, unknown) == (alone.outcome, alone.failed, alone.unknown), one.case.name
    assert amount == alone.amount, one.case.name
    frame = load_frame(pool, REGISTRY, policy.subject, rule.conditions, moment=Moment(one.day), keys=[key])
    assert [series.to_list() for series in truths(frame, rule.conditions)] == [
        [None if alone.unknown >> place & 1 else not alone.failed >> place & 1] for place in range(len(rule.conditions))
    ], one.case.name


def test_the_country_is_all_there() -> None:
    assert len({policy.id for policy in RULES}) == 7 and all(len(policy.cases) >= 4 for policy in RULES)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one["name"])
def test_situations_of_the_country(situation: dict[str, Any]) -> None:
    day = situation["day"]
    people = situation["people"]
    case = Case("", Outcome.ELIGIBLE, household=situation.get("household", {}), members=tuple(people))
    home = Policy("home", "", "", "household", RULES[0].mode, (), date.min, cases=(case,))
    (staged,) = stage_cases(home, REGISTRY)
    pool = pool_of(REGISTRY, [staged])
    moment = Moment(day)

    def amounts(identity: str) -> list[Decimal | None]:
        found = [policy for policy in RULES if policy.id == identity and policy.in_force(day)]
        subject = next(policy.subject for policy in RULES if policy.id == identity)
        keys = [f"0-{key}" for key in staged.people] if subject == "person" else ["0"]
        if not found:
            return [None for _ in keys]
        rule = compile_policy(found[0], REGISTRY, day=day)
        return [judged_by_sql(pool, rule, key)[3] for key in keys]  # type: ignore[misc]

    for identity, wanted in situation.get("amounts", {}).items():
        assert amounts(identity) == wanted, identity
    if "disposable" in situation:
        salary = parse_expression("样例月薪", REGISTRY, subject="person")
        salaries = [by_sql(pool, [salary], "person", f"0-{key}", moment)[0] for key in staged.people]
        columns = [salaries, *map(amounts, ("country-basic-income", "country-income-tax", "country-contribution"))]
        net = [pay + (basic or 0) - (tax or 0) - (dues or 0) for pay, basic, tax, dues in zip(*columns, strict=True)]
        assert net == situation["disposable"]
    figures = situation.get("figures", {})
    asks = [Ask(parse_figure(text, REGISTRY)) for text in figures]
    found = answer(pool, REGISTRY, asks, moment=moment) if asks else []
    assert [one.value for one in found] == list(figures.values())
