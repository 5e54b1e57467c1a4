"""What the values of a column say by themselves: ID numbers and credit codes are proven by their check digit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yici.core.ledgers.cells import Raw, is_filled
from yici.core.values.model import Cleaned, Status, Value, ValueKind

# A column is what its values prove it to be when so many of them do (fewer are enough when its heading says
# the same), and at least so many were looked at.
PROVEN = 0.9
PROVEN_AS_SAID = 0.5
ENOUGH = 3
AGREES = 0.9
ENOUGH_PAIRS = 10
ENOUGH_RARER = 5
MARGIN = 0.1


@dataclass(frozen=True, slots=True)
class Fit:
    """How a column's filled cells fit a kind of value."""

    filled: int
    good: int
    lost: int
    refused: int

    @property
    def share(self) -> float:
        """Good ones among those that are not destroyed by the office program."""
        return self.good / (self.filled - self.lost) if self.filled > self.lost else 0.0

    @property
    def refused_share(self) -> float:
        return self.refused / self.filled if self.filled else 0.0

    def proven(self, least: float = PROVEN) -> bool:
        """Enough values, and so many of them are of the kind. Numbers that a program destroyed are left out."""
        if self.good >= ENOUGH and self.share >= least:
            return True
        return self.good > 0 and self.good + self.lost == self.filled


def fit(kind: ValueKind, cells: Sequence[Raw]) -> Fit:
    """Clean a sample of a column as a kind of value and count what came of it."""
    # 同上 says nothing about the kind: it is filled from the row above when the ledger is read.
    cleaned = [one for raw in cells if is_filled(raw) and (one := kind.clean(raw)).reason != "ditto"]
    statuses = Counter(one.status for one in cleaned)
    filled = len(cleaned) - statuses[Status.EMPTY]
    good = statuses[Status.OK] + statuses[Status.FIXED] + statuses[Status.DOUBTFUL] + statuses[Status.AMBIGUOUS]
    return Fit(filled, good, statuses[Status.LOST], statuses[Status.REFUSED])


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a column says the same as the pool about the same subjects.

    `share` is corrected for chance (Cohen's kappa), so that a column of 是 everywhere proves nothing.
    """

    pairs: int
    share: float
    rarer: int = 0

    def supports(self) -> bool:
        """Enough pairs that agree, and enough of them that do not all say the commonest thing."""
        return self.pairs >= ENOUGH_PAIRS and self.share >= AGREES and self.rarer >= ENOUGH_RARER


def agreement(kind: ValueKind, ours: Sequence[Value], theirs: Sequence[Value]) -> Agreement:
    """Compare cleaned values with the pool's, row by row; a row counts where both know something."""
    pairs = [(a, b) for a, b in zip(ours, theirs, strict=True) if a is not None and b is not None]
    if not pairs:
        return Agreement(0, 0.0)
    commonest = Counter(b for _, b in pairs).most_common(1)[0][1]
    seen = sum(kind.compare(a, b) >= 1.0 for a, b in pairs) / len(pairs)
    left, right = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(count * right[value] for value, count in left.items()) / len(pairs) ** 2
    share = (seen - chance) / (1 - chance) if chance < 1 else 0.0
    return Agreement(len(pairs), max(0.0, share), len(pairs) - commonest)


def best_supported(found: Mapping[str, Agreement]) -> str | None:
    """The element whose values in the pool agree, by a clear margin over every other; None without one."""
    ranked = sorted(found.items(), key=lambda item: item[1].share, reverse=True)
    if not ranked or not ranked[0][1].supports():
        return None
    if len(ranked) > 1 and ranked[0][1].share - ranked[1][1].share < MARGIN:
        return None
    return ranked[0][0]


def same_values(first: Sequence[Cleaned], second: Sequence[Cleaned]) -> bool:
    """Whether two columns for the same element say the same wherever both say something."""
    pairs = [
        (a.value, b.value) for a, b in zip(first, second, strict=True) if a.value is not None and b.value is not None
    ]
    return bool(pairs) and sum(a == b for a, b in pairs) >= 0.95 * len(pairs)
