"""Proposing a large form, or one of an old format, in the background."""

from __future__ import annotations

from yici.services.collecting.proposing_work import propose_kept
from yici.services.jobs.kinds import Result, Work


def propose(work: Work) -> Result:
    """Convert and recognise the form, then propose it: cancelled before that, nothing is."""
    work.step("正在识别表样")
    number = propose_kept(
        actor=work.actor, home=work.home, arguments=work.arguments, folder=work.folder, first=work.first,
        waiting=lambda: work.progress(0, 0),
    )  # fmt: skip
    return Result("已报备，请核对识别结果；数据专员评审后可以派发。", "collection", str(number))
