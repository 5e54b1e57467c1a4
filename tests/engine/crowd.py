"""A crowd of people and households with holes in what is known of them, straight into the projection's tables."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import duckdb

from yici.core.elements import Registry
from yici.engine.projection import Projection
from yici.engine.schema import COUNT_MEMBERS, table_of, table_statements
from yici.storage.packs import load_registry

REGISTRY: Registry = load_registry()
VILLAGES = ("甲村", "乙村", "丙村")


def empty(registry: Registry = REGISTRY) -> Projection:
    """A projection in memory without any subject."""
    con = duckdb.connect()
    for statement in table_statements(registry):
        con.execute(statement)
    return Projection(con, 0)


def insert(projection: Projection, subject: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Golden records; what a row does not name is not known."""
    for row in rows:
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" * len(row))
        projection.con.execute(f"INSERT INTO {table_of(subject)} ({names}) VALUES ({marks})", list(row.values()))
    projection.con.execute(COUNT_MEMBERS)


def crowd(seed: int, people: int = 120) -> Projection:
    """So many people in a third as many households; some kept apart, some of no household, every value now and then
    unknown or known in part."""
    rng = random.Random(seed)

    def maybe(value: Any) -> Any:
        return None if rng.random() < 0.2 else value

    def day() -> str:
        exact = f"{rng.randint(1930, 2025)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
        return rng.choice([exact, exact, exact, exact[:7], exact[:4]])

    households = [
        {
            "key": f"h{n}",
            "unit": maybe(rng.choice(VILLAGES)),
            "household.number": f"h{n}",
            "household.head_id_number": maybe(f"p{rng.randrange(people)}"),
            "household.dibao": maybe(rng.random() < 0.5),
            "household.annual_income": maybe(Decimal(rng.randint(0, 400_000)) / 4),
            "household.farmland_area": maybe(Decimal(rng.randint(0, 99)) / 10),
        }
        for n in range(people // 3)
    ]
    persons = [
        {
            "key": f"{'?' if rng.random() < 0.05 else ''}p{n}",
            "household": maybe(f"h{rng.randrange(people // 3 + 2)}"),
            "unit": maybe(rng.choice(VILLAGES)),
            "person.name": f"某{n}",
            "person.sex": maybe(rng.choice("男女")),
            "person.birth_date": maybe(day()),
            "person.education": maybe(rng.choice(["小学教育", "初级中学教育", "大学本科教育"])),
            "person.annual_income": maybe(Decimal(rng.randint(-1000, 400_000)) / 4),
        }
        for n in range(people)
    ]
    projection = empty()
    known = set(REGISTRY.elements) | {"key", "household", "unit"}
    for subject, rows in (("household", households), ("person", persons)):
        insert(projection, subject, [{k: v for k, v in row.items() if k in known} for row in rows])
    return projection
