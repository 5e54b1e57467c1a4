"""Drawing by chance from a seed, whole columns at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Objects = NDArray[np.object_]


def pick(rng: np.random.Generator, values: Sequence[Any], size: int, weights: Sequence[float] | None = None) -> Objects:
    """`size` of the values, by weight."""
    table = np.empty(len(values), dtype=object)
    table[:] = values
    if weights is None:
        return table[rng.integers(0, len(values), size)]
    shares = np.cumsum(np.asarray(weights, float))
    chosen: Objects = table[np.searchsorted(shares, rng.random(size) * shares[-1], side="right")]
    return chosen


def pick_weighted(rng: np.random.Generator, weights: Mapping[str, float], size: int) -> Objects:
    """`size` keys of a mapping, by the weights that are its values."""
    return pick(rng, list(weights), size, list(weights.values()))


def chance(rng: np.random.Generator, share: NDArray[np.float64] | float, size: int) -> Bools:
    """True with the given chance."""
    return rng.random(size) < share


def blank(size: int) -> Objects:
    """A column of unknown values."""
    return np.full(size, None, dtype=object)


def where(mask: Bools, values: Any) -> Objects:
    """The values where the mask holds, unknown elsewhere; `values` is a column or one value."""
    out = blank(len(mask))
    out[mask] = values[mask] if isinstance(values, np.ndarray) else values
    return out


def choose(mask: Any, then: Any, other: Any) -> Objects:
    """`then` where the mask holds, `other` elsewhere; columns or single values, None for unknown."""
    out: Objects = np.where(mask, then, other).astype(object)
    return out


def given(column: Objects) -> Bools:
    """Where a column has a value."""
    out: Bools = np.asarray(column != blank(len(column)), dtype=bool)
    return out


def known(rng: np.random.Generator, column: Objects, share: float) -> Objects:
    """The column with only `share` of its values left: nobody knows the others."""
    return choose(chance(rng, share, len(column)), column, None)
