"""What every ledger says of every subject, and the golden records that must come of it by the rule of survivorship."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from yici.demo.population.community import Community

KEYS = {
    "people": "person.id_number", "households": "household.number", "firms": "enterprise.uscc",
    "matters": "matter.number", "projects": "project.number", "cadres": "cadre.number",
}  # fmt: skip


@dataclass(slots=True)
class Claims:
    """Claims in the order of arrival. `best` holds, by subject key and element, the rank and value that survives."""

    best: dict[tuple[str, str], tuple[tuple[bool, date, int], Any]] = field(default_factory=dict)
    cells: int = 0
    kept_apart: int = 0

    def add(self, key: str, element: str, value: Any, rank: tuple[bool, date, int]) -> None:
        """One source's word on one element; the authority wins, then the later date, then the later arrival."""
        self.cells += 1
        there = self.best.get((key, element))
        if there is None or rank >= there[0]:
            self.best[key, element] = (rank, value)

    def golden(self) -> dict[tuple[str, str], Any]:
        """(subject key, element) → the value the pool must hold."""
        return {place: value for place, (_, value) in self.best.items()}


def unique_people(community: Community) -> set[tuple[str, str, str]]:
    """(name, birth date, village) that name exactly one person: rows without an ID number may be told by them."""
    people = community.people.join(
        community.households.select("household.number", "household.village"), on="household.number"
    ).select("person.name", "person.birth_date", "household.village")
    return {row for row, times in Counter(people.iter_rows()).items() if times == 1}


def joined(community: Community, of: str) -> pl.DataFrame:
    """The rows a ledger may be made of: people with the facts of their household, or one of the other tables."""
    if of == "people":
        return community.people.join(community.households, on="household.number", maintain_order="left")
    table: pl.DataFrame = getattr(community, of)
    return table
