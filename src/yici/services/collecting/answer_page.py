"""What the answering page shows: questions and what may be corrected, with the rules to check by while typing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from yici.core.access.actors import Actor
from yici.core.elements import Registry
from yici.core.values.rules import rule_of
from yici.services.collecting.answer_pages import Whole, pages_of, wholes_of
from yici.services.collecting.questions import Group, Question, questions_for, told_for
from yici.services.pool import open_pool
from yici.storage.references import references_of

# How much of a question's id a page tells a device: enough to tell thousands apart, and half the weight.
_SIGNS = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a page shows it: its subject by a code (pages hold no ID numbers) and by the kind's name."""

    question: Question
    code: str
    kind: str


@dataclass(frozen=True, slots=True)
class Household:
    """Questions of one household, firm or of the village itself."""

    words: str
    address: str
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """One page of it. `rules` are by element; `left` is how many questions of each filling are open, on whatever page.

    `asked` and `corrigible` are every question of every page, `number` is this page of `pages`. `places` are the
    beginnings of all ids, eight signs each, page by page with a bar between: by them a device knows which of its drafts
    are still of use and where they are asked. A page with open questions begins with one, marked by a star.
    """

    groups: tuple[Household, ...]
    told: tuple[Household, ...]
    rules: Mapping[str, Any]
    left: Mapping[int, int]
    asked: tuple[Question, ...]
    corrigible: tuple[Question, ...]
    number: int
    pages: int
    places: str


def answer_page(*, actor: Actor, home: Path, today: date, number: int = 1, name: str = "", at: str = "") -> AnswerPage:
    """A page of what the actor is asked, and has answered in fillings that are still open; only of households in which
    `name` occurs, when it is given. A number past the last page is the last: pages become fewer as answers come. `at`,
    the beginning of a question's id, asks for the page on which it is now, whatever its number has become."""
    registry = open_pool(home).registry
    open_ones, told = questions_for(actor=actor, home=home), told_for(actor=actor, home=home)
    asked, corrigible = _questions(open_ones), _questions(told)
    wholes = wholes_of(open_ones, told)
    every = pages_of(wholes)
    pages = pages_of([whole for whole in wholes if whole.called(name)]) if name else every
    number = max(1, min(_page_with(at, pages) or number, len(pages)))
    shown = pages[number - 1] if pages else []
    here = [question for whole in shown for question in whole.questions]
    codes = references_of((q.subject, q.key) for q in here if q.key)
    elements = {q.element for q in here if q.element}
    rules = {element: rule_of(registry.elements[element], registry, today) for element in sorted(elements)}
    groups = tuple(_household(group, codes, registry) for whole in shown for group in whole.open)
    corrected = tuple(_household(group, codes, registry) for whole in shown for group in whole.told)
    left = _left((*asked, *(q for q in corrigible if q.remark)))
    return AnswerPage(groups, corrected, rules, left, asked, corrigible, number, len(pages), _places(every))


def _page_with(at: str, pages: Sequence[Sequence[Whole]]) -> int:
    """The number of the page on which a question is; 0 when it is on none."""
    if len(at) < _SIGNS:
        return 0
    return next((n for n, page in enumerate(pages, 1) if any(q.id.startswith(at) for q in _on(page))), 0)


def _places(pages: Sequence[Sequence[Whole]]) -> str:
    return "|".join(_mark(page) + "".join(q.id[:_SIGNS] for q in _on(page)) for page in pages)


def _mark(page: Sequence[Whole]) -> str:
    return "*" if any(whole.open for whole in page) else ""


def _on(page: Sequence[Whole]) -> Iterator[Question]:
    """The questions of a page, the open ones first."""
    for whole in page:
        yield from _questions(whole.open)
    for whole in page:
        yield from _questions(whole.told)


def _questions(groups: Iterable[Group]) -> tuple[Question, ...]:
    return tuple(question for group in groups for question in group.questions)


def _left(questions: Iterable[Question]) -> dict[int, int]:
    left: dict[int, int] = {}
    for question in questions:
        for filling in {asker.filling for asker in question.askers}:
            left[filling] = left.get(filling, 0) + 1
    return left


def _household(group: Group, codes: Mapping[tuple[str, str], str], registry: Registry) -> Household:
    asked = [Asked(q, codes.get((q.subject, q.key), ""), _kind(q, registry)) for q in group.questions]
    return Household(group.words, group.address, tuple(asked))


def _kind(question: Question, registry: Registry) -> str:
    kind = registry.subjects.get(question.subject)
    return kind.name if kind and question.key else ""
