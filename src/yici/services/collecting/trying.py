"""A form on trial for many villages at once: what they share is read once, their people in few queries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from yici.core.jobs import CELLS_A_NUMBER
from yici.core.recognition.template import Template
from yici.engine.projection import Projection
from yici.engine.select import count_rows
from yici.services.cards import cards_of_villages, count_cards
from yici.services.collecting.trial import Trial, TriedCards, request_for, tried, try_form
from yici.services.collecting.whom import Whom
from yici.services.form_values import Reading, Ready, filters_of, plan_reading, read_rosters, refused_cells
from yici.services.pool import Pool

# So many villages are read together: a query costs as much for these as for one, and their people fit into memory.
_TOGETHER = 25
Progress = Callable[[int, int], None]


def try_units(
    template: Template, units: Sequence[str], *, whom: Whom, as_of: date, pool: Pool, progress: Progress | None = None
) -> list[Trial]:
    """The form on trial for each unit, in their order. Raises ExpressionError, NotFound, whatever `progress` raises."""
    villages = _villages(units, pool)
    found: dict[str, Trial] = {}
    with pool.projection(as_of) as projection:
        trying = _Trying(template, whom, as_of, pool, projection, refused_cells(pool, as_of))
        for start in range(0, len(villages), _TOGETHER):
            part = villages[start : start + _TOGETHER]
            found |= trying.cards(part) if whom.each else trying.rosters(part)
            if progress is not None:
                progress(start + len(part), len(units))
    for unit in units:
        if unit not in found:
            found[unit] = try_form(template, unit=unit, whom=whom, as_of=as_of, pool=pool)
    return [found[unit] for unit in units]


def trial_cells(
    template: Template, units: int, *, whom: Whom, as_of: date, pool: Pool, within: Sequence[str] | None = None
) -> int:  # fmt: skip
    """About how many cells there are to try for so many units; `within` leaves out whoever is of no unit named there.
    Raises ExpressionError, NotFound."""
    slots = sum(len(area.slots) for area in template.areas)
    if whom.each:
        return count_cards(whom.deck(None, as_of), pool=pool) * slots
    filters = filters_of(template, request_for(None, whom, as_of), pool)
    found = number_cells(template, units)
    with pool.projection(as_of) as projection:
        rows = {
            subject: count_rows(projection, subject=subject, filter=filter_, units=within, as_of=as_of)
            for subject, filter_ in filters.items()
        }
    for area in template.areas:
        if area.kind == "rows" and not area.places and not area.members:
            found += rows.get(area.subject, 0) * len(area.slots) // area.repeat
    return found


def number_cells(template: Template, units: int) -> int:
    """As how many cells the numbers of a statistics form count, asked for so many units."""
    return sum(bool(slot.binding.figure) for area in template.areas for slot in area.slots) * units * CELLS_A_NUMBER


def _villages(units: Sequence[str], pool: Pool) -> list[str]:
    """Those of the units that have no others below them, each once."""
    areas = pool.areas()
    alone = {area.name for area in areas} - {area.parent for area in areas}
    return [unit for unit in dict.fromkeys(units) if unit in alone]


@dataclass(frozen=True, slots=True)
class _Trying:
    """A form on trial, and what all villages share of it."""

    template: Template
    whom: Whom
    as_of: date
    pool: Pool
    projection: Projection
    refused: set[tuple[str, str]]

    def rosters(self, villages: Sequence[str]) -> dict[str, Trial]:
        """The form filled once for each village."""
        request = request_for(None, self.whom, self.as_of)
        filters, ready = filters_of(self.template, request, self.pool), Ready()
        base = Reading(self.pool, self.projection, request, villages, {}, ready)
        read_rosters(self.template, base, filters, villages, ready)
        found = {}
        for village in villages:
            reading = replace(base, request=replace(request, unit=village), units=[village])
            found[village] = tried(village, plan_reading(self.template, reading, filters), self.refused)
        return found

    def cards(self, villages: Sequence[str]) -> dict[str, Trial]:
        """The form filled once for each subject of each village."""
        found = {village: TriedCards(village) for village in villages}
        deck = self.whom.deck(None, self.as_of)
        dealt = cards_of_villages(self.template, deck, villages, pool=self.pool, projection=self.projection)
        for village, card in dealt:
            found[village].add(card)
        return {village: cards.trial(self.refused) for village, cards in found.items()}
