"""Runs of an assessment (考核批次): scores as they were worked out once, and what changed between two of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from yici.core.indicators.measured import ItemScore, Score, Scores
from yici.core.periods import Period


@dataclass(frozen=True, slots=True)
class Run:
    """Scores of one scheme version for one period, with what they were worked out from.

    `as_of` is the day they are true for, `records_until` the day after which records did not count (None: all counted),
    `sequence` the state of the pool. `previous` is the run this one corrects, `reason` why. `published` begins the
    publicity period of `days` days. `definition` is the scheme as it was, plain data.
    """

    number: int
    scheme: str
    title: str
    version: str
    period: Period
    as_of: date
    sequence: int
    scores: Scores
    unit: str = ""
    records_until: date | None = None
    previous: int | None = None
    reason: str = ""
    published: date | None = None
    days: int = 0
    by: str = ""
    definition: object = field(default=None, compare=False, repr=False)

    @property
    def published_until(self) -> date | None:
        """The last day of the publicity period."""
        return self.published + timedelta(days=self.days - 1) if self.published and self.days else None


@dataclass(frozen=True, slots=True)
class Change:
    """What one thing's item, or its total (`item` is ""), was before and is now."""

    thing: str
    name: str
    item: str
    before: Decimal | None
    after: Decimal | None
    before_value: Decimal | None = None
    after_value: Decimal | None = None
    grades: tuple[str | None, str | None] = (None, None)


def changes(before: Scores, after: Scores) -> list[Change]:
    """What is otherwise in the later scores, thing by thing: items first, then the total. Things that came or went
    have None on the other side."""
    old = {score.thing.id: score for score in before.scores}
    new = {score.thing.id: score for score in after.scores}
    found: list[Change] = []
    for thing in dict.fromkeys([*new, *old]):
        found += _changed(old.get(thing), new.get(thing))
    return found


def _changed(old: Score | None, new: Score | None) -> Iterator[Change]:
    thing = (new or old).thing  # type: ignore[union-attr] # one of the two is there
    items = dict.fromkeys([i.item for score in (new, old) if score is not None for i in score.items])
    for item in items:
        was, now = _item(old, item), _item(new, item)
        pair = (was.points if was else None, now.points if now else None)
        values = (was.measured.value if was else None, now.measured.value if now else None)
        if _differ(*pair) or _differ(*values):
            yield Change(thing.id, thing.name, item, *pair, *values)
    totals = (old.total if old else None, new.total if new else None)
    grades = (old.grade if old else None, new.grade if new else None)
    if _differ(*totals) or grades[0] != grades[1]:
        yield Change(thing.id, thing.name, "", *totals, grades=grades)


def _item(score: Score | None, item: str) -> ItemScore | None:
    return next((each for each in score.items if each.item == item), None) if score is not None else None


def _differ(one: Decimal | None, other: Decimal | None) -> bool:
    if one is None or other is None:
        return one is not other
    return abs(one - other) > Decimal("0.000001")
