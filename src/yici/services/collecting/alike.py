"""Which other forms ask the same again (多头采集): every form in force that shares a field that is more than whose row
it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yici.core.elements import Registry
from yici.storage.collections import CollectionRow

# The report is kept with the decision and read by people: how many there are in all is told beside them.
MOST = 100
# Names, numbers and phones say whose row it is: every roster has them, and by themselves they ask nothing again.
_WHOSE = frozenset({"name", "id_number", "phone", "head_name", "head_id_number"})


@dataclass(frozen=True, slots=True)
class AskedAlready:
    """Another collection that asks the same: the share of this form's fields it has, and those fields."""

    collection: int
    name: str
    organisation: str
    share: float
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """The collections that ask something of a form again, those that share most of it first; `all` of them, of which
    no more than MOST are named."""

    named: tuple[AskedAlready, ...] = ()
    all: int = 0

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.all - len(self.named)


def alike(fields: Sequence[Mapping[str, Any]], others: Sequence[CollectionRow], registry: Registry) -> Alike:
    """The collections that ask for the same: by what fields mean, and by their labels where nothing is known to.

    Of a form that was sent again and again only the latest collection is told. `others` are the newest first. A form of
    nothing but names, numbers and phones is compared by these.
    """
    whose = _identifying(registry)
    every = {same_field(entry): str(entry["label"]) for entry in fields}
    mine = {key: label for key, label in every.items() if key not in whose} or every
    found: dict[int, AskedAlready] = {}
    for other in others:
        theirs = {same_field(entry) for entry in other.form.fields}
        shared = tuple(label for key, label in mine.items() if key in theirs)
        if shared and other.form.id not in found:
            share = len(shared) / len(mine)
            found[other.form.id] = AskedAlready(other.id, other.name, other.organisation, share, shared)
    most = sorted(found.values(), key=lambda one: (-len(one.fields), -one.collection))
    return Alike(tuple(most[:MOST]), len(most))


def same_field(entry: Mapping[str, Any]) -> str:
    """What two fields of forms must share to ask the same: what they mean, or their last label where nothing knows."""
    return str(entry["means"]) or "".join(str(entry["label"]).split("/")[-1].split())


def _identifying(registry: Registry) -> frozenset[str]:
    """The elements that say whose row it is, and the words for them where a form's label was not recognised."""
    found: set[str] = set()
    for element in registry.elements.values():
        if element.identifies or element.id.rpartition(".")[2] in _WHOSE:
            found |= {element.id, element.name, *element.aliases, *element.context_aliases}
    return frozenset(found)
