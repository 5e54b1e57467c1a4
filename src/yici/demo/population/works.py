"""What a community's offices deal with: hotline orders and disputes, public projects, cadres and their tests."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl

from yici.demo.pack import pack

Row = dict[str, Any]
DAYS_BACK = 364
# What those called back say of the handling, by whether their problem was solved.
_CONTENT = {
    True: (("非常满意", "满意", "基本满意", "不满意"), (35, 48, 14, 3)),
    False: (("满意", "基本满意", "不满意", "非常不满意"), (4, 22, 52, 22)),
}


def make_works(seed: str, as_of: date, people: pl.DataFrame, firms: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The tables "matters", "projects" and "cadres", columns being element ids.

    `people` has names, phones, birth dates and `household.village`; their villages are those that are served. A year
    until `as_of` is covered. Drawn apart from the population, which stays the same.
    """
    rng = Random(f"works {seed}")  # noqa: S311 - demo data, nothing secret
    villages = list(dict.fromkeys(people["household.village"].to_list()))
    adults = people.filter(pl.col("person.birth_date") < f"{as_of.year - 20}")
    matters: list[Row] = []
    for place, village in enumerate(villages):
        here = adults.filter(pl.col("household.village") == village)
        callers = here.select("person.name", "person.id_number", "person.phone").rows()
        homes = here["household.number"].n_unique()
        matters += _orders(rng, place, village, homes, callers, firms["enterprise.uscc"].to_list(), as_of)
        matters += _disputes(rng, place, village, homes, callers, as_of)
    return {
        "matters": _table(_numbered(matters)),
        "projects": _table(_projects(rng, dict(people.group_by("household.village").len().rows()), villages, as_of)),
        "cadres": _table(_cadres(rng, people["person.name"].to_list(), villages, as_of)),
    }


def make_acreage(seed: str, firms: pl.DataFrame) -> dict[str, list[Any]]:
    """What the yield per 亩 is reckoned from besides the firms' other figures: for those that make something."""
    rng = Random(f"acreage {seed}")  # noqa: S311 - demo data, nothing secret
    columns: dict[str, list[Any]] = {}
    for firm in firms.to_dicts():
        for name, value in _acreage(rng, firm).items():
            columns.setdefault(f"enterprise.{name}", []).append(value)
    return columns


def _acreage(rng: Random, firm: Row) -> Row:
    started = date.fromisoformat(firm["enterprise.founded"]) + timedelta(days=rng.randrange(90, 700))
    tenure = rng.choices(("自有用地", "租赁用地", "自有兼租赁"), (60, 32, 8))[0]
    emitting = rng.random() < 0.45
    found = {
        "assessed_tax": round(firm["enterprise.tax"] * rng.uniform(0.86, 1), 2),
        "main_business_revenue": round(firm["enterprise.revenue"] * rng.uniform(0.9, 1), 2),
        "average_employees": max(1, round(firm["enterprise.employees"] * rng.uniform(0.9, 1.1))),
        "emissions": round(rng.lognormvariate(-1.2, 1), 3) if emitting else 0.0,
        "in_production_since": started.isoformat(),
        "land_tenure": tenure,
    }
    return found if firm["enterprise.output"] is not None else dict.fromkeys(found)


def _orders(
    rng: Random, place: int, village: str, homes: int, callers: list[Any], companies: list[str], as_of: date
) -> list[Row]:
    """The hotline orders and service items of one village."""
    data = pack("works")["hotline"]
    solved = data["solved"][place % len(data["solved"])]
    rows = []
    for _ in range(homes * data["a_year_for_100_households"] // 100):
        topic = rng.choice(data["topics"])
        received = as_of - timedelta(days=rng.randrange(DAYS_BACK))
        row = _received(rng, village, topic["category"], data["sources"], received, topic["days"], callers)
        row |= {"name": topic["title"], "content": f"{village}{topic['title']}，希望尽快处理。"}
        row |= {"department": topic["department"], "repeated": rng.random() < 0.06, "contacted": rng.random() < 0.95}
        if topic["category"] == "企业诉求":
            row |= {"enterprise": rng.choice(companies), "caller_id": None}
        row |= _called_back(rng, row, solved, as_of)
        rows.append(row)
    return rows


def _disputes(rng: Random, place: int, village: str, homes: int, callers: list[Any], as_of: date) -> list[Row]:
    """The disputes of one village: those not closed yet are neither resolved nor not."""
    data = pack("works")["disputes"]
    rows = []
    for _ in range(homes * data["a_year_for_100_households"] // 100):
        received = as_of - timedelta(days=rng.randrange(DAYS_BACK))
        row = _received(rng, village, "矛盾纠纷", data["sources"], received, 30, callers)
        row |= {"dispute": _weighed(rng, data["kinds"]), "department": data["department"]}
        row["name"] = f"{village}{row['dispute']}"
        row |= _called_back(rng, row, data["resolved"][place % len(data["resolved"])], as_of)
        # Disputes are asked whether they are resolved, not whether they are solved.
        row.pop("solved", None)
        row["resolved"] = row.pop("ended_well")
        rows.append(row)
    return rows


def _received(
    rng: Random, village: str, category: str, sources: dict[str, int], received: date, days: int, callers: list[Any]
) -> Row:
    name, number, phone = rng.choice(callers)
    return {
        "village": village, "category": category, "source": _weighed(rng, sources),
        "received": received, "deadline": received + timedelta(days=days),
        "caller_name": name, "caller_id": number if rng.random() < 0.6 else None, "caller_phone": phone,
    }  # fmt: skip


def _called_back(rng: Random, row: Row, share: float, as_of: date) -> Row:
    """When a matter was closed, and what was said of it afterwards."""
    days = (row["deadline"] - row["received"]).days
    closed = row["received"] + timedelta(days=max(0, round(rng.gauss(days * 0.6, days * 0.25))))
    if closed > as_of:
        return {"state": rng.choice(("待受理", "办理中")), "ended_well": None}
    well = rng.random() < share
    found: Row = {"state": "已办结", "closed": closed, "ended_well": well}
    visited = closed + timedelta(days=rng.randrange(1, 12))
    if visited <= as_of and rng.random() < 0.88:
        labels, weights = _CONTENT[well]
        found |= {"visited": visited, "solved": well, "satisfaction": rng.choices(labels, weights)[0]}
    return found


def _numbered(rows: list[Row]) -> list[Row]:
    """Rows in the order of their receipt, each with its number."""
    counts: dict[str, int] = {}
    found = []
    for row in sorted(rows, key=lambda row: row["received"]):
        row.pop("ended_well", None)
        kind = "JF" if row["category"] == "矛盾纠纷" else "GD"
        start = f"{kind}{row['received']:%Y%m}"
        counts[start] = counts.get(start, 0) + 1
        found.append({"number": f"{start}{counts[start]:04d}"} | row)
    return [{f"matter.{name}": value for name, value in row.items()} for row in found]


def _projects(rng: Random, people: dict[str, int], villages: list[str], as_of: date) -> list[Row]:
    data = pack("works")["projects"]
    rows: list[Row] = []
    for place, village in enumerate(villages):
        for kind in rng.sample(data["kinds"], 6):
            started = as_of - timedelta(days=rng.randrange(120, 420))
            planned = started + timedelta(days=rng.randrange(60, 240))
            done = rng.random() < data["delivered"][place % len(data["delivered"])]
            finished = planned + timedelta(days=round(rng.gauss(0, 20)))
            done = done and finished < as_of
            cost = round(kind["cost"] * rng.uniform(0.7, 1.4), 1)
            rows.append({
                "number": f"MS{started.year}{len(rows) + 1:03d}", "name": f"{village}{kind['name']}",
                "village": village, "category": kind["category"], "department": kind["department"],
                "investment": cost, "paid": round(cost * (1 if done else rng.uniform(0.1, 0.8)), 1),
                "started": started, "planned": planned, "finished": finished if done else None, "delivered": done,
                "beneficiaries": round(people[village] * kind["share"]),
                "rating": round(min(100, rng.gauss(89, 5)), 1) if done and rng.random() < 0.9 else None,
            })  # fmt: skip
    return [{f"project.{name}": value for name, value in row.items()} for row in rows]


def _cadres(rng: Random, names: list[str], villages: list[str], as_of: date) -> list[Row]:
    data = pack("works")["cadres"]
    posts: list[tuple[str | None, str]] = [(None, post) for post, count in data["town"].items() for _ in range(count)]
    posts += [(v, post) for v in villages for post, count in data["village"].items() for _ in range(count)]
    rows = []
    for number, (village, post) in enumerate(posts, 1):
        row: Row = {
            "number": f"GB{number:04d}", "name": rng.choice(names), "village": village,
            "unit": f"{village}村民委员会" if village else data["unit"], "post": post,
            "practice_due": 6, "practice_done": min(6, max(0, round(rng.gauss(4.6, 1.4)))),
        }  # fmt: skip
        if rng.random() < 0.95:
            row["exam_date"] = as_of - timedelta(days=rng.randrange(20, 60))
            for dimension, mean in zip(
                ("thinking", "innovation", "service", "safety"), data["scores"][post], strict=True
            ):
                row[dimension] = round(min(100.0, max(30.0, rng.gauss(mean, 8))), 1)
        rows.append(row)
    return [{f"cadre.{name}": value for name, value in row.items()} for row in rows]


def _weighed(rng: Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def _table(rows: list[Row]) -> pl.DataFrame:
    """Dates as ISO texts; a fact that nobody has is null."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: [row.get(name) for row in rows] for name in names}
    return pl.DataFrame(
        {
            name: pl.Series([v.isoformat() if isinstance(v, date) else v for v in values], strict=False)
            for name, values in columns.items()
        }
    )
