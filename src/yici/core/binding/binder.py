"""The binder: a label path → an element, by exact words and the residue rule.

A label binds for certain only when every character of it is explained: by the element's name or alias, by a word that
names the subject itself, by a harmless word, or by a bracket that prescribes a notation. Whatever is left over lowers
the binding to a suggestion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from yici.core.binding.lexicon import Lexicon
from yici.core.binding.party import Party, party_of
from yici.core.binding.result import Binding, Candidate
from yici.core.binding.words import COUNT_UNITS, HARMLESS_PREFIX, HARMLESS_SUFFIX, HINT, SELF, SOMEBODY, UNITS
from yici.core.elements import Element, Kind
from yici.core.recognition.labels import Label, read_label

HEAD_ELEMENTS = {"person.name": "household.head_name", "person.id_number": "household.head_id_number"}
# What every party of a form has of its own: after another party's name these labels are that party's.
PERSONAL = (Kind.NAME, Kind.ID_NUMBER, Kind.PHONE, Kind.ADDRESS)
COMPATIBLE = {
    "person": ("person", "household"),
    "household": ("household",),
    "enterprise": ("enterprise",),
    "": ("person", "household", "enterprise"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How a leaf label was understood: the element, the words used up, and whether anything is left over."""

    element: Element
    alias: str
    decides: bool
    residue: str = ""


class Binder:
    """Binds label paths over one lexicon. Pure: the same path and subject always give the same binding."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    def bind(self, path: Sequence[str], *, subject: str, after: Party = Party.SELF) -> Binding:
        """Bind a label path (outermost label first) in an area about `subject`.

        `after` is the party named by the slot just before this one (户主姓名 → HEAD): generic labels such as 电话 and
        身份证号 that follow a name belong to that name.
        """
        leaf = read_label(path[-1]) if path else read_label("")
        if not leaf.core:
            return Binding()
        if (word := (leaf.core.casefold(), subject)) in self.lexicon.learnt:
            return self._learnt(word)
        parents = [read_label(part) for part in path[:-1]]
        party = self._party(parents, subject, Party.SELF if self._own(leaf.core, subject) else after)
        reading = self._read(leaf, parents, subject, party)
        if reading is None:
            return self._suggest(leaf, subject)
        if reading.element.kind is Kind.NAME:
            # A name opens a party of its own; only the labels above it say whose it is.
            own = Party.HEAD if after is Party.HEAD and subject == "household" else Party.SELF
            party = self._party(parents, subject, own)
        return self._judge(reading, leaf, parents, subject, party)

    def _own(self, core: str, subject: str) -> bool:
        """Whether a label says itself that it is about the subject (本人电话, 学生身份证号)."""
        return any(core.startswith(word) and len(core) > len(word) for word in SELF.get(subject, ()))

    def _learnt(self, word: tuple[str, str]) -> Binding:
        element = self.lexicon.learnt[word]
        return Binding(element, element is not None, confidence=1.0, evidence=(f"confirmed: {word[0]}",))

    def _party(self, parents: list[Label], subject: str, after: Party) -> Party:
        """The innermost label that names a party decides; without one, the slot before."""
        for parent in reversed(parents):
            party = party_of(parent.core, subject)
            if party in (Party.HEAD, Party.GUARDIAN, Party.MEMBERS, Party.OTHER):
                return party
        return after

    def _read(self, leaf: Label, parents: list[Label], subject: str, party: Party) -> Reading | None:
        """Explain the leaf: as it stands, joined with the label above it, or without words that add nothing."""
        core = leaf.core.casefold()
        if party in (Party.GUARDIAN, Party.OTHER) and parents:
            joined = f"{_bare(parents[-1].core)}{core}".casefold()
            if found := self._lookup(joined, subject):
                return found
        whole = leaf.full.rstrip(":").casefold()
        for word in dict.fromkeys((core, whole)):
            if found := self._lookup(word, subject):
                return found
        for word in self._trimmed(core, subject):
            if found := self._lookup(word, subject):
                return found
        if (
            parents
            and party_of(parents[-1].core, subject) in (Party.HEAD, Party.UNKNOWN)
            and (found := self._lookup(f"{_bare(parents[-1].core)}{core}", subject))
        ):
            return found
        for hint in leaf.hints:
            if found := self._lookup(hint.casefold(), subject):
                return Reading(found.element, found.alias, found.decides, residue=core)
        return None

    def _lookup(self, word: str, subject: str) -> Reading | None:
        found = self.lexicon.find(word, subject)
        return Reading(found[0][0], word, found[0][1]) if found else None

    def _trimmed(self, core: str, subject: str) -> list[str]:
        """The label without one word at either end that adds nothing (学生姓名 → 姓名, 现政治面貌 → 政治面貌)."""
        starts = (*SELF.get(subject, ()), *HARMLESS_PREFIX)
        heads = [
            core[len(word) :].removeprefix("的") for word in starts if core.startswith(word) and len(core) > len(word)
        ]
        tails = [core[: -len(word)] for word in HARMLESS_SUFFIX if core.endswith(word) and len(core) > len(word) + 1]
        return sorted({*heads, *tails}, key=len, reverse=True)

    def _judge(self, reading: Reading, leaf: Label, parents: list[Label], subject: str, party: Party) -> Binding:
        element, of = reading.element, ""
        doubts = [f"left over: {reading.residue}"] if reading.residue else []
        if party is Party.HEAD and element.subject == "person" and element.generic:
            if element.id in HEAD_ELEMENTS:
                element = self.lexicon.registry.elements[HEAD_ELEMENTS[element.id]]
            else:
                of = "head"
        elif party is Party.HEAD and element.subject == "person" and subject == "household":
            of = "head"
        doubts += self._doubts(reading, element, leaf, parents, subject, party, of)
        certain = not doubts
        evidence = (f"{leaf.full} = {reading.alias}", *(f"{p.core}" for p in parents), *doubts)
        confidence = 1.0 if certain else 0.6
        candidates = (Candidate(element.id, confidence, reading.alias),)
        return Binding(element.id, certain, of=of, confidence=confidence, candidates=candidates, evidence=evidence)

    def _doubts(
        self, reading: Reading, element: Element, leaf: Label, parents: list[Label], subject: str, party: Party, of: str
    ) -> list[str]:
        """Everything that speaks against filling without asking."""
        doubts: list[str] = []
        if not reading.decides and any(party_of(parent.core, subject) is Party.UNKNOWN for parent in parents):
            doubts.append("a short word under a heading that may change it")
        if element.subject not in COMPATIBLE.get(subject, (subject,)) and not of:
            doubts.append(f"about another subject: {element.subject}")
        if not subject and element.kind is not Kind.REGION:
            doubts.append("the subject is not clear")
        theirs = (element.generic or not reading.decides) and (element.kind in PERSONAL or element.subject == "person")
        around = {party_of(parent.core, subject) for parent in parents}
        if (party is Party.OTHER and theirs) or (Party.OTHER in around and element.subject == "person"):
            doubts.append("somebody else's")
        if party is Party.GUARDIAN and theirs and not element.id.startswith("person.guardian"):
            doubts.append("the guardian's")
        if of == "head" and subject == "person":
            doubts.append("the head's, in a row about a person")
        hints = leaf.hints if reading.alias == leaf.core.casefold() or "(" not in reading.alias else ()
        doubts += [f"left over: {hint}" for hint in hints if not self._explained(hint, element)]
        if any(hint in COUNT_UNITS for hint in leaf.hints) and element.kind not in (Kind.INTEGER, Kind.DECIMAL):
            doubts.append("counts something")
        return doubts

    def _explained(self, hint: str, element: Element) -> bool:
        if hint in UNITS or HINT.search(hint):
            return True
        return any(found is element for found, _ in self.lexicon.find(hint.casefold(), element.subject))

    def _suggest(self, leaf: Label, subject: str) -> Binding:
        """The nearest elements, never certain. A word that names somebody else (房东姓名) is near to his only."""
        choices = self.lexicon.words_for(subject)
        if subject != "enterprise" and (whose := SOMEBODY.search(leaf.core)):
            choices = {word: element for word, element in choices.items() if whose[0] in word}
        near = process.extract(leaf.core.casefold(), list(choices), scorer=fuzz.ratio, limit=8, score_cutoff=55)
        best: dict[str, Candidate] = {}
        for alias, score, _ in near:
            element = choices[alias]
            weight = score / 100 * (1.0 if element.subject in COMPATIBLE.get(subject, (subject,)) else 0.7)
            if element.id not in best or best[element.id].score < weight:
                best[element.id] = Candidate(element.id, round(0.9 * weight, 3), alias)
        ranked = tuple(sorted(best.values(), key=lambda c: -c.score)[:3])
        if not ranked or ranked[0].score < 0.55:
            return Binding(candidates=ranked, evidence=(f"no word for {leaf.core}",))
        top = ranked[0]
        return Binding(
            top.element, False, confidence=top.score, candidates=ranked, evidence=(f"{leaf.core} ~ {top.alias}",)
        )


def _bare(text: str) -> str:
    for tail in ("基本情况", "基本信息", "情况", "信息"):
        text = text.removesuffix(tail)
    return text
