"""The cases of a policy: what is given becomes the facts of one subject, and what it comes to is compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from yici.core.elements import Element, Registry
from yici.core.errors import PackError, Place, Problem
from yici.core.expressions.compiling import APART
from yici.core.expressions.evaluating import evaluate, holds
from yici.core.expressions.explaining import explain
from yici.core.expressions.facts import Fact, Facts
from yici.core.expressions.moment import Moment
from yici.core.expressions.names import Lexicon
from yici.core.expressions.nodes import Base, Call, Literal, Scalar, register_of, registers_in
from yici.core.identity import HEAD
from yici.core.policies.compiling import Rule
from yici.core.policies.model import OUTCOME_WORDS, Case, Outcome, Policy, Value
from yici.core.registers import NOWHERE
from yici.core.values import REASONS, birth_date_of, kind_of, sex_of

Values = dict[str, Scalar]
"""Element id → value."""

SELF, HOUSEHOLD = "self", "household"
"""The keys of a case's subject and of its household."""


@dataclass(slots=True)
class Staged:
    """A case with its values read: those of the subject, of the household (None: not known), and of its people.

    `people` are all members by key, the subject among them when it is a person. `kept` are the elements whose
    registers are kept where the case plays.
    """

    case: Case
    day: date
    subject: str
    own: Values = field(default_factory=dict)
    household: Values | None = None
    people: dict[str, Values] = field(default_factory=dict)
    head: str = ""
    kept: frozenset[str] = frozenset()

    def facts(self) -> Facts:
        """The facts the scalar evaluator sees."""
        values: dict[str, dict[str, Fact]] = {self.subject: _facts(self.own)}
        keys = {self.subject: SELF}
        if self.household is not None:
            values["household"], keys["household"] = _facts(self.household), HOUSEHOLD
            if self.head:
                values["head"], keys["head"] = _facts(self.people[self.head]), self.head
        if self.subject == "household":
            keys["household"] = HOUSEHOLD
        members = tuple(
            Facts("person", {"person": _facts(person)}, keys={"person": key}) for key, person in self.people.items()
        )
        return Facts(self.subject, values, members if self.household is not None else None, keys,
                     kept={(element, NOWHERE) for element in self.kept})  # fmt: skip

    def given(self) -> frozenset[str]:
        """Every element of which the case gives somebody's value."""
        return frozenset().union(self.own, self.household or {}, *self.people.values())

    def rows(self, key: str) -> Iterator[tuple[str, Values]]:
        """(subject type, row) of a pool that holds the case: its subject under that key, and who belongs to it."""
        home = key if self.subject == "household" else f"{key}-{HOUSEHOLD}"
        known = self.household is not None
        named = {member: key if member == SELF else f"{key}-{member}" for member in self.people}
        if self.subject == "person" and not known:
            yield "person", {"key": key, **self.own}
        elif self.subject not in ("person", "household"):
            yield self.subject, {"key": key, **self.own}
        for member, values in self.people.items():
            yield "person", {"key": named[member], "household": home, **values}
        if self.subject in ("person", "household") and self.household is not None:
            head: Values = {"household.head_id_number": named[self.head]} if self.head else {}
            yield "household", {"key": home, **self.household, **head}


@dataclass(frozen=True, slots=True)
class Result:
    """What a rule came to for one subject: masks of the clauses that are false and unknown, by their places."""

    outcome: Outcome
    failed: int = 0
    unknown: int = 0
    amount: Decimal | None = None
    grade: str | None = None
    missing: tuple[str, ...] = ()


def outcome_of(failed: int, unknown: int) -> Outcome:
    """The verdict the masks make: one false clause decides, then one unknown."""
    return Outcome.NOT_ELIGIBLE if failed else Outcome.UNKNOWN if unknown else Outcome.ELIGIBLE


def judge(rule: Rule, facts: Facts, *, moment: Moment) -> Result:
    """What a rule comes to for one subject, by the scalar evaluator."""
    verdicts = [holds(condition, facts, moment=moment) for condition in rule.conditions]
    failed = sum(1 << place for place, verdict in enumerate(verdicts) if verdict is False)
    unknown = sum(1 << place for place, verdict in enumerate(verdicts) if verdict is None)
    outcome = outcome_of(failed, unknown)
    missing: set[str] = set()
    for condition, verdict in zip(rule.conditions, verdicts, strict=True):
        if verdict is None:
            missing |= {need.element for need in explain(condition, facts, moment=moment).missing}
    if outcome is not Outcome.ELIGIBLE or rule.amount is None:
        return Result(outcome, failed, unknown, missing=tuple(sorted(missing)))
    value = evaluate(rule.amount, facts, moment=moment)
    amount = Decimal(value) if isinstance(value, int | Decimal) else None
    grade = next((step.name for step in rule.steps if holds(step.when, facts, moment=moment)), None)
    return Result(outcome, failed, unknown, amount, grade, tuple(sorted(missing)))


def differences(staged: Staged, rule: Rule, result: Result, registry: Registry) -> list[str]:
    """What a result has otherwise than the case expects, in words; empty when it is as expected."""
    case = staged.case
    said: list[tuple[str, object, object]] = [
        ("结论", OUTCOME_WORDS[case.expect], OUTCOME_WORDS[result.outcome]),
    ]
    if case.failed is not None:
        said.append(("不成立的条件", sorted(case.failed), sorted(_chosen(rule, result.failed))))
    if case.missing is not None:
        wanted = {_element_id(name, registry) for name in case.missing}
        said.append(("缺的数据元", sorted(wanted), sorted(result.missing)))
    if case.amount is not None:
        said.append(("金额", case.amount, result.amount))
    if case.grade is not None:
        said.append(("档次", case.grade, result.grade))
    return [f"{what}应为 {_shown(want)}，得到 {_shown(got)}" for what, want, got in said if want != got]


def _chosen(rule: Rule, mask: int) -> list[str]:
    return [clause.id for place, clause in enumerate(rule.clauses) if mask >> place & 1]


def _element_id(name: str, registry: Registry) -> str:
    """The id of an element named without or with its path (户.家庭年收入)."""
    try:
        return registry.element(name).id
    except KeyError:
        last = name.rpartition(".")[2]
        return next((e.id for e in registry.elements.values() if e.name == last), name)


def _shown(value: object) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value)) or "无"
    return "无" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _facts(values: Mapping[str, Scalar]) -> dict[str, Fact]:
    return {element: Fact(value) for element, value in values.items() if value is not None}


def registers_of(rule: Rule) -> dict[str, tuple[str, Scalar]]:
    """Element → (subject type, a value it may have) of every register the rule looks into."""
    calls = [call for expr in rule.expressions for call in registers_in(expr)]
    return {register_of(call).element.id: (register_of(call).element.subject, _some_value(call)) for call in calls}


def _some_value(call: Call) -> Scalar:
    """A value the register's element may have: the one written out, or any of its sort."""
    default = call.args[-1]
    if isinstance(default, Literal):
        return default.value
    values: dict[Base, Scalar] = {Base.NUMBER: 0, Base.BOOL: False, Base.DATE: "2000-01-01"}
    return values.get(register_of(call).type.base, "某")


def cases_by_registers(staged: Iterable[Staged], rule: Rule) -> list[tuple[list[tuple[str, Values]], list[Staged]]]:
    """The cases that can share a pool, with the rows that keep the rule's registers there: of people kept apart, whom
    nobody counts."""
    registers = registers_of(rule)
    found: dict[frozenset[str], list[Staged]] = {}
    for one in staged:
        found.setdefault(one.kept.intersection(registers), []).append(one)
    return [
        ([(registers[e][0], {"key": f"{APART}{e}", e: registers[e][1]}) for e in sorted(kept)], group)
        for kept, group in found.items()
    ]


def stage_cases(policy: Policy, registry: Registry) -> list[Staged]:
    """The cases with every value read. Raises PackError with every element and value that cannot be."""
    stager = _Stager(policy, registry, Lexicon.of(registry))
    staged = [stager.stage(case) for case in policy.cases]
    if stager.problems:
        raise PackError(stager.problems)
    return staged


@dataclass(slots=True)
class _Stager:
    policy: Policy
    registry: Registry
    lexicon: Lexicon
    problems: list[Problem] = field(default_factory=list)

    def stage(self, case: Case) -> Staged:
        """One case; the household is known when anything is said of it or of further members."""
        subject = self.policy.subject
        staged = Staged(case, case.as_of or self.policy.since, subject)
        known = case.household is not None or bool(case.members) or subject == "household"
        household: Values = {}
        self._read(case, case.given, subject, {subject: staged.own, "household": household})
        if case.household is not None:
            self._read(case, case.household, "household", {"household": household})
        if subject == "household":
            household = staged.own = staged.own | household
        elif subject == "person":
            _follow_number(staged.own)
        staged.household = household if known or household else None
        if staged.household is not None and subject in ("person", "household"):
            self._people(staged)
        staged.kept = self._kept(staged)
        return staged

    def _kept(self, staged: Staged) -> frozenset[str]:
        """Whose registers are kept: all but those the case says are not; what is given somebody must keep."""
        if not staged.case.registers:
            return staged.given()
        without = set()
        for name in staged.case.without:
            element = _element_id(name, self.registry)
            if element not in self.registry.elements:
                self._say(staged.case, Problem("policy-test", f"without 里没有叫“{name}”的数据元。", "请核对。"))
            elif element in staged.given():
                message = f"“{name}”写了没有名册，又给出了值。"
                self._say(staged.case, Problem("policy-test", message, "只留一种。"))
            without.add(element)
        return frozenset(self.registry.elements) - without

    def _people(self, staged: Staged) -> None:
        if staged.subject == "person":
            staged.people[SELF] = staged.own
        for number, member in enumerate(staged.case.members, 1):
            values: Values = {}
            self._read(staged.case, member, "person", {"person": values})
            _follow_number(values)
            staged.people[f"member{number}"] = values
        heads = [key for key, one in staged.people.items() if one.get("person.relation_to_head") == HEAD]
        if len(heads) == 1:
            staged.head = heads[0]

    def _read(self, case: Case, values: Mapping[str, Value], subject: str, into: Mapping[str, Values]) -> None:
        for name, value in values.items():
            named = self.lexicon.resolve(tuple(name.split(".")), subject)
            if isinstance(named, Problem):
                self._say(case, named)
            elif named.element.derived:
                hint = "请写它由什么得出：年龄写出生日期，家庭人口数写 members。"
                self._say(case, Problem("policy-test", f"“{name}”是算出来的，不能给出。", hint))
            elif named.role not in into:
                self._say(case, Problem("policy-test", f"“{name}”不能写在这里。", "户主的值写在 members 里。"))
            elif value is not None:
                into[named.role][named.element.id] = self._value(case, named.element, value)

    def _value(self, case: Case, element: Element, value: Value) -> Scalar:
        written = "是" if value is True else "否" if value is False else str(value)
        cleaned = kind_of(element, self.registry).clean("s" + written)
        if cleaned.value is None:
            message, hint = REASONS.get(cleaned.reason, ("这个值读不懂。", "请核对。"))
            self._say(case, Problem("policy-test", f"{element.name} “{written}”：{message}", hint))
        return cleaned.value

    def _say(self, case: Case, problem: Problem) -> None:
        message = f"{self.policy.id} 的测试“{case.name}”：{problem.message}"
        self.problems.append(replace(problem, message=message, where=Place(self.policy.file)))


def _follow_number(person: Values) -> None:
    """What the ID number tells when nobody states it."""
    number = person.get("person.id_number")
    if isinstance(number, str):
        person.setdefault("person.birth_date", birth_date_of(number))
        person.setdefault("person.sex", sex_of(number))


def cases_by_day(staged: Iterable[Staged]) -> dict[date, list[Staged]]:
    """The cases by the day they are about."""
    found: dict[date, list[Staged]] = {}
    for one in staged:
        found.setdefault(one.day, []).append(one)
    return found
