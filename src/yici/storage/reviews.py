"""Remarks of reviewers about single cells: every query has a name here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from yici.storage.host import models

Address = tuple[str, str, str, str]
"""What names a cell within a filling: key, element, sheet, label."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What was said about one cell."""

    address: Address
    remark: str
    open: bool
    by: str
    at: datetime


def add_remarks(filling: int, remarks: Mapping[Address, str], *, by: str) -> None:
    """Keep why cells are returned."""
    models.CellRemark.objects.bulk_create(
        models.CellRemark(
            filling_id=filling, key=key, element=element, sheet=sheet, label=label, remark=remark, by=by
        )
        for (key, element, sheet, label), remark in remarks.items()
    )  # fmt: skip


def remarks_of(filling: int) -> list[Remark]:
    """Everything that was said about cells of a filling, oldest first."""
    rows = models.CellRemark.objects.filter(filling_id=filling).order_by("pk")
    return [Remark((r.key, r.element, r.sheet, r.label), r.remark, r.open, r.by, r.at) for r in rows]


def settle_remarks(filling: int) -> None:
    """The filling was sent again: its remarks are history."""
    models.CellRemark.objects.filter(filling_id=filling, open=True).update(open=False)
