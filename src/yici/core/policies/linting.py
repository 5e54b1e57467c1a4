"""The linter for policies: what is certainly wrong (an error) and what deserves a look (a warning), all at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz, process

from yici.core.elements import Registry
from yici.core.errors import PackError, Place, Problem
from yici.core.expressions.assuming import taken_for_no
from yici.core.expressions.nodes import Base, Call, Expr, Literal, Ref, children, walk
from yici.core.expressions.units import parse_unit
from yici.core.expressions.words import in_words
from yici.core.policies.compiling import Rule, compile_policy
from yici.core.policies.model import HIGHER, Mode, Policy
from yici.core.policies.reach import check_reach


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the linter says; a `warning` does not keep a policy from being used."""

    problem: Problem
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Derivable:
    """An element people report although the pool can tell: what to write instead, and why."""

    element: str
    instead: str
    note: str


def check_policies(
    policies: Sequence[Policy], registry: Registry, *, today: date, derivable: Sequence[Derivable] = ()
) -> list[Finding]:
    """Everything there is to say about the policies, each on every span of days in which it does not change."""
    findings: list[Finding] = []
    rules: dict[str, list[Rule]] = {}
    for policy in policies:
        findings += _papers(policy, policies, today)
        findings += _parameters(policy)
        findings += _tests(policy)
        compiled, problems = _compiled(policy, registry)
        findings += [Finding(problem) for problem in problems]
        rules.setdefault(policy.id, []).extend(compiled)
        for rule in compiled:
            findings += [Finding(_at(policy, p), w) for p, w in check_reach(rule, registry)]
        findings += _derived(policy, compiled, derivable, registry)
        findings += _unlisted(policy, compiled)
    findings += _versions(policies)
    findings += _exclusions(policies)
    # What is wrong on several spans of days is said once.
    return list(dict.fromkeys(findings))


def _compiled(policy: Policy, registry: Registry) -> tuple[list[Rule], list[Problem]]:
    rules: list[Rule] = []
    problems: list[Problem] = []
    for day in policy.eras():
        try:
            rules.append(compile_policy(policy, registry, day=day))
        except PackError as error:
            problems += error.problems
    return rules, problems


def _at(policy: Policy, problem: Problem) -> Problem:
    message = f"{policy.id} 的{problem.message}"
    return Problem(problem.code, message, problem.hint, Place(policy.file))


def _error(policy: Policy, code: str, message: str, hint: str) -> Finding:
    return Finding(_at(policy, Problem(code, message, hint)))


def _warning(policy: Policy, code: str, message: str, hint: str) -> Finding:
    return Finding(_at(policy, Problem(code, message, hint)), warning=True)


def _papers(policy: Policy, policies: Sequence[Policy], today: date) -> Iterator[Finding]:
    """Validity, and where words and figures come from. A version that another one follows may expire."""
    if policy.until is not None and policy.until < policy.since:
        message = f"有效期从 {policy.since} 到 {policy.until}，前后颠倒。"
        yield _error(policy, "policy-valid", message, "请核对 valid 的 from 与 to。")
    elif policy.until is not None and policy.until < today and not _followed(policy, policies):
        yield _warning(policy, "policy-expired", f"有效期已于 {policy.until} 届满。", "请确认是否有新的文件接续。")
    if policy.source is None and not policy.basis:
        hint = "请写 source（出处、日期）或 basis（法律条文）；举例的写 example: true 并说明。"
        yield _error(policy, "policy-source", "没有写出处，也没有写依据。", hint)
    elif policy.source is not None and policy.source.date is None:
        yield _warning(policy, "policy-source", "出处没有写日期。", "请写 source 的 date。")
    elif policy.source is None and not policy.example:
        yield _warning(policy, "policy-source", "没有写出处。", "请写 source（出处、日期）。")
    if policy.mode is Mode.AUTOMATIC and not (policy.benefit.amount or policy.benefit.grades):
        yield _warning(
            policy, "policy-mode", "办理方式写的是免申即享，待遇却算不出来。", "请写 amount 或 grades，或改为申报。"
        )


def _followed(policy: Policy, policies: Sequence[Policy]) -> bool:
    return any(other.id == policy.id and other.since > policy.since for other in policies)


def _parameters(policy: Policy) -> Iterator[Finding]:
    texts = [clause.when for clause in policy.clauses] + [policy.benefit.amount]
    texts += [text for grade in policy.benefit.grades for text in (grade.when, grade.amount)]
    for parameter in policy.parameters:
        if not any(f"参数.{parameter.name}" in text for text in texts):
            message = f"参数“{parameter.name}”没有用到。"
            yield _warning(policy, "policy-parameter", message, "请在条件里写“参数.名称”，或删去它。")
        for dated in parameter.values:
            if policy.until is not None and dated.since > policy.until:
                message = f"参数“{parameter.name}”从 {dated.since} 起的值永远用不到，政策到 {policy.until} 就失效了。"
                yield _warning(policy, "policy-parameter", message, "请核对日期。")


def _tests(policy: Policy) -> Iterator[Finding]:
    if not policy.cases:
        yield _warning(policy, "policy-untested", "没有测试例。", "请写 tests：至少一例符合、一例不符合。")
    clauses = [clause.id for clause in policy.clauses]
    for case in policy.cases:
        for name in case.failed or ():
            if name not in clauses:
                message = f"测试“{case.name}”里没有叫“{name}”的条件。"
                yield _error(policy, "policy-test", message, f"条件有：{'、'.join(clauses)}。")
        if case.as_of is not None and not policy.in_force(case.as_of):
            message = f"测试“{case.name}”的日期 {case.as_of} 不在有效期内。"
            yield _error(policy, "policy-test", message, "请改 as_of 或 valid。")


def _derived(
    policy: Policy, rules: Iterable[Rule], derivable: Sequence[Derivable], registry: Registry
) -> Iterator[Finding]:
    """A clause must not ask people for what the pool can tell."""
    known = {entry.element: entry for entry in derivable}
    for rule in rules:
        for clause, condition in zip(rule.clauses, rule.conditions, strict=True):
            for element in _elements(condition):
                if (entry := known.get(element)) is not None:
                    message = (
                        f"条件 {clause.id} 要人填报“{registry.elements[element].name}”，而库里能算出来：{entry.note}"
                    )
                    yield _warning(policy, "policy-derivable", message, f"请改写为 {entry.instead}。")


def _unlisted(policy: Policy, rules: Iterable[Rule]) -> Iterator[Finding]:
    """Who has no record counts as "no" only where somebody keeps the register: coalesce does not ask whether."""
    for rule in rules:
        named = [(clause.id, expr) for clause, expr in zip(rule.clauses, rule.conditions, strict=True)]
        for name, expr in [*named, *([("待遇金额", rule.amount)] if rule.amount is not None else [])]:
            for typed, instead in taken_for_no(expr):
                message = f"条件 {name} 把“没有记录”当成“没有”：{typed}。"
                yield _warning(policy, "policy-register", message, f"名册没有导入的地方也会这样算；请改用 {instead}。")
            for node in walk(expr):
                if _assumes(node):
                    message = f"条件 {name} 把“没有记录”当成确定的值：{in_words(node)}。"
                    hint = f"名册从未导入时人人都会这样算；请改用 {_listed(node)}。"
                    yield _warning(policy, "policy-register", message, hint)


def _listed(coalesce: Expr) -> str:
    """The same as a look into a register, as it is typed."""
    element, default = (in_words(part).replace("户主的", "户主.") for part in children(coalesce)[:2])
    return f"listed({element}, '{default}')"


def _assumes(node: Expr) -> bool:
    """Whether it puts a written value in the place of an element of yes and no, or of codes, that is not recorded."""
    if not isinstance(node, Call) or node.function != "coalesce":
        return False
    element, *rest = node.args
    stored = isinstance(element, Ref) and not element.element.derived
    return stored and element.type.base in (Base.BOOL, Base.CODE) and all(isinstance(one, Literal) for one in rest)


def _elements(expr: Expr) -> set[str]:
    return {node.element.id for node in walk(expr) if isinstance(node, Ref)}


def _versions(policies: Sequence[Policy]) -> Iterator[Finding]:
    """Versions of one policy must not be in force on the same day."""
    for number, one in enumerate(policies):
        for other in policies[number + 1 :]:
            if one.id == other.id and _overlap(one, other):
                message = f"有两个版本在同一天有效（{one.since} 起与 {other.since} 起）。"
                yield _error(other, "policy-versions", message, "请给前一个版本写上 valid 的 to。")


def _overlap(one: Policy, other: Policy) -> bool:
    return one.in_force(max(one.since, other.since)) and other.in_force(max(one.since, other.since))


def _exclusions(policies: Sequence[Policy]) -> Iterator[Finding]:
    by_id = {policy.id: policy for policy in policies}
    for policy in policies:
        for name in policy.excludes:
            yield from _excluded(policy, name, by_id)
        if policy.prefer not in (HIGHER, policy.id, *policy.excludes):
            hint = f"请写 {HIGHER}（金额高者优先）、本政策或 excludes 里的政策。"
            yield _error(policy, "policy-excludes", f"prefer 写的“{policy.prefer}”不在互斥的政策里。", hint)


def _excluded(policy: Policy, name: str, by_id: Mapping[str, Policy]) -> Iterator[Finding]:
    other = by_id.get(name)
    if name == policy.id:
        yield _error(policy, "policy-excludes", "与自己互斥。", "请删去它。")
    elif other is None:
        near = [match[0] for match in process.extract(name, list(by_id), scorer=fuzz.WRatio, limit=3)]
        yield _error(policy, "policy-excludes", f"互斥的政策“{name}”不存在。", f"最接近的有：{'、'.join(near)}。")
    elif other.subject != policy.subject:
        hint = "请写成条件，例如 户.是否低保户 <> '是'。"
        yield _error(policy, "policy-excludes", f"与“{name}”的主体不同，不能写成互斥。", hint)
    elif policy.id in other.excludes and {policy.prefer, other.prefer} == {policy.id, name}:
        if policy.prefer != other.prefer and policy.id < name:
            message = f"与“{name}”互斥，两边说的优先次序相反。"
            yield _error(policy, "policy-excludes", message, "请让两边的 prefer 一致。")
    elif policy.prefer == HIGHER and not _comparable(policy, other):
        message = f"与“{name}”的待遇单位不同，比不出哪个高。"
        yield _warning(policy, "policy-excludes", message, "请用 prefer 写明哪一个优先。")


def _comparable(one: Policy, other: Policy) -> bool:
    units = [parse_unit(policy.benefit.unit) for policy in (one, other) if policy.benefit.unit]
    return len(units) == 2 and units[0].dimensions == units[1].dimensions
