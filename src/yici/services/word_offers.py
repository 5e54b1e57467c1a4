"""Words people confirmed for one form, offered to the steward: accepted ones hold in every form, with a way back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from yici.core.access.actors import Actor
from yici.core.access.rules import can
from yici.core.errors import Conflict, Problem, Refused
from yici.services.clerks import full_names
from yici.services.form_doubts import meaning_in_words
from yici.services.pool import open_pool
from yici.storage import audit, confirmed_words
from yici.storage.confirmations import Alias, save_alias
from yici.storage.confirmed_words import WordRow

ACCEPTED, DECLINED = "accepted", "declined"


@dataclass(frozen=True, slots=True)
class Offer:
    """One meaning of a word: how often and in which forms people chose it, and what else they chose for the word."""

    word: str
    subject: str
    meaning: str
    name: str
    numbers: tuple[int, ...]
    titles: tuple[str, ...]
    by: tuple[str, ...]
    others: tuple[str, ...]


def offers(*, home: Path) -> list[Offer]:
    """The words that wait for a decision, those confirmed most often first."""
    pool = open_pool(home)
    found: dict[tuple[str, str, str], list[WordRow]] = {}
    for row in confirmed_words.offered_words():
        if row.meaning in pool.registry.elements:
            found.setdefault((row.alias, row.subject, row.meaning), []).append(row)
    offered, people = [], full_names()
    for (word, subject, meaning), rows in found.items():
        others = {
            meaning_in_words(some[0], pool) for (w, s, m), some in found.items() if (w, s) == (word, subject)
            and m != meaning
        }  # fmt: skip
        offered.append(Offer(
            word, pool.registry.subjects[subject].name, meaning, meaning_in_words(rows[0], pool),
            tuple(row.id for row in rows), tuple(dict.fromkeys(row.title for row in rows)),
            tuple(dict.fromkeys(people.get(row.by, row.by) for row in rows)), tuple(sorted(others)),
        ))  # fmt: skip
    return sorted(offered, key=lambda one: (-len(one.numbers), one.word))


def decide_offer(*, actor: Actor, home: Path, numbers: list[int], decision: str) -> None:
    """Let a word stand for its element in every form ("accepted"), or in none but those where it was confirmed
    ("declined"). Raises Refused, Conflict when it was decided meanwhile."""
    open_pool(home)
    verdict = can(actor, "words.decide")
    if not verdict:
        raise Refused(Problem("not-allowed", f"{verdict.because}。", "请找数据专员。"))
    rows = [row for row in confirmed_words.offered_words() if row.id in set(numbers)]
    meant = {(row.alias, row.subject, row.meaning) for row in rows}
    if len(meant) != 1 or decision not in (ACCEPTED, DECLINED):
        raise Conflict(Problem("word-decided", "这个词已经定过了。", "请刷新页面。"))
    ((word, subject, meaning),) = meant
    with transaction.atomic():
        confirmed_words.decide_words([row.id for row in rows], decision, by=actor.name)
        if decision == ACCEPTED:
            save_alias(Alias(word, subject, meaning), actor=actor.name)
        detail = {"meaning": meaning, "decision": decision}
        audit.append(actor=actor.name, action="word.decide", thing=word, detail=detail)
