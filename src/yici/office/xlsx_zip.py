"""Copies zip packages entry by entry: what is not changed keeps its compressed bytes, name, date and place."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import BinaryIO

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_UTF8, _SIZES_FOLLOW = 0x800, 0x8
_VERSION = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a package with its compressed bytes. `size` and `crc` are those of the plain bytes."""

    name: bytes
    flags: int
    method: int
    time: int
    date: int
    crc: int
    size: int
    data: bytes
    made_by: int = _VERSION
    attributes: int = 0

    @property
    def part(self) -> str:
        """The part name this entry holds."""
        return self.name.decode("utf-8" if self.flags & _UTF8 else "cp437").replace("\\", "/")

    def local(self) -> bytes:
        """The header that stands before the data."""
        return _LOCAL.pack(
            b"PK\x03\x04", _VERSION, self.flags, self.method, self.time, self.date, self.crc, len(self.data), self.size,
            len(self.name), 0,
        ) + self.name  # fmt: skip

    def central(self, offset: int, length: int | None = None) -> bytes:
        """The line of the directory for an entry that begins at `offset` and has `length` compressed bytes."""
        length = len(self.data) if length is None else length
        return _CENTRAL.pack(
            b"PK\x01\x02", self.made_by, _VERSION, self.flags, self.method, self.time, self.date, self.crc, length,
            self.size, len(self.name), 0, 0, 0, 0, self.attributes, offset,
        ) + self.name  # fmt: skip

    def filled(self, content: bytes, level: int = 6) -> Entry:
        """The same entry with other content."""
        packer = zlib.compressobj(level, zlib.DEFLATED, -15)
        packed = packer.compress(content) + packer.flush()
        return replace(self, method=zipfile.ZIP_DEFLATED, crc=zlib.crc32(content), size=len(content), data=packed)


def read_entries(archive: zipfile.ZipFile, data: bytes) -> list[Entry]:
    """The entries of an opened archive whose bytes are `data`, in the order of its directory."""
    entries = []
    for info in archive.infolist():
        name_length, extra_length = struct.unpack_from("<HH", data, info.header_offset + 26)
        start = info.header_offset + _LOCAL.size + name_length + extra_length
        year, month, day, hour, minute, second = info.date_time
        entries.append(
            Entry(
                info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437"),
                info.flag_bits & ~_SIZES_FOLLOW, info.compress_type, hour << 11 | minute << 5 | second >> 1,
                (year - 1980) << 9 | month << 5 | day, info.CRC, info.file_size,
                data[start : start + info.compress_size],
                info.create_system << 8 | _VERSION, info.external_attr,
            )
        )  # fmt: skip
    return entries


def new_entry(part: str, like: Entry) -> Entry:
    """An empty entry for a new part, with the date of another."""
    name = part.encode()
    flags = 0 if part.isascii() else _UTF8
    return replace(like, name=name, flags=flags, method=zipfile.ZIP_DEFLATED, crc=0, size=0, data=b"")


def directory(records: list[bytes], offset: int) -> bytes:
    """The end of an archive: its directory, which begins at `offset`."""
    body = b"".join(records)
    return body + _END.pack(b"PK\x05\x06", 0, 0, len(records), len(records), len(body), offset, 0)


class ZipOut:
    """Writes an archive to a seekable stream, one entry after the other."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.offset = 0
        self.records: list[bytes] = []

    def add(self, entry: Entry) -> None:
        """An entry as it is."""
        self.records.append(entry.central(self.offset))
        self.offset += self.stream.write(entry.local()) + self.stream.write(entry.data)

    def copy(self, entry: Entry, whole: bytes) -> None:
        """An entry whose header and data are already put together."""
        self.records.append(entry.central(self.offset))
        self.offset += self.stream.write(whole)

    def add_stream(self, like: Entry, packed: Iterable[tuple[bytes, int, int]]) -> None:
        """An entry whose compressed bytes come in pieces, each with the size and the crc of all plain bytes so far."""
        start, length, size, crc = self.offset, 0, 0, 0
        like = replace(like, method=zipfile.ZIP_DEFLATED, data=b"")
        header = self.stream.write(like.local())
        for piece, size, crc in packed:  # noqa: B007  The last sizes are wanted after the loop.
            length += self.stream.write(piece)
        done = replace(like, crc=crc, size=size)
        self.stream.seek(start + 14)
        self.stream.write(struct.pack("<III", crc, length, size))
        self.stream.seek(start + header + length)
        self.records.append(done.central(start, length))
        self.offset = start + header + length

    def close(self) -> None:
        """Writes the directory."""
        self.stream.write(directory(self.records, self.offset))
