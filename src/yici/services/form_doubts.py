"""The words of a form that somebody must settle once, for this form alone: what each may mean, with a value or the
number it would give beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from yici.core.access.actors import Actor
from yici.core.access.fields import Sight, sight
from yici.core.captions.forms import binding_of, with_last
from yici.core.elements import Element
from yici.core.errors import Conflict, NotFound, Problem
from yici.core.expressions import Moment, in_words, parse_figure
from yici.core.grid import address
from yici.core.recognition.labels import read_label
from yici.core.recognition.template import Area, Slot, Template
from yici.engine.projection import Projection
from yici.engine.schema import quoted, table_of
from yici.services.figures import Scope, ask_numbers, elements_of
from yici.services.form_view import state_of
from yici.services.forms import EXPRESSION
from yici.services.pool import Pool, open_pool
from yici.services.pool_sight import narrowed, seen, units_in_reach
from yici.storage import confirmed_words
from yici.storage.confirmed_words import WordRow

NONE = "-"
_MOST = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """What a word may mean: `meaning` is posted back, `name` is shown, `sample` a value as the actor may see it or the
    number the first cell would have."""

    meaning: str
    name: str
    sample: str = ""


@dataclass(slots=True)
class Doubt:
    """One distinct word nobody is sure of: `id` stands for it in forms, `cells` are the slots it is in, and `choices`
    up to three meanings, the likeliest first. `of` is the subject type its area is about."""

    id: str
    word: str
    of: str = ""
    cells: list[str] = field(default_factory=list)
    choices: tuple[Choice, ...] = ()
    slots: list[Slot] = field(default_factory=list)


def own_scope(actor: Actor) -> str:
    """The scope of what somebody confirms for a form received outside the platform: that person's uses of it."""
    return f"own:{actor.name}"


def asked_scope(form: int) -> str:
    """The scope of what is confirmed for a form that is proposed: whatever uses this proposal."""
    return f"asked:{form}"


def doubts_of(
    template: Template, *, actor: Actor, pool: Pool, as_of: date, units: Sequence[str] | None = None
) -> list[Doubt]:
    """The doubtful words of a form in the order of its cells, one entry a distinct word. `units` are those whose
    numbers are shown beside statistics; without them no numbers are shown."""
    found = _gathered(template)
    with pool.projection(as_of) as projection:
        for doubt, area in found:
            figure = doubt.slots[0].binding.figure
            if figure is None:
                meanings = _meanings(doubt.slots[0])
                doubt.choices = tuple(_element_choice(actor, one, pool, projection) for one in meanings)
            else:
                shown = None if units is None else Scope(pool, projection, Moment(as_of), tuple(units))
                doubt.choices = _figure_choices(actor, area, doubt.slots[0], pool, shown)
    return [doubt for doubt, _ in found]


def settle(*, actor: Actor, template: Template, scope: str, doubt: str, meaning: str) -> int:
    """Keep what a doubtful word of a form means in a scope, NONE for nothing the pool knows; the confirmation's number.

    Raises Conflict when the word is not doubtful any more or the meaning was not offered.
    """
    found = next((one for one, _ in _gathered(template) if one.id == doubt), None)
    if found is None:
        raise Conflict(Problem("word-settled", "这个词已经确认过了。", "请刷新页面。"))
    slots = found.slots
    texts: list[str | None] = [_meant(slot, meaning) for slot in slots]
    if meaning != NONE and any(text is None for text in texts):
        raise Conflict(Problem("meaning-odd", "没有这个选项。", "请从列出的选项里选。"))
    general = meaning != NONE and slots[0].binding.figure is None and len(slots[0].path) == 1 and bool(found.of)
    return confirmed_words.confirm_word(
        form=template.fingerprint, scope=scope, title=template.title[:250], word=found.word,
        alias=read_label(slots[0].path[-1]).core if general else "", subject=found.of, meaning=texts[0] or "",
        cells=dict(zip(found.cells, texts, strict=True)), by=actor.name,
    )  # fmt: skip


def take_back(*, actor: Actor, home: Path, number: int, form: str, scope: str) -> None:
    """Take a confirmation of a form and scope back. Raises NotFound for another's, Conflict when it was taken back."""
    open_pool(home)
    row = confirmed_words.word_row(number)
    if row is None or (row.form, row.scope) != (form, scope):
        raise NotFound(Problem("unknown-word", "没有这条确认。", "请刷新页面。"))
    if not confirmed_words.withdraw_word(number, by=actor.name):
        raise Conflict(Problem("word-withdrawn", "这条确认已经撤回了。", "请刷新页面。"))


def meaning_in_words(row: WordRow, pool: Pool) -> str:
    """What a confirmed word means, as people read it."""
    if not row.meaning:
        return "都不是"
    element = pool.registry.elements.get(row.meaning)
    return element.name if element else _figure_words(row.meaning.removeprefix(EXPRESSION), pool)


def _gathered(template: Template) -> list[tuple[Doubt, Area]]:
    """The doubts without their choices, each with the first area it occurs in."""
    found: dict[str, tuple[Doubt, Area]] = {}
    for area in template.areas:
        for slot in area.slots:
            if state_of(slot) not in ("suggested", "unknown") or not (ways := _ways(slot)):
                continue
            figure = slot.binding.figure
            word = (figure.word if figure is not None else "") or slot.label
            key = hashlib.sha256(f"{word}|{area.subject}|{ways}".encode()).hexdigest()[:12]
            doubt, _ = found.setdefault(key, (Doubt(key, word, area.subject), area))
            doubt.cells.append(f"{area.sheet}!{address(slot.row, slot.col)}")
            doubt.slots.append(slot)
    return list(found.values())


def _ways(slot: Slot) -> str:
    """What tells apart the doubts of one word: the elements it may be, or how many figures each cell may be."""
    if slot.binding.figure is not None:
        count = len(_figures(slot))
        return f"={count}" if count else ""
    return ",".join(_meanings(slot))


def _meanings(slot: Slot) -> list[str]:
    ranked = [slot.binding.element, *(candidate.element for candidate in slot.binding.candidates)]
    return [element for element in dict.fromkeys(ranked) if element][:_MOST]


def _figures(slot: Slot) -> tuple[str, ...]:
    """The figures a cell may be, in the order of the meanings of its doubtful word: the same in every cell of it."""
    figure = slot.binding.figure
    return tuple(text for text in figure.candidates if "(" in text)[:_MOST] if figure is not None else ()


def _meant(slot: Slot, meaning: str) -> str | None:
    """What fills one cell when its word means that: an element, or the cell's own figure."""
    if slot.binding.figure is None:
        return meaning if meaning in _meanings(slot) else None
    figures = _figures(slot)
    place = int(meaning[1:]) if meaning.startswith("#") and meaning[1:] in ("0", "1", "2") else len(figures)
    return EXPRESSION + figures[place] if place < len(figures) else None


def _element_choice(actor: Actor, meaning: str, pool: Pool, projection: Projection) -> Choice:
    element = pool.registry.elements[meaning]
    return Choice(meaning, element.name, _sample(actor, element, pool, projection))


def _sample(actor: Actor, element: Element, pool: Pool, projection: Projection) -> str:
    """A value of somebody within the actor's reach, as the actor may see it."""
    if element.derived:
        return ""
    name, reach = quoted(element.id), units_in_reach(actor, pool)
    within = "" if reach is None else " AND unit IN (SELECT unnest(?))"
    text = f"SELECT {name}, unit FROM {table_of(element.subject)} WHERE {name} IS NOT NULL{within} LIMIT 1"  # noqa: S608
    # Read to the end: a result that is left open keeps the connection from everything else.
    rows = projection.con.execute(text, [] if reach is None else [sorted(reach)]).fetchall()
    return "".join(seen(narrowed(actor, unit, pool), element, value).text for value, unit in rows)


def _figure_choices(actor: Actor, area: Area, slot: Slot, pool: Pool, shown: Scope | None) -> tuple[Choice, ...]:
    figure, texts = slot.binding.figure, _figures(slot)
    assert figure is not None
    numbers = [""] * len(texts)
    if shown is not None:
        tries = [
            Slot(slot.row, slot.col, slot.path, slot.text, slot.options, slot.number_format, slot.width,
                 binding_of(with_last(figure, text)))
            for text in texts
        ]  # fmt: skip
        asked = ask_numbers(Template("", "", [Area("matrix", area.sheet, area.span, tries)]), shown)
        place = address(slot.row, slot.col)
        numbers = ["" if number.written is None else f"{place}＝{number.written}" for number in asked.cells]
    return tuple(
        Choice(f"#{way}", _figure_words(text, pool), number if _seen(actor, text, pool) else "")
        for way, (text, number) in enumerate(zip(texts, numbers, strict=True))
    )


def _seen(actor: Actor, text: str, pool: Pool) -> bool:
    """Whether the actor may see every element a figure counts by."""
    elements = pool.registry.elements
    return all(
        sight(actor, elements[name]) is not Sight.HIDDEN for name in elements_of(parse_figure(text, pool.registry))
    )


def _figure_words(text: str, pool: Pool) -> str:
    return in_words(parse_figure(text, pool.registry).expr, pool.registry)
