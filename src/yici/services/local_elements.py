"""The steward makes what forms ask for and no element is (没有数据元的项) into an element.

From then on the forms' slots of that name bind to it, and what is answered for them goes into the pool as of any
element: it is asked once, and not again with the next form or period.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from yici.core.access.actors import Actor
from yici.core.access.rules import can
from yici.core.collections.states import State
from yici.core.element_check import label_key
from yici.core.elements import BUILT_IN, Registry
from yici.core.errors import Conflict, Problem, Refused, YiciError
from yici.core.local_elements import NewElement, element_of, problems_of, says_of_what
from yici.core.recognition.labels import read_label
from yici.services.collecting.trial import fields_of, recognise_kept
from yici.services.pool import open_pool
from yici.storage import audit, collections
from yici.storage.captions import load_caption_words
from yici.storage.collections import CollectionRow
from yici.storage.local_pack import add_to_pack, writing_pack
from yici.storage.packs import load_registry

_LIVE = (State.PROPOSED, State.RETURNED, State.APPROVED, State.OPEN, State.CLOSED)


@dataclass(slots=True)
class Asked:
    """A word that forms ask for and no element is: in which collections, of which organisations."""

    word: str
    collections: dict[int, str]
    organisations: dict[str, None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a word stands in the forms that ask for it: what its areas are about (subject types), the words around it,
    and the entries of its drop-down."""

    subjects: tuple[str, ...]
    labels: tuple[str, ...]
    options: tuple[str, ...]


def unregistered(*, home: Path) -> list[Asked]:
    """The words of forms in use that no element is, those asked for by most collections first."""
    pool = open_pool(home)
    known = _known_words(pool.registry) | _counted()
    found: dict[str, Asked] = {}
    for row in collections.collections_in(states=_LIVE):
        for word in _words_without(row):
            if label_key(word) not in known and says_of_what(word):
                asked = found.setdefault(word, Asked(word, {}, {}))
                asked.collections[row.id] = row.name
                asked.organisations[row.organisation] = None
    return sorted(found.values(), key=lambda one: (-len(one.collections), one.word))


def place_of(*, home: Path, word: str) -> Place:
    """Where a word stands in the forms that ask for it."""
    pool = open_pool(home)
    subjects, labels, options = dict[str, None](), dict[str, None](), dict[str, None]()
    for row in _asking(word):
        with suppress(YiciError):
            for area in recognise_kept(home=home, form=row.form, pool=pool).template.areas:
                for slot in area.slots:
                    if read_label(slot.path[-1]).core == word:
                        subjects |= {area.subject: None} if area.subject else {}
                        labels[slot.label] = None
                        options |= dict.fromkeys(slot.options)
    return Place(tuple(subjects), tuple(labels), tuple(options))


def add_element(*, actor: Actor, home: Path, new: NewElement) -> str:
    """Add an element to the register, with its audit line; its id. Where forms call it otherwise than its name, that
    word means it from now on. Raises Refused, Conflict with everything that stands against it."""
    open_pool(home)
    verdict = can(actor, "elements.add")
    if not verdict:
        raise Refused(Problem("not-allowed", f"{verdict.because}。", "请找数据专员。"))
    with writing_pack(home) as folder, transaction.atomic():
        # Only now: another steward may have added it while this page was being filled in.
        problems = problems_of(new, load_registry(), _counted())
        if problems:
            raise Conflict(problems)
        element, made = element_of(new)
        detail = {"name": element.name, "kind": str(element.kind), "word": new.word, "sensitivity": element.sensitivity}
        audit.append(actor=actor.name, action="element.add", thing=element.id, detail=detail)
        add_to_pack(folder, element, made)
        if element.id not in load_registry().elements:
            hint = "请系统管理员核对 YICI_HOME 是不是这个数据文件夹。"
            raise Conflict(Problem("local-unread", "定义写下了，但系统没有读到，没有保存。", hint))
    _tell_forms(home, {new.name, new.word})
    return element.id


def _tell_forms(home: Path, words: Iterable[str]) -> None:
    """Note in the forms that asked for the words what they ask now: what is counted and compared of them."""
    pool = open_pool(home)
    forms = {row.form.id: row.form for word in words if word for row in _asking(word)}
    for form in forms.values():
        # A form whose original cannot be read any more stays as it was noted.
        with suppress(YiciError):
            template = recognise_kept(home=home, form=form, pool=pool).template
            collections.change_form(form.id, fields=fields_of(template, pool))


def _asking(word: str) -> Iterator[CollectionRow]:
    return (row for row in collections.collections_in(states=_LIVE) if word in _words_without(row))


def _words_without(row: CollectionRow) -> list[str]:
    """The words of a collection's form that nothing answers."""
    return [read_label(str(entry["label"]).split(" / ")[-1]).core for entry in row.form.fields
            if entry["kind"] == "unknown"]  # fmt: skip


def _counted() -> set[str]:
    """The words of statistics captions."""
    return {word for entry in load_caption_words() for word in entry.words}


def _known_words(registry: Registry) -> set[str]:
    """Every word that means an element of people, households or enterprises somewhere."""
    return {
        label_key(word)
        for element in registry.elements.values()
        if element.subject in BUILT_IN
        for word in (element.name, *element.aliases, *element.context_aliases)
    }
