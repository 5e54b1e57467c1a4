"""Names put together by chance: surnames by village, given names by generation and sex."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from yici.demo.pack import pack
from yici.demo.population.draw import Bools, Objects, chance, pick, pick_weighted
from yici.demo.population.families import Families

Ints = NDArray[np.int64]
GENERATIONS = (("old", 1962), ("middle", 1988), ("young", 2006), ("child", 9999))
INHERITED = ("H", "c", "C", "g", "F", "B")


def given_names(rng: np.random.Generator, male: Bools, years: Ints) -> Objects:
    """Given names of one or two characters, in the fashion of the year of birth."""
    size = len(male)
    out = np.full(size, "", dtype=object)
    since = 0
    for generation, until in GENERATIONS:
        for sex, is_male in (("男", True), ("女", False)):
            mine = np.flatnonzero((years >= since) & (years < until) & (male == is_male))
            letters = pack("names")["given"][generation][sex].split()
            first, second = pick(rng, letters, len(mine)), pick(rng, letters, len(mine))
            single = chance(rng, 0.05 if generation == "old" else 0.2, len(mine)) | (first == second)
            rare = pick(rng, pack("names")["rare"][sex], len(mine))
            first = np.where(chance(rng, 0.003, len(mine)), rare, first)
            out[mine] = first + np.where(single, "", second)
        since = until
    return out


def family_names(rng: np.random.Generator, families: Families, village: Mapping[str, int]) -> Objects:
    """Surnames: those of the village for the male line, any for those who married in."""
    size = len(families.role)
    common = pack("names")["surnames"]
    rest = 100 - sum(village.values())
    weights = {name: weight * rest / sum(common.values()) for name, weight in common.items()}
    local = {name: weights.get(name, 0) + village.get(name, 0) for name in {**weights, **village}}
    own = pick_weighted(rng, local, size)
    inherited = np.isin(families.role, INHERITED)
    return np.where(inherited, own[families.head], pick_weighted(rng, common, size))


def full_names(rng: np.random.Generator, families: Families, years: Ints, village: Mapping[str, int]) -> Objects:
    """Full names of all members of the households."""
    names: Objects = family_names(rng, families, village) + given_names(rng, families.male, years)
    return names


def uyghur_names(rng: np.random.Generator, families: Families) -> Objects:
    """Names of the form given·father's, for families from far away."""
    parts = pack("names")["uyghur"]
    size = len(families.role)
    own = np.where(families.male, pick(rng, parts["男"], size), pick(rng, parts["女"], size))
    father = pick(rng, parts["男"], size)
    father = np.where(np.isin(families.role, ["c", "C", "B"]), father[families.head], father)
    names: Objects = own + "·" + father
    return names
