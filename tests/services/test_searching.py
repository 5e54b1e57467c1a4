"""Finding people by words: what is found is what a look at every row would find, before and after edits."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from yici.core.access.actors import Actor, Post, Role
from yici.core.expressions import parse_filter
from yici.core.manifest import BatchFacts
from yici.engine.select import count_rows, select_rows
from yici.services.batches import withdraw
from yici.services.ledgers import import_ledger
from yici.services.pool import open_pool
from yici.services.records import edit_subject
from yici.services.searching import MOST, search_pool
from yici.services.units import add_units
from yici.storage.packs import load_registry
from yici.storage.references import referred_to

REGISTRY = load_registry()
DAY = date(2026, 6, 30)
VILLAGES = ("柳东村", "柳西村", "山口村")
STEWARD = Actor(1, "数据专员", posts=(Post(Role.STEWARD),))
CLERK = Actor(2, "村干部", posts=(Post(Role.CLERK, "柳东村"),), units=frozenset({"柳东村"}))


def number(order: int) -> str:
    body = f"370982{1990 - order % 40}0101{order:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def bring(home: Path, department: str, orders: range) -> str:
    lines = ["村,户编号,与户主关系,姓名,身份证号,联系电话,现住址"]
    for n in orders:
        name = ("赵四海", "张桂兰", "单玉", "王小莲")[n % 4] + "甲乙丙丁戊"[n % 5]
        village = VILLAGES[n % 3]
        relation = "子" if n % 3 else "户主"
        phone, address = f"139{n * 7919:08d}", f"{village}{n % 7}组"
        lines.append(f"{village},H{n // 3:04d},{relation},{name},{number(n)},{phone},{address}")
    path = home / f"{department}.csv"
    path.write_text("\n".join(lines), "utf-8")
    facts = BatchFacts(department, date(2026, 1, 1))
    return import_ledger(path=path, facts=facts, home=home, registry=REGISTRY, actor="甲").batch


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, database: str) -> Path:
    home = tmp_path_factory.mktemp("searched")
    add_units(home=home, actor="甲", parent="柳河镇", children=list(VILLAGES))
    bring(home, "公安局", range(120))
    return home


def by_looking(home: Path, words: str, unit: str | None = None) -> set[str]:
    """The people in whom every word stands, by a look at each."""
    with open_pool(home).projection() as projection:
        rows = projection.con.execute(
            'SELECT key, unit, household, "person.name", "person.phone", "person.residence_address" FROM person'
        ).fetchall()
    return {row[0] for row in rows if unit in (None, row[1]) and all(_stands(word, row) for word in words.split())}


def _stands(word: str, row: tuple[str | None, ...]) -> bool:
    key, _, household, name, phone, address = (value or "" for value in row)
    if word.isdecimal():
        # An ID number is shown masked, and found whole or by the four signs that the mask leaves.
        return (len(word) in (4, 18) and key.endswith(word)) or word in phone or word in address
    return word.upper() in (key, household) or word in name or word in address


def found(home: Path, actor: Actor, words: str) -> set[str]:
    """The people found, by key, when all are shown."""
    result = search_pool(actor=actor, home=home, words=words)
    assert not result.more
    pairs = [referred_to(hit.code) for hit in result.hits]
    return {key for kind, key in filter(None, pairs) if kind == "person"}


WORDS = (number(7), number(7)[-4:], number(7)[-6:], "13900055433", "0055433", "赵四海甲", "单玉", "H0003", "山口村5组",
         "单玉 山口村", "柳西村 王小莲", f"王小莲 {number(7)}", "没有的", "9999999")  # fmt: skip


@pytest.mark.parametrize("words", WORDS)
def test_what_is_found_is_what_a_look_at_every_row_finds(home: Path, words: str) -> None:
    assert found(home, STEWARD, words) == by_looking(home, words)
    assert found(home, CLERK, words) == by_looking(home, words, "柳东村")


def test_initials_find_names_and_too_many_are_cut_short(home: Path) -> None:
    assert found(home, STEWARD, "shy") == set()
    assert found(home, CLERK, "sy") == by_looking(home, "单玉", "柳东村") == found(home, CLERK, "dy")
    many = search_pool(actor=STEWARD, home=home, words="村")
    assert many.more
    assert len(many.hits) == MOST


def test_edits_and_withdrawn_batches_are_searched_as_they_are_now(tmp_path: Path) -> None:
    add_units(home=tmp_path, actor="甲", parent="柳河镇", children=list(VILLAGES))
    bring(tmp_path, "公安局", range(40))
    batch = bring(tmp_path, "卫健局", range(40, 50))
    changed, old = number(7), "13900055433"
    assert found(tmp_path, STEWARD, old) == {changed}
    edit_subject(home=tmp_path, key=changed, values={"person.phone": "13700000007"}, by="甲", as_of=DAY)
    assert found(tmp_path, STEWARD, old) == set()
    assert found(tmp_path, STEWARD, "13700000007") == {changed}
    assert found(tmp_path, STEWARD, number(45)) == {number(45)}
    withdraw(home=tmp_path, actor="甲", batch=batch)
    for words in (number(45), number(45)[-6:], f"139{45 * 7919:08d}"):
        assert found(tmp_path, STEWARD, words) == set()
    assert found(tmp_path, STEWARD, "13700000007") == {changed}


def test_golden_records_lie_in_the_order_of_keys(home: Path) -> None:
    with open_pool(home).projection() as projection:
        for table in ("person", "person_source", "household", "household_source"):
            keys = [row[0] for row in projection.con.execute(f"SELECT key FROM {table} ORDER BY rowid").fetchall()]
            assert keys == sorted(keys) != [], table


@pytest.mark.parametrize(
    "text",
    [None, "person.sex = '男'", "household.number = 'H0003'", "person.phone like '%7%'", "head.name is not null"],
)
def test_as_many_rows_are_counted_as_are_listed(home: Path, text: str | None) -> None:
    elements = ["person.name", "household.number"]
    with open_pool(home).projection() as projection:
        where = parse_filter(text, REGISTRY, subject="person") if text else None
        count = count_rows(projection, subject="person", filter=where, as_of=DAY)
        for columns in (elements, elements[:1]):
            rows = select_rows(projection, REGISTRY, subject="person", elements=columns, filter=where, as_of=DAY)
            assert len(rows) == count > 0
