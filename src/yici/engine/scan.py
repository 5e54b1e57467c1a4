"""Reading batch files in SQL. Batches with the same columns form a lane, which one scan reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from yici.core.manifest import Source
from yici.engine.schema import literal

ROW_BITS = 32
"""A record's id is the sequence number of its batch or edit, shifted by this, plus the row in the batch."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Batches whose files have the same columns."""

    columns: frozenset[str]
    sources: tuple[Source, ...]


def lanes(sources: Iterable[Source]) -> list[Lane]:
    """The batches by their columns."""
    grouped: dict[frozenset[str], list[Source]] = {}
    for source in sources:
        grouped.setdefault(frozenset(source.columns), []).append(source)
    return [Lane(columns, tuple(members)) for columns, members in grouped.items()]


def scan(home: Path, lane: Lane, expressions: Mapping[str, str]) -> str:
    """A SELECT over a lane: `id`, `seq` and the named expressions, over the file's columns under the alias b."""
    paths = [str(home / "batches" / f"{source.batch}.parquet") for source in lane.sources]
    files = ", ".join(literal(path) for path in paths)
    wanted = "".join(f", {expression} AS {name}" for name, expression in expressions.items())
    if len(paths) == 1:
        seq, source = f"{lane.sources[0].seq}::BIGINT", f"read_parquet([{files}]) b"
    else:
        numbers = ", ".join(f"({index}, {member.seq}::BIGINT)" for index, member in enumerate(lane.sources))
        seq = "n.seq"
        source = (
            f"read_parquet([{files}], union_by_name = true) b JOIN (VALUES {numbers}) n(i, seq) ON b.file_index = n.i"
        )
    return f"SELECT ({seq} << {ROW_BITS}) | b._row AS id, {seq} AS seq{wanted} FROM {source}"  # noqa: S608 (own names)


def make_table(con: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, tuple[str, Sequence[Any]]]) -> None:
    """Make a temporary table of plain values: column → (SQL type, values)."""
    arrays = {column: pa.array(values, _arrow_type(kind)) for column, (kind, values) in columns.items()}
    con.register("arriving", pa.table(arrays))
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM arriving")  # noqa: S608 (own names)
    con.unregister("arriving")


def _arrow_type(kind: str) -> pa.DataType:
    return {"BIGINT": pa.int64(), "VARCHAR": pa.string(), "BOOLEAN": pa.bool_(), "DATE": pa.date32()}[kind]
