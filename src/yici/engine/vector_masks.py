"""Verdicts of many rules over many subjects, kept as bits: who is eligible, who cannot be told, and which clauses why.

A rule is a list of clauses. For every distinct clause three bits a subject are kept: a million subjects and two hundred
clauses take 75 MB. The masks of a rule are made from them when it is asked for; nothing wide is stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
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
_KEPT = 100
"""Of so many distinct clauses the bytes masks are made of are kept: 1 MB each for a million subjects."""


@dataclass(slots=True)
class Clause:
    """For whom a clause is true, false, unknown; eight subjects a byte, the first in the lowest bit."""

    true: Bits
    false: Bits
    unknown: Bits
    keeps: bool = False
    _spread: NDArray[np.uint64] | None = field(default=None, repr=False)

    def spread(self) -> NDArray[np.uint64]:
        """A byte a subject, eight a word: bit 0 where the clause is false, bit 4 where it is unknown."""
        if self._spread is not None:
            return self._spread
        spread = np.unpackbits(self.unknown, bitorder="little").view(np.uint64)
        np.left_shift(spread, np.uint64(_NIBBLE), out=spread)
        np.bitwise_or(spread, np.unpackbits(self.false, bitorder="little").view(np.uint64), out=spread)
        if self.keeps:
            self._spread = spread
        return spread


def clause_of(truth: pl.Series) -> Clause:
    """The bits of a Boolean series of one chunk, taken from its Arrow buffers. Unused bits at the end are 0."""
    array = truth.rechunk().to_arrow()
    size = _bytes(len(truth))
    if not len(truth):
        return Clause(_ones(0, size), _ones(0, size), _ones(0, size))
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
        return _masks_of(self._clauses, self.frame.height)


class Verdicts:
    """Many rules over all subjects of a frame, one at a time: iterate, or index by the rule's place."""

    def __init__(self, frame: Frame, rules: Sequence[Sequence[Expr]], clauses: dict[Expr, Clause]) -> None:
        self.frame = frame
        self._rules = rules
        self._clauses = clauses
        self._everybody = _ones(frame.height, _bytes(frame.height))
        for clause in list(clauses.values())[:_KEPT]:
            clause.keeps = True

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


_BLOCK = 32_768
"""So many words of eight subjects are taken at once: they stay in the processor's cache."""
_LOW = np.uint64(0x0F0F0F0F0F0F0F0F)
Words = NDArray[np.uint64]


def _masks_of(clauses: Sequence[Clause], height: int) -> tuple[Mask, Mask]:
    """The masks of false and of unknown clauses: four clauses make a byte of both, two such bytes one of each.

    Bytes are worked on eight at a time, as words; no bit moves out of its byte.
    """
    width = next(bits for bits in (8, 16, 32, 64) if len(clauses) <= bits) // 8
    size = _bytes(height)
    failed, unknown = (np.empty((width, size), np.uint64) for _ in range(2))
    spreads = [clause.spread() for clause in clauses]
    both, more, moved = np.empty((3, min(_BLOCK, size)), np.uint64)
    for first in range(0, size, _BLOCK):
        part = slice(first, min(first + _BLOCK, size))
        both, more, moved = (space[: part.stop - first] for space in (both, more, moved))
        for place in range(width):
            _gather(spreads[place * 8 :][:_NIBBLE], part, both, moved)
            np.bitwise_and(both, _LOW, out=failed[place, part])
            np.right_shift(both, np.uint64(_NIBBLE), out=moved)
            np.bitwise_and(moved, _LOW, out=unknown[place, part])
            if high := spreads[place * 8 + _NIBBLE :][:_NIBBLE]:
                _gather(high, part, more, moved)
                failed[place, part] |= (more & _LOW) << np.uint64(_NIBBLE)
                unknown[place, part] |= more & ~_LOW
    return _numbers(failed, height), _numbers(unknown, height)


def _gather(spreads: Sequence[Words], part: slice, found: Words, moved: Words) -> None:
    """Up to four clauses in a byte: bit i where clause i is false, bit 4 + i where it is unknown."""
    found[:] = spreads[0][part] if spreads else 0
    for place, spread in enumerate(spreads[1:], 1):
        np.left_shift(spread[part], np.uint64(place), out=moved)
        np.bitwise_or(found, moved, out=found)


def _numbers(words: NDArray[np.uint64], height: int) -> Mask:
    """A number a subject, from rows that hold its bytes, the lowest first."""
    rows = words.view(np.uint8)
    width = len(rows)
    together = rows[0] if width == 1 else np.ascontiguousarray(rows.T).view(np.dtype(f"<u{width}")).ravel()
    return together[:height]
