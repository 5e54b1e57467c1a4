"""Batches: what was imported, saying what one covers, and taking one back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from yici.core.errors import NotFound, Problem
from yici.core.jobs import LARGE_POOL_ROWS
from yici.services.pool import area_names
from yici.storage.batches import (
    BatchRow,
    batch_numbered,
    cover_batch,
    list_batches,
    match_batches,
    rows_in_force,
    withdraw_batch,
)
from yici.storage.database import open_database
from yici.storage.units import all_areas


def batches_of(*, home: Path) -> list[BatchRow]:
    """Every batch, withdrawn ones too, in the order of their arrival."""
    open_database(home)
    return list_batches()


def cover(*, home: Path, actor: str, batch: str, units: Iterable[str]) -> tuple[BatchRow, tuple[str, ...]]:
    """Say afterwards for which units a batch is a complete list (名册), instead of what was said before; none: unsaid.

    The batch is named by the first letters of its id. Returns it as it is now, and the units said before. Raises
    NotFound naming what is not there.
    """
    return cover_numbered(home=home, actor=actor, seq=batch_named(home=home, batch=batch).seq, units=units)


def withdraw(*, home: Path, actor: str, batch: str) -> BatchRow:
    """Take a batch back wholly, named by the first letters of its id. Raises NotFound when none or several match."""
    return withdraw_numbered(home=home, actor=actor, seq=batch_named(home=home, batch=batch).seq)


def cover_numbered(*, home: Path, actor: str, seq: int, units: Iterable[str]) -> tuple[BatchRow, tuple[str, ...]]:
    """As `cover`, of the batch with that number."""
    open_database(home)
    found, wanted = batch_numbered(seq), units_covered(home=home, units=units)
    if found is None or found.withdrawn_at is not None:
        raise NotFound(_WITHDRAWN)
    before = found.covers
    if {*wanted} != {*before}:
        before = cover_batch(seq, wanted, actor=actor)
    return replace(found, covers=wanted), before


def withdraw_numbered(*, home: Path, actor: str, seq: int, again: bool = False) -> BatchRow:
    """Take the batch with that number back; `again` when this may have been done before: it is done then. A number is
    one import, where the same file imported anew has the same id. Raises NotFound."""
    open_database(home)
    found = batch_numbered(seq)
    if found is None or (found.withdrawn_at is not None and not again):
        raise NotFound(_WITHDRAWN)
    if found.withdrawn_at is None:
        withdraw_batch(seq, actor=actor)
    return found


def units_covered(*, home: Path, units: Iterable[str]) -> tuple[str, ...]:
    """The names of the units a batch is said to be a complete list for. Raises NotFound naming what is not there."""
    open_database(home)
    return tuple(sorted(area_names(units, all_areas())))


def pool_is_large(*, home: Path) -> bool:
    """Whether a change to which rows count is work for the background: the pool takes its time to be up to date."""
    open_database(home)
    return rows_in_force() > LARGE_POOL_ROWS


def batch_named(*, home: Path, batch: str) -> BatchRow:
    """The one batch in force whose id begins so. Raises NotFound when none or several do."""
    open_database(home)
    found = [row for row in match_batches(batch) if row.withdrawn_at is None]
    if len(found) != 1:
        what = "没有这样的批次" if not found else f"有 {len(found)} 个批次以此开头"
        raise NotFound(Problem("unknown_batch", f"{batch}：{what}。", "请看批次列表里的编号，并写得更长一些。"))
    return found[0]


_WITHDRAWN = Problem("batch-withdrawn", "这个批次已经撤回。", "请刷新批次列表；再次导入同一文件即可恢复。")
