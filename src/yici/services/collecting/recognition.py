"""The form of a proposal as its officer sees it: the form itself, doubtful words to settle, what was settled before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from yici.core.access.actors import Actor
from yici.core.collections.states import STATE_NAMES, State
from yici.core.errors import Conflict, Problem
from yici.services import form_doubts
from yici.services.collecting.trial import recognise_kept
from yici.services.form_doubts import Doubt, asked_scope, doubts_of, meaning_in_words
from yici.services.form_view import sheets_html
from yici.services.pool import open_pool
from yici.storage import confirmed_words
from yici.storage.collections import CollectionRow

SETTLING = (State.PROPOSED, State.RETURNED)
"""While a collection is a proposal its words may be settled; afterwards people already fill it as it was read."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A confirmation of a word: what it means in words, who said so and when, and who took it back."""

    id: int
    word: str
    meaning: str
    by: str
    at: datetime
    withdrawn_by: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A form as it is shown: its sheets as tables with coloured slots (safe HTML), the words to settle, those settled
    and in force, and all that was ever said."""

    sheets: str
    doubts: list[Doubt]
    settled: list[Settled]
    history: list[Settled]


def show_form(*, actor: Actor, home: Path, row: CollectionRow, today: date) -> Shown:
    """The form itself with its slots coloured by how sure they are, and its doubtful words. Raises UploadRefused."""
    pool = open_pool(home)
    recognised = recognise_kept(home=home, form=row.form, pool=pool)
    units = [area.name for area in pool.areas()] or None
    doubts = doubts_of(recognised.template, actor=actor, pool=pool, as_of=row.as_of or today, units=units)
    history = [
        Settled(word.id, word.word, meaning_in_words(word, pool), word.by, word.at, word.withdrawn_by)
        for word in confirmed_words.word_history(recognised.template.fingerprint, asked_scope(row.form.id))
    ]
    sheets = sheets_html(recognised.grid, recognised.template, pool.registry)
    return Shown(sheets, doubts, [one for one in history if not one.withdrawn_by], history)


def settle_word(*, actor: Actor, home: Path, row: CollectionRow, doubt: str, meaning: str) -> None:
    """Say what a doubtful word of a proposal's form means, for this proposal alone. Raises Conflict when it is no
    proposal any more, the word is not doubtful, or the meaning was not offered."""
    _may_settle(row)
    template = recognise_kept(home=home, form=row.form, pool=open_pool(home)).template
    form_doubts.settle(
        actor=actor, template=template, scope=asked_scope(row.form.id), doubt=doubt, meaning=meaning
    )  # fmt: skip


def take_word_back(*, actor: Actor, home: Path, row: CollectionRow, number: int) -> None:
    """Take a confirmation of a proposal back. Raises Conflict, NotFound."""
    _may_settle(row)
    form_doubts.take_back(
        actor=actor, home=home, number=number, form=row.form.fingerprint, scope=asked_scope(row.form.id)
    )  # fmt: skip


def _may_settle(row: CollectionRow) -> None:
    if row.state not in SETTLING:
        name = STATE_NAMES[row.state]
        raise Conflict(Problem("words-settled", f"现在是“{name}”，词的意思不能再改。", "要改请重新报备。"))
