"""Reading a department's ledger: sheets of raw cells as they lie in the file, positions true to the sheet."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import pyarrow as pa

from yici.core.grid import Span
from yici.office.gate import LEDGER_KINDS, pass_gate
from yici.office.guard import run_in_child


@dataclass(frozen=True, slots=True)
class LedgerSheet:
    """One sheet of a ledger. Row 1 of `table` is row 1 of the sheet, its column c1 is column A, and so on.

    The cells are raw cells (see `yici.office.ledgers_cells`), None where empty. `n_rows` and `n_cols` bound all that
    is not empty and are the size of `table`. `table` is mapped from disk: slice it, do not copy it whole.
    """

    name: str
    state: Literal["visible", "hidden"]
    n_rows: int
    n_cols: int
    merges: list[Span]
    table: pa.Table

    def rows(self, start: int = 1, stop: int | None = None) -> Iterator[tuple[int, tuple[str | None, ...]]]:
        """(row number, its raw cells) for the rows from `start` to `stop`, both included; rows count from 1."""
        wanted = self.table.slice(start - 1, None if stop is None else stop - start + 1)
        row = start
        for batch in wanted.to_batches(max_chunksize=4096):
            for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                yield row, cells
                row += 1


@dataclass(slots=True, weakref_slot=True)
class LedgerFile:
    """A ledger as read. A context manager: at its end the temporary files behind its tables are deleted."""

    sheets: list[LedgerSheet]
    notes: list[str] = field(default_factory=list)
    _remove: Any = None

    def __enter__(self) -> LedgerFile:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Deletes the temporary files."""
        if self._remove is not None:
            self._remove()


def read_ledger(path: Path) -> LedgerFile:
    """Reads a ledger: .xlsx, .xls, .et, .ods, .csv, .txt (UTF-8, GB18030 or UTF-16), in the guarded child.

    Raises UploadRefused when the file is of another kind, locked, broken, hostile or too big.
    """
    facts = pass_gate(path, LEDGER_KINDS)
    directory = Path(tempfile.mkdtemp(prefix="yici-ledger-"))
    try:
        answer = run_in_child("ledger", path, kind=facts.kind, out=str(directory))
        sheets = [_sheet(data, directory / f"{n}.arrow") for n, data in enumerate(answer["sheets"])]
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    ledger = LedgerFile(sheets, notes=list(answer["notes"]))
    ledger._remove = weakref.finalize(ledger, shutil.rmtree, directory, ignore_errors=True)
    return ledger


def _sheet(data: dict[str, Any], source: Path) -> LedgerSheet:
    table = pa.ipc.open_file(pa.memory_map(str(source))).read_all()
    table = table.slice(0, data["n_rows"]).select(range(data["n_cols"]))
    merges = [Span(*bounds) for bounds in data["merges"]]
    return LedgerSheet(data["name"], data["state"], data["n_rows"], data["n_cols"], merges, table)
