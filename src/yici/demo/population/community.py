"""One community: its people, households, firms and offices' work, as tables whose columns are element ids."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from yici.demo.pack import pack
from yici.demo.population.draw import Objects, chance, given, pick, where
from yici.demo.population.families import Families, household_sizes, make_families, relations, village_of
from yici.demo.population.firms import make_firms
from yici.demo.population.homes import homes, places, support
from yici.demo.population.lives import Lives, draw_lives
from yici.demo.population.names import full_names, uyghur_names
from yici.demo.population.numbers import date_parts, id_numbers, iso_dates
from yici.demo.population.works import make_acreage, make_works

Ints = NDArray[np.int64]
FIRST_CODE = 2601


@dataclass(frozen=True, slots=True)
class Community:
    """The truth about a community at `as_of`: `people`, `households`, `firms`, `matters`, `projects` and `cadres`, one
    row a subject.

    Columns are element ids; `people` has `household.number` too. Decimals are floats, dates ISO texts, booleans
    booleans, code values their labels; unknown is null: nobody has the fact, no ledger holds it.
    """

    name: str
    as_of: date
    people: pl.DataFrame
    households: pl.DataFrame
    firms: pl.DataFrame
    matters: pl.DataFrame
    projects: pl.DataFrame
    cadres: pl.DataFrame


def _families(rng: np.random.Generator, villages: list[dict[str, Any]]) -> tuple[Families, Ints]:
    sizes = np.concatenate([household_sizes(rng, v["households"], v["people"]) for v in villages])
    families = make_families(rng, sizes)
    return families, village_of(villages)


def _prefixes(
    rng: np.random.Generator, data: dict[str, Any], families: Families, floating: Objects, own: str, apart: bool
) -> Ints:
    """County codes of the ID numbers: own, of the neighbours for some who married in, far for floating people.

    Where communities share a city all have their own code: order numbers could not be kept apart otherwise.
    """
    size = len(families.role)
    if apart:
        return np.full(size, int(own))
    married = np.isin(families.role, ["S", "W", "M"])
    near = pick(rng, data["near_codes"], size)
    far = floating[families.household]
    local = np.where(married & chance(rng, 0.3, size), near, own)
    return np.where(given(far), far, local).astype(np.int64)


def _floating(rng: np.random.Generator, data: dict[str, Any], village: Ints, order: Ints) -> Objects:
    """The far county code of households that live here without being registered here; None for all others."""
    totals = np.array([v["households"] for v in data["villages"]])[village]
    last = np.array([v["floating"] for v in data["villages"]])[village]
    return where(order >= totals - last, pick(rng, list(data["far_codes"]), len(village)))


def _names(rng: np.random.Generator, data: dict[str, Any], families: Families, years: Ints, village: Ints) -> Objects:
    names = np.full(len(families.role), "", dtype=object)
    mine = village[families.household]
    for number, one in enumerate(data["villages"]):
        drawn = full_names(rng, families, years, one["surnames"])
        names = np.where(mine == number, drawn, names)
    return names


def _registered(data: dict[str, Any], families: Families, floating: Objects, address: Objects) -> Objects:
    here = data["province"] + data["county"] + address[families.household]
    far = np.array([data["far_codes"].get(code) for code in floating], dtype=object)[families.household]
    return np.where(given(far), far, here)


def _table(subject: str, columns: dict[str, Objects]) -> pl.DataFrame:
    """A polars table whose columns are element ids; Python values decide the types."""
    return pl.DataFrame(
        {f"{subject}.{name}": pl.Series(column.tolist(), strict=False) for name, column in columns.items()}
    )


def make_community(seed: int, number: int = 0, of: int = 1) -> Community:
    """The `number`-th of `of` communities drawn from a seed. The first is the demo community."""
    data = pack("community")
    rng, key = np.random.default_rng([seed, number]), f"{seed} {number}"
    families, village = _families(rng, data["villages"])
    order = np.concatenate([np.arange(v["households"]) for v in data["villages"]])
    as_of = date.fromisoformat(str(data["as_of"]))
    today = (as_of - date(1900, 1, 1)).days
    size = len(families.role)
    codes = data["city_codes"] if of > 1 else data["county_codes"]
    floating = _floating(rng, data, village, order)
    born = today - (families.age * 365.2425).astype(np.int64) - rng.integers(1, 364, size)
    turns = max(1, -(-of // len(codes)))
    prefixes = _prefixes(rng, data, families, floating, codes[number % len(codes)], of > 1)
    ids, born = id_numbers(prefixes, born, families.male, number // len(codes), turns)
    columns: dict[str, Objects] = {"id_number": ids, "birth_date": iso_dates(born)}
    years, months, days = date_parts(born)
    had_birthday = (months < as_of.month) | ((months == as_of.month) & (days <= as_of.day))
    age = as_of.year - years - ~had_birthday
    columns["name"] = _names(rng, data, families, years, village)
    lives = Lives(rng, families, age, born, today, columns)
    house = places(data, village, order, FIRST_CODE + number)
    draw_lives(lives, house["village"][families.household])
    _far_people(lives, floating)
    house |= homes(rng, families.n_households, today)
    support(lives, house, today)
    _where_people_are(lives, data, floating, house)
    firms = _table("enterprise", make_firms(rng, codes[number % len(codes)], today, 42, 96))
    firms = firms.with_columns(
        **{name: pl.Series(values, strict=False) for name, values in make_acreage(key, firms).items()}
    )
    return _assemble(lives, data, house, as_of, number, firms, key)


def _far_people(lives: Lives, floating: Objects) -> None:
    """People from far away: their names and ethnic group."""
    far = floating[lives.families.household]
    uyghur, hui = far == "653127", far == "622925"
    names = uyghur_names(lives.rng, lives.families)
    lives.columns["name"] = np.where(uyghur, names, lives.columns["name"])
    group = np.where(uyghur, "维吾尔族", np.where(hui, "回族", lives.columns["ethnicity"]))
    lives.columns["ethnicity"] = group
    guardian = lives.columns["guardian_name"]
    lives.columns["guardian_name"] = np.where(uyghur & (given(guardian)), names[lives.families.head], guardian)


def _where_people_are(lives: Lives, data: dict[str, Any], floating: Objects, house: dict[str, Objects]) -> None:
    """Addresses and the kind of resident; those who work away live where they work."""
    members, columns = lives.families.household, lives.columns
    home = house["address"][members]
    away = columns["migrant_place"]
    columns |= {
        "relation_to_head": relations(lives.families), "sex": np.where(lives.families.male, "男", "女").astype(object),
        "registered_address": _registered(data, lives.families, floating, house["address"]),
        "residence_address": np.where(given(away), away, home),
        "residence_type": np.where(given(floating[members]), "流动人口", "户籍人口").astype(object),
    }  # fmt: skip
    heads = lives.families.head[np.r_[True, members[1:] != members[:-1]]]
    house |= {
        "head_name": columns["name"][heads], "head_id_number": columns["id_number"][heads],
        "phone": columns["phone"][heads],
    }  # fmt: skip


def _assemble(
    lives: Lives,
    data: dict[str, Any],
    house: dict[str, Objects],
    as_of: date,
    number: int,
    firms: pl.DataFrame,
    key: str,
) -> Community:
    people = _table("person", lives.columns).with_columns(
        pl.Series("household.number", house["number"][lives.families.household].tolist())
    )
    name = data["community"] if number == 0 else f"{data['community']}{number + 1}"
    households = _table("household", house)
    if number:
        # Villages of further communities need names of their own.
        households = households.with_columns(pl.col("household.village") + f"{number + 1}")
    served = people.join(households.select("household.number", "household.village"), on="household.number")
    return Community(name, as_of, people, households, firms, **make_works(key, as_of, served, firms))


def truth_of(community: Community) -> Community:
    """The community with its derived elements (ages, household sizes, income a head) added."""
    birth = pl.col("person.birth_date").str.to_date()
    today = pl.lit(community.as_of)
    before = birth.dt.strftime("%m%d") > today.dt.strftime("%m%d")
    people = community.people.with_columns((today.dt.year() - birth.dt.year() - before.cast(int)).alias("person.age"))
    sizes = people.group_by("household.number").len("household.size")
    households = community.households.join(sizes, on="household.number", maintain_order="left").with_columns(
        (pl.col("household.annual_income") / pl.col("household.size")).round(2).alias("household.income_per_head")
    )
    return replace(community, people=people, households=households)
