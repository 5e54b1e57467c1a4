"""A form filled on trial: what the pool knows of it, and what is missing, for one unit, without writing a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from yici.core.filling import bound, with_refusals
from yici.core.fillplan import Gap, GapReason
from yici.core.recognition.template import Area, Slot, Template
from yici.engine.projection import Projection
from yici.services.cards import Card, cards_of
from yici.services.collecting.whom import Whom
from yici.services.form_doubts import asked_scope
from yici.services.form_values import FormRequest, Planned, plan_in, refused_in
from yici.services.forms import Recognised, recognise_form
from yici.services.pool import Pool
from yici.storage.batch_files import original_path
from yici.storage.collections import KeptForm

ASKED = (GapReason.NOBODY_HAS_IT, GapReason.UNKNOWN_LABEL, GapReason.CONFLICT, GapReason.REFUSED_VALUE)


@dataclass(slots=True)
class Trial:
    """What filling a form for one unit came to: known cells, and the gaps that somebody must be asked about. `cards`
    are the copies where one is made for each subject; what is missing on several is asked, and counted, once."""

    unit: str
    known: int = 0
    gaps: list[Gap] = field(default_factory=list)
    cards: int = 0

    @property
    def by_label(self) -> Counter[str]:
        """How many cells are missing by label."""
        return Counter(gap.label for gap in self.gaps)


def form_file(*, home: Path, form: KeptForm) -> Path:
    """Where the kept original of a form lies."""
    return original_path(home, form.source, form.file_name)


def recognise_kept(*, home: Path, form: KeptForm, pool: Pool) -> Recognised:
    """A form that is asked for as recognised, with what was confirmed for all forms and for this proposal."""
    return recognise_form(home=home, form=form_file(home=home, form=form), pool=pool, scopes=[asked_scope(form.id)])


def try_form(template: Template, *, unit: str, whom: Whom, as_of: date, pool: Pool) -> Trial:
    """Fill the form on trial for one unit. Raises ExpressionError, NotFound."""
    with pool.projection(as_of) as projection:
        return try_in(
            projection, template, unit=unit, whom=whom, as_of=as_of, pool=pool, refused=refused_in(projection)
        )


def try_in(
    projection: Projection, template: Template, *, unit: str, whom: Whom, as_of: date, pool: Pool,
    refused: Container[tuple[str, str]], told: Callable[[Card], CardTold] | None = None,
) -> Trial:  # fmt: skip
    """The same of golden records that are open; `told` says what a card came to where that is known. Raises
    ExpressionError, NotFound."""
    if not whom.each:
        return tried(unit, plan_in(template, request_for(unit, whom, as_of), pool, projection), refused)
    found = TriedCards(unit)
    for card in cards_of(template, whom.deck(unit, as_of), pool=pool, projection=projection):
        found.add_told(told(card) if told is not None else tell(card))
    return found.trial(refused)


@dataclass(frozen=True, slots=True)
class CardTold:
    """What one card came to: its known cells and its gaps."""

    known: int
    gaps: tuple[Gap, ...]


def tell(card: Card) -> CardTold:
    """Fill one card on trial."""
    _read_through(card.planned)
    return CardTold(card.planned.tally.filled, tuple(card.gaps))


def request_for(unit: str | None, whom: Whom, as_of: date) -> FormRequest:
    """What is asked of a form that is filled once a unit."""
    return FormRequest(unit, whom.where or None, None, as_of)


def tried(unit: str, planned: Planned, refused: Container[tuple[str, str]]) -> Trial:
    """What a plan of a form for one unit came to."""
    _read_through(planned)
    gaps = with_refusals(planned.tally.gaps, refused)
    # What is left empty because its title names another day is nothing anybody is asked about.
    asked = [gap for gap in gaps if gap.reason in ASKED and gap.day is None]
    return Trial(unit, planned.tally.filled, asked)


@dataclass(slots=True)
class TriedCards:
    """The cards of one unit on trial, added up one after the other."""

    unit: str
    known: int = 0
    cards: int = 0
    gaps: dict[tuple[str, ...], Gap] = field(default_factory=dict)

    def add(self, card: Card) -> None:
        """Count one card."""
        self.add_told(tell(card))

    def add_told(self, told: CardTold) -> None:
        """Count what one card came to."""
        self.cards += 1
        self.known += told.known
        for gap in told.gaps:
            # The address of a family stands on the cards of all its people, and is told once.
            asked = (gap.owner, gap.element) if gap.element and gap.owner else (gap.subject, gap.sheet, gap.label)
            self.gaps.setdefault(asked, gap)

    def trial(self, refused: Container[tuple[str, str]]) -> Trial:
        """What they came to."""
        gaps = with_refusals(list(self.gaps.values()), refused)
        gaps = [gap for gap in gaps if gap.reason in ASKED and gap.day is None]
        return Trial(self.unit, self.known, gaps, self.cards)


def _read_through(planned: Planned) -> None:
    """Rows are planned as they are taken; what they leave empty is known only then."""
    for sheet in planned.fill.sheets:
        for area in sheet.rows:
            for _ in area.rows:
                pass


def fields_of(template: Template, pool: Pool) -> list[dict[str, Any]]:
    """What a form asks: one entry a label, with the element or figure that answers it ("" when nothing does)."""
    found: dict[str, dict[str, Any]] = {}
    for area in template.areas:
        for slot in area.slots:
            if slot.binding.human or slot.binding.fact is not None:
                continue
            entry = _field(area, slot, pool)
            found.setdefault(f"{entry['label']}|{entry['means']}", entry)
    return list(found.values())


def _field(area: Area, slot: Slot, pool: Pool) -> dict[str, Any]:
    figure = slot.binding.figure
    if figure is not None:
        means = figure.text if slot.binding.certain else ""
        return {"label": slot.label, "means": means, "kind": "figure", "name": figure.text}
    if bound(slot):
        element = pool.registry.elements[str(slot.binding.element)]
        return {"label": slot.label, "means": element.id, "kind": "element", "name": element.name}
    return {"label": slot.label, "means": "", "kind": "unknown", "name": ""}
