"""Policies from plain data: what is kept, and every problem at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from yici.core.errors import PackError
from yici.core.policies.compiling import compile_policy, rules_on
from yici.core.policies.model import Dated, Mode
from yici.core.policies.reading import read_policies
from yici.storage.packs import load_registry

REGISTRY = load_registry()
PLAIN: dict[str, Any] = {
    "id": "one", "title": "一", "issuer": "某县", "valid": {"from": date(2025, 1, 1), "to": "2026年12月31日"},
    "subject": "person", "mode": "申报", "clauses": [{"id": "a", "words": "女", "when": "性别 = '女'"}],
    "parameters": {"甲": 1.5, "乙": [{"from": date(2025, 1, 1), "value": 80}, {"from": "2026-01-01", "value": 75}]},
    "benefit": {"amount": "参数.乙 * 2", "unit": "元"},
    "tests": [{"given": {"出生日期": date(1950, 1, 1), "是否独居": True}, "expect": "not eligible", "amount": 1.5}],
}  # fmt: skip


def test_what_is_kept() -> None:
    (policy,) = read_policies([("a.yaml", PLAIN)], REGISTRY)
    assert policy.mode is Mode.APPLIED and policy.until == date(2026, 12, 31)
    assert policy.parameters[0].at(date(2025, 1, 1)) == Decimal("1.5")
    assert policy.parameters[1].values == (Dated(date(2025, 1, 1), 80), Dated(date(2026, 1, 1), 75))
    assert policy.eras() == (date(2025, 1, 1), date(2026, 1, 1))
    assert policy.cases[0].given == {"出生日期": "1950-01-01", "是否独居": True}
    assert policy.cases[0].amount == Decimal("1.5")


def test_every_problem_is_reported_at_once() -> None:
    bad = PLAIN | {
        "id": "Bad Id", "mode": "免申", "subject": "dog", "claus": [], "clauses": [{"id": "x", "when": "1"}],
        "benefit": {}, "valid": {"from": "昨天"}, "parameters": {"丙": [{"value": 3}]},
    }  # fmt: skip
    with pytest.raises(PackError) as caught:
        read_policies([("a.yaml", bad), ("b.yaml", ["no policy"])], REGISTRY)
    codes = {problem.code for problem in caught.value.problems}
    assert codes >= {
        "policy-id", "policy-mode", "policy-subject", "policy-key", "policy-missing", "policy-benefit", "policy-date",
        "policy-valid", "policy-parameter", "policy-shape",
    }  # fmt: skip
    assert {problem.where.file for problem in caught.value.problems} == {"a.yaml", "b.yaml"}
    assert any("clauses" in problem.hint for problem in caught.value.problems if problem.code == "policy-key")


def test_parameters_are_those_of_the_day() -> None:
    (policy,) = read_policies([("a.yaml", PLAIN)], REGISTRY)
    early, late = (compile_policy(policy, REGISTRY, day=day) for day in (date(2025, 12, 31), date(2026, 1, 1)))
    assert str(early.amount) != str(late.amount)
    assert rules_on([policy], REGISTRY, day=date(2024, 12, 31)) == []
    assert rules_on([policy], REGISTRY, day=date(2027, 1, 1)) == []


def test_a_clause_that_cannot_be_understood_names_policy_clause_and_the_nearest_name() -> None:
    bad = PLAIN | {
        "clauses": [{"id": "a", "words": "女", "when": "性另 = '女'"}],
        "benefit": {"amount": 1, "unit": "元"},
    }
    (policy,) = read_policies([("a.yaml", bad)], REGISTRY)
    with pytest.raises(PackError) as caught:
        compile_policy(policy, REGISTRY, day=date(2025, 1, 1))
    (problem,) = caught.value.problems
    assert "one 的条件 a" in problem.message and "性别" in problem.hint and problem.where.file == "a.yaml"


@pytest.mark.parametrize(
    ("amount", "code"), [("'x'", "policy-benefit"), ("5亩", "policy-benefit"), ("年龄", "policy-benefit")]
)
def test_an_amount_must_be_in_the_stated_unit(amount: str, code: str) -> None:
    (policy,) = read_policies([("a.yaml", PLAIN | {"benefit": {"amount": amount, "unit": "元"}})], REGISTRY)
    with pytest.raises(PackError) as caught:
        compile_policy(policy, REGISTRY, day=date(2025, 1, 1))
    assert [problem.code for problem in caught.value.problems] == [code]
