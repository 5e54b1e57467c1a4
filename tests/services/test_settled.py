"""Answers that come many a second do not wait until those before them are resolved, and see what concerns them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kept_homes import prepared
from yici.core.manifest import BatchFacts
from yici.services.ledgers import import_ledger
from yici.services.pool import Pool, open_pool
from yici.services.settled import settle
from yici.storage.entries import NewEntry, add_entries, take_back_entry
from yici.storage.packs import load_registry

DAY = date(2026, 6, 1)
ONE, TWO = "11010519491231002X", "110105195001010012"
PHONE = ("person", ONE, "person.phone")
PHONES = ("13800001111", "13900000000", "13900000001", "13700000000", "13600000000")


def add(key: str, element: str, value: str, as_of: date = DAY, department: str = "") -> None:
    add_entries([NewEntry("person", key, element, value)], actor="甲", as_of=as_of, department=department)


def held(pool: Pool) -> tuple[int, str]:
    """The sequence of what is given for one's phone, and the phone."""
    settled = settle(pool, {PHONE})
    (phone,) = [phone for phone in PHONES if settled.says(*PHONE, phone)]
    return settled.sequence, phone


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    prepared(tmp_path, "two people with phones", lambda: bring(tmp_path))
    return open_pool(tmp_path)


def bring(home: Path) -> None:
    ledger = home / "人口.csv"
    ledger.write_text(f"姓名,身份证号,联系电话\n赵一,{ONE},13800001111\n钱二,{TWO},13800002222", "utf-8")
    import_ledger(path=ledger, facts=BatchFacts("公安局", DAY), home=home, registry=load_registry(), actor="甲")


def test_what_others_wrote_is_not_waited_for(pool: Pool) -> None:
    start = held(pool)[0]
    add(TWO, "person.phone", "13900000000")
    add(ONE, "person.education", "大学本科")
    assert held(pool) == (start, "13800001111")
    with pool.projection() as fresh:
        assert fresh.sequence == start + 2


def test_a_later_value_counts_at_once_where_it_wins(pool: Pool) -> None:
    start = held(pool)[0]
    add(ONE, "person.phone", "13900000000")
    assert held(pool) == (start, "13900000000")
    add(ONE, "person.phone", "13900000001")
    add(ONE, "person.phone", "13600000000", as_of=date(2026, 5, 1))
    assert held(pool) == (start, "13900000001")
    with pool.projection() as fresh:
        rows = fresh.con.execute('SELECT "person.phone" FROM person WHERE key = ?', [ONE]).fetchall()
    assert rows == [("13900000001",)]
    assert held(pool) == (start + 3, "13900000001")
    add(ONE, "person.phone", "13600000000", as_of=date(2026, 5, 1))
    assert held(pool) == (start + 3, "13900000001")


def test_what_an_authority_says_stands(pool: Pool, tmp_path: Path) -> None:
    ledger = tmp_path / "通信.csv"
    ledger.write_text(f"姓名,身份证号,联系电话\n赵一,{ONE},13700000000", "utf-8")
    facts = BatchFacts("通信局", date(2026, 1, 1), authority=("person.phone",))
    import_ledger(path=ledger, facts=facts, home=tmp_path, registry=pool.registry, actor="甲")
    start, phone = held(pool)
    assert phone == "13700000000"
    add(ONE, "person.phone", "13900000000")
    assert held(pool) == (start, "13700000000")
    add(ONE, "person.phone", "13600000000", department="通信局")
    assert held(pool) == (start + 2, "13600000000")


def test_an_entry_taken_back_counts_no_more(pool: Pool) -> None:
    held(pool)
    (number,) = add_entries([NewEntry(*PHONE, "13900000000")], actor="甲", as_of=DAY)
    assert held(pool)[1] == "13900000000"
    take_back_entry(number, actor="甲", source="")
    assert held(pool)[1] == "13800001111"


def test_numbers_are_compared_as_numbers(pool: Pool) -> None:
    income = ("person", ONE, "person.annual_income")
    settle(pool, {income})
    add(ONE, income[2], "12.50")
    settled = settle(pool, {income})
    assert settled.says(*income, Decimal("12.5"))
    assert not settled.says(*income, Decimal("12.6"))


def test_what_concerns_the_value_is_waited_for(pool: Pool, tmp_path: Path) -> None:
    start = held(pool)[0]
    add(ONE, "person.phone", "13900000000")
    add(TWO, "person.id_number", TWO)
    assert held(pool) == (start + 2, "13900000000")
    more = tmp_path / "更新.csv"
    more.write_text(f"姓名,身份证号,联系电话\n赵一,{ONE},13700000000", "utf-8")
    facts = BatchFacts("公安局", date(2026, 7, 1))
    import_ledger(path=more, facts=facts, home=tmp_path, registry=pool.registry, actor="甲")
    assert held(pool) == (start + 3, "13700000000")


def test_far_behind_it_is_brought_up_to_date_beside(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Pool] = []
    monkeypatch.setattr("yici.services.settled.refresh_soon", asked.append)
    monkeypatch.setattr("yici.services.settled._BEHIND", 1)
    held(pool)
    add(TWO, "person.phone", "13900000000")
    held(pool)
    assert not asked
    add(TWO, "person.phone", "13900000001")
    held(pool)
    assert asked
