"""Exact sums of many decimals: whole numbers of millionths, in three parts that numpy can add without overflow."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_SCALE = 10**6

Limbs = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]


def limbs(column: pa.Array) -> Limbs:
    """A column DECIMAL(38, 6) as high 64, middle 32 and low 32 bits of each number."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    words = np.frombuffer(column.buffers()[1], dtype="<u8", count=2 * len(column), offset=16 * column.offset)
    low, high = words[0::2], words[1::2].view("<i8")
    return (
        high.astype(np.int64),
        (low >> np.uint64(32)).astype(np.int64),
        (low & np.uint64(0xFFFFFFFF)).astype(np.int64),
    )


def exact_sum(parts: Limbs, rows: npt.NDArray[np.bool_]) -> Fraction:
    """The sum of the rows chosen; they must not be null."""
    chosen = np.flatnonzero(rows)
    high, middle, low = (int(part[chosen].sum()) for part in parts)
    return Fraction((high << 64) + (middle << 32) + low, _SCALE)
