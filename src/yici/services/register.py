"""The register (数据元目录) as people look it up: elements, with where they occur. Code lists: code_lists.py."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from yici.core.elements import Element
from yici.core.local_elements import is_local
from yici.services.pool import open_pool
from yici.storage.uses import element_uses


@dataclass(frozen=True, slots=True)
class ElementShown:
    """An element with the name of its subject and in how many batches and forms it occurs."""

    element: Element
    kind: str
    codes: str
    batches: int
    forms: int

    @property
    def local(self) -> bool:
        """Whether the steward added it on a page."""
        return is_local(self.element.id)


def elements_shown(*, home: Path, words: str) -> list[ElementShown]:
    """The elements whose name, alias, id or definition holds the words; all without words."""
    pool = open_pool(home)
    batches, forms = element_uses()
    wanted = words.strip().casefold()
    return [
        ElementShown(
            element, pool.registry.subjects[element.subject].name,
            pool.registry.code_lists[element.codes].name if element.codes else "", batches[element.id],
            forms[element.id],
        )
        for element in pool.registry.elements.values()
        if not wanted or any(wanted in text.casefold() for text in _texts(element))
    ]  # fmt: skip


def _texts(element: Element) -> tuple[str, ...]:
    return (element.id, element.name, element.definition, *element.aliases, *element.context_aliases)
