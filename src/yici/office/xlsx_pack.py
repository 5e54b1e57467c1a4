"""Compresses what is written: long sheets in a second thread while rows are made, cards from pieces packed before."""

from __future__ import annotations

import struct
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from yici.office.xlsx_zip import Entry

BLOCK = 256 * 1024
LEVEL = 1
_AHEAD = 4
_MAX_STORED = 0xFFFF
_END = b"\x03\x00"
# What stands before short bytes that are stored as they are.
_HEADERS = [b"\x00" + struct.pack("<HH", length, length ^ _MAX_STORED) for length in range(1024)]


def pack_stream(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, int, int]]:
    """Deflated bytes of a long part, each with the size and the crc of all plain bytes so far.

    zlib works without the interpreter's lock, so one thread packs while the caller makes the next rows.
    """
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -15, 9)
    size = crc = 0

    def pack(block: bytes) -> tuple[bytes, int, int]:
        nonlocal size, crc
        size += len(block)
        crc = zlib.crc32(block, crc)
        return packer.compress(block), size, crc

    with ThreadPoolExecutor(1) as pool:
        waiting: deque[Future[tuple[bytes, int, int]]] = deque()
        for block in _blocks(pieces):
            waiting.append(pool.submit(pack, block))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        for future in waiting:
            yield future.result()
    yield packer.flush(), size, crc


def _blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    length = 0
    for piece in pieces:
        held.append(piece)
        length += len(piece)
        if length >= BLOCK:
            yield b"".join(held)
            held, length = [], 0
    if held:
        yield b"".join(held)


@dataclass(slots=True)
class PiecePacker:
    """Packs a part that differs from `data` in a few places only: what lies between is packed once for all cards.

    Every piece ends on a whole byte, so that deflated pieces and stored ones (the values) may follow each other.
    """

    data: bytes
    _packed: dict[tuple[int, int], tuple[bytes, bytes]] = field(default_factory=dict)

    def fill(self, like: Entry, edits: Iterable[tuple[int, int, bytes]]) -> Entry:
        """The entry of the part with `edits` (start, end, new bytes), which come in order."""
        plain: list[bytes] = []
        packed: list[bytes] = []
        done = 0
        for start, end, content in edits:
            if start > done:
                kept = self._packed.get((done, start)) or self._between(done, start)
                plain.append(kept[0])
                packed.append(kept[1])
            plain.append(content)
            length = len(content)
            if length < len(_HEADERS):
                packed += _HEADERS[length], content
            else:
                packed.append(_stored(content))
            done = end
        kept = self._packed.get((done, len(self.data))) or self._between(done, len(self.data))
        whole = b"".join([*plain, kept[0]])
        data = b"".join([*packed, kept[1], _END])
        return replace(like, method=zlib.DEFLATED, crc=zlib.crc32(whole), size=len(whole), data=data)

    def _between(self, start: int, end: int) -> tuple[bytes, bytes]:
        """The bytes of the form between two places, plain and packed."""
        known = self._packed.get((start, end))
        if known is None:
            packer = zlib.compressobj(9, zlib.DEFLATED, -15)
            plain = self.data[start:end]
            packed = packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH)
            known = self._packed[start, end] = plain, min(packed, _stored(plain), key=len)
        return known


def _stored(content: bytes) -> bytes:
    """Deflate blocks that hold bytes as they are."""
    pieces = []
    for at in range(0, len(content), _MAX_STORED):
        block = content[at : at + _MAX_STORED]
        pieces.append(b"\x00" + struct.pack("<HH", len(block), len(block) ^ 0xFFFF) + block)
    return b"".join(pieces)
