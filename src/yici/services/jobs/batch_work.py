"""Changes to which rows of the pool count: afterwards the job brings the pool up to date, so that no page waits."""

from __future__ import annotations

from typing import Any

from yici.services.batches import cover_numbered, withdraw_numbered
from yici.services.jobs.kinds import Result, Work
from yici.services.pool import open_pool


def withdraw(work: Work) -> Result:
    """Take a batch back; a run that was cut off may have done it."""
    work.step("正在撤回批次，并更新全库")
    withdraw_numbered(**_about(work), again=not work.first)
    bring_up_to_date(work)
    return Result("已撤回；再次导入同一文件即可恢复。", "imports")


def cover(work: Work) -> Result:
    """Say for which units a batch is a complete list; said again, it is the same."""
    work.step("正在写明名册范围，并更新全库")
    cover_numbered(**_about(work), units=[str(unit) for unit in work.arguments["units"]])
    bring_up_to_date(work)
    return Result("已写明名册范围。", "imports")


def refresh(work: Work) -> Result:
    """Reckon the golden records anew after a judgement, which is in force already."""
    work.step("正在更新全库")
    bring_up_to_date(work)
    return Result("全库已更新。", "judgements")


def bring_up_to_date(work: Work) -> None:
    """Reckon the golden records anew. What changed is in force: from here on nothing may stop the work and have it said
    that no change was left."""
    work.note = _nothing
    with open_pool(work.home).projection():
        pass


def _about(work: Work) -> dict[str, Any]:
    return {"home": work.home, "actor": work.actor.name, "seq": int(work.arguments["seq"])}


def _nothing(_done: int, _total: int, _step: str) -> None:
    pass
