"""What was measured and what it came to: the values scoring starts from, and the scores it ends with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from yici.core.charts.model import shown


@dataclass(frozen=True, slots=True)
class Measured:
    """An indicator's value for one thing. None is unknown, and `missing` names what would decide it.

    `unknown` counts the items behind a figure whose condition could not be decided; they are not in the value.
    `without` says whether the item does not apply (None: unknown whether). `stages` are the figures of latent work.
    """

    value: Decimal | None
    unknown: int = 0
    without: bool | None = False
    stages: tuple[Decimal | None, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Thing:
    """What is scored: a unit or a subject. `excluded` is the reason it does not take part, and `grade` then its grade.

    `vetoes` are the places of the vetoes that hold, `doubts` what could not be decided about it.
    """

    id: str
    name: str
    unit: str = ""
    excluded: str = ""
    grade: str = ""
    vetoes: tuple[int, ...] = ()
    doubts: tuple[str, ...] = ()


class AdjustmentKind(StrEnum):
    """A tolerance gives back points lost on one item (容错纠错); a bonus adds, a penalty takes."""

    TOLERANCE = "容错"
    BONUS = "加分"
    PENALTY = "减分"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Points given or taken by decision, always with a reason and the document that decided it. `points` ≥ 0."""

    thing: str
    kind: AdjustmentKind
    points: Decimal
    reason: str
    document: str
    item: str = ""


@dataclass(frozen=True, slots=True)
class ItemScore:
    """The points of one item. None: unknown, between `low` and `high` (None: no limit).

    `weight` is 0 where the item does not count. `how` is the calculation as people write it.
    """

    item: str
    measured: Measured
    points: Decimal | None
    weight: Decimal
    how: str
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """The score of one thing. `total` is None while an item is unknown; then `known` is what is certain of it and
    `open` the weight that is not. `rank` is among those with a total; ties share one. `notes` say what is special."""

    thing: Thing
    items: tuple[ItemScore, ...]
    total: Decimal | None
    known: Decimal = Decimal(0)
    open: Decimal = Decimal(0)
    adjusted: Decimal = Decimal(0)
    rank: int | None = None
    grade: str | None = None
    notes: tuple[str, ...] = ()

    def item(self, name: str) -> ItemScore:
        """The points of the item of that id. Raises StopIteration when there is none."""
        return next(score for score in self.items if score.item == name)


Measurements = Mapping[str, Mapping[str, Measured]]
"""Thing id → item id → what was measured."""


@dataclass(frozen=True, slots=True)
class Scores:
    """All scores, best first; those without a total after them, those who do not take part last."""

    scores: tuple[Score, ...]
    notes: tuple[str, ...] = ()
    means: Mapping[str, Decimal | None] = field(default_factory=dict)

    def of(self, thing: str) -> Score:
        """The score of the thing of that id or name. Raises KeyError."""
        for score in self.scores:
            if thing in (score.thing.id, score.thing.name):
                return score
        raise KeyError(thing)


def points_text(points: Decimal | None) -> str:
    """Points as they are shown: at most two decimals, the word for unknown when unknown."""
    return shown(points)
