"""How many values a second each kind cleans on one core: every spelling distinct, and as a column with repeats.

Run: python bench/values.py [N]
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator

from yici.core.values import ValueKind, clean_values
from yici.core.values.id_numbers import check_character
from yici.core.values.kinds import kind_of
from yici.storage.packs import load_registry

FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国红"


def id_number(rng: random.Random) -> str:
    first17 = f"{rng.randrange(110000, 660000)}{iso(rng).replace('-', '')}{rng.randrange(1000):03}"
    return first17 + check_character(first17)


def iso(rng: random.Random) -> str:
    return f"{rng.randrange(1930, 2025)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"


def name(rng: random.Random) -> str:
    return rng.choice(FAMILY) + rng.choice(("", " ", "\u3000")) + rng.choice(GIVEN) + rng.choice(GIVEN)


def spelled_date(rng: random.Random) -> str:
    year, month, day = iso(rng).split("-")
    return rng.choice(
        (
            f"s{year}{month}{day}",
            f"s{year}.{int(month)}.{int(day)}",
            f"s{year}年{month}月",
            f"d{year}-{month}-{day}",
            "n30684",
        )
    )


SPELLINGS: dict[str, Callable[[random.Random], str]] = {
    "person.name": lambda rng: "s" + name(rng),
    "person.id_number": lambda rng: "s" + id_number(rng) + rng.choice(("", " ")),
    "person.birth_date": spelled_date,
    "person.sex": lambda rng: "s" + rng.choice(("男", "女", "1", "2", "男性", "女性")),
    "person.education": lambda rng: "s" + rng.choice(("初中", "高中毕业", "小学文化", "本科", "不知何物")),
    "person.phone": lambda rng: rng.choice(("s", "n")) + f"1{rng.randrange(3, 10)}{rng.randrange(10**9):09}",
    "person.annual_income": lambda rng: rng.choice(("s{:,.2f}", "n{}", "s{}元")).format(rng.randrange(10**7) / 100),
    "person.lives_alone": lambda rng: "s" + rng.choice(("是", "否", "√", "独居", "/")),
    "person.occupation": lambda rng: f"s务农 {rng.randrange(10**9)}",
    "person.bank_account": lambda rng: f"s6217 {rng.randrange(10**15):015}",
    "household.size": lambda rng: f"s{rng.randrange(10**7)}人",
    "household.address": lambda rng: f"s河南省某县某村 {rng.randrange(1, 20)}组{rng.randrange(10**7)}号",
    "household.village": lambda rng: f"s第{rng.randrange(10**7)}村",
    "enterprise.uscc": lambda rng: f"s91410721MA{rng.randrange(10**8):08}",
}


def rate(work: Callable[[], object], n: int) -> float:
    start = time.process_time()
    work()
    return n / (time.process_time() - start)


def one_by_one(kind: ValueKind, raws: list[str]) -> None:
    for raw in raws:
        kind.clean(raw)


def rows(n: int) -> Iterator[tuple[str, str, float, float]]:
    registry = load_registry()
    rng = random.Random(7)
    for element_id, spelling in SPELLINGS.items():
        kind = kind_of(registry.elements[element_id], registry)
        raws = [spelling(rng) for _ in range(n)]
        single = rate(lambda kind=kind, raws=raws: one_by_one(kind, raws), n)  # type: ignore[misc]
        column = rate(lambda kind=kind, raws=raws: clean_values(kind, raws), n)  # type: ignore[misc]
        yield element_id, type(kind).__name__, single, column


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    print(f"{'element':24}{'kind':16}{'one by one':>14}{'as a column':>14}   values/s of processor time, {n} values")
    for element_id, kind, single, column in rows(n):
        print(
            f"{element_id:24}{kind:16}{single:14,.0f}{column:14,.0f}{'' if column >= 100_000 else '   below 100,000'}"
        )


if __name__ == "__main__":
    main()
