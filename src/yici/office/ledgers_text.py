"""Text tables (.csv, .txt, .tsv): their encoding, delimiter and rows, found from what is in them."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from yici.core.errors import Problem, UploadRefused

DELIMITERS = ",\t;|"
MAX_COLUMNS = 16_384
MAX_CELL = 1 << 20
_SAMPLE_LINES = 50
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (b"\x84\x31\x95\x33", "gb18030"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class TextTable:
    """A text table whose encoding, delimiter and width are known; `quoted` is false when its quotes do not pair."""

    path: Path
    encoding: str
    delimiter: str
    quoted: bool
    width: int
    notes: list[str]

    def rows(self) -> Iterator[list[str]]:
        """Its rows from the first line on, each padded to the table's width."""
        with _opened(self.path, self.encoding) as lines:
            for row in _reader(lines, self.delimiter, quoted=self.quoted):
                cells = [_as_shown(cell) for cell in row[: self.width]]
                yield cells + [""] * (self.width - len(cells))


def read_text_rows(path: Path) -> TextTable:
    """Finds out how the text table at `path` is to be read.

    Raises UploadRefused when no known encoding reads it, or when it is no table.
    """
    encoding = find_encoding(path)
    with _opened(path, encoding) as lines:
        delimiter = find_delimiter([line for line, _ in zip(lines, range(_SAMPLE_LINES), strict=False)])
    notes: list[str] = []
    quoted, width = True, _width(path, encoding, delimiter, quoted=True)
    if width is None:
        notes.append("文件中的引号不成对，已按普通字符读取。")
        quoted, width = False, _width(path, encoding, delimiter, quoted=False)
    if width is None or width > MAX_COLUMNS:
        raise UploadRefused(Problem("not-a-table", "这个文本文件不是表格。", "请另存为 .xlsx 或 CSV 后再上传。"))
    return TextTable(path, encoding, delimiter, quoted, width, notes)


def find_encoding(path: Path) -> str:
    """The encoding of a text file: by its byte order mark, else the first of UTF-8, UTF-16, GB18030 that reads it all.

    Raises UploadRefused when none does.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            candidates = [encoding]
            break
    else:
        candidates = ["utf-8", "gb18030"]
        zeros = start[0::2].count(0), start[1::2].count(0)
        if sum(zeros) > len(start) // 10:
            candidates = ["utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"]
    for encoding in candidates:
        if _reads_all(path, encoding):
            return encoding
    hint = "请用 Excel 或 WPS 打开，另存为 .xlsx 或“CSV UTF-8”后再上传。"
    raise UploadRefused(Problem("unknown-encoding", "无法识别这个文本文件的文字编码。", hint))


def find_delimiter(lines: list[str]) -> str:
    """The delimiter that cuts most lines of a sample, and most of them into equally many cells; "," when none does."""
    best, best_score = ",", 0
    for delimiter in DELIMITERS:
        try:
            counts = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:
            continue
        cut = [count for count in counts if count > 1]
        score = max((cut.count(count) * min(count, 8) for count in set(cut)), default=0)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _reads_all(path: Path, encoding: str) -> bool:
    try:
        with _opened(path, encoding) as file:
            while file.read(1 << 20):
                pass
    except UnicodeError:
        return False
    return True


def _opened(path: Path, encoding: str) -> IO[str]:
    return open(path, encoding=encoding, newline="")


def _reader(lines: IO[str], delimiter: str, *, quoted: bool) -> Iterator[list[str]]:
    csv.field_size_limit(MAX_CELL)
    if quoted:
        return csv.reader(lines, delimiter=delimiter)
    return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)


def _width(path: Path, encoding: str, delimiter: str, *, quoted: bool) -> int | None:
    """The width of the widest row, or None when its quotes do not pair (a quote that never ends swallows the rest)."""
    width = 0
    try:
        with _opened(path, encoding) as lines:
            for row in _reader(lines, delimiter, quoted=quoted):
                if len(row) > width:
                    width = len(row)
                if quoted and row and row[-1].count("\n") > _SAMPLE_LINES:
                    return None
    except csv.Error:
        return None
    return width


def _as_shown(cell: str) -> str:
    # ="370…" is how exports keep a long number from being read as a number; a spreadsheet shows what is quoted.
    if cell[:2] == '="' and cell[-1] == '"' and len(cell) > 2:
        return cell[2:-1]
    return cell
