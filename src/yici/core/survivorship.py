"""Survivorship: which value of an element counts when sources disagree.

The rule, element by element: the department that is the element's authority; else the latest as-of date; else the
latest arrival. Empty never wins. Here it is turned into plain numbers per source, which the engine's one SQL rule uses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from yici.core.manifest import Edit, Manifest, Source


class Rule(StrEnum):
    """Why a value was chosen, as stable codes. RULE_WORDS has the words a clerk reads."""

    ONLY = "only"
    AGREED = "agreed"
    AUTHORITY = "authority"
    LATEST = "latest"
    ARRIVAL = "arrival"
    DERIVED = "derived"


RULE_WORDS: Mapping[Rule, str] = {
    Rule.ONLY: "唯一来源",
    Rule.AGREED: "各来源一致",
    Rule.AUTHORITY: "数源部门优先",
    Rule.LATEST: "数据日期最新",
    Rule.ARRIVAL: "最后导入",
    Rule.DERIVED: "推算得出",
}


def ranks(manifest: Manifest) -> dict[int, int]:
    """Every batch's and edit's rank by as-of date, then arrival: 1 is the weakest. Keys are sequence numbers."""
    records: list[Source | Edit] = [*manifest.sources, *manifest.edits]
    ordered = sorted(records, key=lambda record: (record.as_of, record.seq))
    return {record.seq: rank for rank, record in enumerate(ordered, start=1)}


def authorities(manifest: Manifest) -> dict[str, frozenset[int]]:
    """For each element, the sequence numbers of the batches and edits that speak with its authority.

    A department is an element's authority when any import in force says so (--authority). Where nobody has said so,
    the registry's authority counts, for departments written just as there that have not declared theirs. An edit
    speaks with authority when it is made for such a department, or says so itself.
    """
    declared: dict[str, set[str]] = {}
    for source in manifest.sources:
        for element in source.authority:
            declared.setdefault(element, set()).add(source.department)
    departments = dict(_registered(manifest, declared)) | declared
    speakers = _by_department([*manifest.sources, *manifest.edits])
    found = {
        element: frozenset(seq for name in names for seq in speakers.get(name, ()))
        for element, names in departments.items()
    }
    for edit in manifest.edits:
        if edit.authoritative:
            found[edit.element] = found.get(edit.element, frozenset()) | {edit.seq}
    return {element: numbers for element, numbers in found.items() if numbers}


def choose_rule(winner: tuple[bool, str], rivals: Iterable[tuple[bool, str]], *, agreed: bool) -> Rule:
    """The rule by which a value won over its rivals. Each side is (speaks with authority, as-of date in ISO notation).

    `agreed` tells, when there are no rivals, whether other sources say the same.
    """
    rivals = list(rivals)
    if not rivals:
        return Rule.AGREED if agreed else Rule.ONLY
    if winner[0] and not any(authority for authority, _ in rivals):
        return Rule.AUTHORITY
    equals = [as_of for authority, as_of in rivals if authority == winner[0]]
    return Rule.LATEST if all(winner[1] > as_of for as_of in equals) else Rule.ARRIVAL


def _registered(manifest: Manifest, declared: Mapping[str, set[str]]) -> Iterable[tuple[str, set[str]]]:
    """The registry's authorities for elements that no import claims, without departments that declared their own."""
    speaking = {name for names in declared.values() for name in names}
    for element, names in manifest.authority.items():
        if element not in declared and (silent := set(names) - speaking):
            yield element, silent


def _by_department(records: Iterable[Source | Edit]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for record in records:
        if record.department:
            found.setdefault(record.department, []).append(record.seq)
    return found
