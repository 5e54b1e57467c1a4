"""Who cannot be told becomes questions (缺项): one a subject and element, across all policies, most decisive first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from yici.core.expressions.deciding import decide
from yici.core.expressions.facts import REGISTER, Facts, Need
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import Aggregate, Expr, IsNull, Junction, walk
from yici.core.expressions.units import parse_unit
from yici.core.policies.compiling import Rule
from yici.engine.policy_columns import vector_columns
from yici.engine.policy_settling import UNKNOWN
from yici.engine.vector_compile import atoms_of
from yici.engine.workdays import at_work
from yici.services.explaining import subject_facts
from yici.services.match_lists import clause_needs, subject_names
from yici.services.matching import Matching, PolicyMatch

MOST_ONE_BY_ONE = 2_000
"""Of a policy that looks at a household's members so many subjects are explained one by one."""


@dataclass(slots=True)
class Question:
    """Something to ask: an element of one subject. `alone` are the policies that the answer decides by itself, `among`
    those for which it is one of several; `money` what the first would pay, by unit, `worth` the same in base units."""

    subject: str
    key: str
    element: str
    name: str = ""
    unit: str = ""
    alone: list[str] = field(default_factory=list)
    among: list[str] = field(default_factory=list)
    money: dict[str, float] = field(default_factory=dict)
    worth: float = 0.0

    @property
    def weight(self) -> tuple[int, float, int]:
        """Decisive first: policies decided alone, their money, policies helped."""
        return len(self.alone), self.worth, len(self.among)


def open_questions(matching: Matching, matches: Sequence[PolicyMatch]) -> list[Question]:
    """The questions whose answers would decide who is eligible, most decisive first.

    Asked is only what the pool holds under no name: a computed element is asked as what it follows from.
    """
    found: dict[tuple[str, str], Question] = {}
    for match in matches:
        for key, unit, sets in _unknown(matching, match):
            for needs in sets:
                for need in needs:
                    _add(found, need, match.rule, key, unit, alone=len(needs) == 1)
    _name(matching, list(found.values()))
    return sorted(found.values(), key=lambda q: ([-part for part in q.weight], q.unit, q.key, q.element))


def _add(found: dict[tuple[str, str], Question], need: Need, rule: Rule, key: str, unit: str, *, alone: bool) -> None:
    subject = "person" if need.role == "head" else need.role
    element, about = need.element, need.key
    if need.role == REGISTER:
        return  # A department brings its register, once for everybody: see Matching.missing_registers.
    if not about and subject == "household":
        # Which household somebody belongs to is not known: then that is the question.
        subject, element, about = rule.subject, "household.number", key
    if not about:
        return
    question = found.setdefault((about, element), Question(subject, about, element, unit=unit))
    policies = question.alone if alone else question.among
    if rule.id not in policies:
        policies.append(rule.id)
        if alone and rule.policy.benefit.unit and (fixed := _amount(rule)):
            question.money[rule.policy.benefit.unit] = question.money.get(rule.policy.benefit.unit, 0) + fixed
            question.worth += fixed * float(parse_unit(rule.policy.benefit.unit).factor)


def _amount(rule: Rule) -> float:
    """The amount where it is the same for everybody; 0 where a formula makes it."""
    try:
        return float(rule.policy.benefit.amount)
    except ValueError:
        return 0.0


def _unknown(matching: Matching, match: PolicyMatch) -> Iterator[tuple[str, str, tuple[frozenset[Need], ...]]]:
    """(key, unit, smallest sets of needs that could make it eligible) of everybody unknown."""
    rule = match.rule
    rows = match.rows(pl.col("outcome") == UNKNOWN)
    whole = Junction("and", rule.conditions) if len(rule.conditions) > 1 else rule.conditions[0]
    moment = at_work(Moment(matching.day), rule.conditions)
    if any(isinstance(node, Aggregate) for condition in rule.conditions for node in walk(condition)):
        for key, unit in rows.select("key", "unit").head(MOST_ONE_BY_ONE).iter_rows():
            yield key, unit or "", decide(whole, _facts(matching, rule, key), moment=moment).needs_to_hold
        return
    roles = _keys_by_role(matching, rule.subject, rows)
    for keys in _alike(matching, rule, rows["key"].to_list()):
        facts = _facts(matching, rule, keys[0])
        sets = decide(whole, facts, moment=moment).needs_to_hold
        for key in keys:
            yield key, roles[key][""], tuple(frozenset(_moved(need, roles[key]) for need in one) for one in sets)


def _facts(matching: Matching, rule: Rule, key: str) -> Facts:
    return subject_facts(matching.projection, matching.pool.registry, subject=rule.subject, key=key)


def _moved(need: Need, keys: dict[str, str]) -> Need:
    """The same need about another subject."""
    return Need(need.element, need.role, keys.get(need.role, ""))


def _keys_by_role(matching: Matching, subject: str, rows: pl.DataFrame) -> dict[str, dict[str, str]]:
    """Subject → the keys of itself, its household and the household's head by role; its unit under ""."""
    heads = dict(
        matching.projection.con.execute(
            'SELECT h.key, p.key FROM household h JOIN person p ON p.key = h."household.head_id_number"'
            " WHERE h.key IN (SELECT unnest(?))",
            [rows["household"].drop_nulls().unique().to_list()],
        ).fetchall()
    )
    found = {}
    for key, household, unit in rows.select("key", "household", "unit").iter_rows():
        found[key] = {"": unit or "", "household": household or "", "head": heads.get(household, "")} | {subject: key}
    return found


def _alike(matching: Matching, rule: Rule, keys: Sequence[str]) -> Iterator[list[str]]:
    """The keys in groups for which the same conditions hold and the same elements are missing."""
    if not keys:
        return
    registry = matching.pool.registry
    atoms: list[Expr] = list(dict.fromkeys(atom for condition in rule.conditions for atom in atoms_of(condition)))
    refs = list(dict.fromkeys(ref for condition in rule.conditions for ref in clause_needs(condition, registry)))
    table = vector_columns(
        matching.projection, registry, rule.subject, [*atoms, *map(IsNull, refs)], [],
        moment=Moment(matching.day), keys=keys,
    )  # fmt: skip
    signs = [f"c{number}" for number in range(len(atoms) + len(refs))]
    for group in table.group_by(signs, maintain_order=True).agg("key")["key"].to_list():
        yield list(group)


def _name(matching: Matching, questions: Sequence[Question]) -> None:
    by_subject: dict[str, list[Question]] = {}
    for question in questions:
        by_subject.setdefault(question.subject, []).append(question)
    for subject, group in by_subject.items():
        names = subject_names(matching, subject, [question.key for question in group])
        for question in group:
            question.name = names.get(question.key, "")
