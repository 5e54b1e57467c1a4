"""Facts about households: where they live, their house and land, water and toilet, and what they receive."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from yici.demo.pack import pack
from yici.demo.population.draw import Objects, chance, given, known, pick, where
from yici.demo.population.lives import Lives
from yici.demo.population.numbers import iso_dates

Ints = NDArray[np.int64]
NUMERALS = "一二三四五六七八九十"


def places(community: dict[str, Any], village: Ints, order: Ints, code: int) -> dict[str, Objects]:
    """Number, village, group, grid, grid worker and address of households; `order` counts them within the village."""
    villages = community["villages"]
    names = np.array([v["name"] for v in villages], dtype=object)[village]
    totals = np.array([v["households"] for v in villages])[village]
    groups = np.array([v["groups"] for v in villages])[village]
    grids = np.array([v["grids"] for v in villages])[village]
    group, grid = order * groups // totals, order * grids // totals
    first_worker = np.cumsum([0] + [v["grids"] for v in villages])[:-1][village]
    workers = np.array(pack("lives")["grid_workers"], dtype=object)
    number = [f"{code}{v + 1}{n + 1:04d}" for v, n in zip(village.tolist(), order.tolist(), strict=True)]
    group_names = np.array([f"{g + 1}组" for g in group.tolist()], dtype=object)
    house = np.array([f"{n + 1}号" for n in order.tolist()], dtype=object)
    numerals = np.array(list(NUMERALS), dtype=object)
    return {
        "number": np.array(number, dtype=object), "village": names, "group": group_names,
        "grid": np.array([name[:2] for name in names], dtype=object) + "第" + numerals[grid] + "网格",
        "grid_worker": workers[(first_worker + grid) % len(workers)],
        "address": community["community"] + names + group_names + house,
    }  # fmt: skip


def homes(rng: np.random.Generator, size: int, today: int) -> dict[str, Objects]:
    """House, land, water, toilet and habits."""
    structure = pick(rng, ["砖混", "砖木", "钢混", "土木"], size, [70, 18, 10, 2])
    unsafe = chance(rng, np.where(structure == "土木", 0.5, np.where(structure == "砖木", 0.04, 0.002)), size)
    toilet = pick(rng, ["水冲式卫生厕所", "三格化粪池", "旱厕", "无厕所"], size, [48, 39, 12, 1])
    done = np.isin(toilet, ["水冲式卫生厕所", "三格化粪池"])
    farmland = np.round(rng.gamma(3.2, 1.5, size), 1)
    forest = np.where(chance(rng, 0.3, size), np.round(rng.gamma(1.5, 0.6, size), 1), 0.0)
    visited = chance(rng, 0.8, size)
    return {
        "house_structure": structure, "house_unsafe": unsafe.astype(object),
        "house_area": known(rng, np.round(rng.normal(152, 44, size).clip(32, 420)).astype(object), 0.97),
        "homestead_area": (rng.choice([133.4, 166.7, 200.1, 233.5, 266.8], size)).astype(object),
        "farmland_area": where(farmland > 0.2, farmland.astype(object)),
        "forest_area": where(forest > 0, forest.astype(object)),
        "water": known(rng, pick(rng, ["集中供水", "自备井", "其他"], size, [90, 9, 1]), 0.98), "toilet": toilet,
        "toilet_done": where(done, iso_dates(today - rng.integers(200, 2600, size))),
        "broadband": known(rng, chance(rng, 0.86, size).astype(object), 0.97),
        "waste_sorting": known(rng, chance(rng, 0.7, size).astype(object), 0.93),
        "antifraud_visit": where(visited, iso_dates(today - rng.integers(20, 300, size))),
    }  # fmt: skip


def support(lives: Lives, households: dict[str, Objects], today: int) -> None:
    """Income of the household, 低保, and the watch list of poverty; needs the lives of its members."""
    rng, members = lives.rng, lives.families.household
    size = lives.families.n_households
    people = np.bincount(members, minlength=size)
    own = lives.columns["annual_income"]
    earned = np.bincount(members, np.where(given(own), own, 0).astype(float), minlength=size)
    disabled = np.bincount(members, given(lives.columns["disability_grade"]), minlength=size) > 0
    income = np.round(earned + rng.integers(0, 60, size) * 100, 2)
    a_head = income / people
    poor = a_head <= np.quantile(a_head, 0.13)
    dibao = poor & chance(rng, np.where(disabled, 0.55, 0.16), size)
    covered = np.where(chance(rng, 0.6, size), people, np.maximum(1, people - rng.integers(0, 3, size)))
    watch = pick(rng, ["脱贫不稳定户", "边缘易致贫户", "突发严重困难户"], size, [3, 4, 3])
    watched = poor & ~dibao & chance(rng, 0.1, size)
    lifted = chance(rng, np.where(poor, 0.2, 0.03), size)
    kind = np.where(watched, watch, np.where(lifted, "脱贫户", "一般农户"))
    households |= {
        "annual_income": known(rng, income.astype(object), 0.88), "dibao": dibao.astype(object),
        "dibao_since": where(dibao, iso_dates(today - rng.integers(60, 3600, size))),
        "dibao_people": where(dibao, covered.astype(object)),
        "dibao_amount": where(dibao, (covered * rng.integers(280, 420, size)).astype(float).astype(object)),
        "monitoring": kind.astype(object),
        "monitoring_reason": where(watched | lifted, pick(rng, pack("lives")["reasons"], size)),
    }  # fmt: skip
    alone_poor = lives.aged(60) & (people[members] == 1) & ~dibao[members] & poor[members]
    lives.columns["tekun"] = (alone_poor & chance(rng, 0.3, lives.size)).astype(object)
