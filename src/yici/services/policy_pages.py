"""Policies as an actor may see them: what they say, and whom of the actor's units they fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path

from yici.core.access.actors import Actor
from yici.core.access.fields import Sight, sight
from yici.core.elements import Registry
from yici.core.errors import Refused
from yici.core.expressions.nodes import Ref, walk
from yici.core.jobs import LARGE_MATCH_PEOPLE
from yici.core.policies.compiling import Rule
from yici.core.policies.model import Policy
from yici.engine.policy_settling import CHOICE, ELIGIBLE, NOT_ELIGIBLE, UNKNOWN, YIELDS
from yici.engine.schema import table_of
from yici.office.roster import roster_workbook
from yici.services.figure_pages import reach_for
from yici.services.match_explaining import PolicyTold, explain_matches
from yici.services.match_lists import Listed, list_matches
from yici.services.matching import Matching, PolicyMatch, open_matching
from yici.services.policies import find_policies, policies_of
from yici.services.pool import Pool, open_pool
from yici.services.pool_sight import narrowed, seen
from yici.services.subject_pages import open_subject
from yici.storage import audit

MOST = 200
Progress = Callable[[int, int], None]
_HEADINGS = ("名称", "编号", "户编号", "所在单位", "结论", "原因", "金额")
_FAR = re.compile(r"(”)：[^；]*")


@dataclass(frozen=True, slots=True)
class Matched:
    """A policy over the actor's units: numbers of each outcome, near misses, money, and the first of the list."""

    day: date
    eligible: int
    yields: int
    unknown: int
    failed: int
    near: int
    match: PolicyMatch
    listed: tuple[Listed, ...]
    more: bool


def policies_on(*, today: date) -> list[tuple[Policy, bool]]:
    """Every policy, with whether it is in force."""
    return [(policy, policy.in_force(today)) for policy in policies_of()]


def policy_versions(name: str) -> list[Policy]:
    """The versions of a policy, the newest first. Raises NotFound."""
    return sorted(find_policies(policies_of(), [name]), key=lambda policy: policy.since, reverse=True)


def match_for(*, actor: Actor, home: Path, name: str, today: date) -> Matched | None:
    """Whom of the actor's units a policy fits, with an audit line; None when it is not in force.

    Raises Refused where the actor may not see what the policy stands on: the outcome would tell it.
    """
    return _noted(actor, name, _match(actor, home, name, today, lambda lines: tuple(islice(lines, MOST + 1))))


def match_workbook(
    *, actor: Actor, home: Path, name: str, out: Path, today: date, progress: Progress | None = None
) -> Matched | None:
    """Write the whole list of a policy over the actor's units as a workbook, with its audit line; None when it is not
    in force. Raises Refused as `match_for` does, and whatever `progress` raises."""

    def write(lines: Iterator[Listed]) -> tuple[Listed, ...]:
        rows = _told(lines, progress)
        out.write_bytes(roster_workbook(f"{name} {today.isoformat()}", _HEADINGS, rows))
        return ()

    return _noted(actor, name, _match(actor, home, name, today, write))


def _noted(actor: Actor, name: str, found: Matched | None) -> Matched | None:
    if found is not None:
        detail = {"eligible": found.eligible, "unknown": found.unknown}
        audit.append_alone(actor=actor.name, action="policy.list", thing=name, detail=detail)
    return found


def is_large(*, home: Path, name: str, today: date) -> bool:
    """Whether matching the policy goes over so many that it is work for the background."""
    policy = policy_versions(name)[0]
    with open_pool(home).projection(today) as projection:
        (count,) = projection.con.execute(f"SELECT count(*) FROM {table_of(policy.subject)}").fetchall()[0]  # noqa: S608
    return bool(count > LARGE_MATCH_PEOPLE)


def _match(
    actor: Actor, home: Path, name: str, today: date, take: Callable[[Iterator[Listed]], tuple[Listed, ...]]
) -> Matched | None:
    """Match the policy over the actor's units; `take` uses the list while the projection is open."""
    matching = open_matching(home=home, wanted=[name], day=today)
    with matching.projection:
        elements = elements_of(matching, name)
        reach = reach_for(actor, matching.pool, elements) if elements else frozenset[str]()
        matching.units = None if reach is None else tuple(sorted(reach))
        report = matching.report()
        if not report.policies:
            return None
        match = report.policies[0]
        lines = take(_lines(actor, matching, match, elements))
    count = match.counts.get
    return Matched(
        report.day, count(ELIGIBLE, 0), count(YIELDS, 0) + count(CHOICE, 0), count(UNKNOWN, 0), count(NOT_ELIGIBLE, 0),
        match.near, match, lines[:MOST], len(lines) > MOST,
    )  # fmt: skip


def _told(lines: Iterator[Listed], progress: Progress | None) -> Iterator[tuple[str, ...]]:
    for done, line in enumerate(lines, 1):
        if progress is not None:
            progress(done, 0)
        amount = "" if line.amount is None else f"{line.amount:f}"
        yield (line.name, line.key, line.household, line.unit, line.outcome, line.reasons, amount)


def explain_for(*, actor: Actor, home: Path, code: str, today: date) -> list[PolicyTold]:
    """Every policy for one subject, clause by clause: those that fit first, then those that lack data. Those that stand
    on what is hidden from the actor are left out.

    The values seen are not told here: they stand on the subject's page, masked as they must be. Raises NotFound.
    """
    opened = open_subject(actor=actor, home=home, code=code)
    matching = open_matching(home=home, day=today)
    with matching.projection:
        here = narrowed(actor, opened.unit, matching.pool)
        told = explain_matches(matching, opened.key)
        open_ids = {rule.id for rule in matching.rules if _may_see(here, matching.pool, _rule_elements(rule))}
    found = [
        replace(one, clauses=tuple(replace(clause, seen="") for clause in one.clauses))
        for one in told
        if one.policy in open_ids
    ]
    order = {"符合": 0, "符合但不同享": 1, "缺数据": 2}
    return sorted(found, key=lambda one: order.get(one.outcome, len(order)))


def _may_see(actor: Actor, pool: Pool, elements: frozenset[str]) -> bool:
    return all(sight(actor, pool.registry.elements[element]) is not Sight.HIDDEN for element in elements)


def elements_of(matching: Matching, name: str) -> frozenset[str]:
    """What a policy's outcome stands on; that of policies it cannot go together with, too."""
    own = next((rule.policy for rule in matching.rules if name in (rule.id, rule.policy.title)), None)
    if own is None:
        return frozenset()
    near = [r for r in matching.rules if r.id == own.id or r.id in own.excludes or own.id in r.policy.excludes]
    return frozenset[str]().union(*(_rule_elements(rule) for rule in near))


def _rule_elements(rule: Rule) -> frozenset[str]:
    exprs = [*rule.expressions, *(part for step in rule.steps for part in (step.when, step.amount))]
    return frozenset(node.element.id for expr in exprs for node in walk(expr) if isinstance(node, Ref))


def _lines(actor: Actor, matching: Matching, match: PolicyMatch, elements: frozenset[str]) -> Iterator[Listed]:
    """The list with names and numbers as the actor may see them."""
    registry: Registry = matching.pool.registry
    subject = match.rule.subject
    name, key = registry.elements[registry.name_of(subject)], registry.elements[registry.subjects[subject].key]
    for line in list_matches(matching, match):
        here = narrowed(actor, line.unit, matching.pool)
        # How far somebody is from a threshold would tell a value that is shown only masked.
        whole = all(sight(here, registry.elements[element]) is Sight.PLAIN for element in elements)
        reasons = line.reasons if whole else _FAR.sub(r"\1", line.reasons)
        yield replace(line, name=seen(here, name, line.name).text, key=seen(here, key, line.key).text, reasons=reasons)


def may_list(actor: Actor, home: Path, name: str, today: date) -> tuple[Matched | None, str]:
    """The match, or the reason why the actor does not see it."""
    try:
        return match_for(actor=actor, home=home, name=name, today=today), ""
    except Refused as error:
        return None, error.problems[0].message
