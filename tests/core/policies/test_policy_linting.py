"""The linter says what is certain, and nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from yici.core.policies.linting import check_policies
from yici.core.policies.reading import read_policies
from yici.storage.packs import load_registry
from yici.storage.policies import load_derivable

HERE = Path(__file__).parent
REGISTRY = load_registry()
TODAY = date(2026, 11, 25)


def plain(**changes: Any) -> dict[str, Any]:
    """A policy nothing is wrong with, changed here and there."""
    return {
        "id": "one", "title": "一", "issuer": "某县", "source": {"title": "文件", "date": date(2025, 1, 1)},
        "valid": {"from": date(2025, 1, 1)}, "subject": "person", "mode": "申报",
        "clauses": [{"id": "sex", "words": "女", "when": "性别 = '女'"}], "benefit": {"note": "慰问"},
        "tests": [{"given": {"性别": "女"}, "expect": "eligible"}],
    } | changes  # fmt: skip


def clauses(conditions: list[str]) -> list[dict[str, str]]:
    return [{"id": f"c{number}", "words": when, "when": when} for number, when in enumerate(conditions)]


def codes(*documents: dict[str, Any]) -> list[str]:
    policies = read_policies([("test.yaml", document) for document in documents], REGISTRY)
    found = check_policies(policies, REGISTRY, today=TODAY, derivable=load_derivable())
    return sorted({finding.problem.code for finding in found})


@pytest.mark.parametrize("case", yaml.safe_load((HERE / "lint.yaml").read_text("utf-8")), ids=lambda c: str(c["when"]))
def test_conditions(case: dict[str, Any]) -> None:
    assert codes(plain(clauses=clauses(case["when"]))) == sorted(case["says"])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, []),
        ({"source": None}, ["policy-source"]),
        ({"source": {"title": "文件"}}, ["policy-source"]),
        ({"valid": {"from": date(2025, 1, 1), "to": date(2024, 1, 1)}}, ["policy-valid"]),
        ({"valid": {"from": date(2025, 1, 1), "to": date(2026, 1, 1)}}, ["policy-expired"]),
        ({"mode": "免申即享"}, ["policy-mode"]),
        ({"parameters": {"没用": 5}}, ["policy-parameter"]),
        ({"tests": []}, ["policy-untested"]),
        ({"tests": [{"given": {}, "expect": "unknown", "failed": ["无"]}]}, ["policy-test"]),
        ({"excludes": ["one"]}, ["policy-excludes"]),
        ({"excludes": ["tow"]}, ["policy-excludes"]),
        ({"prefer": "two"}, ["policy-excludes"]),
    ],
    ids=str,
)
def test_papers(changes: dict[str, Any], says: list[str]) -> None:
    assert codes(plain(**changes)) == says


def test_a_parameter_without_a_value_on_the_first_day() -> None:
    late = {"界": [{"from": date(2025, 7, 1), "value": 80}]}
    found = codes(plain(parameters=late, clauses=clauses(["年龄 >= 参数.界"])))
    assert found == ["expression.unknown-parameter", "policy-parameter"]


def test_versions_must_follow_each_other() -> None:
    assert codes(plain(), plain(valid={"from": date(2026, 1, 1)})) == ["policy-versions"]
    closed = plain(valid={"from": date(2025, 1, 1), "to": date(2025, 12, 31)})
    assert codes(closed, plain(valid={"from": date(2026, 1, 1)})) == []


def test_exclusions_need_comparable_amounts_or_a_preference() -> None:
    one = plain(benefit={"amount": 100, "unit": "元/月"}, excludes=["two"])
    two = plain(id="two", benefit={"amount": 500, "unit": "元"})
    assert codes(one, two) == ["policy-excludes"]
    assert codes(one | {"prefer": "two"}, two) == []
    assert codes(one | {"prefer": "one"}, two | {"excludes": ["one"], "prefer": "two"}) == ["policy-excludes"]
    household = plain(id="two", subject="household", clauses=clauses(["是否低保户 = '是'"]), tests=[
        {"given": {"是否低保户": "是"}, "expect": "eligible"}])  # fmt: skip
    assert codes(one, household) == ["policy-excludes"]


GRADES = [
    (["年龄 between 80 and 89", "年龄 >= 90"], []),
    (["年龄 between 80 and 90", "年龄 >= 90"], ["policy-grades"]),
    (["年龄 between 80 and 88", "年龄 >= 90"], ["policy-gap"]),
    (["年龄 < 90", "年龄 >= 90"], []),
    (["年龄 < 70", "年龄 >= 70"], ["policy-grades"]),
    (["残疾等级 = '一级'", "残疾等级 in ('二级', '三级', '四级')"], []),
    (["残疾等级 = '一级'", "残疾等级 in ('一级', '二级', '三级', '四级')"], ["policy-grades"]),
    (["残疾等级 = '一级'", "残疾等级 = '二级'"], ["policy-gap"]),
    (["个人年收入 > 户.家庭年收入", "个人年收入 <= 户.家庭年收入"], []),
]


@pytest.mark.parametrize(("conditions", "says"), GRADES, ids=str)
def test_grades(conditions: list[str], says: list[str]) -> None:
    grades = [{"name": when, "when": when, "amount": 10 * n} for n, when in enumerate(conditions, 1)]
    policy = plain(benefit={"unit": "元/月", "grades": grades}, clauses=clauses(["年龄 >= 80"]))
    assert codes(policy) == says


def test_a_formula_without_else_may_leave_a_gap() -> None:
    formula = {"amount": "case when 年龄 >= 90 then 200 when 年龄 >= 85 then 100 end", "unit": "元/月"}
    assert codes(plain(benefit=formula, clauses=clauses(["年龄 >= 80"]))) == ["policy-gap"]
    assert codes(plain(benefit=formula, clauses=clauses(["年龄 >= 85"]))) == []
