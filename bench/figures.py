"""A statistics form of 400 cells over people and households: all cells in one go, and one query a cell.

python bench/figures.py [PEOPLE…]   prints a table: seconds, times faster, growth over sizes. SQL makes the people.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from yici.core.elements import Registry
from yici.core.expressions import parse_figure
from yici.core.expressions.compiling import Sql, joined
from yici.core.expressions.moment import Moment
from yici.engine.figures import Ask, answer
from yici.engine.projection import Projection
from yici.engine.rows import Rows
from yici.engine.schema import COUNT_MEMBERS, table_statements
from yici.storage.packs import load_registry

MOMENT = Moment(date(2026, 6, 30))
VILLAGE_SIZE = 3000

# 20 stubs × 20 columns: age bands, 其中 women, code lists, households' traits; the last columns are sums of money.
STUBS = [
    "",
    "性别 = '男'",
    "性别 = '女'",
    *(f"年龄 between {low} and {low + 9}" for low in range(0, 90, 10)),
    "年龄 >= 90",
    "年龄 >= 16 and 年龄 < 60",
    "年龄 >= 60 and 性别 = '女'",
    "年龄 >= 65 and 是否独居",
    "户.是否低保户 = '是'",
    "户.是否低保户 = '是' and 年龄 < 18",
    "政治面貌 in ('中共党员', '中共预备党员')",
    "户主.性别 = '女'",
]
COLUMNS = [
    "",
    *(f"文化程度 = '{level}'" for level in ("研究生", "大学本科", "大学专科", "高中", "初中", "小学")),
    *(f"残疾等级 = '{grade}级'" for grade in "一二三四"),
    "残疾等级 is not null",
    "个人年收入 < 10000",
    "个人年收入 between 10000 and 30000",
    "个人年收入 > 3万元",
    "是否退役军人",
    "慢性病 is not null",
]
SUMS = ["sum(人.个人年收入{})", "avg(人.个人年收入{})", "sum(人.养老金月领取额{})"]


def people_sql(count: int) -> list[str]:
    """People in a third as many households, a village for every 3,000, every value unknown now and then."""

    def pick(*values: str, seed: int, part: float = 0.95) -> str:
        listed = ", ".join(f"'{value}'" for value in values)
        return f"CASE WHEN {chance(seed)} < {part} THEN [{listed}][{number(seed + 50)} % {len(values)} + 1] END"

    def number(seed: int) -> str:
        return f"CAST(hash(i, {seed}) % 100000000 AS BIGINT)"

    def chance(seed: int) -> str:
        return f"{number(seed)} % 10000 / 10000"

    def money(seed: int, part: float, most: int) -> str:
        return f"CASE WHEN {chance(seed)} < {part} THEN CAST({number(seed + 1)} % {most} AS DECIMAL(24, 6)) / 100 END"

    birth = f"strftime(DATE '1930-01-01' + CAST({number(1)} % 34900 AS INTEGER), '%Y-%m-%d')"
    precision = f"CASE {number(2)} % 20 WHEN 0 THEN 4 WHEN 1 THEN 7 ELSE 10 END"
    person = {
        "key": "printf('P%08d', i)", "household": "printf('H%08d', i // 3)",
        "unit": f"printf('村%04d', i // {VILLAGE_SIZE})",
        "person.name": "concat('某', i)", "person.sex": pick("男", "女", seed=3, part=0.99),
        "person.birth_date": f"substr({birth}, 1, {precision})",
        "person.education": pick("研究生", "大学本科", "大学专科", "中专", "高中", "初中", "小学", seed=4),
        "person.political_status": pick("中共党员", "群众", "群众", "群众", "共青团员", seed=5),
        "person.disability_grade": pick("一级", "二级", "三级", "四级", seed=6, part=0.06),
        "person.annual_income": money(7, 0.8, 8_000_000),
        "person.pension_amount": money(9, 0.3, 400_000),
        "person.lives_alone": f"CASE WHEN {chance(11)} < 0.9 THEN {chance(12)} < 0.1 END",
        "person.veteran": f"CASE WHEN {chance(13)} < 0.9 THEN {chance(14)} < 0.03 END",
        "person.chronic_disease": pick("高血压", "糖尿病", seed=15, part=0.15),
    }  # fmt: skip
    household = {
        "key": "printf('H%08d', i)", "unit": f"printf('村%04d', i * 3 // {VILLAGE_SIZE})",
        "household.number": "printf('H%08d', i)", "household.head_id_number": "printf('P%08d', i * 3)",
        "household.dibao": f"CASE WHEN {chance(21)} < 0.95 THEN {chance(22)} < 0.05 END",
    }  # fmt: skip
    return [_insert("person", person, count), _insert("household", household, count // 3)]


def _insert(table: str, columns: dict[str, str], count: int) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return f"INSERT INTO {table} ({names}) SELECT {', '.join(columns.values())} FROM range({count}) t(i)"


@contextmanager
def projection(registry: Registry, people: int) -> Iterator[Projection]:
    """A projection file with so many people, opened read-only as every command does."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.duckdb"
        with duckdb.connect(str(path)) as con:
            for statement in (*table_statements(registry), *people_sql(people), COUNT_MEMBERS):
                con.execute(statement)
        with duckdb.connect(str(path), read_only=True, config={"threads": os.cpu_count() or 1}) as con:
            yield Projection(con, 0)


def form(registry: Registry) -> list[Ask]:
    """The cells, row by row."""
    asks = []
    for stub in STUBS:
        conditions = [" and ".join(f"({part})" for part in (stub, column) if part) for column in COLUMNS]
        texts = [f"count(人{f' where {condition}' if condition else ''})" for condition in conditions]
        texts += [pattern.format(f" where {stub}" if stub else "") for pattern in SUMS]
        asks += [Ask(parse_figure(text, registry)) for text in texts]
    return asks


def together(projection: Projection, registry: Registry, asks: list[Ask]) -> tuple[float, list[object]]:
    """Seconds and answers of all cells in one go."""
    start = time.perf_counter()
    found = answer(projection, registry, asks, moment=MOMENT)
    return time.perf_counter() - start, [one.value for one in found]


def alone(projection: Projection, asks: list[Ask]) -> tuple[float, list[object]]:
    """Seconds and answers of one plain query a cell: SELECT count(*) FROM … WHERE …, joined only with what it names."""
    start, found = time.perf_counter(), []
    for ask in asks:
        (aggregate,) = ask.figure.aggregates
        rows = Rows(aggregate.subject, MOMENT)
        what = (
            Sql("count(*)") if aggregate.value is None else joined(f"{aggregate.op}({{}})", rows.value(aggregate.value))
        )
        query = rows.select([what], [] if aggregate.where is None else [rows.truth(aggregate.where)])
        found.append(projection.con.execute(query.text, list(query.params)).fetchall()[0][0])
    return time.perf_counter() - start, found


def same(ours: object, theirs: object) -> bool:
    """Whether two answers agree: to the cent, as averages are floating point in SQL; an empty sum is 0 with us."""
    if theirs is None or ours is None:
        return theirs is None and ours in (None, 0)
    return abs(float(str(ours)) - float(str(theirs))) <= 0.01


def main() -> None:
    registry = load_registry()
    asks = form(registry)
    print(f"{len(asks)} cells, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'people':>10} {'in one go':>10} {'a query a cell':>15} {'times':>7} {'growth':>7}")
    before: float | None = None
    for people in map(int, sys.argv[1:] or ("10000", "100000", "1000000")):
        with projection(registry, people) as pool:
            ours = min((together(pool, registry, asks) for _ in range(3)), key=lambda run: run[0])
            theirs = alone(pool, asks)
        if not all(map(same, ours[1], theirs[1])):
            raise SystemExit("the answers differ")
        growth = f"{ours[0] / before:7.1f}" if before else "      -"
        before = ours[0]
        print(f"{people:>10,} {ours[0]:>8.2f} s {theirs[0]:>13.2f} s {theirs[0] / ours[0]:>7.1f} {growth}")


if __name__ == "__main__":
    main()
