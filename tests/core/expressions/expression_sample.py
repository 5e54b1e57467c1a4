"""A small registry and rows of people for the tests of expressions: own words, no real data."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from yici.core.elements import Code, CodeList, Element, Kind, Registry, SubjectType
from yici.engine.schema import COUNT_MEMBERS

AS_OF = date(2025, 2, 28)


def _element(id_: str, name: str, kind: Kind, **more: Any) -> Element:
    return Element(id_, id_.split(".")[0], name, kind, **more)


def sample_registry() -> Registry:
    """People, households and enterprises with one element or more of every kind."""
    grades = CodeList(
        "grade", "残疾等级", tuple(Code(str(i), f"{n}级", (f"{i}级",)) for i, n in enumerate("一二三", 1))
    )
    relation = CodeList(
        "relation", "与户主关系",
        (Code("02", "户主", ("本人",)), Code("10", "配偶"), Code("20", "子", ("儿子", "长子"))),
        details=(Code("21", "长子", parent="20"),),
    )  # fmt: skip
    elements = [
        _element("person.name", "姓名", Kind.NAME, generic=True),
        _element("person.id_number", "公民身份号码", Kind.ID_NUMBER, aliases=("身份证号",), identifies=True),
        _element("person.birth_date", "出生日期", Kind.DATE),
        _element("person.age", "年龄", Kind.INTEGER, unit="岁", derived=True),
        _element("person.relation_to_head", "与户主关系", Kind.CODE, codes="relation"),
        _element("person.grade", "残疾等级", Kind.CODE, codes="grade"),
        _element("person.income", "个人年收入", Kind.DECIMAL, unit="元", aliases=("年收入",)),
        _element("person.allowance", "津贴", Kind.DECIMAL, unit="元/月"),
        _element("person.alone", "是否独居", Kind.BOOL),
        _element("person.joined", "入党日期", Kind.DATE),
        _element("person.phone", "联系电话", Kind.PHONE, context_aliases=("电话",), generic=True),
        _element("household.number", "户编号", Kind.TEXT, identifies=True),
        _element("household.head_id_number", "户主公民身份号码", Kind.ID_NUMBER),
        _element("household.village", "村（社区）", Kind.REGION, context_aliases=("村",)),
        _element("household.poor", "是否低保户", Kind.BOOL),
        _element("household.phone", "户联系电话", Kind.PHONE, aliases=("家庭电话",)),
        _element("household.size", "家庭人口数", Kind.INTEGER, unit="人", derived=True),
        _element("household.annual_income", "家庭年收入", Kind.DECIMAL, unit="元", aliases=("年收入",)),
        _element("household.income_per_head", "家庭人均年收入", Kind.DECIMAL, unit="元", derived=True),
        _element("household.farmland", "耕地面积", Kind.DECIMAL, unit="亩"),
        _element("household.house", "住房面积", Kind.DECIMAL, unit="平方米"),
        _element("enterprise.uscc", "统一社会信用代码", Kind.USCC, identifies=True),
        _element("enterprise.name", "企业名称", Kind.TEXT),
        _element("enterprise.revenue", "年营业收入", Kind.DECIMAL, unit="万元"),
        _element("enterprise.staff", "从业人数", Kind.INTEGER, unit="人"),
    ]
    subjects = [
        SubjectType("person", "人", "person.id_number", ("居民",)),
        SubjectType("household", "户", "household.number", ("家庭",)),
        SubjectType("enterprise", "企业", "enterprise.uscc"),
    ]
    return Registry.of(subjects, elements, [grades, relation])


SQL_TYPES = {Kind.INTEGER: "BIGINT", Kind.DECIMAL: "DECIMAL(24,6)", Kind.BOOL: "BOOLEAN"}


def create_tables(con: duckdb.DuckDBPyConnection, registry: Registry) -> None:
    """The projection's tables for the registry, empty."""
    extra = {
        "person": '"household" VARCHAR, "unit" VARCHAR',
        "household": '"unit" VARCHAR, "members" BIGINT',
        "enterprise": '"unit" VARCHAR',
    }
    for subject, columns in extra.items():
        stored = [e for e in registry.of_subject(subject) if not e.derived]
        typed = ", ".join(f'"{e.id}" {SQL_TYPES.get(e.kind, "VARCHAR")}' for e in stored)
        con.execute(f'CREATE OR REPLACE TABLE {subject} ("key" VARCHAR, {columns}, {typed})')
    con.execute("CREATE OR REPLACE TABLE register_unit(element VARCHAR, unit VARCHAR)")


def insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    """Rows into a table; columns that a row does not name stay null."""
    for row in rows:
        names = ", ".join(f'"{name}"' for name in row)
        con.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values()))
    con.execute(COUNT_MEMBERS)


def random_people(seed: int, count: int = 25) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """People and households with holes, partial dates and round numbers, always the same for a seed."""
    rng = random.Random(seed)

    def maybe(value: Any) -> Any:
        return None if rng.random() < 0.25 else value

    def day(first: int, last: int) -> str:
        year, month = rng.randint(first, last), rng.choice([1, 2, 2, 3, 12])
        exact = f"{year}-{month:02d}-{rng.choice([1, 27, 28, 29]) if month != 2 or year % 4 == 0 else 28:02d}"
        return rng.choice([exact, exact, exact[:7], exact[:4]])

    def number(top: int) -> Decimal:
        return Decimal(rng.randint(0, top * 4)) / 4

    def household(index: int) -> dict[str, Any]:
        return {
            "key": f"h{index}",
            "household.village": maybe(rng.choice(["甲村", "乙村"])),
            "household.poor": maybe(rng.random() < 0.5),
            "household.annual_income": maybe(number(60_000)),
            "household.farmland": maybe(number(6)),
            "household.house": maybe(number(4000)),
            "household.phone": maybe(str(rng.randint(1, 3))),
        }

    def person(index: int) -> dict[str, Any]:
        return {
            "key": f"p{index}",
            "household": maybe(f"h{rng.randint(0, 7)}"),
            "person.name": maybe(rng.choice(["赵一", "钱二", "赵%"])),
            "person.birth_date": maybe(day(1943, 2026)),
            "person.joined": maybe(day(1943, 2026)),
            "person.grade": maybe(rng.choice(["一级", "二级", "三级"])),
            "person.income": maybe(number(60_000)),
            "person.allowance": maybe(number(200)),
            "person.alone": maybe(rng.random() < 0.5),
            "person.phone": maybe(str(rng.randint(1, 3))),
        }

    return [person(index) for index in range(count)], [household(index) for index in range(6)]
