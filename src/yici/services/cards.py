"""One card a subject: the same blank card filled for many people, households or enterprises."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from yici.core.errors import FormUnreadable, Place, Problem
from yici.core.expressions import Filter, parse_filter
from yici.core.filling import Row, bound, with_refusals
from yici.core.fillplan import Gap
from yici.core.recognition.template import Template
from yici.engine.projection import Projection
from yici.engine.select import count_rows, select_rows
from yici.office.patch import prepare_form
from yici.services.form_values import FormRequest, Planned, Reading, Ready, plan_reading, refused_cells, select_for
from yici.services.forms import recognise_form
from yici.services.pool import Pool, open_pool

CHUNK = 500
Finish = Callable[[Path, Sequence[Gap]], int]


@dataclass(slots=True)
class CardsOutcome:
    """What filling many cards came to; `gaps` are those of all cards, by file name."""

    files: list[Path] = field(default_factory=list)
    filled: int = 0
    asked: int = 0
    refused: int = 0
    gaps: dict[str, list[Gap]] = field(default_factory=dict)


def fill_cards(
    *,
    actor: str,
    home: Path,
    form: Path,
    each: str,
    out_dir: Path,
    unit: str | None = None,
    where: str | None = None,
    as_of: date,
    progress: Callable[[int, int], None] | None = None,
    scopes: Sequence[str] = (),
    keys: Sequence[str] | None = None,
    finish: Finish | None = None,
) -> CardsOutcome:
    """Fill one card for each subject of a kind ("person", "household", "enterprise" or one that a pack adds) in a unit
    that meets a filter.

    Files are numbered in the order of rosters and carry the subject's name, never its ID number. `keys` keeps the
    subjects named; `finish` may put more into a written file, and tells how many of its gaps it closed.
    Raises UploadRefused, FormUnreadable, ExpressionError, NotFound.
    """
    pool = open_pool(home)
    recognised = recognise_form(home=home, form=form, pool=pool, scopes=scopes)
    kind = pool.registry.subject_type(each)
    each = kind.id if kind else each
    _check_subject(recognised.template, each, form)
    out_dir.mkdir(parents=True, exist_ok=True)
    prepared = prepare_form(recognised.source)
    refused = refused_cells(pool, as_of)
    outcome = CardsOutcome()
    deck = Deck(each, as_of, unit, where or "", keys)
    with pool.projection(as_of) as projection:
        for card in cards_of(recognised.template, deck, pool=pool, projection=projection):
            out = out_dir / f"{card.number:04d}-{_file_name(card.name)}{recognised.source.suffix}"
            prepared.write(card.planned.fill, out)
            outcome.files.append(out)
            gaps = with_refusals(card.gaps, refused)
            answered = finish(out, gaps) if finish is not None else 0
            outcome.gaps[out.name] = gaps
            outcome.filled += card.planned.tally.filled + answered
            outcome.asked += card.planned.tally.asked - answered
            outcome.refused += card.planned.tally.refused
            if progress is not None:
                progress(card.number, card.total)
    return outcome


@dataclass(frozen=True, slots=True)
class Deck:
    """For whom cards are made: the subjects of a kind in a unit that meet a filter, or those of these keys."""

    each: str
    as_of: date
    unit: str | None = None
    where: str = ""
    keys: Sequence[str] | None = None


@dataclass(slots=True)
class Card:
    """One card. What rosters on it lack is known only when its rows were written, or read through."""

    number: int
    total: int
    key: str
    name: object
    template: Template
    reading: Reading
    _planned: Planned | None = None

    @property
    def planned(self) -> Planned:
        """What goes into its cells; planned when somebody first asks."""
        if self._planned is None:
            self._planned = plan_reading(self.template, self.reading, {})
        return self._planned

    @property
    def mark(self) -> bytes | None:
        """A hash of all that stands on the card besides its form, unit and day: with the same it lacks the same. None
        for a card with numbers, which are counted."""
        ready = self.reading.ready
        if ready is None or any(slot.binding.figure for area in self.template.areas for slot in area.slots):
            return None
        focus, told = self.reading.focus, list[object]()
        for area in self.template.areas:
            if id(area) in ready.members:
                rows = ready.members[id(area)].get(focus.get("household", ""), [])
                told.append([list(row.items()) for row in rows])
            elif id(area) in ready.cards:
                row = ready.cards[id(area)].get(focus.get(area.subject, ""))
                told.append(None if row is None else list(row.items()))
        return hashlib.sha256(repr((sorted(focus.items()), told)).encode()).digest()

    @property
    def gaps(self) -> list[Gap]:
        """What is missing on the card. A slot of nobody else is the card's own subject's."""
        return [gap if gap.subject else replace(gap, subject=self.key) for gap in self.planned.tally.gaps]


def card_kind(template: Template) -> str:
    """The kind of subject one copy of a form is made for; "" for a form that lists many, or tells numbers.

    A person's card may have cells of the household; else the kind that most cells are of.
    """
    if any(area.kind == "rows" and not area.members for area in template.areas):
        return ""
    slots: Counter[str] = Counter()
    for area in template.areas:
        if area.kind == "cells" and area.subject:
            slots[area.subject] += sum(map(bound, area.slots))
    home = {"person", "household"}
    slots["household"] = 0 if slots["person"] else slots["household"]
    slots["person"] += sum(sum(map(bound, a.slots)) for a in template.areas if a.subject in home and slots["person"])
    kind, count = slots.most_common(1)[0]
    return kind if count else ""


def cards_of(template: Template, deck: Deck, *, pool: Pool, projection: Projection) -> Iterator[Card]:
    """The cards of a deck, planned one after the other in the order of rosters. Raises ExpressionError, NotFound."""
    units = pool.units_below(deck.unit) if deck.unit else None
    base = Reading(pool, projection, FormRequest(deck.unit, deck.where or None, None, deck.as_of), units, {})
    subjects = _subjects(deck, base)
    dealt = [_Dealt(number, len(subjects), deck.unit, units, row) for number, row in enumerate(subjects, 1)]
    for _, card in _planned(template, base, deck.each, dealt):
        yield card


def cards_of_villages(
    template: Template, deck: Deck, villages: Sequence[str], *, pool: Pool, projection: Projection
) -> Iterator[tuple[str, Card]]:
    """The cards of a deck, its unit aside, for each of some villages with no others below them, read together."""
    base = Reading(pool, projection, FormRequest(None, deck.where or None, None, deck.as_of), villages, {})
    by_village: dict[str, list[Row]] = {village: [] for village in villages}
    for row in _subjects(deck, base, with_unit=True):
        # Who is of no known village is every one's, as when each is asked by itself.
        for village in villages if row["unit"] is None else [str(row["unit"])]:
            by_village[village].append(row)
    dealt = [
        _Dealt(number, len(rows), village, [village], row)
        for village, rows in by_village.items()
        for number, row in enumerate(rows, 1)
    ]
    yield from ((str(one.unit), card) for one, card in _planned(template, base, deck.each, dealt))


@dataclass(frozen=True, slots=True)
class _Dealt:
    """Whose card is made: its number of how many, the unit asked for with those below it, the subject's row."""

    number: int
    total: int
    unit: str | None
    units: Sequence[str] | None
    row: Row


def _subjects(deck: Deck, base: Reading, *, with_unit: bool = False) -> Sequence[Row]:
    return select_rows(
        base.projection, base.pool.registry, subject=deck.each, elements=[base.pool.registry.name_of(deck.each)],
        filter=_filter(deck, base.pool), units=base.units, keys=deck.keys, as_of=deck.as_of, with_unit=with_unit,
    )  # fmt: skip


def _planned(template: Template, base: Reading, each: str, dealt: Sequence[_Dealt]) -> Iterator[tuple[_Dealt, Card]]:
    name = base.pool.registry.name_of(each)
    for start in range(0, len(dealt), CHUNK):
        chunk = dealt[start : start + CHUNK]
        ready = _read_ahead(template, base, each, [one.row for one in chunk])
        for one in chunk:
            key = str(one.row["key"])
            request = FormRequest(one.unit, None, key, base.request.as_of)
            reading = Reading(base.pool, base.projection, request, one.units, _focus_of(each, one.row), ready)
            yield one, Card(one.number, one.total, key, one.row.get(name), template, reading)


def count_cards(deck: Deck, *, pool: Pool) -> int:
    """How many cards a deck has. Raises ExpressionError, NotFound."""
    units = pool.units_below(deck.unit) if deck.unit else None
    with pool.projection(deck.as_of) as projection:
        if deck.keys is None:
            return count_rows(projection, subject=deck.each, filter=_filter(deck, pool), units=units, as_of=deck.as_of)
        name = pool.registry.name_of(deck.each)
        rows = select_rows(
            projection, pool.registry, subject=deck.each, elements=[name], units=units, keys=deck.keys,
            as_of=deck.as_of,
        )  # fmt: skip
        return len(rows)


def _filter(deck: Deck, pool: Pool) -> Filter | None:
    return parse_filter(deck.where, pool.registry, subject=deck.each) if deck.where else None


def _check_subject(template: Template, each: str, form: Path) -> None:
    about = {area.subject for area in template.areas if area.kind == "cells" and area.subject}
    if each not in about:
        raise FormUnreadable(
            Problem(
                "card_of_another_kind",
                f"这张表不是按“{each}”一份的卡片。",
                f"识别出的对象：{'、'.join(sorted(about)) or '无'}。",
                Place(form.name),
            )
        )


def _read_ahead(template: Template, base: Reading, each: str, chunk: Sequence[Row]) -> Ready:
    """Read what all cards of a chunk need in one query an area."""
    ready = Ready()
    homes = [str(row["household"]) for row in chunk if row.get("household")]
    for area in template.areas:
        elements = [str(slot.binding.element) for slot in area.slots if bound(slot)]
        if not elements:
            continue
        if area.members:
            ready.members[id(area)] = _members(base, elements, homes)
        elif area.kind == "cells":
            keys = [str(row["key"]) for row in chunk] if area.subject == each else homes
            rows = select_for(base, area.subject, elements, keys=keys) if keys else []
            ready.cards[id(area)] = {str(row["key"]): row for row in rows}
    return ready


def _members(base: Reading, elements: list[str], homes: list[str]) -> dict[str, list[Row]]:
    if not homes:
        return {}
    found = base.projection.con.execute(
        "SELECT key FROM person WHERE household IN (SELECT unnest(?)) AND NOT starts_with(key, '?')", [homes]
    ).fetchall()
    by_home: dict[str, list[Row]] = {}
    for row in select_for(base, "person", elements, keys=[str(key) for (key,) in found]):
        by_home.setdefault(str(row["household"]), []).append(row)
    return by_home


def _focus_of(each: str, row: Row) -> dict[str, str]:
    focus = {each: str(row["key"])}
    if row.get("household"):
        focus["household"] = str(row["household"])
    return focus


def _file_name(name: object) -> str:
    return re.sub(r"[^\w·一-龥]", "", str(name or "未名"))[:40]
