"""Policies judged over everybody, or over some: one table of outcomes, reasons and amounts a subject type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import numpy as np
import polars as pl

from yici.core.elements import Registry
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import Expr
from yici.core.policies.compiling import Rule
from yici.core.policies.exclusion import Pair, exclusion_pairs
from yici.engine.policy_columns import policy_columns, vector_columns
from yici.engine.policy_settling import CHOICE, ELIGIBLE, NOT_ELIGIBLE, UNKNOWN, YIELDS, settle
from yici.engine.projection import Projection

DECIMALS = 6
"""Amounts are kept to so many decimals of their unit, as everywhere."""


@dataclass(frozen=True, slots=True)
class Matches:
    """What the rules come to for every subject of a type; one row a subject, in the order of their keys.

    `table` has the columns key, household, unit, and for each rule, by its place i: `o{i}` the outcome (see
    policy_settling), `f{i}` and `u{i}` the masks of false and of unknown clauses, `a{i}` the amount where eligible and
    `w{i}` the place of the rule that goes first where it gives way (rules without amount or rival: no such column).
    """

    subject: str
    rules: tuple[Rule, ...]
    pairs: tuple[Pair, ...]
    table: pl.DataFrame

    def pair(self, one: int, other: int) -> Pair:
        """The exclusion between two rules."""
        return next(pair for pair in self.pairs if {pair.one, pair.other} == {one, other})


def match_subjects(
    projection: Projection,
    registry: Registry,
    rules: Sequence[Rule],
    *,
    moment: Moment,
    keys: Sequence[str] | None = None,
    units: Sequence[str] | None = None,
    by_sql: bool = False,
) -> Matches:
    """Judge rules about one subject type for everybody, or those of some keys or units. Who is kept apart is left out.

    `by_sql` lets DuckDB compute everything instead of the vector evaluator; both say the same.
    """
    conditions = list(dict.fromkeys(condition for rule in rules for condition in rule.conditions))
    amounts = list(dict.fromkeys(rule.amount for rule in rules if rule.amount is not None))
    columns_of = policy_columns if by_sql else vector_columns
    judged = columns_of(
        projection, registry, rules[0].subject, conditions, amounts, moment=moment, keys=keys, units=units
    )
    names: dict[Expr, str] = {condition: f"c{number}" for number, condition in enumerate(conditions)}
    columns = [pl.col("key", "household", "unit")]
    for place, rule in enumerate(rules):
        failed, unknown = _masks([names[condition] for condition in rule.conditions])
        columns += [failed.alias(f"f{place}"), unknown.alias(f"u{place}")]
    table = judged.select(columns)
    table = table.with_columns(_outcome(place) for place in range(len(rules)))
    values = {expr: judged[f"v{number}"] for number, expr in enumerate(amounts)}
    table = table.with_columns(
        _amount(table[f"o{place}"], values[rule.amount]).alias(f"a{place}")
        for place, rule in enumerate(rules)
        if rule.amount is not None
    )
    pairs = tuple(exclusion_pairs(rules))
    return Matches(rules[0].subject, tuple(rules), pairs, _settled(table, len(rules), pairs))


def _masks(names: Sequence[str]) -> tuple[pl.Expr, pl.Expr]:
    """Bit i of the first: clause i is false; of the second: it is unknown."""
    kind = pl.UInt8 if len(names) <= 8 else pl.UInt64
    failed = [(~pl.col(name)).fill_null(value=False).cast(kind) * (1 << bit) for bit, name in enumerate(names)]
    unknown = [pl.col(name).is_null().cast(kind) * (1 << bit) for bit, name in enumerate(names)]
    return reduce(or_, failed).cast(kind), reduce(or_, unknown).cast(kind)


def _outcome(place: int) -> pl.Expr:
    decided = pl.when(pl.col(f"u{place}") > 0).then(UNKNOWN).otherwise(ELIGIBLE)
    return pl.when(pl.col(f"f{place}") > 0).then(NOT_ELIGIBLE).otherwise(decided).cast(pl.Int8).alias(f"o{place}")


def _amount(outcome: pl.Series, amount: pl.Series) -> pl.Series:
    """Only who is eligible has an amount."""
    return amount.cast(pl.Float64).round(DECIMALS).set(outcome != ELIGIBLE, None)


def _settled(table: pl.DataFrame, count: int, pairs: Sequence[Pair]) -> pl.DataFrame:
    """The table with exclusions settled for those who are eligible for several policies."""
    involved = sorted({place for pair in pairs for place in (pair.one, pair.other)})
    if not involved or not table.height:
        return table
    nobody = np.zeros(table.height, bool)
    eligible = [(table[f"o{i}"] == ELIGIBLE).to_numpy() if i in involved else nobody for i in range(count)]
    amounts = [table[f"a{i}"].to_numpy() if f"a{i}" in table.columns else None for i in range(count)]
    settled = settle(eligible, amounts, pairs)
    changed = []
    for i in involved:
        outcome = table[f"o{i}"].to_numpy().copy()
        outcome[settled.yields[i]], outcome[settled.choice[i]] = YIELDS, CHOICE
        changed += [pl.Series(f"o{i}", outcome), pl.Series(f"w{i}", settled.winner[i])]
    return table.with_columns(changed)
