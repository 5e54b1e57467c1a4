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
    _packed: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def fill(self, like: Entry, edits: Iterable[tuple[int, int, bytes]]) -> Entry:
        """The entry of the part with `edits` (start, end, new bytes), which come in order."""
        plain: list[bytes] = []
        packed: list[bytes] = []
        done = 0
        for start, end, content in edits:
            if start > done:
                plain.append(self.data[done:start])
                packed.append(self._between(done, start))
            plain.append(content)
            packed.append(_stored(content))
            done = end
        plain.append(self.data[done:])
        packed += self._between(done, len(self.data)), _END
        whole = b"".join(plain)
        return replace(like, method=zlib.DEFLATED, crc=zlib.crc32(whole), size=len(whole), data=b"".join(packed))

    def _between(self, start: int, end: int) -> bytes:
        known = self._packed.get((start, end))
        if known is None:
            packer = zlib.compressobj(9, zlib.DEFLATED, -15)
            known = packer.compress(self.data[start:end]) + packer.flush(zlib.Z_FULL_FLUSH)
            self._packed[start, end] = known = min(known, _stored(self.data[start:end]), key=len)
        return known


def _stored(content: bytes) -> bytes:
    """Deflate blocks that hold bytes as they are."""
    pieces = []
    for at in range(0, len(content), _MAX_STORED):
        block = content[at : at + _MAX_STORED]
        pieces.append(b"\x00" + struct.pack("<HH", len(block), len(block) ^ 0xFFFF) + block)
    return b"".join(pieces)
