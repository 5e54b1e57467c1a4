"""What somebody is entitled to: every policy for a person, its household or a firm, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from yici.core.access.actors import Actor
from yici.core.elements import Element
from yici.core.errors import NotFound
from yici.core.expressions.facts import REGISTER, Need
from yici.core.policies.model import OUTCOME_WORDS, Mode, Outcome, Policy
from yici.services.match_explaining import ClauseTold, PolicyTold, explain_matches
from yici.services.matching import Matching, open_matching
from yici.services.residents.acting import household_headed
from yici.storage.references import references_of

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """Something the person could tell: an element of itself or its household, `code` standing for whichever it is."""

    code: str
    element: Element


@dataclass(frozen=True, slots=True)
class Benefit:
    """One policy for one subject. `decides`: each of these alone could make an unknown one eligible; `lacking` names
    what else is missing. `not_with` are the other benefits that it does not go together with."""

    policy: str
    title: str
    outcome: str
    mode: str
    automatic: bool
    amount: Decimal | None
    unit: str
    note: str
    clauses: tuple[ClauseTold, ...]
    decides: tuple[Asked, ...] = ()
    among: tuple[Asked, ...] = ()
    lacking: tuple[str, ...] = ()
    not_with: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[str, ...]:
        """The words of the conditions that are not met."""
        return tuple(clause.words for clause in self.clauses if clause.verdict == OUTCOME_WORDS[Outcome.NOT_ELIGIBLE])


@dataclass(slots=True)
class Benefits:
    """The policies by what they come to: entitled, open for lack of an answer, not entitled."""

    entitled: list[Benefit] = field(default_factory=list)
    open: list[Benefit] = field(default_factory=list)
    others: list[Benefit] = field(default_factory=list)


def benefits_of(*, actor: Actor, home: Path, today: date) -> Benefits:
    """Every policy for the actor's subject, and for the household a person is the head of.

    Raises NotFound for an account tied to nobody.
    """
    found = Benefits()
    for one in _told(actor, home, today):
        lists = {OUTCOME_WORDS[Outcome.ELIGIBLE]: found.entitled, OUTCOME_WORDS[Outcome.UNKNOWN]: found.open}
        lists.get(one.outcome, found.others).append(one)
    found.entitled = _apart(found.entitled)
    found.open.sort(key=lambda one: (not one.decides, not one.among))
    return found


def _told(actor: Actor, home: Path, today: date) -> list[Benefit]:
    if actor.subject is None:
        return []
    matching = open_matching(home=home, day=today)
    with matching.projection:
        household = household_headed(matching.projection, actor.subject[1]) if actor.subject[0] == "person" else None
        own: list[Pair] = [actor.subject, *([("household", household)] if household else [])]
        codes = references_of(own)
        told = [one for pair in own for one in _explained(matching, pair)]
        policies = {rule.id: rule.policy for rule in matching.rules}
        return [_benefit(one, policies[one.policy], matching, codes) for one in told]


def _explained(matching: Matching, pair: Pair) -> list[PolicyTold]:
    chosen = frozenset(rule.id for rule in matching.rules if rule.subject == pair[0])
    if not chosen:
        return []
    try:
        return explain_matches(replace(matching, chosen=chosen), pair[1])
    except NotFound:
        return []


def _benefit(told: PolicyTold, policy: Policy, matching: Matching, codes: dict[Pair, str]) -> Benefit:
    alone = [need for needs in told.needs if len(needs) == 1 for need in needs]
    single = _asked(alone, matching, codes)
    several = [one for one in _asked(_others(told.needs), matching, codes) if one not in single]
    registry = matching.pool.registry
    elements = {need.element for needs in told.needs for need in needs} - {
        one.element.id for one in (*single, *several)
    }
    return Benefit(
        told.policy, told.title, told.outcome, policy.mode.value, policy.mode is Mode.AUTOMATIC, told.amount, told.unit,
        policy.benefit.note, tuple(replace(clause, seen="") for clause in told.clauses), single, tuple(several),
        tuple(sorted(registry.elements[element].name for element in elements)), policy.excludes,
    )  # fmt: skip


def _others(families: Sequence[frozenset[Need]]) -> list[Need]:
    """The needs of the smallest sets of several, in the order they are told."""
    sets = [needs for needs in families if len(needs) > 1]
    return list(dict.fromkeys(need for needs in sets for need in sorted(needs, key=lambda one: one.element)))


def _asked(needs: Iterable[Need], matching: Matching, codes: dict[Pair, str]) -> tuple[Asked, ...]:
    """Those of the needs that are about the person or its household; a register is its department's to bring."""
    found: dict[Asked, None] = {}
    for need in needs:
        subject = "person" if need.role == "head" else need.role
        element = matching.pool.registry.elements[need.element]
        if need.role != REGISTER and (subject, need.key) in codes and not element.derived and not element.identifies:
            found[Asked(codes[subject, need.key], element)] = None
    return tuple(found)


def _apart(entitled: list[Benefit]) -> list[Benefit]:
    """With those of the others that a benefit does not go together with, named; whichever of the two says so."""
    titles = {one.policy: one.title for one in entitled}
    says = {one.policy: set(one.not_with) for one in entitled}
    return [
        replace(one, not_with=tuple(
            title for policy, title in titles.items()
            if policy != one.policy and (policy in says[one.policy] or one.policy in says[policy])
        ))
        for one in entitled
    ]  # fmt: skip
