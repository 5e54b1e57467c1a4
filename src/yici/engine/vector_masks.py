"""Verdicts of many rules over many subjects, kept as bits: who is eligible, who cannot be told, and which clauses why.

A rule is a list of clauses. For every distinct clause three bits a subject are kept: a million subjects and two hundred
clauses take 75 MB. The masks of a rule are made from them when it is asked for; nothing wide is stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from yici.core.errors import ExpressionError, Problem
from yici.core.expressions.nodes import Expr
from yici.engine.vector_frame import Frame

MOST_CLAUSES = 64
Bits = NDArray[np.uint8]
Mask = NDArray[np.unsignedinteger]
_NIBBLE = 4


@dataclass(frozen=True, slots=True)
class Clause:
    """For whom a clause is true, false, unknown; eight subjects a byte, the first in the lowest bit."""

    true: Bits
    false: Bits
    unknown: Bits


def clause_of(truth: pl.Series) -> Clause:
    """The bits of a Boolean series of one chunk, taken from its Arrow buffers. Unused bits at the end are 0."""
    array = truth.rechunk().to_arrow()
    size = _bytes(len(truth))
    if not len(truth):
        return Clause(*(np.zeros(size, np.uint8) for _ in range(3)))
    validity, values = array.buffers()
    held, everybody = _padded(values, array.offset, len(truth), size), _ones(len(truth), size)
    known = everybody if validity is None else everybody & _padded(validity, array.offset, len(truth), size)
    return Clause(held & known, ~held & known, ~known & everybody)


def _bytes(height: int) -> int:
    """So many bytes hold a bit a subject, rounded up to whole 64-bit words."""
    return (height + 63) // 64 * 8


def _padded(buffer: object, offset: int, height: int, size: int) -> Bits:
    raw = np.frombuffer(buffer, np.uint8)  # type: ignore[call-overload]
    if offset % 8:
        flags = np.unpackbits(raw, bitorder="little")[offset : offset + height]
        raw, offset = np.packbits(flags, bitorder="little"), 0
    bits = np.zeros(size, np.uint8)
    part = raw[offset // 8 : offset // 8 + (height + 7) // 8]
    bits[: len(part)] = part
    return bits


def _ones(height: int, size: int) -> Bits:
    bits = np.zeros(size, np.uint8)
    bits[: height // 8] = 255
    if height % 8:
        bits[height // 8] = (1 << height % 8) - 1
    return bits


class RuleVerdicts:
    """One rule over all subjects of a frame."""

    def __init__(self, frame: Frame, clauses: Sequence[Clause], everybody: Bits) -> None:
        self.frame = frame
        self._clauses = clauses
        self._everybody = everybody
        self._eligible, self._refused = everybody.copy(), np.zeros_like(everybody)
        for clause in clauses:
            self._eligible &= clause.true
            self._refused |= clause.false

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many are eligible, not eligible, and cannot be told."""
        eligible, refused = _count(self._eligible), _count(self._refused)
        return eligible, refused, self.frame.height - eligible - refused

    @property
    def verdict(self) -> NDArray[np.int8]:
        """A number a subject: 1 eligible, 0 not eligible, -1 cannot tell."""
        found = self._flags(self._eligible).view(np.int8)
        np.subtract(found, self._flags(self._open).view(np.int8), out=found)
        return found

    @property
    def failed(self) -> Mask:
        """A bit mask a subject: bit i is set where clause i is false. 8, 16, 32 or 64 bits by the number of clauses."""
        return self._masks[0]

    @property
    def unknown(self) -> Mask:
        """A bit mask a subject: bit i is set where clause i is unknown."""
        return self._masks[1]

    def keys(self, verdict: int) -> pl.Series:
        """The keys of those with a verdict (1, 0, -1)."""
        bits = {1: self._eligible, 0: self._refused}.get(verdict, self._open)
        return self.frame.keys.filter(pl.Series(self._flags(bits).view(np.bool_)))

    def clause_counts(self) -> list[tuple[int, int]]:
        """For every clause: for how many it is false, and for how many unknown."""
        return [(_count(clause.false), _count(clause.unknown)) for clause in self._clauses]

    @property
    def _open(self) -> Bits:
        return ~(self._eligible | self._refused) & self._everybody

    def _flags(self, bits: Bits) -> Bits:
        return np.unpackbits(bits, count=self.frame.height, bitorder="little")

    @cached_property
    def _masks(self) -> tuple[Mask, Mask]:
        height = self.frame.height
        failed, unknown = [c.false for c in self._clauses], [c.unknown for c in self._clauses]
        if len(self._clauses) <= _NIBBLE:
            return _nibbles(failed, unknown, height)
        return _mask(failed, height), _mask(unknown, height)


class Verdicts:
    """Many rules over all subjects of a frame, one at a time: iterate, or index by the rule's place."""

    def __init__(self, frame: Frame, rules: Sequence[Sequence[Expr]], clauses: dict[Expr, Clause]) -> None:
        self.frame = frame
        self._rules = rules
        self._clauses = clauses
        self._everybody = _ones(frame.height, _bytes(frame.height))

    def __len__(self) -> int:
        return len(self._rules)

    def __getitem__(self, place: int) -> RuleVerdicts:
        return RuleVerdicts(self.frame, [self._clauses[clause] for clause in self._rules[place]], self._everybody)

    def __iter__(self) -> Iterator[RuleVerdicts]:
        return (self[place] for place in range(len(self)))


def check_clauses(rules: Sequence[Sequence[Expr]]) -> None:
    """Raises ExpressionError for a rule of more clauses than a mask has bits."""
    for rule in rules:
        if len(rule) > MOST_CLAUSES:
            message = f"一条规则最多 {MOST_CLAUSES} 个条件，这里有 {len(rule)} 个。"
            raise ExpressionError(Problem("expression.too-many-clauses", message, "请用 and 把几个条件合成一个。"))


def _count(bits: Bits) -> int:
    return int(np.bitwise_count(bits.view(np.uint64)).sum())


_STEPS = ((7, 0x00AA00AA00AA00AA), (14, 0x0000CCCC0000CCCC), (28, 0x00000000F0F0F0F0))
_BLOCK = 16_384
"""So many bytes of each row are turned at once: they and the result stay in the processor's cache."""


def _nibbles(failed: Sequence[Bits], unknown: Sequence[Bits], height: int) -> tuple[Mask, Mask]:
    """Both masks of at most four clauses: they fit one byte, so that one turn makes the two."""
    size = _bytes(height)
    low, high = np.empty(size * 8, np.uint8), np.empty(size * 8, np.uint8)
    rows = dict(enumerate(failed)) | {_NIBBLE + place: row for place, row in enumerate(unknown)}
    for first, turned in _turned(rows, size):
        np.bitwise_and(turned, np.uint8(15), out=low[first : first + len(turned)])
        np.right_shift(turned, np.uint8(4), out=high[first : first + len(turned)])
    return low[:height], high[:height]


def _mask(rows: Sequence[Bits], height: int) -> Mask:
    """Eight clauses a byte, little end first."""
    width = next(bits for bits in (8, 16, 32, 64) if len(rows) <= bits) // 8
    size = _bytes(height)
    mask = np.zeros((size * 8, width), np.uint8)
    for place in range(0, len(rows), 8):
        for first, turned in _turned(dict(enumerate(rows[place : place + 8])), size):
            mask[first : first + len(turned), place // 8] = turned
    words: Mask = mask.view(np.dtype(f"<u{width}")).ravel()[:height]
    return words


def _turned(rows: Mapping[int, Bits], size: int) -> Iterator[tuple[int, Bits]]:
    """A byte a subject, bit i from row i: each group of 8 rows × 8 subjects is an 8 × 8 bit matrix turned over.

    Yields the place of the first subject and the bytes, block after block, always in the same memory.
    """
    space, swapped = np.empty((_BLOCK, 8), np.uint8), np.empty(_BLOCK, np.uint64)
    for first in range(0, size, _BLOCK):
        matrix = space[: min(_BLOCK, size - first)]
        for place in range(8):
            matrix[:, place] = rows[place][first : first + _BLOCK] if place in rows else 0
        _turn(matrix.view("<u8").ravel(), swapped[: len(matrix)])
        yield first * 8, matrix.reshape(-1)


def _turn(words: NDArray[np.uint64], swapped: NDArray[np.uint64]) -> None:
    for shift, mask in _STEPS:
        np.right_shift(words, np.uint64(shift), out=swapped)
        np.bitwise_xor(swapped, words, out=swapped)
        np.bitwise_and(swapped, np.uint64(mask), out=swapped)
        np.bitwise_xor(words, swapped, out=words)
        np.left_shift(swapped, np.uint64(shift), out=swapped)
        np.bitwise_xor(words, swapped, out=words)
