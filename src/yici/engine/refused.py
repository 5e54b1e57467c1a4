"""Cells that could not be read: why a value is missing although a ledger had something in its place."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from yici.core.elements import BUILT_IN
from yici.core.manifest import Source
from yici.engine.scan import lanes, scan

_SHAPE = """'[{"element": "VARCHAR", "status": "VARCHAR", "reason": "VARCHAR"}]'"""
_OWN = " ".join(f"WHEN '{subject}' THEN k.{subject}" for subject in BUILT_IN)
_KEY = f"{_OWN} WHEN k.added THEN k.added_key"


def insert_refused(con: duckdb.DuckDBPyConnection, home: Path, sources: Iterable[Source], *, touched: bool) -> None:
    """Fill the table `refused` from the problems noted in the batches; with `touched` for the touched rows only."""
    rows = "touched_row" if touched else "record_row"
    for lane in lanes(source for source in sources if {"_problems", "_original"} <= set(source.columns)):
        select = scan(home, lane, {"problems": "b._problems", "original": "b._original"})
        con.execute(
            f"INSERT INTO refused SELECT split_part(p.element, '.', 1) AS subject,"  # noqa: S608 (own names)
            f" CASE split_part(p.element, '.', 1) {_KEY} END AS key, p.element, p.status, p.reason,"
            f" json_extract_string(original, '$.\"' || p.element || '\"'), id"
            f" FROM (SELECT id, original, unnest(from_json(problems, {_SHAPE})) AS p"
            f" FROM ({select} WHERE b._problems IS NOT NULL)) JOIN {rows} k USING (id)"
        )
    con.execute("DELETE FROM refused WHERE key IS NULL OR element IS NULL")
    if touched:
        con.execute("DELETE FROM refused WHERE rowid NOT IN (SELECT min(rowid) FROM refused GROUP BY element, record)")
