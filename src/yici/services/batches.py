"""Batches: what was imported, saying what one covers, and taking one back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from yici.core.errors import NotFound, Problem
from yici.services.pool import area_names
from yici.storage.batches import BatchRow, cover_batch, list_batches, match_batches, withdraw_batch
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
    open_database(home)
    found, wanted = _in_force(batch), area_names(units, all_areas())
    before = found.covers
    if {*wanted} != {*before}:
        before = cover_batch(found.seq, wanted, actor=actor)
    return replace(found, covers=tuple(sorted(wanted))), before


def withdraw(*, home: Path, actor: str, batch: str) -> BatchRow:
    """Take a batch back wholly, named by the first letters of its id. Raises NotFound when none or several match."""
    open_database(home)
    found = _in_force(batch)
    withdraw_batch(found.seq, actor=actor)
    return found


def _in_force(batch: str) -> BatchRow:
    """The one batch in force whose id begins so."""
    found = [row for row in match_batches(batch) if row.withdrawn_at is None]
    if len(found) != 1:
        what = "没有这样的批次" if not found else f"有 {len(found)} 个批次以此开头"
        raise NotFound(Problem("unknown_batch", f"{batch}：{what}。", "请看批次列表里的编号，并写得更长一些。"))
    return found[0]
