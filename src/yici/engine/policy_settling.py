"""Exclusions between policies, settled for many subjects at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yici.core.policies.exclusion import Pair

ELIGIBLE, NOT_ELIGIBLE, UNKNOWN, YIELDS, CHOICE, GONE = 1, 0, -1, 2, 3, -9
"""Outcomes as they are kept: YIELDS gives way to another policy, CHOICE needs somebody to choose between several,
GONE: the subject is no longer there."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Settled:
    """For each rule: who gives way, to which rule (its place, -1 to none), and where somebody has to choose."""

    yields: list[Flags]
    winner: list[npt.NDArray[np.int16]]
    choice: list[Flags]


def settle(
    eligible: Sequence[Flags], amounts: Sequence[npt.NDArray[np.float64] | None], pairs: Sequence[Pair]
) -> Settled:
    """Who gets what when policies exclude each other; deterministic, whatever the order of the subjects.

    A rule that no open rival goes before wins, and its rivals give way to it; then the same among those left. Equal
    amounts: the rule that stands first. Amounts that do not compare or are not known: somebody has to choose.
    """
    rows = len(eligible[0]) if eligible else 0
    still = [np.array(flags, dtype=bool) for flags in eligible]
    found = Settled(
        [np.zeros(rows, bool) for _ in eligible],
        [np.full(rows, -1, np.int16) for _ in eligible],
        [np.zeros(rows, bool) for _ in eligible],
    )
    before = _order(amounts, pairs, rows)
    for _ in eligible:
        winners = _winners(still, before)
        if not any(flags.any() for flags in winners.values()):
            break
        for (first, last), _flags in before.items():
            beaten = winners[first] & still[last]
            found.yields[last][beaten] = True
            found.winner[last][beaten] = first
        for place, flags in winners.items():
            still[place] &= ~(flags | found.yields[place])
        for _, last in before:
            still[last] &= ~found.yields[last]
    for first, last in before:
        both = still[first] & still[last]
        found.choice[first][both] = True
        found.choice[last][both] = True
    return found


def _order(
    amounts: Sequence[npt.NDArray[np.float64] | None], pairs: Sequence[Pair], rows: int
) -> dict[tuple[int, int], Flags]:
    """(first, last) → for whom the first goes before the last. Both orders of every pair are there."""
    found: dict[tuple[int, int], Flags] = {}
    for pair in pairs:
        one, other = amounts[pair.one], amounts[pair.other]
        if pair.first is not None:
            ahead, behind = np.full(rows, pair.first == pair.one), np.full(rows, pair.first == pair.other)
        elif pair.factors is None or one is None or other is None:
            ahead = behind = np.zeros(rows, bool)
        else:
            ours, theirs = one * float(pair.factors[0]), other * float(pair.factors[1])
            with np.errstate(invalid="ignore"):
                ahead, behind = ours >= theirs, ours < theirs
        found[pair.one, pair.other], found[pair.other, pair.one] = ahead, behind
    return found


def _winners(still: Sequence[Flags], before: dict[tuple[int, int], Flags]) -> dict[int, Flags]:
    """For each rule in a pair: for whom it is open and every open rival comes after it."""
    found: dict[int, Flags] = {}
    for first, last in before:
        flags = found.setdefault(first, still[first].copy())
        flags &= ~still[last] | before[first, last]
    return found
