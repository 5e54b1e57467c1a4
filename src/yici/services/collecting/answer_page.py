"""What the answering page shows: questions and what may be corrected, with the rules to check by while typing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from yici.core.access.actors import Actor
from yici.core.elements import Registry
from yici.core.values.rules import rule_of
from yici.services.collecting.questions import Group, Question, questions_for, told_for
from yici.services.pool import open_pool
from yici.storage.references import references_of


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
    """All of it. `rules` are by element; `left` is how many questions of each filling are open."""

    groups: tuple[Household, ...]
    told: tuple[Household, ...]
    rules: Mapping[str, Any]
    left: Mapping[int, int]

    @property
    def questions(self) -> list[Question]:
        """Every question that is open."""
        return [one.question for group in self.groups for one in group.asked]


def answer_page(*, actor: Actor, home: Path, today: date) -> AnswerPage:
    """Everything the actor is asked, and has answered in fillings that are still open."""
    registry = open_pool(home).registry
    open_ones, told = questions_for(actor=actor, home=home), told_for(actor=actor, home=home)
    every = [question for group in (*open_ones, *told) for question in group.questions]
    codes = references_of((q.subject, q.key) for q in every if q.key)
    elements = {q.element for q in every if q.element}
    rules = {element: rule_of(registry.elements[element], registry, today) for element in sorted(elements)}
    returned = {q.id for group in told for q in group.questions if q.remark}
    left: dict[int, int] = {}
    for question in (q for q in every if not q.told or q.id in returned):
        for filling in {asker.filling for asker in question.askers}:
            left[filling] = left.get(filling, 0) + 1
    shown = [[_household(group, codes, registry) for group in some] for some in (open_ones, told)]
    return AnswerPage(tuple(shown[0]), tuple(shown[1]), rules, left)


def _household(group: Group, codes: Mapping[tuple[str, str], str], registry: Registry) -> Household:
    asked = [Asked(q, codes.get((q.subject, q.key), ""), _kind(q, registry)) for q in group.questions]
    return Household(group.words, group.address, tuple(asked))


def _kind(question: Question, registry: Registry) -> str:
    kind = registry.subjects.get(question.subject)
    return kind.name if kind and question.key else ""
