"""Judgements (判定): whether two subjects are the same. Superseded by a later one, never overwritten."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from yici.core.manifest import Verdict
from yici.storage import audit
from yici.storage.host import models

SAME, DIFFERENT, OPEN = "same", "different", "open"


def add_judgement(*, subject: str, left: str, right: str, verdict: str, reason: str = "", actor: str) -> int:
    """Add a judgement; its sequence number. The verdict "open" takes the pair's earlier judgement back."""
    with transaction.atomic():
        seq = audit.next_number("pool")
        models.Judgement.objects.create(
            seq=seq, subject=subject, left=left, right=right, verdict=verdict, by=actor, reason=reason
        )
        detail = {"other": right, "verdict": verdict, "reason": reason}
        audit.append(actor=actor, action="judgement.add", thing=left, detail=detail)
    return seq


def judgements_about(subject: str, key: str) -> list[models.Judgement]:
    """The judgements in force that a subject is the same as another one, the latest first."""
    numbers = [v.seq for v in verdicts_in_force() if v.same and v.subject == subject and key in (v.left, v.right)]
    return list(models.Judgement.objects.filter(seq__in=numbers).order_by("-seq"))


def said_of(numbers: Collection[int]) -> dict[int, tuple[str, str]]:
    """Who said the judgements of these numbers, and why."""
    rows = models.Judgement.objects.filter(seq__in=numbers)
    return {seq: (by, reason) for seq, by, reason in rows.values_list("seq", "by", "reason")}


def verdicts_in_force() -> tuple[Verdict, ...]:
    """The latest judgement of every pair, those taken back left out."""
    latest: dict[tuple[str, frozenset[str]], models.Judgement] = {}
    for row in models.Judgement.objects.order_by("seq"):
        latest[row.subject, frozenset((row.left, row.right))] = row
    return tuple(
        Verdict(row.seq, row.subject, row.left, row.right, row.verdict == SAME)
        for row in sorted(latest.values(), key=lambda row: row.seq)
        if row.verdict != OPEN
    )
