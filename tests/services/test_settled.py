"""Answers that come many a second do not wait until those before them are resolved, and see what concerns them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from yici.core.manifest import BatchFacts
from yici.services.ledgers import import_ledger
from yici.services.pool import Pool, open_pool
from yici.storage.entries import NewEntry, add_entries
from yici.storage.packs import load_registry

DAY = date(2026, 6, 1)
ONE, TWO = "11010519491231002X", "110105195001010012"
PHONE = ("person", ONE, "person.phone")


def add(key: str, element: str, value: str) -> None:
    add_entries([NewEntry("person", key, element, value)], actor="甲", as_of=DAY)


def held(pool: Pool) -> tuple[int, str]:
    """The sequence of what is given for one's phone, and the phone."""
    with pool.settled({PHONE}) as projection:
        rows = projection.con.execute('SELECT "person.phone" FROM person WHERE key = ?', [ONE]).fetchall()
        return projection.sequence, rows[0][0]


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    ledger = tmp_path / "人口.csv"
    ledger.write_text(f"姓名,身份证号,联系电话\n赵一,{ONE},13800001111\n钱二,{TWO},13800002222", "utf-8")
    import_ledger(path=ledger, facts=BatchFacts("公安局", DAY), home=tmp_path, registry=load_registry(), actor="甲")
    return open_pool(tmp_path)


def test_what_others_wrote_is_not_waited_for(pool: Pool) -> None:
    start = held(pool)[0]
    add(TWO, "person.phone", "13900000000")
    add(ONE, "person.education", "大学本科")
    assert held(pool) == (start, "13800001111")
    with pool.projection() as fresh:
        assert fresh.sequence == start + 2


def test_what_concerns_the_value_is_waited_for(pool: Pool, tmp_path: Path) -> None:
    start = held(pool)[0]
    add(ONE, "person.phone", "13900000000")
    assert held(pool) == (start + 1, "13900000000")
    add(TWO, "person.id_number", TWO)
    assert held(pool)[0] == start + 2
    more = tmp_path / "更新.csv"
    more.write_text(f"姓名,身份证号,联系电话\n赵一,{ONE},13700000000", "utf-8")
    facts = BatchFacts("公安局", date(2026, 7, 1))
    import_ledger(path=more, facts=facts, home=tmp_path, registry=pool.registry, actor="甲")
    assert held(pool) == (start + 3, "13700000000")


def test_far_behind_it_is_brought_up_to_date_beside(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Pool] = []
    monkeypatch.setattr("yici.services.pool.refresh_soon", asked.append)
    monkeypatch.setattr("yici.services.pool._BEHIND", 1)
    held(pool)
    add(TWO, "person.phone", "13900000000")
    held(pool)
    assert not asked
    add(TWO, "person.phone", "13900000001")
    held(pool)
    assert asked
