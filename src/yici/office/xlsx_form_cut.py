"""Cuts huge worksheet parts down to the rows of a form without ever holding them whole.

A sheet whose format was set for all 1,048,576 rows is a form of twenty rows behind a hundred megabytes of blanks.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator

from yici.core.errors import Place, Problem, UploadRefused
from yici.office.xlsx_package import Package, broken

SMALL = 4 * 1024 * 1024
MAX_HEAD = 96 * 1024 * 1024
_CHUNK = 1024 * 1024
_ROOT = re.compile(rb"<(?:([\w.-]+):)?worksheet[\s>]")


def read_sheet_part(package: Package, part: str, name: str, max_rows: int, *, strict: bool) -> tuple[bytes, bool]:
    """A worksheet part with at most about `max_rows` row elements, and whether filled rows were cut off.

    With `strict`, rows with content beyond the limit raise UploadRefused instead.
    """
    info = package.info(part)
    if info is None:
        raise broken(part)
    if info.file_size <= SMALL:
        return package.read(part), False
    try:
        with package.zip.open(info) as stream:
            return _Cutter(iter(lambda: stream.read(_CHUNK), b""), part, name, max_rows).cut(strict)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise broken(part) from error


class _Cutter:
    def __init__(self, chunks: Iterator[bytes], part: str, name: str, max_rows: int) -> None:
        self.chunks, self.part, self.name, self.max_rows = chunks, part, name, max_rows
        self.head = bytearray(next(chunks, b""))
        root = _ROOT.search(self.head[:8192])
        if root is None:
            raise broken(part)
        prefix = root[1] + b":" if root[1] else b""
        self.row = re.compile(rb"<" + prefix + rb"row[\s>/]")
        self.end = b"</" + prefix + b"sheetData>"
        self.content = re.compile(rb"<" + prefix + rb"(?:v|is|f)[\s>]")
        self.overlap = len(self.end) + 8

    def cut(self, strict: bool) -> tuple[bytes, bool]:
        at = self._read_head()
        if at is None:
            return bytes(self.head), False
        rest = bytes(self.head[at:])
        del self.head[at:]
        filled, tail = self._skip(rest)
        if filled and strict:
            raise UploadRefused(
                Problem(
                    "form-too-big",
                    f"表格太大：一张空表最多 {self.max_rows} 行，后面仍有内容。",
                    "如果这是已填好的台账，请用“导入台账”；如果是空表，请删除多余的行后重试。",
                    Place(sheet=self.name),
                )
            )
        return bytes(self.head) + self.end + tail, filled

    def _read_head(self) -> int | None:
        """Reads until more than the permitted rows are held: where the first row too many begins. None at the end."""
        scanned = rows = 0
        while True:
            for match in self.row.finditer(self.head, scanned):
                rows += 1
                scanned = match.end()
                if rows > self.max_rows:
                    return match.start()
            scanned = max(scanned, len(self.head) - 16)
            chunk = next(self.chunks, b"")
            if not chunk:
                return None
            self.head += chunk
            if len(self.head) > MAX_HEAD:
                raise broken(self.part)

    def _skip(self, rest: bytes) -> tuple[bool, bytes]:
        """Reads to the end of the rows: whether any held content, and what follows the rows."""
        filled = False
        while True:
            stop = rest.find(self.end)
            filled = filled or self.content.search(rest, 0, stop if stop >= 0 else len(rest)) is not None
            if stop >= 0:
                tail = rest[stop + len(self.end) :] + b"".join(self.chunks)
                return filled, tail
            chunk = next(self.chunks, b"")
            if not chunk:
                raise broken(self.part)
            rest = rest[-self.overlap :] + chunk
