"""Fillings and subjects as what rules of access ask about."""

from __future__ import annotations

from pathlib import Path

from yici.core.access.actors import Thing
from yici.core.errors import NotFound, Problem
from yici.engine.projection import Projection
from yici.engine.schema import table_of
from yici.storage import collections
from yici.storage.collections import Asking, FillingRow
from yici.storage.database import open_database


def get_filling(*, home: Path, number: int) -> FillingRow:
    """One filling. Raises NotFound."""
    open_database(home)
    row = collections.filling_row(number)
    if row is None:
        raise NotFound(Problem("unknown-filling", "没有这项填报。", "请返回列表。"))
    return row


def filling_thing(row: FillingRow | Asking) -> Thing:
    """A filling's unit and organisation."""
    return Thing("filling", unit=row.unit, organisation=row.organisation, state=str(row.state))


def unit_of(projection: Projection, subject: str, key: str) -> Thing | None:
    """A subject of the pool with its unit; None when there is no such subject."""
    text = f"SELECT unit FROM {table_of(subject)} WHERE key = ?"  # noqa: S608 (registry's names)
    rows = projection.con.execute(text, [key]).fetchall()
    if not rows:
        return None
    return Thing(subject, unit=str(rows[0][0]) if rows[0][0] else "", subject=(subject, key))
