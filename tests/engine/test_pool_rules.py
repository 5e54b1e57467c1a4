"""Which value survives, who is who, and what a roster shows: on small ledgers imported as they would be."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from pathlib import Path

import pytest

from yici.core.expressions import parse_filter
from yici.core.manifest import BatchFacts
from yici.engine.select import select_rows
from yici.services.batches import withdraw
from yici.services.ledgers import import_ledger
from yici.services.pool import open_pool
from yici.services.units import add_units
from yici.storage.packs import load_registry

REGISTRY = load_registry()
DAY = date(2026, 6, 30)


def number(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


LI, WANG = number("37098219500101123"), number("37098219610202124")


def bring(home: Path, name: str, text: str, department: str, day: date, authority: tuple[str, ...] = ()) -> str:
    path = home / f"{name}.csv"
    path.write_text(text, "utf-8")
    facts = BatchFacts(department, day, authority)
    return import_ledger(path=path, facts=facts, home=home, registry=REGISTRY, actor="test").batch


def people(home: Path, *elements: str, where: str | None = None) -> list[dict[str, object]]:
    condition = parse_filter(where, REGISTRY, subject="person") if where else None
    with open_pool(home).projection(DAY) as projection:
        rows = select_rows(projection, REGISTRY, subject="person", elements=elements, filter=condition, as_of=DAY)
    return [dict(row) for row in rows]


SAYS = {
    "old": (f"姓名,身份证号,文化程度,联系电话\n李一,{LI},小学,13800001111", "居委会", date(2023, 1, 1), ()),
    "new": (f"姓名,身份证号,文化程度,联系电话\n李一,{LI},初中,", "民政局", date(2026, 1, 1), ()),
    "own": (f"姓名,身份证号,文化程度\n李一,{LI},高中", "教育局", date(2024, 1, 1), ("person.education",)),
}


@pytest.mark.parametrize("order", list(permutations(SAYS)))
def test_authority_then_date_and_empty_never_wins_whatever_the_order(order: tuple[str, ...], tmp_path: Path) -> None:
    for name in order:
        bring(tmp_path, name, *SAYS[name])
    (row,) = people(tmp_path, "person.education", "person.phone")
    assert (row["person.education"], row["person.phone"]) == ("高中", "13800001111")


def test_the_latest_date_wins_without_an_authority_and_a_withdrawal_undoes(tmp_path: Path) -> None:
    for name in ("old", "new"):
        bring(tmp_path, name, *SAYS[name])
    before = people(tmp_path, "person.education", "person.phone")
    own = bring(tmp_path, "own", *SAYS["own"])
    assert people(tmp_path, "person.education")[0]["person.education"] == "高中"
    withdraw(home=tmp_path, actor="test", batch=own)
    assert people(tmp_path, "person.education", "person.phone") == before
    assert before[0]["person.education"] == "初中"


def test_a_row_without_number_belongs_to_the_one_person_of_that_name_birth_and_village(tmp_path: Path) -> None:
    add_units(home=tmp_path, actor="test", parent="柳河镇", children=["柳东村", "柳西村"])
    day = date(2026, 1, 1)
    bring(tmp_path, "a", f"村,姓名,身份证号\n柳东村,李一,{LI}\n柳西村,王二,{WANG}", "公安局", day)
    bring(tmp_path, "b", "村,姓名,出生日期,联系电话\n柳东村,李一,1950-01-01,13800001111", "民政局", day)
    bring(tmp_path, "c", "村,姓名,出生日期,联系电话\n柳东村,王二,1961-02-02,13900002222", "民政局", date(2026, 2, 1))
    rows = {row["key"]: row["person.phone"] for row in people(tmp_path, "person.phone")}
    assert rows == {LI: "13800001111", WANG: None}


def test_ages_are_those_of_the_day_and_unknown_is_not_false(tmp_path: Path) -> None:
    bring(tmp_path, "a", f"姓名,身份证号,民族\n李一,{LI},汉\n王二,{WANG},", "公安局", date(2026, 1, 1))
    assert [row["key"] for row in people(tmp_path, where="年龄 >= 76")] == [LI]
    assert [row["key"] for row in people(tmp_path, where="民族 <> '回族'")] == [LI]
    assert [row["key"] for row in people(tmp_path, where="民族 is null")] == [WANG]
    assert people(tmp_path, "person.sex", "person.age")[0]["person.age"] == 76


def test_a_damaged_projection_is_only_time_lost(tmp_path: Path) -> None:
    bring(tmp_path, "old", *SAYS["old"])
    before = people(tmp_path, "person.education")
    for file in (tmp_path / "projection").glob("*.duckdb"):
        file.write_bytes(b"damaged")
    assert people(tmp_path, "person.education") == before


def test_a_filter_may_ask_about_the_head_of_the_household(tmp_path: Path) -> None:
    text = f"户号,姓名,身份证号,与户主关系\n1001,李一,{LI},户主\n1001,王二,{WANG},配偶"
    bring(tmp_path, "a", text, "公安局", date(2026, 1, 1))
    assert len(people(tmp_path, where="户主.年龄 >= 70")) == 2
    assert not people(tmp_path, where="户主.年龄 < 60")
