"""Kinds of apps, the states an app goes through, and what must be done with its data before it is taken down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from yici.core.errors import Conflict, Problem


class AppState(StrEnum):
    """Where an app stands: 申报 → 准入 → 在用 → 下架中 → 已下架."""

    PROPOSED = "proposed"
    RETURNED = "returned"
    REFUSED = "refused"
    RUNNING = "running"
    RETIRING = "retiring"
    DOWN = "down"


APP_STATES: Mapping[AppState, str] = {
    AppState.PROPOSED: "待准入评审", AppState.RETURNED: "退回补正", AppState.REFUSED: "不予准入",
    AppState.RUNNING: "在用", AppState.RETIRING: "下架中", AppState.DOWN: "已下架",
}  # fmt: skip
APP_KINDS: Mapping[str, str] = {
    "app": "手机应用", "mini": "小程序", "quick": "快应用", "web": "网页系统", "account": "公众号", "chat": "工作群",
}  # fmt: skip
LIVE = frozenset({AppState.RUNNING, AppState.RETIRING})

_STEPS: Mapping[str, tuple[frozenset[AppState], AppState]] = {
    "propose": (frozenset({AppState.RETURNED}), AppState.PROPOSED),
    "admit": (frozenset({AppState.PROPOSED}), AppState.RUNNING),
    "return": (frozenset({AppState.PROPOSED}), AppState.RETURNED),
    "refuse": (frozenset({AppState.PROPOSED}), AppState.REFUSED),
    "retire": (frozenset({AppState.RUNNING}), AppState.RETIRING),
    "stay": (frozenset({AppState.RETIRING}), AppState.RUNNING),
    "down": (frozenset({AppState.RETIRING}), AppState.DOWN),
}
STEP_NAMES: Mapping[str, str] = {
    "propose": "申报", "admit": "准入", "return": "退回", "refuse": "不予准入", "retire": "开始下架",
    "stay": "不下架了", "exported": "数据已导出", "imported": "数据已入库", "nothing": "没有数据要搬", "down": "下架",
}  # fmt: skip


def app_after(state: AppState, step: str) -> AppState:
    """The state after a step. Raises Conflict when the step cannot be taken from here."""
    allowed, following = _STEPS[step]
    if state not in allowed:
        message = f"现在是“{APP_STATES[state]}”，不能{STEP_NAMES[step]}。"
        raise Conflict(Problem("wrong-state", message, "请刷新页面，看看别人是否已经处理。"))
    return following


def data_moved(done: Mapping[str, str], left: Sequence[str] = ()) -> list[Problem]:
    """What of an app's data has not been moved yet. `done` are the steps taken since it began to be taken down, with
    the batch an import came to; `left` are registered fields that no such batch has a column of."""
    if "nothing" in done:
        return []
    found = []
    if "exported" not in done:
        found.append(Problem("not-exported", "数据还没有导出。", "请先从应用里导出，并写明文件和条数。"))
    if not done.get("imported"):
        found.append(Problem("not-imported", "数据还没有进库。", "请在“导入台账”里导入，再填批次编号。"))
    elif left:
        names = "、".join(left)
        found.append(Problem("fields-left", f"导入的批次里没有这些项：{names}。", "请连同这些项再导入，再填批次编号。"))
    return found
