"""The words of a form that somebody must settle once: each with what it may mean, and a value to recognise it by."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from yici.core.access.actors import Actor
from yici.core.access.fields import Sight, sight
from yici.core.access.masks import masked
from yici.core.elements import Element
from yici.core.errors import Conflict, Problem
from yici.core.grid import address
from yici.core.recognition.template import Area, Slot, Template
from yici.engine.projection import Projection
from yici.engine.schema import quoted, table_of
from yici.services.form_view import sheets_html, state_of
from yici.services.forms import confirm_binding, recognise_form
from yici.services.pool import Pool, open_pool

NONE = "-"
_MOST = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """What a word may mean: an element's id or a figure, its name, and a value of it as the actor may see it."""

    meaning: str
    name: str
    sample: str = ""


@dataclass(slots=True)
class Doubt:
    """One distinct word nobody is sure of, the cells it stands for, and up to three meanings, the likeliest first."""

    word: str
    cells: list[str] = field(default_factory=list)
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A form as it is shown: its sheets as tables with coloured slots (safe HTML), and the words to settle."""

    sheets: str
    doubts: list[Doubt]


def show_form(*, actor: Actor, home: Path, form: Path) -> Shown:
    """The form itself with its slots coloured by how sure they are, and its doubtful words. Raises UploadRefused."""
    pool = open_pool(home)
    recognised = recognise_form(home=home, form=form, pool=pool)
    with pool.projection() as projection:
        doubts = _doubts(actor, recognised.template, pool, projection)
    return Shown(sheets_html(recognised.grid, recognised.template, pool.registry), doubts)


def settle(*, actor: Actor, home: Path, form: Path, word: str, meaning: str) -> None:
    """Say what a doubtful word of a form means, "-" for nothing the pool knows. Raises Conflict when it is no longer
    doubtful or the meaning was not offered."""
    doubt = next((one for one in show_form(actor=actor, home=home, form=form).doubts if one.word == word), None)
    if doubt is None:
        raise Conflict(Problem("word-settled", f"“{word}”已经确认过了。", "请刷新页面。"))
    if meaning not in (NONE, *(choice.meaning for choice in doubt.choices)):
        raise Conflict(Problem("meaning-odd", "没有这个选项。", "请从列出的选项里选。"))
    for cell in doubt.cells:
        confirm_binding(actor=actor.name, home=home, form=form, cell=cell, element=meaning)


def _doubts(actor: Actor, template: Template, pool: Pool, projection: Projection) -> list[Doubt]:
    found: dict[str, Doubt] = {}
    for area in template.areas:
        for slot in area.slots:
            meanings = _meanings(slot)
            if state_of(slot) not in ("suggested", "unknown") or not meanings:
                continue
            doubt = found.setdefault(_word(slot), Doubt(_word(slot)))
            doubt.cells.append(_cell(area, slot))
            if not doubt.choices:
                doubt.choices = tuple(_choice(actor, meaning, pool, projection) for meaning in meanings)
    return list(found.values())


def _word(slot: Slot) -> str:
    figure = slot.binding.figure
    return (figure.word if figure is not None else "") or slot.label


def _cell(area: Area, slot: Slot) -> str:
    return f"{area.sheet}!{address(slot.row, slot.col)}"


def _meanings(slot: Slot) -> list[str]:
    binding = slot.binding
    if binding.figure is not None:
        # Several meanings of a whole cell are figures; a word alone is settled by choosing one of them.
        return [text for text in binding.figure.candidates if "(" in text][:_MOST]
    ranked = [binding.element, *(candidate.element for candidate in binding.candidates)]
    return [element for element in dict.fromkeys(ranked) if element][:_MOST]


def _choice(actor: Actor, meaning: str, pool: Pool, projection: Projection) -> Choice:
    element = pool.registry.elements.get(meaning)
    if element is None:
        return Choice(meaning, meaning)
    return Choice(meaning, element.name, _sample(actor, element, projection))


def _sample(actor: Actor, element: Element, projection: Projection) -> str:
    how = sight(actor, element)
    if how is Sight.HIDDEN or element.derived:
        return ""
    name = quoted(element.id)
    text = f"SELECT {name} FROM {table_of(element.subject)} WHERE {name} IS NOT NULL LIMIT 1"  # noqa: S608 (registry's)
    row = projection.con.execute(text).fetchone()
    if row is None:
        return ""
    return masked(element, str(row[0])) if how is Sight.MASKED else str(row[0])
