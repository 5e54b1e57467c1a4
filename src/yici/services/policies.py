"""Policies as use cases: listing, showing, checking and testing them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from yici.core.elements import Registry
from yici.core.errors import NotFound, PackError, Problem
from yici.core.expressions.moment import Moment
from yici.core.policies.cases import (
    Result,
    Staged,
    cases_by_day,
    cases_by_registers,
    differences,
    judge,
    outcome_of,
    stage_cases,
)
from yici.core.policies.compiling import Rule, compile_policy
from yici.core.policies.linting import Finding, check_policies
from yici.core.policies.model import OUTCOME_WORDS, Policy
from yici.engine.policy_matching import match_subjects
from yici.engine.sample import Row, sample_projection
from yici.engine.workdays import at_work
from yici.services.nearest import nearest_words
from yici.storage.packs import load_registry
from yici.storage.policies import load_derivable, load_policies


@dataclass(frozen=True, slots=True)
class CaseReport:
    """How one case came out: what is otherwise than expected, empty when it is right."""

    policy: str
    case: str
    wrong: tuple[str, ...]


def policies_of(*, folders: Sequence[Path] | None = None) -> list[Policy]:
    """Every policy of the packs, in their order. Raises PackError."""
    return load_policies(load_registry(), folders)


def find_policies(policies: Sequence[Policy], wanted: Iterable[str]) -> list[Policy]:
    """The policies of those ids or titles (all versions), all when none is named. Raises NotFound with the nearest."""
    names = tuple(wanted)
    problems = []
    for name in names:
        if not any(name in (policy.id, policy.title) for policy in policies):
            words = [word for policy in policies for word in (policy.id, policy.title)]
            hint = f"{nearest_words(name, words)}用 yici policies list 查看全部。"
            problems.append(Problem("unknown_policy", f"没有政策“{name}”。", hint))
    if problems:
        raise NotFound(problems)
    return [policy for policy in policies if not names or policy.id in names or policy.title in names]


def lint_policies(*, today: date, folders: Sequence[Path] | None = None) -> list[Finding]:
    """What the linter says of all policies; those of `folders` only when given, beside the shipped registry."""
    registry = load_registry()
    return check_policies(load_policies(registry, folders), registry, today=today, derivable=load_derivable())


def run_policy_tests(*, wanted: Sequence[str] = (), folders: Sequence[Path] | None = None) -> list[CaseReport]:
    """Run the cases in the policy files, each for one subject alone and all together over a small pool of them.

    Both ways must come to what the case expects. Raises PackError for cases that cannot be read, NotFound.
    """
    registry = load_registry()
    policies = find_policies(load_policies(registry, folders), wanted)
    problems: list[Problem] = []
    reports: list[CaseReport] = []
    for policy in policies:
        try:
            reports += _run(policy, registry)
        except PackError as error:
            problems += error.problems
    if problems:
        raise PackError(problems)
    return reports


def _run(policy: Policy, registry: Registry) -> list[CaseReport]:
    reports = {}
    for day, staged in cases_by_day(stage_cases(policy, registry)).items():
        rule = compile_policy(policy, registry, day=day)
        together = _together(staged, rule, registry)
        for one in staged:
            alone = judge(rule, one.facts(), moment=at_work(Moment(day), rule.expressions))
            wrong = differences(one, rule, alone, registry)
            told = {_told(alone): None} | {_told(results[id(one)]): None for results in together}
            if len(told) > 1:
                wrong.append(f"逐个判断与成批判断不一致：{'；'.join(told)}")
            reports[id(one.case)] = CaseReport(policy.id, one.case.name, tuple(wrong))
    return [reports[id(case)] for case in policy.cases]


def _together(staged: Sequence[Staged], rule: Rule, registry: Registry) -> list[dict[int, Result]]:
    """The results by the cases' identity, by SQL and by columns; those with the same registers run as one small pool,
    each subject under the number of its case."""
    found: list[dict[int, Result]] = [{}, {}]
    for registers, group in cases_by_registers(staged, rule):
        rows: dict[str, list[Row]] = {}
        for subject, row in registers:
            rows.setdefault(subject, []).append(row)
        for number, one in enumerate(group, 1):
            for subject, row in one.rows(f"case{number}"):
                rows.setdefault(subject, []).append(row)
        with sample_projection(registry, rows) as projection:
            ways = [
                match_subjects(projection, registry, [rule], moment=Moment(rule.day), by_sql=by_sql)
                for by_sql in (True, False)
            ]
        for results, matches in zip(found, ways, strict=True):
            by_key = {row["key"]: row for row in matches.table.iter_rows(named=True)}
            results.update({id(one): _result(by_key[f"case{number}"]) for number, one in enumerate(group, 1)})
    return found


def _result(row: Mapping[str, Any]) -> Result:
    amount = row.get("a0")
    exact = None if amount is None else Decimal(f"{amount:.6f}")
    return Result(outcome_of(row["f0"], row["u0"]), row["f0"], row["u0"], exact)


def _told(result: Result) -> str:
    amount = "无" if result.amount is None else f"{result.amount:.6f}"
    return f"{OUTCOME_WORDS[result.outcome]}（不成立 {result.failed:b}，不知 {result.unknown:b}，金额 {amount}）"
