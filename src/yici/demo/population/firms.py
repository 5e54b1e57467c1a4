"""Companies and shops of a community, with credit codes and a year's figures."""

from __future__ import annotations

from typing import Any

import numpy as np

from yici.demo.pack import pack
from yici.demo.population.draw import Objects, chance, known, pick, where
from yici.demo.population.names import given_names
from yici.demo.population.numbers import credit_codes, iso_dates, phones


def _names(rng: np.random.Generator, company: np.ndarray[Any, Any], what: Objects) -> Objects:
    """Names of firms, told apart by a second word when two would be alike."""
    parts, size = pack("lives")["firms"], len(company)
    place, word, more = (
        pick(rng, parts["places"], size),
        pick(rng, parts["words"], size),
        pick(rng, parts["words"], size),
    )
    names = np.where(company, place + word + what + "有限公司", "原阳县张青社区" + word + what)
    seen: set[str] = set()
    for at, name in enumerate(names):
        while name in seen:
            name = name.replace(word[at], word[at] + more[at], 1) if more[at] not in name else name + "分店"
        seen.add(name)
        names[at] = name
    out: Objects = names.astype(object)
    return out


def make_firms(rng: np.random.Generator, county: str, today: int, companies: int, shops: int) -> dict[str, Objects]:
    """The firms of a community, one entry a firm."""
    parts, size = pack("lives")["firms"], companies + shops
    company = np.arange(size) < companies
    kinds = np.array([[what, code, made] for what, code, made in parts["kinds"]], dtype=object)[
        rng.integers(0, len(parts["kinds"]), size)
    ]
    trades = np.array(parts["shops"], dtype=object)[rng.integers(0, len(parts["shops"]), size)]
    what, code = np.where(company, kinds[:, 0], trades[:, 0]), np.where(company, kinds[:, 1], trades[:, 1])
    makes = company & kinds[:, 2].astype(bool)
    revenue = np.where(company, rng.lognormal(6.8, 1.2, size), rng.lognormal(3.3, 0.6, size)).round(2)
    large = makes & (revenue >= 2000)
    surname = pick(rng, list(pack("names")["surnames"])[:40], size)
    male = chance(rng, 0.75, size)
    legal = surname + given_names(rng, male, np.full(size, 1978))
    grown = makes & chance(rng, 0.45, size)
    staff = np.where(company, (revenue / rng.uniform(20, 60, size)).clip(3, 900), rng.integers(1, 7, size)).astype(int)
    level = np.where(grown, pick(rng, ["创新型中小企业", "省级专精特新", "国家级小巨人"], size, [6, 4, 1]), "无")
    stage = pick(rng, ["未启动", "诊断", "改造中", "已完成"], size, [45, 25, 20, 10])

    def money(share: float, spread: float, who: Any, round_to: int = 2) -> Objects:
        return where(who, (revenue * share * rng.lognormal(0, spread, size)).round(round_to).astype(object))

    return {
        "name": _names(rng, company, what), "kind": np.where(company, "企业", "个体工商户").astype(object),
        "uscc": credit_codes(rng, county, np.where(company, "91", "92").tolist()), "legal_person": legal,
        "registered_capital": where(company, pick(rng, [50, 100, 200, 300, 500, 1000, 2000, 5000], size)),
        "founded": iso_dates(today - rng.integers(200, 7500, size)), "industry": code.astype(object),
        "address": "原阳县张青镇" + pick(rng, ["兴业路", "工业路", "张魏路", "中心街", "青年路"], size)
        + np.array([f"{n}号" for n in rng.integers(1, 200, size)], dtype=object),
        "park": where(makes & chance(rng, 0.7, size), pick(rng, parts["parks"], size)),
        "contact": known(rng, where(company, surname[::-1] + given_names(rng, ~male, np.full(size, 1990))), 0.95),
        "phone": known(rng, phones(rng, size, pack("lives")["phone_prefixes"]), 0.95),
        "employees": staff.astype(object),
        "revenue": revenue.astype(object), "tax": money(0.03, 0.4, revenue > 0),
        "output": money(1.02, 0.05, makes), "value_added": money(0.24, 0.2, makes),
        "rd_spend": money(0.035, 0.4, grown),
        "land": known(rng, where(makes, rng.integers(4, 90, size).astype(object)), 0.9),
        "electricity": known(rng, money(0.012, 0.5, makes), 0.9), "energy": known(rng, money(0.09, 0.5, makes, 1), 0.8),
        "above_scale": where(company, large.astype(object)),
        "high_tech": where(company, (grown & chance(rng, 0.5, size)).astype(object)),
        "specialised": where(company, level.astype(object)), "digital_stage": where(makes, stage),
    }  # fmt: skip
