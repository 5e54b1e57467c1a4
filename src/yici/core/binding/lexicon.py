"""The lexicon: every spelling of every element, made once from the registry."""

from __future__ import annotations

from dataclasses import dataclass, field

from yici.core.elements import BUILT_IN, Element, Registry
from yici.core.recognition.labels import squash


@dataclass(slots=True)
class Lexicon:
    """Spelling → the elements it may mean. `always` words mean them wherever they stand, `in_context` ones only in a
    form clearly about their subject. `learnt` words were confirmed by a person and win over both."""

    registry: Registry
    always: dict[str, list[Element]] = field(default_factory=dict)
    in_context: dict[str, list[Element]] = field(default_factory=dict)
    learnt: dict[tuple[str, str], str | None] = field(default_factory=dict)
    _first: dict[str, dict[str, Element]] = field(default_factory=dict, repr=False)

    def find(self, word: str, subject: str) -> list[tuple[Element, bool]]:
        """The elements a word may mean, those of the given subject first; True where the word alone decides.

        Elements of a subject type that a pack adds are meant only in an area about it, and nothing else is meant there:
        what packs add does not change how the forms of people, households and enterprises are read.
        """
        found = [(element, True) for element in self.always.get(word, []) if self.applies(element, subject)]
        found += [(e, False) for e in self.in_context.get(word, []) if e.subject == subject]
        return sorted(found, key=lambda pair: pair[0].subject != subject)

    def applies(self, element: Element, subject: str) -> bool:
        """Whether an element may be meant in an area about a subject at all."""
        return element.subject == subject or (element.subject in BUILT_IN and subject in ("", *BUILT_IN))

    def words_for(self, subject: str) -> dict[str, Element]:
        """Every word that may mean an element in an area about a subject, with the first such element."""
        if subject not in self._first:
            applying = (
                (word, next((element for element in found if self.applies(element, subject)), None))
                for word, found in self.always.items()
            )
            self._first[subject] = {word: element for word, element in applying if element is not None}
        return self._first[subject]


def make_lexicon(registry: Registry, learnt: dict[tuple[str, str], str | None] | None = None) -> Lexicon:
    """Index every alias of the registry. `learnt` maps (word, subject) to an element id, or None for "none fits"."""
    now = tuple(registry.elements.values())
    words = registry.worked_out_of("words", now, lambda: _indexed(now))
    return Lexicon(registry, words.always, words.in_context, learnt or {}, words.first)


@dataclass(frozen=True, slots=True)
class _Words:
    """The spellings of a registry's elements: every lexicon of it shares them, as there are thousands."""

    always: dict[str, list[Element]] = field(default_factory=dict)
    in_context: dict[str, list[Element]] = field(default_factory=dict)
    first: dict[str, dict[str, Element]] = field(default_factory=dict)


def _indexed(elements: tuple[Element, ...]) -> _Words:
    words = _Words()
    for element in elements:
        for word in (element.name, *element.aliases):
            words.always.setdefault(_key(word), []).append(element)
        for word in element.context_aliases:
            words.in_context.setdefault(_key(word), []).append(element)
    for table in (words.always, words.in_context):
        for word, found in table.items():
            table[word] = list(dict.fromkeys(found))
    return words


def _key(word: str) -> str:
    return squash(word).casefold()
