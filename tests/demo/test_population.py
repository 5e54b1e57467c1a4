"""The invented population: exact counts, valid numbers, lives that fit ages and families."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yici.core.values import Status, clean_values, kind_of
from yici.demo.ledgers.claims import KEYS
from yici.demo.population.community import make_community, truth_of
from yici.demo.population.families import household_sizes
from yici.demo.population.numbers import bank_cards, id_numbers
from yici.storage.packs import load_registry

COMMUNITY = truth_of(make_community(7))
PEOPLE, HOUSES, FIRMS = COMMUNITY.people, COMMUNITY.households, COMMUNITY.firms
REGISTRY = load_registry()


def test_counts_are_those_of_the_community() -> None:
    people = PEOPLE.join(HOUSES.select("household.number", "household.village"), on="household.number")
    counts = {v: (h, p) for v, h, p in HOUSES.group_by("household.village").len().join(
        people.group_by("household.village").len(), on="household.village").iter_rows()}  # fmt: skip
    assert counts == {"张青村": (328, 1553), "魏庄村": (191, 780), "苗庄村": (216, 1100)}


TABLES = {
    "people": PEOPLE, "households": HOUSES, "firms": FIRMS,
    "matters": COMMUNITY.matters, "projects": COMMUNITY.projects, "cadres": COMMUNITY.cadres,
}  # fmt: skip


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_values_are_clean_and_every_element_occurs(table: pl.DataFrame) -> None:
    for name in table.columns:
        values = table[name].drop_nulls()
        assert len(values), f"{name} is never known"
        if values.dtype in (pl.String,):
            cleaned = clean_values(kind_of(REGISTRY.elements[name], REGISTRY), [f"s{v}" for v in values.unique()])
            assert {c for c in cleaned if c.status is not Status.OK} == set(), name


def test_all_elements_of_the_standard_are_made() -> None:
    made = {*PEOPLE.columns, *HOUSES.columns, *FIRMS.columns}
    known = {name for name in REGISTRY.elements if name.split(".")[0] in ("person", "household", "enterprise")}
    assert made <= known
    assert len(made) >= 100


def test_identity_is_unique() -> None:
    for name, key in KEYS.items():
        assert TABLES[name][key].n_unique() == TABLES[name].height


def test_families_fit() -> None:
    heads = PEOPLE.filter(pl.col("person.relation_to_head") == "户主")
    assert heads.height == HOUSES.height
    assert heads["person.age"].min() >= 18
    both = PEOPLE.join(heads, on="household.number", suffix=".head")
    parents = both.filter(pl.col("person.relation_to_head") == "父母")
    assert (parents["person.age"] - parents["person.age.head"]).min() >= 18
    spouses = both.filter(pl.col("person.relation_to_head") == "配偶")
    assert (spouses["person.sex"] != spouses["person.sex.head"]).all()


def test_id_number_agrees_with_birth_and_sex() -> None:
    number, odd = pl.col("person.id_number"), pl.col("person.id_number").str.slice(16, 1).cast(int) % 2 == 1
    agrees = PEOPLE.select(
        (number.str.slice(6, 8) == pl.col("person.birth_date").str.replace_all("-", "")).all().alias("birth"),
        (odd == (pl.col("person.sex") == "男")).all().alias("sex"),
    )
    assert agrees.row(0) == (True, True)


def test_ages_are_completed_years() -> None:
    born = [date.fromisoformat(text) for text in PEOPLE["person.birth_date"]]
    today = COMMUNITY.as_of
    ages = [today.year - b.year - ((today.month, today.day) < (b.month, b.day)) for b in born]
    assert PEOPLE["person.age"].to_list() == ages


def test_the_same_seed_makes_the_same_people_and_other_communities_other_ones() -> None:
    assert make_community(7).people.equals(make_community(7).people)
    several = [make_community(7, number, 30).people["person.id_number"] for number in range(13)]
    assert pl.concat(several).n_unique() == sum(map(len, several))


@given(st.integers(1, 300), st.floats(1, 9))
@settings(max_examples=40, deadline=None)
def test_sizes_sum_to_the_people(households: int, mean: float) -> None:
    people = max(households, min(9 * households, round(households * mean)))
    sizes = household_sizes(np.random.default_rng(1), households, people)
    assert (len(sizes), int(sizes.sum()), int(sizes.min()) >= 1, int(sizes.max()) <= 9) == (
        households,
        people,
        True,
        True,
    )


def test_sizes_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="不能分成"):
        household_sizes(np.random.default_rng(1), 10, 9)


def test_order_numbers_do_not_run_out() -> None:
    prefixes, days = np.full(900, 410725), np.full(900, 30000)
    numbers, born = id_numbers(prefixes, days, np.ones(900, bool), turn=2, turns=10)
    assert len(set(numbers)) == 900
    assert born.max() > 30000


def test_bank_cards_pass_luhn() -> None:
    def luhn(number: str) -> int:
        digits = [int(d) for d in reversed(number)]
        return (sum(digits[::2]) + sum(sum(divmod(2 * d, 10)) for d in digits[1::2])) % 10

    cards = bank_cards(np.random.default_rng(3), np.array(["621476", "622848"] * 50, dtype=object))
    assert {luhn(card) for card in cards} == {0}
    assert {len(card) for card in cards} == {19}
