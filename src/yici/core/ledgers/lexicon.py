"""The words a heading may be made of, taken from the registry; the words that can only be values."""

from __future__ import annotations

from dataclasses import dataclass

from yici.core.elements import Registry
from yici.core.ledgers.cells import Raw, bare_label, is_value_like, kind_of_raw, words_of
from yici.core.ledgers.marks import OFFICE_HEADINGS, ends_like_heading
from yici.core.recognition.labels import squash


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`headings`: every name and alias of an element, squashed. `values`: labels of codes that no heading uses."""

    headings: frozenset[str]
    values: frozenset[str]

    def is_heading(self, raw: Raw) -> bool:
        """Whether a cell is a heading that is known, with or without its hints."""
        if kind_of_raw(raw) != "s":
            return False
        text = words_of(raw)
        if text in self.headings:
            return True
        bare = bare_label(text)
        return bare in self.headings or ends_like_heading(bare)

    def is_value(self, raw: Raw) -> bool:
        """Whether a cell can only be a value: a number, a date, 男, 汉族."""
        return is_value_like(raw) or (kind_of_raw(raw) == "s" and words_of(raw) in self.values)


def lexicon_of(registry: Registry) -> Lexicon:
    """The words of the registry as it is now."""
    now = (*registry.elements.values(), *registry.code_lists.values())
    return registry.worked_out_of("headings", now, lambda: _made(registry))


def _made(registry: Registry) -> Lexicon:
    headings = set(OFFICE_HEADINGS)
    for element in registry.elements.values():
        headings.add(squash(element.name))
        headings.update(squash(alias) for alias in (*element.aliases, *element.context_aliases))
    values = {"男", "女", "是", "否", "有", "无", "√", "×", "/"}
    for codes in registry.code_lists.values():
        for code in codes.codes:
            values.update(squash(word) for word in (code.label, *code.aliases))
    return Lexicon(frozenset(headings), frozenset(value for value in values - headings if not value.isdigit()))
