"""Doubts about values (疑义校核): where one stands, and the steps between. Nothing else may happen."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from yici.core.errors import Conflict, Problem

DAYS = 10
"""Working days within which a doubt is answered (《政务数据共享条例》 asks for ten)."""


class DisputeState(StrEnum):
    """Where a doubt stands: waiting, the value was changed, the value was kept, or taken back by who raised it."""

    OPEN = "open"
    CHANGED = "changed"
    KEPT = "kept"
    TAKEN_BACK = "taken back"


DISPUTE_NAMES: Mapping[DisputeState, str] = {
    DisputeState.OPEN: "待校核",
    DisputeState.CHANGED: "已更正",
    DisputeState.KEPT: "核实无误",
    DisputeState.TAKEN_BACK: "已收回",
}
_STEPS: Mapping[str, DisputeState] = {
    "change": DisputeState.CHANGED,
    "keep": DisputeState.KEPT,
    "take back": DisputeState.TAKEN_BACK,
}


def dispute_after(state: str, step: str) -> DisputeState:
    """Where a step leads. Raises Conflict for a doubt that was settled before; KeyError for a step that is none."""
    if state != DisputeState.OPEN:
        name = DISPUTE_NAMES[DisputeState(state)]
        raise Conflict(Problem("dispute-settled", f"这条疑义已经办结（{name}）。", "仍有疑问请再提一条。"))
    return _STEPS[step]
