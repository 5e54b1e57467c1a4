"""Matching policies over everybody: who is eligible, who is not and why, and for whom it cannot be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import polars as pl

from yici.core.expressions.moment import Moment
from yici.core.policies.compiling import Rule, rules_on
from yici.core.policies.model import Policy
from yici.engine.policy_matching import Matches, match_subjects
from yici.engine.policy_settling import CHOICE, ELIGIBLE, NOT_ELIGIBLE, UNKNOWN, YIELDS
from yici.engine.projection import Projection
from yici.engine.registers import KeptRegisters, registers_of
from yici.engine.schema import table_of
from yici.services.match_record import Recorded, by_subject, record_matches
from yici.services.policies import find_policies
from yici.services.pool import Pool, open_pool
from yici.storage.policies import load_policies

OUTCOME_WORDS = {
    ELIGIBLE: "符合",
    YIELDS: "符合但让位",
    CHOICE: "符合但需择一",
    UNKNOWN: "缺数据",
    NOT_ELIGIBLE: "不符合",
}


@dataclass(frozen=True, slots=True)
class PolicyMatch:
    """One policy over the subjects asked for: how many of each outcome, near misses, and the money it comes to.

    `unpriced` are eligible, but what their amount depends on is not known.
    """

    rule: Rule
    matches: Matches
    place: int
    counts: dict[int, int]
    near: int
    total: Decimal | None
    unpriced: int = 0

    def rows(self, condition: pl.Expr) -> pl.DataFrame:
        """key, household, unit, outcome, failed, unknown, amount, winner of the rows that meet a condition on these."""
        names = {"o": "outcome", "f": "failed", "u": "unknown", "a": "amount", "w": "winner"}
        held = {kind: f"{kind}{self.place}" for kind in names}
        columns = [
            pl.col(held[kind]).alias(name) if held[kind] in self.matches.table.columns else pl.lit(None).alias(name)
            for kind, name in names.items()
        ]
        return self.matches.table.select("key", "household", "unit", *columns).filter(condition)

    @property
    def near_misses(self) -> pl.DataFrame:
        """Who fails by exactly one clause, with nothing unknown."""
        return self.rows(NEAR)


NEAR = (pl.col("failed").bitwise_count_ones() == 1) & (pl.col("unknown") == 0)


@dataclass(frozen=True, slots=True)
class MissingRegister:
    """A register (名册) that policies look into and nobody has brought into the pool: who keeps it, by those names.

    `lacking` are the units it was not imported for, when it was for others; empty when it is missing altogether.
    """

    element: str
    name: str
    authority: tuple[str, ...]
    policies: tuple[str, ...]
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MatchReport:
    """What matching came to as of a day, policy by policy; `recorded`: what changed since the last run."""

    day: date
    sequence: int
    policies: tuple[PolicyMatch, ...]
    not_in_force: tuple[Policy, ...] = ()
    recorded: Recorded | None = None
    missing_registers: tuple[MissingRegister, ...] = ()


@dataclass(slots=True)
class Matching:
    """An open pool with the rules of a day: what the parts of matching share."""

    pool: Pool
    projection: Projection
    day: date
    rules: tuple[Rule, ...]
    chosen: frozenset[str]
    units: tuple[str, ...] | None = None
    not_in_force: tuple[Policy, ...] = ()
    _report: MatchReport | None = field(default=None)
    _inhabited: dict[str, list[str]] = field(default_factory=dict)

    def report(self, recorded: Recorded | None = None) -> MatchReport:
        """Judge the chosen policies. Those they exclude are judged along, as they may go first."""
        found: dict[str, PolicyMatch] = {}
        moment = Moment(self.day)
        for rules in by_subject(self.rules).values():
            if any(rule.id in self.chosen for rule in rules):
                matches = match_subjects(self.projection, self.pool.registry, rules, moment=moment, units=self.units)
                found |= {rule.id: _counted(matches, place) for place, rule in enumerate(rules)}
        policies = tuple(found[rule.id] for rule in self.rules if rule.id in self.chosen)
        missing = self.missing_registers()
        return MatchReport(self.day, self.projection.sequence, policies, self.not_in_force, recorded, missing)

    def missing_registers(self) -> tuple[MissingRegister, ...]:
        """The registers the chosen policies lack; no question to anybody can make up for them."""
        kept = KeptRegisters(self.projection)
        found: dict[str, MissingRegister] = {}
        for rule in self.rules:
            for element in registers_of(rule.expressions) if rule.id in self.chosen else ():
                units = kept.units(element.id)
                lacking = tuple(unit for unit in self._units_of(rule.subject) if unit not in units)
                if lacking:
                    asked = found[element.id].policies if element.id in found else ()
                    lacking = tuple(sorted({*lacking, *(found[element.id].lacking if asked else ())})) if units else ()
                    found[element.id] = MissingRegister(
                        element.id, element.name, element.authority, (*asked, rule.policy.title), lacking
                    )
        return tuple(found.values())

    def _units_of(self, subject: str) -> list[str]:
        """The units that subjects of a type are in, as far as they were asked for; "" for those of no known unit."""
        if subject not in self._inhabited:
            wanted = "" if self.units is None else " AND unit IN (SELECT unnest(?))"
            rows = self.projection.con.execute(
                f"SELECT DISTINCT coalesce(unit, '') FROM {table_of(subject)} WHERE NOT starts_with(key, '?'){wanted}"  # noqa: S608
                " ORDER BY 1",
                [] if self.units is None else [list(self.units)],
            ).fetchall()
            self._inhabited[subject] = [unit for (unit,) in rows]
        return self._inhabited[subject]


def open_matching(
    *, home: Path, wanted: Sequence[str] = (), unit: str | None = None, day: date, folders: Sequence[Path] | None = None
) -> Matching:
    """The pool as of a day with the policies wanted (all when none is named). Close the projection when done.

    Raises NotFound for an unknown policy or unit, PackError.
    """
    pool = open_pool(home)
    policies = load_policies(pool.registry, folders)
    chosen = find_policies(policies, wanted)
    rules = pool.registry.worked_out_of(
        "policy rules", (*policies, _one_object(day)), lambda: rules_on(policies, pool.registry, day=day)
    )
    units = tuple(pool.units_below(unit)) if unit else None
    asleep = tuple(policy for policy in chosen if wanted and not policy.in_force(day))
    ids = frozenset(policy.id for policy in chosen)
    return Matching(pool, pool.projection(day), day, tuple(rules), ids, units, asleep)


@lru_cache(maxsize=8)
def _one_object(day: date) -> date:
    """The same object for equal days, by which what was worked out of a day is known again."""
    return day


def match_policies(
    *,
    home: Path,
    actor: str,
    wanted: Sequence[str] = (),
    unit: str | None = None,
    day: date,
    record: bool = False,
    folders: Sequence[Path] | None = None,
) -> MatchReport:
    """Match policies over everybody, or a unit's people. With `record` the list of changes is brought up to date.

    Without it nothing is written: the same day gives the same answer whenever it is asked, records after it aside.
    """
    matching = open_matching(home=home, wanted=wanted, unit=unit, day=day, folders=folders)
    with matching.projection:
        recorded = record_open(matching, actor=actor) if record else None
        return matching.report(recorded)


def record_open(matching: Matching, *, actor: str) -> Recorded:
    """Bring the recorded matches of all policies up to date."""
    return record_matches(
        home=matching.pool.home,
        registry=matching.pool.registry,
        projection=matching.projection,
        rules=matching.rules,
        day=matching.day,
        actor=actor,
    )


def _counted(matches: Matches, place: int) -> PolicyMatch:
    table, rule = matches.table, matches.rules[place]
    outcomes = table[f"o{place}"].value_counts()
    counts = dict(zip(outcomes[f"o{place}"].to_list(), outcomes["count"].to_list(), strict=True))
    near = table.select(((pl.col(f"f{place}").bitwise_count_ones() == 1) & (pl.col(f"u{place}") == 0)).sum()).item()
    total, unpriced = None, 0
    if f"a{place}" in table.columns:
        paid = table.filter(pl.col(f"o{place}") == ELIGIBLE)[f"a{place}"]
        unpriced = paid.null_count()
        # In whole millionths, so that the sum does not depend on the order of the rows.
        total = Decimal(int((paid * 1_000_000).round().cast(pl.Int64).sum())) / 1_000_000
    return PolicyMatch(rule, matches, place, counts, int(near or 0), total, unpriced)
