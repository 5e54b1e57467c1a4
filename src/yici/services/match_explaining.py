"""Every policy for one subject: clause by clause, with the values seen and their records, and what would decide."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from yici.core.errors import NotFound, Problem
from yici.core.expressions.deciding import decide
from yici.core.expressions.explaining import explain
from yici.core.expressions.facts import Facts, Need
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import Junction
from yici.core.policies.cases import judge
from yici.core.policies.compiling import Rule
from yici.core.policies.model import OUTCOME_WORDS, Outcome
from yici.engine.workdays import at_work
from yici.services.explaining import subject_facts
from yici.services.matching import Matching
from yici.services.seen_words import seen_line


@dataclass(frozen=True, slots=True)
class ClauseTold:
    """One clause: its words, its verdict, and the values seen with where they are from."""

    id: str
    words: str
    verdict: str
    seen: str


@dataclass(frozen=True, slots=True)
class PolicyTold:
    """One policy for one subject. `asked`: sets of elements, any of which could make an unknown one eligible; `needs`
    the same with whom they are about."""

    policy: str
    title: str
    outcome: str
    amount: Decimal | None
    unit: str
    clauses: tuple[ClauseTold, ...]
    asked: tuple[str, ...] = ()
    needs: tuple[frozenset[Need], ...] = ()


def explain_matches(matching: Matching, key: str) -> list[PolicyTold]:
    """The chosen policies for the person, household or other subject of that key. Raises NotFound."""
    found: list[PolicyTold] = []
    for subject in dict.fromkeys(rule.subject for rule in matching.rules):
        try:
            facts = subject_facts(matching.projection, matching.pool.registry, subject=subject, key=key.upper())
        except NotFound:
            continue
        rules = [rule for rule in matching.rules if rule.subject == subject and rule.id in matching.chosen]
        found += [_told(matching, rule, facts) for rule in rules]
    if not found:
        raise NotFound(Problem("unknown_subject", f"库里没有编号为“{key}”的对象，或没有关于它的政策。", "请核对编号。"))
    return found


def _told(matching: Matching, rule: Rule, facts: Facts) -> PolicyTold:
    moment = at_work(Moment(matching.day), rule.expressions)
    result = judge(rule, facts, moment=moment)
    clauses = []
    for clause, condition in zip(rule.clauses, rule.conditions, strict=True):
        told = explain(condition, facts, moment=moment, registry=matching.pool.registry)
        clauses.append(ClauseTold(clause.id, clause.words, told.verdict_words, seen_line(told)))
    asked: tuple[str, ...] = ()
    needs: tuple[frozenset[Need], ...] = ()
    if result.outcome is Outcome.UNKNOWN:
        whole = Junction("and", rule.conditions) if len(rule.conditions) > 1 else rule.conditions[0]
        names = matching.pool.registry.elements
        deciders = decide(whole, facts, moment=moment)
        asked = tuple("、".join(sorted(names[e].name for e in one)) for one in deciders.to_hold)
        needs = tuple(deciders.needs_to_hold)
    policy = rule.policy
    return PolicyTold(
        rule.id, policy.title, OUTCOME_WORDS[result.outcome], result.amount, policy.benefit.unit, tuple(clauses), asked,
        needs,
    )  # fmt: skip
