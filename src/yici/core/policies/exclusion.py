"""Which policies cannot be had together (不能同享), and which one goes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from yici.core.expressions.units import parse_unit
from yici.core.policies.compiling import Rule


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rules, by their places, that exclude each other.

    `first` is the place of the one that goes first whatever the amounts; None: the higher amount does, those of `one`
    and `other` times their factors. Without factors the amounts do not compare, and somebody has to choose.
    """

    one: int
    other: int
    first: int | None = None
    factors: tuple[Fraction, Fraction] | None = None


def exclusion_pairs(rules: Sequence[Rule]) -> list[Pair]:
    """The pairs among rules about one subject type. Excluding is mutual: it is enough that one side says so."""
    pairs = []
    for (i, one), (j, other) in combinations(enumerate(rules), 2):
        said = [a for a, b in ((one, other), (other, one)) if b.id in a.policy.excludes or not a.policy.stacks]
        if said and one.subject == other.subject and one.id != other.id:
            preferred = {rule.policy.prefer for rule in said} & {one.id, other.id}
            first = None if len(preferred) != 1 else i if one.id in preferred else j
            pairs.append(Pair(i, j, first, _factors(one, other)))
    return pairs


def _factors(one: Rule, other: Rule) -> tuple[Fraction, Fraction] | None:
    ours, theirs = (rule.policy.benefit.unit for rule in (one, other))
    if not ours or not theirs or one.amount is None or other.amount is None:
        return None
    left, right = parse_unit(ours), parse_unit(theirs)
    return (left.factor, right.factor) if left.dimensions == right.dimensions else None


def reason_words(pair: Pair, winner: Rule, loser: Rule) -> str:
    """Why the loser gives way, for clerks."""
    if pair.first is not None:
        return f"与“{winner.policy.title}”不能同享，按规定后者优先"
    return f"与“{winner.policy.title}”不能同享，后者金额不低于本项（{loser.policy.title}）"
