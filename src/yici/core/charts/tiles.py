"""A map without geometry: every unit is a tile, and the tiles of one parent lie together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt


@dataclass(frozen=True, slots=True)
class Tile:
    """Where a unit is drawn; rows count from the top."""

    label: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class TileMap:
    """Tiles in the order of the labels, and the name that stands before each row (the group, where it begins)."""

    tiles: tuple[Tile, ...]
    rows: tuple[str, ...]
    columns: int


def lay_tiles(labels: Sequence[str], groups: Sequence[str] = ()) -> TileMap:
    """Lay the units out: a group begins a new row, a row is as wide as suits the whole."""
    belongs = list(groups) or [""] * len(labels)
    members: dict[str, list[int]] = {}
    for index, group in enumerate(belongs):
        members.setdefault(group, []).append(index)
    largest = max((len(indices) for indices in members.values()), default=1)
    columns = max(1, min(largest, max(4, ceil(sqrt(len(labels)) * 1.5))))
    places: dict[int, Tile] = {}
    rows: list[str] = []
    for group, indices in members.items():
        for position, index in enumerate(indices):
            if position % columns == 0:
                rows.append("" if position else group)
            places[index] = Tile(labels[index], len(rows) - 1, position % columns)
    return TileMap(tuple(places[index] for index in range(len(labels))), tuple(rows), columns)
