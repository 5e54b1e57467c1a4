"""The village of each row, from its column, the divider above it, the whole table, or an address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yici.core.ledgers.units import UnitNames
from yici.core.ledgers.villages import VillageSource
from yici.services.ledgers_cells import Encoded, Rows


class VillageFiller:
    """Finds villages chunk by chunk. After `fill`, `own` holds what the village column itself says."""

    def __init__(self, source: VillageSource, groups: Sequence[tuple[int, str]], units: UnitNames) -> None:
        self._source, self._units = source, units
        named = [(row, units.resolve(text)) for row, text in groups] if units else []
        self._dividers = [(row, name) for row, name in named if name]
        self._known: dict[str, str | None] = {}
        self.own = pa.nulls(0, pa.string())

    def fill(self, cells: Mapping[int, pa.Array], rows: Rows) -> pa.Array:
        """The village of each row; null where nothing names one."""
        empty = pa.nulls(len(rows), pa.string())
        self.own = self._resolved(cells[self._source.col], self._named) if self._source.col else empty
        found = [self.own, self._from_dividers(rows)]
        found.append(pa.array([self._source.name] * len(rows), pa.string()) if self._source.name else empty)
        found.extend(self._resolved(cells[col], self._units.mentioned) for col in self._source.address_cols)
        return pc.coalesce(*found)

    def _resolved(self, cells: pa.Array, resolve: Callable[[str], str | None]) -> pa.Array:
        encoded = Encoded.of(cells)
        return encoded.spread([resolve(raw[1:]) for raw in encoded.raws], pa.string())

    def _named(self, text: str) -> str | None:
        """A name of the area tree; without a tree, the name as it is written."""
        if text not in self._known:
            self._known[text] = self._units.resolve(text) if self._units else text.strip() or None
        return self._known[text]

    def _from_dividers(self, rows: Rows) -> pa.Array:
        if not self._dividers:
            return pa.nulls(len(rows), pa.string())
        places = np.searchsorted([row for row, _ in self._dividers], rows) - 1
        names = pa.array([*(name for _, name in self._dividers), None], pa.string())
        return names.take(pa.array(np.where(places < 0, len(self._dividers), places)))
