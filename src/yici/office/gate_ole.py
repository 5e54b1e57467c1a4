"""The directory of an OLE2 file (.xls, .doc, .et, .wps, and anything locked with a password)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from yici.core.errors import Problem

MAX_DIRECTORY_SECTORS = 4096
_END_OF_CHAIN = 0xFFFFFFFE
_FILEPASS = 0x2F
_UNLOCK = "请用 Excel 或 WPS 打开，输入密码后去掉密码保护，另存后再上传。"


@dataclass(frozen=True, slots=True)
class Stream:
    """One entry of the directory: its name, its first sector and its first bytes."""

    name: str
    head: bytes


def ole_kind(path: Path) -> str:
    """ "xls" or "doc" by the streams in the file, "ole" for any other."""
    names = {stream.name for stream in read_directory(path)}
    if names & {"Workbook", "Book"}:
        return "xls"
    return "doc" if "WordDocument" in names else "ole"


def ole_problems(path: Path) -> list[Problem]:
    """What is refused: a password, macros, embedded objects, a directory that cannot be read."""
    streams = read_directory(path)
    if not streams:
        hint = "请用 Excel 或 WPS 打开，另存为新的 .xlsx（或 .docx）后再上传。"
        return [Problem("broken", "文件不完整或已损坏。", hint)]
    names = {stream.name for stream in streams}
    if names & {"EncryptedPackage", "EncryptionInfo"} or any(_is_locked(stream) for stream in streams):
        return [Problem("locked", "文件有打开密码，不能读取。", _UNLOCK)]
    problems = []
    if names & {"_VBA_PROJECT_CUR", "Macros", "VBA", "_VBA_PROJECT"}:
        problems.append(Problem("macro", "文件里有宏（VBA）。", "请另存为不含宏的 .xlsx（或 .docx）后再上传。"))
    if "ObjectPool" in names or any(name.startswith("MBD") for name in names):
        problems.append(
            Problem("embedded-object", "文件里嵌入了其他程序的对象（OLE）。", "请删去嵌入的对象后另存再上传。")
        )
    return problems


def read_directory(path: Path) -> list[Stream]:
    """The named entries of an OLE2 directory; empty when it cannot be read. Format: [MS-CFB]."""
    data = path.read_bytes()
    try:
        return _directory(data)
    except (struct.error, ValueError, IndexError):
        return []


def _directory(data: bytes) -> list[Stream]:
    (shift,) = struct.unpack_from("<H", data, 30)
    if shift not in (9, 12):
        raise ValueError("sector size")
    size = 1 << shift
    (sector,) = struct.unpack_from("<L", data, 48)
    table = _allocation_sectors(data, size)
    streams = []
    seen: set[int] = set()
    while sector < _END_OF_CHAIN and sector not in seen and len(seen) < MAX_DIRECTORY_SECTORS:
        seen.add(sector)
        start = (sector + 1) * size
        for offset in range(start, min(start + size, len(data)), 128):
            stream = _entry(data, offset, size)
            if stream is not None:
                streams.append(stream)
        per_sector = size // 4
        (sector,) = struct.unpack_from("<L", data, (table[sector // per_sector] + 1) * size + sector % per_sector * 4)
    return streams


def _allocation_sectors(data: bytes, size: int) -> list[int]:
    """The sectors of the file allocation table: 109 in the header, the rest chained."""
    table = list(struct.unpack_from("<109L", data, 76))
    (following,) = struct.unpack_from("<L", data, 68)
    for _ in range(len(data) // size + 1):
        if following >= _END_OF_CHAIN:
            break
        numbers = struct.unpack_from(f"<{size // 4}L", data, (following + 1) * size)
        table += numbers[:-1]
        following = numbers[-1]
    return table


def _entry(data: bytes, offset: int, size: int) -> Stream | None:
    (length,) = struct.unpack_from("<H", data, offset + 64)
    if data[offset + 66] not in (1, 2, 5) or not 2 <= length <= 64:
        return None
    name = data[offset : offset + length - 2].decode("utf-16-le", "replace")
    (start,) = struct.unpack_from("<L", data, offset + 116)
    begin = (start + 1) * size
    return Stream(name, data[begin : begin + 512] if start < _END_OF_CHAIN else b"")


def _is_locked(stream: Stream) -> bool:
    if stream.name in ("Workbook", "Book"):
        return _has_record(stream.head, _FILEPASS)
    if stream.name == "WordDocument" and len(stream.head) >= 12:
        # FIB flag fEncrypted, [MS-DOC] 2.5.2.
        return bool(stream.head[11] & 0x01)
    return False


def _has_record(head: bytes, wanted: int) -> bool:
    """Whether a BIFF stream begins with such a record among its first ones ([MS-XLS] 2.4.117 FilePass)."""
    position = 0
    while position + 4 <= len(head):
        kind, length = struct.unpack_from("<HH", head, position)
        if kind == wanted:
            return True
        position += 4 + length
    return False
