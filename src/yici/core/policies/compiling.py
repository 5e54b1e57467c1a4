"""A policy as it is in force on one day: parameters put in, clauses and benefit parsed and typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from yici.core.elements import Registry
from yici.core.errors import ExpressionError, PackError, Place, Problem
from yici.core.expressions import parse_expression, parse_filter
from yici.core.expressions.nodes import Base, Case, Converted, Expr, Literal, Type
from yici.core.expressions.units import parse_unit
from yici.core.policies.model import Clause, Figure, Policy


@dataclass(frozen=True, slots=True)
class Step:
    """One grade of a benefit: its name, when it holds, and the amount then."""

    name: str
    when: Expr
    amount: Expr


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy on one day. All conditions must hold; `amount` is in the benefit's unit, None where there is none."""

    policy: Policy
    day: date
    conditions: tuple[Expr, ...]
    amount: Expr | None = None
    steps: tuple[Step, ...] = ()

    @property
    def id(self) -> str:
        """The policy's id."""
        return self.policy.id

    @property
    def subject(self) -> str:
        """Whom it is about."""
        return self.policy.subject

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses; their place is that of their condition and of their bit in a mask of reasons."""
        return self.policy.clauses

    @property
    def expressions(self) -> tuple[Expr, ...]:
        """Everything that is evaluated of it."""
        return self.conditions if self.amount is None else (*self.conditions, self.amount)


def compile_policy(policy: Policy, registry: Registry, *, day: date) -> Rule:
    """The rule a policy is on that day. Raises PackError naming file, policy and clause of every problem."""
    work = _Work(policy, registry, day)
    conditions = tuple(work.condition(clause.when, f"条件 {clause.id}") for clause in policy.clauses)
    steps = tuple(
        Step(
            grade.name,
            work.condition(grade.when, f"档次“{grade.name}”"),
            work.amount(grade.amount, f"档次“{grade.name}”的金额"),
        )
        for grade in policy.benefit.grades
    )
    amount = work.amount(policy.benefit.amount, "待遇金额") if policy.benefit.amount else None
    if work.problems:
        raise PackError(work.problems)
    if steps:
        amount = Case(tuple((step.when, step.amount) for step in steps), None, steps[0].amount.type)
    return Rule(policy, day, conditions, amount, steps)


def rules_on(policies: Iterable[Policy], registry: Registry, *, day: date) -> list[Rule]:
    """The rules in force on that day, one a policy id. Raises PackError with every problem of all of them."""
    problems: list[Problem] = []
    rules: list[Rule] = []
    for policy in policies:
        if policy.in_force(day):
            try:
                rules.append(compile_policy(policy, registry, day=day))
            except PackError as error:
                problems += error.problems
    if problems:
        raise PackError(problems)
    return rules


@dataclass(slots=True)
class _Work:
    policy: Policy
    registry: Registry
    day: date
    problems: list[Problem]
    values: dict[str, Figure]

    def __init__(self, policy: Policy, registry: Registry, day: date) -> None:
        self.policy, self.registry, self.day, self.problems = policy, registry, day, []
        found = {parameter.name: parameter.at(day) for parameter in policy.parameters}
        self.values = {name: value for name, value in found.items() if value is not None}
        for name in found.keys() - self.values.keys():
            self._say(f"参数“{name}”", Problem("policy-parameter", f"在 {day} 还没有值。", "请补上那一天起的值。"))

    def condition(self, text: str, part: str) -> Expr:
        """A clause's condition."""

        def parse() -> Expr:
            subject = self.policy.subject
            return parse_filter(text, self.registry, subject=subject, parameters=self.values).expr

        return self._parsed(parse, part)

    def amount(self, text: str, part: str) -> Expr:
        """A benefit's amount in the benefit's unit."""

        def parse() -> Expr:
            subject = self.policy.subject
            return parse_expression(text, self.registry, subject=subject, parameters=self.values)

        return self._in_unit(self._parsed(parse, part), part)

    def _parsed(self, parse: Callable[[], Expr], part: str) -> Expr:
        try:
            return parse()
        except ExpressionError as error:
            for problem in error.problems:
                self._say(part, problem)
            return Literal(None, Type(Base.UNKNOWN))

    def _in_unit(self, expr: Expr, part: str) -> Expr:
        """The amount in the unit the policy states: 万元 becomes 元, 亩 is refused."""
        if expr.type.base is Base.UNKNOWN:
            return expr
        stated = parse_unit(self.policy.benefit.unit)
        if expr.type.base is not Base.NUMBER:
            self._say(part, Problem("policy-benefit", "不是数字。", "请写一个数或得出数字的算式。"))
        elif (own := expr.type.unit) is not None and own.dimensions != stated.dimensions:
            message = f"单位是{own.text}，待遇写的是{stated.text}。"
            self._say(part, Problem("policy-benefit", message, "请改成同一种单位。"))
        elif own is not None and own.factor != stated.factor:
            return Converted(expr, Fraction(own.factor / stated.factor), Type(Base.NUMBER, stated), expr.at)
        return expr

    def _say(self, part: str, problem: Problem) -> None:
        placed = f"{self.policy.id} 的{part}：{problem.message}"
        self.problems.append(replace(problem, message=placed, where=Place(self.policy.file)))
