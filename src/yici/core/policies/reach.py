"""Whether a rule's clauses can hold, alone and together, and whether its grades overlap or leave gaps."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from yici.core.elements import Registry
from yici.core.errors import Problem
from yici.core.expressions.nodes import Case, Expr, IsNull, walk
from yici.core.policies.compiling import Rule
from yici.core.policies.regions import Box, Reasoner, Region, meet_all

Said = tuple[Problem, bool]
"""A problem, and whether it is only a warning."""


def check_reach(rule: Rule, registry: Registry) -> Iterator[Said]:
    """What is certainly wrong with the conditions of a rule; what cannot be told is passed over."""
    reasoner = Reasoner(registry)
    held = [reasoner.region(condition, holds=True) for condition in rule.conditions]
    sound = True
    for clause, region in zip(rule.clauses, held, strict=True):
        if region.empty:
            sound = False
            message = f"条件 {clause.id}（{clause.when}）永远不会成立。"
            yield Problem("policy-never", message, "请核对它里面的界限和值。"), False
    if sound and (conflict := _conflict(rule, held)):
        message = f"条件 {conflict} 互相矛盾，没有人能同时满足。"
        yield Problem("policy-contradiction", message, "请核对它们的界限和值。"), False
        sound = False
    if sound:
        yield from _idle(rule, reasoner, held)
        yield from _grades(rule, reasoner, meet_all(held))


def _conflict(rule: Rule, held: list[Region]) -> str:
    """The fewest clauses that cannot hold together, as words; "" when all can."""
    if not meet_all(held).empty:
        return ""
    for size in (2, 3):
        for chosen in combinations(range(len(held)), size):
            if meet_all(held[i] for i in chosen).empty:
                return "、".join(rule.clauses[i].id for i in chosen)
    return "、".join(clause.id for clause in rule.clauses)


def _idle(rule: Rule, reasoner: Reasoner, held: list[Region]) -> Iterator[Said]:
    """Clauses that are never false, or never false where the others hold: they decide nothing."""
    for i, (clause, condition) in enumerate(zip(rule.clauses, rule.conditions, strict=True)):
        broken = reasoner.region(condition, holds=False)
        if broken.empty:
            message = f"条件 {clause.id}（{clause.when}）总是成立，等于没有写。"
            yield Problem("policy-always", message, "请核对，或删去它。"), True
        elif not _asks_whether_known(condition) and broken.meet(meet_all(held[:i] + held[i + 1 :])).empty:
            message = f"条件 {clause.id}（{clause.when}）已经包含在其他条件里。"
            yield Problem("policy-redundant", message, "请核对，或删去它。"), True


def _asks_whether_known(condition: Expr) -> bool:
    """Whether it turns "unknown" into "no": then it decides something even where others imply it."""
    return any(isinstance(node, IsNull) for node in walk(condition))


def _grades(rule: Rule, reasoner: Reasoner, eligible: Region) -> Iterator[Said]:
    """Grades must not overlap, and everybody eligible should be in one. So for a formula's cases without an else."""
    if rule.steps:
        names = [f"档次“{step.name}”" for step in rule.steps]
        conditions = [step.when for step in rule.steps]
    elif isinstance(rule.amount, Case) and rule.amount.otherwise is None:
        conditions = [condition for condition, _ in rule.amount.branches]
        names = [f"金额的第 {number} 段" for number in range(1, len(conditions) + 1)]
    else:
        return
    regions = [reasoner.region(condition, holds=True) for condition in conditions]
    for name, region in zip(names, regions, strict=True):
        if region.meet(eligible).empty:
            yield Problem("policy-grades", f"{name}在条件成立的人里永远用不到。", "请核对界限。"), False
    if rule.steps:
        yield from _overlaps(names, regions, eligible, reasoner)
    yield from _gap(conditions, eligible, reasoner)


def _overlaps(names: list[str], regions: list[Region], eligible: Region, reasoner: Reasoner) -> Iterator[Said]:
    for (one, here), (other, there) in combinations(zip(names, regions, strict=True), 2):
        both = here.meet(there)
        if both.exact and not both.meet(eligible).empty:
            message = f"{one}与{other}重叠：{reasoner.words(both.boxes[0])}。"
            yield Problem("policy-grades", message, "请让每种情形只落在一档里。"), False


def _gap(conditions: list[Expr], eligible: Region, reasoner: Reasoner) -> Iterator[Said]:
    outside = meet_all(reasoner.region(condition, holds=False) for condition in conditions)
    left = outside.meet(eligible)
    if outside.exact and not left.empty and not _loose(eligible, left):
        message = f"有的情形不在任何一档里：{reasoner.words(_told(left, outside))}。"
        yield Problem("policy-gap", message, "请补上这一档，或在条件里排除。"), True


def _loose(eligible: Region, left: Region) -> bool:
    """Whether a condition that could not be told speaks of the same terms: then the gap is not certain."""
    return any(term in key for box in left.boxes for key in box for term in eligible.loose)


def _told(left: Region, outside: Region) -> Box:
    """The first box, as far as the grades' own terms go."""
    own = {key for box in outside.boxes for key in box}
    return {key: span for key, span in left.boxes[0].items() if key in own}
