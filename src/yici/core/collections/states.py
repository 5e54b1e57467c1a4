"""The states of a collection and of one unit's filling, with the steps between them. Nothing else may happen."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from yici.core.errors import Conflict, Problem


class State(StrEnum):
    """Where a collection stands: 报备 → 准入评审 → 派发 → … → 结束."""

    PROPOSED = "proposed"
    RETURNED = "returned"
    APPROVED = "approved"
    MERGED = "merged"
    REFUSED = "refused"
    OPEN = "open"
    CLOSED = "closed"


class FillingState(StrEnum):
    """Where one unit's filling stands: with the clerk, then village, township and department in turn."""

    OPEN = "open"
    SUBMITTED = "submitted"
    CHECKED = "checked"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    MISSED = "missed"


STATE_NAMES: Mapping[State, str] = {
    State.PROPOSED: "待评审", State.RETURNED: "退回修改", State.APPROVED: "已准入", State.MERGED: "已并入",
    State.REFUSED: "不予采集", State.OPEN: "填报中", State.CLOSED: "已结束",
}  # fmt: skip
FILLING_NAMES: Mapping[FillingState, str] = {
    FillingState.OPEN: "待填报", FillingState.SUBMITTED: "待审核", FillingState.CHECKED: "待部门审核",
    FillingState.ACCEPTED: "已通过", FillingState.RETURNED: "退回补正",
    FillingState.MISSED: "未报送",
}  # fmt: skip

_STEPS: Mapping[str, tuple[frozenset[State], State]] = {
    # An approved one was never sent: what it says may still be put right, and is reviewed again.
    "propose": (frozenset({State.RETURNED, State.APPROVED}), State.PROPOSED),
    "approve": (frozenset({State.PROPOSED}), State.APPROVED),
    "return": (frozenset({State.PROPOSED, State.APPROVED}), State.RETURNED),
    "merge": (frozenset({State.PROPOSED}), State.MERGED),
    "refuse": (frozenset({State.PROPOSED}), State.REFUSED),
    "publish": (frozenset({State.APPROVED}), State.OPEN),
    "close": (frozenset({State.OPEN}), State.CLOSED),
    "reopen": (frozenset({State.CLOSED}), State.OPEN),
}
_FILLING_STEPS: Mapping[str, tuple[frozenset[FillingState], FillingState]] = {
    "submit": (frozenset({FillingState.OPEN, FillingState.RETURNED}), FillingState.SUBMITTED),
    "check": (frozenset({FillingState.SUBMITTED}), FillingState.CHECKED),
    "accept": (frozenset({FillingState.SUBMITTED, FillingState.CHECKED}), FillingState.ACCEPTED),
    "return": (frozenset({FillingState.SUBMITTED, FillingState.CHECKED}), FillingState.RETURNED),
    # The clerk takes back what nobody has looked at yet; afterwards whoever reviews opens it again.
    "withdraw": (frozenset({FillingState.SUBMITTED}), FillingState.OPEN),
    "reopen": (frozenset({FillingState.ACCEPTED, FillingState.CHECKED, FillingState.MISSED}), FillingState.OPEN),
    # The collection ended without it. Reopening the collection for one unit must not ask the others again.
    "miss": (frozenset({FillingState.OPEN, FillingState.RETURNED}), FillingState.MISSED),
}
STEP_NAMES: Mapping[str, str] = {
    "submit": "报送", "check": "乡镇审核通过", "accept": "部门通过", "return": "退回补正", "withdraw": "撤回",
    "reopen": "重新打开", "miss": "任务结束，没有报送",
}  # fmt: skip
ANSWERABLE = frozenset({FillingState.OPEN, FillingState.RETURNED})
NOT_BACK = ANSWERABLE | {FillingState.MISSED}


def after(state: State, step: str) -> State:
    """The state after a step. Raises Conflict when the step cannot be taken from here."""
    allowed, following = _STEPS[step]
    if state not in allowed:
        raise Conflict(_wrong(STATE_NAMES[state]))
    return following


def filling_after(state: FillingState, step: str) -> FillingState:
    """The filling's state after a step. Raises Conflict when the step cannot be taken from here."""
    allowed, following = _FILLING_STEPS[step]
    if state not in allowed:
        raise Conflict(_wrong(FILLING_NAMES[state]))
    return following


def _wrong(name: str) -> Problem:
    return Problem("wrong-state", f"现在是“{name}”，不能这样做。", "请刷新页面，看看别人是否已经处理。")
