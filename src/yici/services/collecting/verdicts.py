"""What a verdict on a proposal needs: the eyes of somebody else, and for a merger a collection that asks the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from yici.core.access.actors import Actor
from yici.core.collections.states import State
from yici.core.errors import Conflict, Problem
from yici.services.collecting.admission import Report
from yici.services.collecting.alike import same_field
from yici.storage import collections
from yici.storage.collections import CollectionRow

# What may still bring answers in.
ASKING = (State.APPROVED, State.OPEN)


def check_decider(actor: Actor, row: CollectionRow) -> None:
    """Raise Conflict when the actor would approve what he proposed himself: asking all villages, and taking whole
    values from the pool, takes two people."""
    if row.by == actor.name:
        raise Conflict(Problem("own-proposal", "自己报备的，不能由自己准入。", "请另一位数据专员评审。"))


def check_merge(row: CollectionRow, into: int | None, report: Report) -> None:
    """Raise Conflict for a target that brings no answers in, and for what would be asked of nobody then: the items the
    pool lacks that the target does not ask for either."""
    target = collections.collection_row(into) if into is not None and into != row.id else None
    if target is None or target.state not in ASKING:
        raise Conflict(
            Problem("merge-target", "没有指明并入哪个采集任务，或它已不在采集。", "请选择一个已准入的任务。")
        )
    asked = {same_field(entry) for entry in target.form.fields}
    lacking = {missing.label for missing in report.missing}
    left = _labels(entry for entry in row.form.fields if entry["label"] in lacking and same_field(entry) not in asked)
    if left:
        hint = "请退回，让部门把这些项加进要并入的表，或者单独准入。"
        raise Conflict(Problem("merge-lacks", f"并入后没有人问这些项：{'、'.join(left)}。", hint))


def _labels(entries: Iterable[Mapping[str, object]]) -> list[str]:
    return list(dict.fromkeys(str(entry["label"]) for entry in entries))
