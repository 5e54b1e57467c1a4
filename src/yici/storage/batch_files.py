"""The files of batches: typed Parquet named by the hash of its content, and the originals beside it.

A file is written under a temporary name, flushed to the disk, renamed, and the folder flushed: under its final name it
is whole or absent. What a killed writer left is swept by the next one.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

BATCHES, ORIGINALS, TEMPORARY = "batches", "originals", ".tmp-"
# Rows are gathered to groups of this size: large enough for good compression, small enough to skip when few are read.
GROUP_ROWS = 65_536
FACTS_KEY = b"yici.batch"


@dataclass(frozen=True, slots=True)
class BatchFile:
    """A written batch file: content hash, columns in order, number of rows and of problems."""

    content: str
    columns: tuple[str, ...]
    rows: int
    problems: int


def batch_path(home: Path, content: str) -> Path:
    """Where the batch of that content hash lies."""
    return home / BATCHES / f"{content}.parquet"


def original_path(home: Path, source_hash: str, file_name: str) -> Path:
    """Where the uploaded original of that hash lies."""
    return home / ORIGINALS / f"{source_hash}{Path(file_name).suffix.lower()}"


def hash_file(path: Path) -> str:
    """The SHA-256 of a file's bytes, as hexadecimal digits."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@contextmanager
def writing(home: Path) -> Iterator[None]:
    """Hold the folder open for writing. The first writer after all others have gone sweeps their leftovers."""
    for name in (BATCHES, ORIGINALS):
        (home / name).mkdir(parents=True, exist_ok=True)
    with (home / "batches.lock").open("a") as lock:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            sweep(home)
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def sweep(home: Path) -> None:
    """Remove temporary files. Only while nobody else is writing."""
    for name in (BATCHES, ORIGINALS):
        for path in (home / name).glob(f"{TEMPORARY}*"):
            path.unlink(missing_ok=True)


def write_batch_file(home: Path, facts: Mapping[str, object], batches: Iterator[pa.RecordBatch]) -> BatchFile:
    """Write the rows as Parquet under the hash of its content. Raises ValueError when there is no first batch."""
    with _temporary(home / BATCHES) as temporary:
        columns, rows, problems = _write_parquet(temporary, facts, batches)
        content = hash_file(temporary)
        _publish(temporary, batch_path(home, content))
    return BatchFile(content, columns, rows, problems)


def keep_original(home: Path, source: Path, source_hash: str) -> None:
    """Keep a copy of the uploaded file under its hash."""
    final = original_path(home, source_hash, source.name)
    if final.exists():
        return
    with _temporary(final.parent) as temporary:
        shutil.copyfile(source, temporary)
        _publish(temporary, final)


@contextmanager
def _temporary(folder: Path) -> Iterator[Path]:
    path = folder / f"{TEMPORARY}{uuid.uuid4().hex}"
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _write_parquet(
    path: Path, facts: Mapping[str, object], batches: Iterator[pa.RecordBatch]
) -> tuple[tuple[str, ...], int, int]:
    first = next(batches, None)
    if first is None:
        raise ValueError("a batch needs at least one (possibly empty) record batch, as it holds the columns")
    note = json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()
    schema = first.schema.with_metadata({FACTS_KEY: note})
    rows = problems = 0
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=1) as writer:
        for table in _groups(first, batches):
            writer.write_table(table.replace_schema_metadata(schema.metadata), row_group_size=GROUP_ROWS)
            rows += table.num_rows
            problems += _count_problems(table)
    return tuple(schema.names), rows, problems


def _groups(first: pa.RecordBatch, rest: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The record batches, gathered to tables of about a row group."""
    gathered, count = [first], first.num_rows
    for batch in rest:
        gathered.append(batch)
        count += batch.num_rows
        if count >= GROUP_ROWS:
            yield pa.Table.from_batches(gathered)
            gathered, count = [], 0
    if gathered:
        yield pa.Table.from_batches(gathered)


def _count_problems(table: pa.Table) -> int:
    if "_problems" not in table.column_names:
        return 0
    return pc.sum(pc.count_substring(table["_problems"], '"status"')).as_py() or 0


def _publish(temporary: Path, final: Path) -> None:
    """Make a finished file durable and give it its final name."""
    _flush(temporary)
    temporary.replace(final)
    _flush(final.parent)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
