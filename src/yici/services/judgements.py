"""Judgements (判定): a person says whether two subjects are the same; a later one supersedes."""

from __future__ import annotations

from pathlib import Path

from yici.core.errors import Conflict, NotFound, Problem
from yici.services.pool import open_pool
from yici.storage.judgements import DIFFERENT, OPEN, SAME, add_judgement


def judge_subjects(
    *, home: Path, actor: str, subject: str, left: str, right: str, same: bool | None, reason: str = ""
) -> int:
    """Record that two subjects are, or are not, the same; its number. None takes the earlier judgement back.

    `subject` is the id or name of a subject type. Raises Conflict for one subject named twice, NotFound for an unknown
    type.
    """
    if left == right:
        raise Conflict(Problem("same_key", "两个编号相同。", "请给出两个不同的编号。"))
    pool = open_pool(home)
    kind = pool.registry.subject_type(subject)
    if kind is None:
        names = "、".join(each.name for each in pool.registry.subjects.values())
        raise NotFound(Problem("unknown_subject_type", f"没有“{subject}”这类对象。", f"可用的有：{names}。"))
    verdict = OPEN if same is None else SAME if same else DIFFERENT
    return add_judgement(subject=kind.id, left=left, right=right, verdict=verdict, reason=reason, actor=actor)
