"""Judgements (判定): a person says whether two subjects are the same; a later one supersedes."""

from __future__ import annotations

from pathlib import Path

from yici.core.errors import Conflict, Problem
from yici.storage.database import open_database
from yici.storage.judgements import DIFFERENT, OPEN, SAME, add_judgement


def judge_subjects(
    *, home: Path, actor: str, subject: str, left: str, right: str, same: bool | None, reason: str = ""
) -> int:
    """Record that two subjects are, or are not, the same; its number. None takes the earlier judgement back.

    Raises Conflict for one subject named twice.
    """
    if left == right:
        raise Conflict(Problem("same_key", "两个编号相同。", "请给出两个不同的编号。"))
    open_database(home)
    verdict = OPEN if same is None else SAME if same else DIFFERENT
    return add_judgement(subject=subject, left=left, right=right, verdict=verdict, reason=reason, actor=actor)
