"""Joint assignment: the slots of one area bound together, so that neighbours inform and nothing is bound twice."""

from __future__ import annotations

import re
from dataclasses import replace

from yici.core.binding.binder import Binder
from yici.core.binding.party import Party, party_of
from yici.core.binding.result import Binding
from yici.core.binding.words import NAME_LIKE, NEEDS
from yici.core.recognition.labels import read_label
from yici.core.recognition.roles import is_human
from yici.core.recognition.template import Area, Slot

_UNIT_FACT = re.compile(
    r"^(?:填报单位|填表单位|上报单位|报送单位|制表单位|填报村|村\(社区\)|村/社区|村（社区）|填报村居|所在村\(社区\))(?:\(盖章\)|\(公章\))?:?$"
)
_DATE_FACT = re.compile(
    r"^(?:填报日期|填表日期|填报时间|填表时间|制表日期|制表时间|上报日期|上报时间|报送日期|报送时间|登记日期|日期):?$"
)
_REMARK = re.compile(r"^(?:备注|备考|说明|其他|其它)$")
_SUBJECT_NAME = {
    "person": ("person.name",),
    "household": ("household.head_name",),
    "enterprise": ("enterprise.name",),
}


def bind_area(area: Area, binder: Binder, *, heading: bool = True) -> None:
    """Bind every slot of an area in reading order, then take back the certainty of what was bound twice."""
    after = Party.SELF if area.subject != "household" or _has_own_name(area, binder) else Party.HEAD
    start = after
    row = 0
    group = area.slots[0].path[:-1] if area.slots else ()
    for slot in area.slots:
        if area.kind == "cells" and slot.row != row:
            row, after = slot.row, start
        if area.kind == "rows" and area.repeat > 1 and slot is area.slots[len(area.slots) // area.repeat]:
            after = start
        if area.kind == "rows" and slot.path[:-1] != group:
            # A group of columns under a heading of its own (监护人) ends where that heading ends.
            after, group = start, slot.path[:-1]
        fact = fact_of(slot.path[-1]) if heading and area.kind == "cells" else None
        if fact is not None and not _in_frame(area, slot):
            slot.binding = Binding(fact=fact, certain=True, confidence=1.0, evidence=(slot.path[-1],))
            continue
        other = area.kind == "matrix" and slot.path[-1].startswith(("其他", "其它"))
        if is_human(slot.path[-1]) or (_REMARK.match(read_label(slot.path[-1]).core) and not other):
            slot.binding = Binding(human=True)
            continue
        if area.kind == "matrix":
            continue
        slot.binding = binder.bind(slot.path, subject=area.subject, after=after)
        after = _next_party(slot, area.subject, after)
    _once_each(area)
    _supported(area)


def _supported(area: Area) -> None:
    """Take back the certainty of names that need a neighbour to be clear."""
    certain = {slot.binding.element for slot in area.slots if slot.binding.certain}
    for slot in area.slots:
        needed = NEEDS.get(slot.binding.element or "")
        if needed is not None and slot.binding.certain and not needed & certain:
            doubt = (*slot.binding.evidence, "nothing beside it tells which kind")
            slot.binding = replace(slot.binding, certain=False, confidence=0.5, evidence=doubt)


def fact_of(label: str) -> str | None:
    """The fact about the request a heading label asks for: "unit", "date", or None."""
    text = read_label(label).full.rstrip(":")
    if _UNIT_FACT.match(text):
        return "unit"
    return "date" if _DATE_FACT.match(text) else None


def _in_frame(area: Area, slot: Slot) -> bool:
    """Whether a slot stands among the card's own fields and not in the heading above them."""
    rows = sorted({s.row for s in area.slots})
    return slot.row > rows[0] + 1 and not slot.path[-1].rstrip().endswith((":", "："))


def _has_own_name(area: Area, binder: Binder) -> bool:
    return any(
        element.id == "person.name"
        for slot in area.slots
        for element in binder.lexicon.always.get(read_label(slot.path[-1]).core.casefold(), [])
    )


def _next_party(slot: Slot, subject: str, after: Party) -> Party:
    """Whose the generic labels after this slot are: a name's, until the next name."""
    core = read_label(slot.path[-1]).core
    element = slot.binding.element if slot.binding.certain else None
    if element in _SUBJECT_NAME.get(subject, ()) or (element == "person.name" and subject == "person"):
        return Party.HEAD if element == "household.head_name" else Party.SELF
    if element == "household.head_name":
        return Party.HEAD
    if element == "person.guardian_name":
        return Party.GUARDIAN
    if element == "enterprise.contact":
        return Party.SELF
    named = element is not None and element.endswith(("family_doctor", "grid_worker")) and core.endswith("姓名")
    if named or (element is not None and element.endswith("legal_person")):
        return Party.OTHER
    if element is None and NAME_LIKE.search(core) and len(core) <= 10 and party_of(core, subject) is Party.OTHER:
        return Party.OTHER
    return after


def _once_each(area: Area) -> None:
    """One element once per subject: a second slot with the same certain element keeps it only as a suggestion."""
    if area.repeat > 1:
        return
    seen: dict[tuple[str, str], Slot] = {}
    for slot in area.slots:
        binding = slot.binding
        if not binding.certain or binding.element is None:
            continue
        key = (binding.element, binding.of)
        if key in seen:
            doubt = (*binding.evidence, f"already asked at row {seen[key].row}, column {seen[key].col}")
            slot.binding = replace(binding, certain=False, confidence=0.5, evidence=doubt)
        else:
            seen[key] = slot
