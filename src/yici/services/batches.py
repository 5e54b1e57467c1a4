"""Batches: what was imported, and taking one back."""

from __future__ import annotations

from pathlib import Path

from yici.core.errors import NotFound, Problem
from yici.storage.batches import BatchRow, list_batches, match_batches, withdraw_batch
from yici.storage.database import open_database


def batches_of(*, home: Path) -> list[BatchRow]:
    """Every batch, withdrawn ones too, in the order of their arrival."""
    open_database(home)
    return list_batches()


def withdraw(*, home: Path, actor: str, batch: str) -> BatchRow:
    """Take a batch back wholly, named by the first letters of its id. Raises NotFound when none or several match."""
    open_database(home)
    found = [row for row in match_batches(batch) if row.withdrawn_at is None]
    if len(found) != 1:
        what = "没有这样的批次" if not found else f"有 {len(found)} 个批次以此开头"
        raise NotFound(Problem("unknown_batch", f"{batch}：{what}。", "用 yici batches 查看批次编号，并写得更长一些。"))
    withdraw_batch(found[0].seq, actor=actor)
    return found[0]
