"""The page of a received form: what filling it comes to, its doubtful words, its gaps, and what was confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from yici.core.access.actors import Actor
from yici.core.expressions import in_words
from yici.services.form_doubts import Doubt, doubts_of, meaning_in_words, own_scope
from yici.services.form_values import FormRequest, filters_of
from yici.services.gap_lists import Missing, gap_list
from yici.services.quick_fill import Opened, Tried, asked_gaps, try_received
from yici.services.subject_pages import open_subject, subject_page
from yici.storage import confirmed_words, outside
from yici.storage.database import open_database
from yici.storage.outside import UseRow

_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Result:
    """What filling a received form comes to: counts, gaps and doubts; `where` is its condition in words, `waiting` how
    many cells a confirmation would fill, and `cards` the kinds of subjects one card each can be made for."""

    tried: Tried
    left: int
    waiting: int
    where: str
    gaps: list[Missing]
    doubts: list[Doubt]
    cards: tuple[tuple[str, str], ...]
    lists: bool


@dataclass(frozen=True, slots=True)
class SettledWord:
    """A word somebody confirmed, with what it means in words."""

    id: int
    word: str
    meaning: str


def uses_of(*, actor: Actor, home: Path) -> list[UseRow]:
    """The forms the actor received, newest first."""
    open_database(home)
    return outside.uses(by=actor.name)[:_SHOWN]


def result_of(*, actor: Actor, opened: Opened, today: date) -> Result:
    """What filling a received form comes to, as chosen. Raises ExpressionError, NotFound."""
    tried, pool = try_received(opened=opened, actor=actor, today=today), opened.pool
    day = tried.day
    units = pool.units_below(opened.use.unit)
    doubts = doubts_of(opened.template, actor=actor, pool=pool, as_of=day, units=units)
    cells = [cell for doubt in doubts for cell in doubt.cells]
    with pool.projection(day) as projection:
        gaps = gap_list(
            tried.gaps, actor=actor, pool=pool, projection=projection, doubtful=cells, card=bool(tried.cards)
        )
    kinds = pool.registry.subjects
    return Result(
        tried, len(asked_gaps(tried)), sum(line.count for line in gaps if line.doubtful), _where(opened, day), gaps,
        doubts, tuple((kind, kinds[kind].name) for kind in tried.cards), bool(tried.lists),
    )  # fmt: skip


def settled_words(*, actor: Actor, opened: Opened) -> list[SettledWord]:
    """The words of the form that the actor has confirmed."""
    rows = confirmed_words.words_in_force(opened.use.form, [own_scope(actor)])
    return [SettledWord(row.id, row.word, meaning_in_words(row, opened.pool)) for row in rows]


def chosen_name(*, actor: Actor, opened: Opened) -> str:
    """The name of the subject a card is filled for; "" when nobody was chosen."""
    if not opened.use.of:
        return ""
    open_subject(actor=actor, home=opened.pool.home, code=opened.use.of)
    return subject_page(actor=actor, home=opened.pool.home, code=opened.use.of, editing=False).name


def _where(opened: Opened, day: date) -> str:
    if not opened.use.where:
        return ""
    request = FormRequest(opened.use.unit, opened.use.where, None, day)
    found = [one for one in filters_of(opened.template, request, opened.pool).values() if one is not None]
    return in_words(found[0].expr, opened.pool.registry) if found else opened.use.where
