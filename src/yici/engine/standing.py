"""What the golden records say of some subjects, and how strongly: read in one scan."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from yici.engine.build import read_past
from yici.engine.projection import Projection
from yici.engine.scan import ROW_BITS
from yici.engine.schema import DERIVED_RECORD, quoted, source_table_of, table_of


def golden_of(
    projection: Projection, subject: str, keys: Collection[str], elements: Sequence[str]
) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Key → (unit, element → value) of those that are there; the unit is "" where none is known."""
    columns = "".join(f", {quoted(element)}" for element in elements)
    wanted = list(keys)
    # A list of one is written as one: DuckDB then looks into far fewer of the table's parts.
    where = "key = ?" if len(wanted) == 1 else "key IN (SELECT unnest(?))"
    text = f"SELECT key, unit{columns} FROM {table_of(subject)} WHERE {where}"  # noqa: S608 (registry's names)
    rows = projection.con.execute(text, wanted if len(wanted) == 1 else [wanted]).fetchall()
    return {row[0]: (str(row[1] or ""), dict(zip(elements, row[2:], strict=True))) for row in rows}


def standing_of(projection: Projection, subject: str, key: str, element: str) -> tuple[bool, date | None]:
    """Whether the record behind a golden value speaks with the element's authority, and its day; (False, None) for a
    value that nobody has stated."""
    text = f"SELECT {quoted(element)} FROM {source_table_of(subject)} WHERE key = ?"  # noqa: S608 (registry's names)
    rows = projection.con.execute(text, [key]).fetchall()
    record = rows[0][0] if rows else None
    if record is None or record == DERIVED_RECORD:
        return False, None
    number = record >> ROW_BITS
    days = projection.con.execute("SELECT as_of FROM source WHERE seq = ?", [number]).fetchall()
    return number in read_past(projection.con).authority.get(element, ()), days[0][0] if days else None
