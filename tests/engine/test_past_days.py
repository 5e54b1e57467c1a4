"""The golden records of a past day are published as those of today are: read again, followed, and few of them kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from small_pool import REGISTRY, add, dump, id_number

from yici import storage
from yici.engine import projection as projections
from yici.services.pool import Pool
from yici.storage.batches import list_batches, withdraw_batch
from yici.storage.entries import NewEntry, add_entries

LI = id_number("370982", "19500111", 100)
JANUARY, FEBRUARY = date(2024, 1, 31), date(2024, 2, 29)


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    storage.setup(tmp_path)
    for day, school in (("2024-01-01", "小学"), ("2024-02-01", "初中"), ("2024-03-01", "高中")):
        add(tmp_path, "公安局", day, [{"person.id_number": LI, "person.education": school}] * 40)
    return Pool(tmp_path, REGISTRY)


def school(pool: Pool, day: date) -> str:
    with pool.projection(day) as projection:
        return str(projection.con.execute('SELECT "person.education" FROM person').fetchall()[0][0])


def test_a_day_is_made_once_and_followed(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (school(pool, JANUARY), school(pool, FEBRUARY)) == ("小学", "初中")
    with monkeypatch.context() as patch:
        patch.setattr(projections, "_publish", lambda *_: pytest.fail("made again"))
        assert (school(pool, JANUARY), school(pool, FEBRUARY)) == ("小学", "初中")
    add_entries([NewEntry("person", LI, "person.education", "中专")], actor="王", as_of=date(2024, 2, 10))
    assert (school(pool, JANUARY), school(pool, FEBRUARY)) == ("小学", "中专")
    withdraw_batch(list_batches()[-1].seq, actor="王")
    assert (school(pool, JANUARY), school(pool, FEBRUARY)) == ("小学", "中专")


def test_what_was_followed_is_what_is_made_anew(pool: Pool, tmp_path: Path) -> None:
    school(pool, FEBRUARY)
    add_entries([NewEntry("person", LI, "person.education", "中专")], actor="王", as_of=date(2024, 2, 10))
    with pool.projection(FEBRUARY) as followed:
        seen = dump(followed)
    for file in tmp_path.rglob("*.duckdb"):
        file.unlink()
    with pool.projection(FEBRUARY) as anew:
        assert dump(anew) == seen


def test_few_days_are_kept(pool: Pool, tmp_path: Path) -> None:
    for day in range(1, 12):
        school(pool, date(2024, 2, day))
    assert len(list((tmp_path / projections.FOLDER / projections.PAST).glob("*/*.duckdb"))) <= 4
    assert school(pool, date(2024, 2, 1)) == "初中"


def test_a_process_that_only_reads_leaves_the_days_it_opened_long_ago(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projections, "_forget_days", lambda *_, **__: None)  # Another process removes the files.
    for day in range(1, 12):
        school(pool, date(2024, 2, day))
    assert sum(Path(place[1]).parent.name == projections.PAST for place in projections._KEPT) <= 4
    assert school(pool, date(2024, 2, 1)) == "初中"
