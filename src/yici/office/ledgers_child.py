"""The child's half of reading a ledger: any workbook or text table to Arrow files of raw cells, one per sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from yici.core.errors import Problem, UploadRefused
from yici.office.ledgers_cells import raw_column
from yici.office.ledgers_text import read_text_rows

CHUNK_ROWS = 4096


def write_ledger(path: Path, kind: str, out: Path) -> dict[str, Any]:
    """Writes every sheet of the ledger at `path` to `out`/<n>.arrow and returns what the parent must know of them."""
    if kind == "csv":
        return _write_text(path, out)
    try:
        sheets = _write_book(path, kind, out)
    except PasswordError:
        hint = "请用 Excel 或 WPS 打开，输入密码后去掉密码保护，另存后再上传。"
        raise UploadRefused(Problem("locked", "文件有打开密码，不能读取。", hint)) from None
    if not sheets:
        raise UploadRefused(Problem("broken", "这个工作簿里没有工作表。", "请用 Excel 或 WPS 打开检查后另存再上传。"))
    return {"sheets": sheets, "notes": []}


def _write_book(path: Path, kind: str, out: Path) -> list[dict[str, Any]]:
    sheets = []
    with CalamineWorkbook.from_path(_named_for_its_kind(path, kind, out)) as book:
        tables = [meta for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
        for number, meta in enumerate(tables):
            state = "visible" if meta.visible == SheetVisibleEnum.Visible else "hidden"
            facts = _write_sheet(book.get_sheet_by_name(meta.name), out / f"{number}.arrow")
            sheets.append({"name": meta.name, "state": state, **facts})
    return sheets


def _named_for_its_kind(path: Path, kind: str, out: Path) -> Path:
    # calamine chooses its reader by the file's name; ours were chosen by content.
    named = out / f"upload.{kind}"
    named.symlink_to(path)
    return named


def _write_sheet(sheet: CalamineSheet, target: Path) -> dict[str, Any]:
    left = sheet.start[1] if sheet.start else 0
    n_rows, n_cols = write_rows(sheet.iter_rows(), left, left + sheet.width, target)
    merges = [[a + 1, b + 1, c + 1, d + 1] for (a, b), (c, d) in sheet.merged_cell_ranges or ()]
    return {"n_rows": n_rows, "n_cols": n_cols, "merges": merges}


def _write_text(path: Path, out: Path) -> dict[str, Any]:
    table = read_text_rows(path)
    n_rows, n_cols = write_rows(table.rows(), 0, table.width, out / "0.arrow")
    sheet = {"name": path.stem, "state": "visible", "n_rows": n_rows, "n_cols": n_cols, "merges": []}
    return {"sheets": [sheet], "notes": table.notes}


def write_rows(rows: Iterable[Sequence[Any]], left: int, width: int, target: Path) -> tuple[int, int]:
    """Writes rows of cell values as raw cells in columns c1…c`width`, of which the first `left` stay empty.

    Returns how many rows and columns bound all that is not empty; what was written beyond is empty.
    """
    schema = pa.schema([(f"c{i}", pa.string()) for i in range(1, width + 1)])
    n_rows = n_cols = written = 0
    with pa.OSFile(str(target), "wb") as sink, pa.ipc.new_file(sink, schema) as file:
        for height, columns in _chunks(rows, width - left):
            arrays = [pa.nulls(height, pa.string())] * left
            for index, values in enumerate(columns):
                array = pa.array(raw_column(values), pa.string())
                last = _last_filled(array)
                if last:
                    n_rows, n_cols = max(n_rows, written + last), max(n_cols, left + index + 1)
                arrays.append(array)
            file.write_batch(pa.record_batch(arrays, schema=schema))
            written += height
    return n_rows, n_cols


def _chunks(rows: Iterable[Sequence[Any]], width: int) -> Iterator[tuple[int, Iterable[Sequence[Any]]]]:
    source = iter(rows)
    while chunk := list(islice(source, CHUNK_ROWS)):
        yield len(chunk), zip(*chunk, strict=True) if width else ()


def _last_filled(array: pa.StringArray) -> int:
    """How many cells stand up to and with the last one that is not empty."""
    if array.null_count == len(array):
        return 0
    filled = array.is_valid().to_pylist()
    while not filled[-1]:
        filled.pop()
    return len(filled)
