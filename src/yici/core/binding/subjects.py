"""What a row or a card is about: the subject type its labels name."""

from __future__ import annotations

from collections import Counter

from yici.core.binding.lexicon import Lexicon
from yici.core.binding.party import Party, party_of
from yici.core.binding.words import HARMLESS_PREFIX, SELF
from yici.core.recognition.labels import read_label
from yici.core.recognition.template import Area, Slot

PERSON_IDENTITY = {"person.name", "person.id_number"}
HOUSEHOLD_IDENTITY = {"household.number", "household.head_name", "household.head_id_number"}
ENTERPRISE_IDENTITY = {"enterprise.name", "enterprise.uscc"}


def subject_of(area: Area, lexicon: Lexicon, title: str) -> str:
    """The subject type an area is about, "" when its labels do not tell.

    Identity columns decide: an enterprise's name or credit code, a person's own name or ID number, a household's number
    or head, the key of a subject type that a pack adds. Without any of them an area is about nothing the pool knows
    (villages, events), and nothing binds in it.
    """
    if (added := _added(area, lexicon, title)) is not None:
        return added
    found: Counter[str] = Counter()
    for slot in area.slots:
        found.update(_identities(slot, lexicon))
    if found["enterprise.uscc"] or (found["enterprise.name"] and not found["person.id_number"]):
        return "enterprise"
    own = found["person.name"] + found["person.id_number"]
    household = sum(found[element] for element in HOUSEHOLD_IDENTITY)
    if area.members and own:
        return "person"
    if found["person.name"] or (own and not household and not _other_name(area)):
        return "person"
    if household:
        return "household"
    if found["context:enterprise"] and any(word in title for word in ("企业", "公司", "单位", "个体", "商户", "机构")):
        return "enterprise"
    return ""


def _added(area: Area, lexicon: Lexicon, title: str) -> str | None:
    """The added subject type whose key (工单编号) the area asks for; None when it asks for none, or for several.

    A key's short word (项目编号) means it only where the title names the subject.
    """
    subjects = lexicon.registry.subjects
    found: set[str] = set()
    for slot in area.slots:
        if any(_others(read_label(part).core, lexicon) for part in slot.path[:-1]):
            continue
        word = read_label(slot.path[-1]).core.casefold()
        keys = [element for element in lexicon.always.get(word, []) if element.identifies]
        for element in lexicon.in_context.get(word, []):
            kind = subjects.get(element.subject)
            if element.identifies and kind and any(name in title for name in (kind.name, *kind.aliases)):
                keys.append(element)
        found.update(element.subject for element in keys if element.subject in lexicon.registry.added_subjects)
    return found.pop() if len(found) == 1 else None


def _others(heading: str, lexicon: Lexicon) -> bool:
    """Whether a heading gives what stands under it to somebody else, and not to a subject that it names."""
    named = (name for kind in lexicon.registry.subjects.values() for name in (kind.name, *kind.aliases))
    return party_of(heading, "") is Party.OTHER and not any(name in heading for name in named if len(name) > 1)


def _other_name(area: Area) -> bool:
    """Whether somebody else is named (经营者姓名): an ID number beside it is theirs, and no row's key."""
    return any(read_label(slot.path[-1]).core.endswith("姓名") for slot in area.slots)


def _identities(slot: Slot, lexicon: Lexicon) -> list[str]:
    """The identity elements a slot's label names, heeding the party of the labels around it."""
    leaf = read_label(slot.path[-1])
    word = leaf.core.casefold()
    parents = [read_label(part).core for part in slot.path[:-1]]
    parties = [party_of(parent, "person") for parent in parents]
    found: list[str] = []
    for core in _spellings(word, "person"):
        for element in lexicon.always.get(core, []):
            if element.id in PERSON_IDENTITY:
                if Party.HEAD in parties:
                    found.append("household.head_name")
                elif Party.OTHER not in parties and Party.GUARDIAN not in parties:
                    found.append(element.id)
            elif element.id in HOUSEHOLD_IDENTITY:
                found.append(element.id)
        if found:
            return found
    for core in _spellings(word, "enterprise"):
        found += [e.id for e in lexicon.always.get(core, []) if e.id in ENTERPRISE_IDENTITY]
        if any(element.id in ENTERPRISE_IDENTITY for element in lexicon.in_context.get(core, [])):
            found.append("context:enterprise")
        if found:
            break
    return found


def _spellings(word: str, subject: str) -> list[str]:
    starts = (*SELF[subject], *HARMLESS_PREFIX)
    return [word, *(word[len(s) :].removeprefix("的") for s in starts if word.startswith(s) and len(word) > len(s) + 1)]
