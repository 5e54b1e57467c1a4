"""Who lives with whom: households of exact numbers and sizes, each with members, relations, sexes and ages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Objects = NDArray[np.object_]

# What a household of a size may be made of: (weight, members). H head, S spouse, c child at home, C grown child,
# W that child's spouse, g grandchild, F father, M mother of the head, G grandmother, B brother or sister.
# A leading "e" says that the head is old, "m" that the head is of middle age.
MAKINGS: dict[int, list[tuple[float, str, str]]] = {
    1: [(6, "e", "H"), (3, "m", "H")],
    2: [(6, "e", "HS"), (2, "m", "HS"), (2, "m", "HM"), (2, "m", "Hc"), (1, "e", "HC")],
    3: [(5, "m", "HSc"), (3, "e", "HSC"), (2, "m", "HSM"), (1, "m", "Hcc"), (1, "e", "Hgg"), (1, "m", "HMB")],
    4: [(6, "m", "HScc"), (3, "m", "HScM"), (2, "m", "HSFM"), (3, "e", "HSCW"), (1, "e", "HSgg")],
    5: [(4, "m", "HSccM"), (4, "m", "HScFM"), (4, "e", "HSCWg"), (2, "m", "HSccc")],
    6: [(6, "m", "HSccFM"), (5, "e", "HSCWgg"), (2, "m", "HScccM")],
    7: [(4, "m", "HScccFM"), (4, "e", "HSCWggg"), (2, "m", "HSccFMG"), (1, "e", "HSCWggB")],
    8: [(3, "m", "HScccFMG"), (3, "e", "HSCWgggC"), (1, "m", "HScccFMB")],
    9: [(2, "m", "HScccFMGB"), (2, "e", "HSCWgggCB")],
}
SIZE_WEIGHTS = np.array([7, 12, 14, 18, 18, 17, 9, 3, 2], float)
RELATIONS = {
    "H": "户主",
    "S": "配偶",
    "W": "儿媳",
    "g": "孙子女",
    "F": "父母",
    "M": "父母",
    "G": "祖父母",
    "B": "兄弟姐妹",
}


@dataclass(slots=True)
class Families:
    """Members of households, one entry a person, ordered by household: all columns have the same length."""

    household: Ints
    role: Objects
    male: NDArray[np.bool_]
    age: Ints
    head: Ints
    n_households: int


def household_sizes(rng: np.random.Generator, households: int, people: int) -> Ints:
    """Sizes of `households` households that sum to `people`. Raises ValueError when that is impossible."""
    if not households <= people <= 9 * households:
        raise ValueError(f"{people} 人不能分成 {households} 户")
    sizes = rng.choice(np.arange(1, 10), households, p=SIZE_WEIGHTS / SIZE_WEIGHTS.sum())
    while (short := people - int(sizes.sum())) != 0:
        able = np.flatnonzero(sizes < 9) if short > 0 else np.flatnonzero(sizes > 1)
        chosen = rng.choice(able, min(abs(short), len(able)), replace=False)
        sizes[chosen] += 1 if short > 0 else -1
    return sizes


def make_families(rng: np.random.Generator, sizes: Ints) -> Families:
    """Members of every household, with roles, sexes and ages that fit each other."""
    starts = np.r_[0, np.cumsum(sizes)]
    total = int(starts[-1])
    role, old = np.empty(total, dtype=object), np.zeros(len(sizes), bool)
    for size, makings in MAKINGS.items():
        mine = np.flatnonzero(sizes == size)
        weights = np.array([weight for weight, _, _ in makings], float)
        kinds = rng.choice(len(makings), len(mine), p=weights / weights.sum())
        for number, (_, stage, members) in enumerate(makings):
            chosen = mine[kinds == number]
            old[chosen] = stage == "e"
            for place, letter in enumerate(members):
                role[starts[chosen] + place] = letter
    household = np.repeat(np.arange(len(sizes)), sizes)
    head = starts[:-1][household]
    male = _sexes(rng, role, head)
    return Families(household, role, male, _ages(rng, role, household, head, old), head, len(sizes))


def _sexes(rng: np.random.Generator, role: Objects, head: Ints) -> NDArray[np.bool_]:
    male = rng.random(len(role)) < 0.52
    male[role == "H"] = rng.random(int((role == "H").sum())) < 0.88
    with_spouse = np.zeros(len(role), bool)
    with_spouse[head[role == "S"]] = True
    male[with_spouse & (role == "H")] = rng.random(int((with_spouse & (role == "H")).sum())) < 0.96
    male[role == "S"] = ~male[head[role == "S"]]
    for letter, sex in (("F", True), ("M", False), ("G", False), ("W", False)):
        male[role == letter] = sex
    # A grown child whose spouse lives here is the son: the spouse is written as daughter-in-law.
    before_spouse = np.r_[role[1:] == "W", False] & (role == "C")
    male[before_spouse] = True
    return male


def _ages(rng: np.random.Generator, role: Objects, household: Ints, head: Ints, old: NDArray[np.bool_]) -> Ints:
    size = len(role)
    elder = np.clip(rng.normal(68, 8, size), 57, 92)
    middle = np.clip(rng.normal(44, 7.5, size), 27, 59)
    head_age = np.where(old[household], elder, middle)[head]
    alone = np.bincount(household)[household] == 1
    head_age = np.where(alone & old[household], head_age + rng.integers(0, 10, size), head_age)
    age = head_age.copy()
    place = np.arange(size) - head
    spaced = rng.integers(2, 5, size) * np.maximum(place - 2, 0)
    age = np.where(role == "S", head_age + rng.integers(-4, 4, size), age)
    age = np.where(role == "c", head_age - rng.integers(22, 29, size) - spaced, age)
    grown = head_age - rng.integers(23, 28, size)
    age = np.where((role == "c") & (age < 0), rng.integers(0, 6, size), age)
    age = np.where(role == "C", np.maximum(grown, 20), age)
    age = np.where(role == "W", np.maximum(np.r_[grown[:1], grown[:-1]] + rng.integers(-4, 2, size), 20), age)
    age = np.where(role == "g", head_age - rng.integers(50, 54, size) - rng.integers(2, 5, size) * (place - 2), age)
    age = np.where(np.isin(role, ["F", "M"]), head_age + rng.integers(21, 31, size), age)
    age = np.where(role == "G", head_age + rng.integers(44, 50, size), age)
    age = np.where(role == "B", head_age + rng.integers(-9, 6, size), age)
    return np.clip(age, 0, 101).astype(np.int64)


def relations(families: Families) -> Objects:
    """The relation to the head of every member, as a label of the relation list."""
    child = np.where(families.male, "子", "女").astype(object)
    out = np.array([RELATIONS.get(letter, "") for letter in families.role], dtype=object)
    return np.where(out == "", child, out)


def village_of(households: list[dict[str, Any]]) -> Ints:
    """The village number of every household, villages one after the other."""
    return np.repeat(np.arange(len(households)), [village["households"] for village in households])
