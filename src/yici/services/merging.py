"""Merging two subjects by hand (合并) and parting them again (拆分): judgements with a reason, always undoable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from yici.core.access.actors import Actor
from yici.core.errors import Conflict, Problem
from yici.services.pool import open_pool
from yici.services.queues import Person, judge, one_side, take_back
from yici.services.searching import Hit, search_pool
from yici.services.subject_pages import open_subject
from yici.storage.judgements import judgements_about


@dataclass(frozen=True, slots=True)
class Joined:
    """A judgement in force by which the subject is kept together with another one."""

    number: int
    by: str
    reason: str


def candidates(*, actor: Actor, home: Path, code: str, words: str) -> list[Hit]:
    """Subjects of the same kind that fit some words, the subject itself left out. Raises NotFound."""
    opened = open_subject(actor=actor, home=home, code=code)
    found = search_pool(actor=actor, home=home, words=words).hits if words.strip() else ()
    return [hit for hit in found if hit.subject == opened.subject and hit.code != code]


def joined_with(*, actor: Actor, home: Path, code: str) -> list[Joined]:
    """By which judgements others were merged into the subject. Raises NotFound."""
    opened = open_subject(actor=actor, home=home, code=code)
    return [Joined(row.seq, row.by, row.reason) for row in judgements_about(opened.subject, opened.key)]


def itself(*, actor: Actor, home: Path, code: str) -> Person:
    """The subject with what tells it from others, to be compared with the candidates. Raises NotFound."""
    return one_side(actor=actor, home=home, code=code)


def other_numbers(*, home: Path, one: Person, hits: Sequence[Hit]) -> set[str]:
    """The codes of candidates whose number is known as the subject's own is: two numbers are hardly one person's."""
    subjects, elements = open_pool(home).registry.subjects, open_pool(home).registry.elements
    keys = {kind: elements[subject.key].name for kind, subject in subjects.items() if subject.key in elements}
    known = {name for name, text in one.facts if text}
    return {hit.code for hit in hits if keys.get(hit.subject) in known & {name for name, text in hit.facts if text}}


def merge(*, actor: Actor, home: Path, code: str, other: str, reason: str) -> None:
    """Say that two subjects are one. Raises NotFound, Conflict without a reason."""
    judge(actor=actor, home=home, left=code, right=other, verdict="same", reason=_reason(reason))


def part(*, actor: Actor, home: Path, number: int, reason: str) -> None:
    """Take the merging back: both are subjects of their own again. Raises NotFound, Conflict without a reason."""
    take_back(actor=actor, home=home, number=number, reason=_reason(reason))


def _reason(text: str) -> str:
    if not text.strip():
        raise Conflict(Problem("reason-missing", "没有写理由。", "合并和拆分都要写明依据，日后可查。"))
    return text.strip()[:500]
