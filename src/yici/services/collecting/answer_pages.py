"""Dividing what a clerk is asked into pages: old computers and phones cannot show thousands of questions at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from yici.services.collecting.questions import Group, Question

MOST_QUESTIONS = 200
MOST_HOUSEHOLDS = 30


@dataclass(slots=True)
class Whole:
    """A household (firm, village) with all that is asked about it and all that was told: never on two pages."""

    open: list[Group] = field(default_factory=list)
    told: list[Group] = field(default_factory=list)

    @property
    def questions(self) -> list[Question]:
        return [question for group in (*self.open, *self.told) for question in group.questions]

    @property
    def rank(self) -> int:
        """What was returned comes first, what is open next; what needs nothing more comes last."""
        if any(question.remark for question in self.questions):
            return 0
        return 1 if self.open else 2

    def called(self, name: str) -> bool:
        """Whether the household or one of its people is called so, in part or whole."""
        words = {group.words for group in (*self.open, *self.told)} | {question.who for question in self.questions}
        return any(name in word for word in words)


def wholes_of(open_ones: Iterable[Group], told: Iterable[Group]) -> list[Whole]:
    """Households in the order in which they are shown."""
    found: dict[tuple[str, str], Whole] = {}
    for group in open_ones:
        found.setdefault(_place(group), Whole()).open.append(group)
    for group in told:
        found.setdefault(_place(group), Whole()).told.append(group)
    return sorted((found[place] for place in sorted(found)), key=lambda whole: whole.rank)


def pages_of(wholes: Sequence[Whole]) -> list[list[Whole]]:
    """Pages of whole households; one household larger than a page has a page of its own."""
    pages: list[list[Whole]] = []
    asked = 0
    for whole in wholes:
        size = len(whole.questions)
        if not pages or asked + size > MOST_QUESTIONS or len(pages[-1]) == MOST_HOUSEHOLDS:
            pages.append([])
            asked = 0
        pages[-1].append(whole)
        asked += size
    return pages


def _place(group: Group) -> tuple[str, str]:
    return group.questions[0].unit, group.key
