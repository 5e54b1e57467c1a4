"""The lexicon: every spelling of every element, made once from the registry."""

from __future__ import annotations

from dataclasses import dataclass, field

from yici.core.elements import Element, Registry
from yici.core.recognition.labels import squash


@dataclass(slots=True)
class Lexicon:
    """Spelling → the elements it may mean. `always` words mean them wherever they stand, `in_context` ones only in a
    form clearly about their subject. `learnt` words were confirmed by a person and win over both."""

    registry: Registry
    always: dict[str, list[Element]] = field(default_factory=dict)
    in_context: dict[str, list[Element]] = field(default_factory=dict)
    learnt: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def find(self, word: str, subject: str) -> list[tuple[Element, bool]]:
        """The elements a word may mean, those of the given subject first; True where the word alone decides."""
        found = [(element, True) for element in self.always.get(word, [])]
        found += [(e, False) for e in self.in_context.get(word, []) if e.subject == subject]
        return sorted(found, key=lambda pair: pair[0].subject != subject)


def make_lexicon(registry: Registry, learnt: dict[tuple[str, str], str | None] | None = None) -> Lexicon:
    """Index every alias of the registry. `learnt` maps (word, subject) to an element id, or None for "none fits"."""
    lexicon = Lexicon(registry, learnt=learnt or {})
    for element in registry.elements.values():
        for word in (element.name, *element.aliases):
            lexicon.always.setdefault(_key(word), []).append(element)
        for word in element.context_aliases:
            lexicon.in_context.setdefault(_key(word), []).append(element)
    for table in (lexicon.always, lexicon.in_context):
        for word, elements in table.items():
            table[word] = list(dict.fromkeys(elements))
    return lexicon


def _key(word: str) -> str:
    return squash(word).casefold()
