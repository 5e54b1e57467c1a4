"""What was asked of a published file is remembered as long as it is the newest; nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from yici.engine.kept_answers import answered
from yici.engine.projection import Projection


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Projection]:
    path = tmp_path / "000000000001-mark.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE TABLE person(key VARCHAR)")
    with duckdb.connect(str(path), read_only=True) as con:
        yield Projection(con, 1, path=path)


def test_a_question_is_asked_once(published: Projection) -> None:
    asked: list[str] = []

    def find(word: str) -> str:
        asked.append(word)
        return word

    assert [answered(published, ("of", word), lambda word=word: find(word)) for word in ("甲", "乙", "甲")] == list(
        "甲乙甲"
    )
    assert asked == ["甲", "乙"]


def test_a_newer_file_is_asked_anew(published: Projection) -> None:
    assert published.path is not None
    assert answered(published, "how many", lambda: 1) == 1
    newer = published.path.with_name("000000000002-mark.duckdb")
    newer.write_bytes(published.path.read_bytes())
    assert answered(Projection(published.con, 2, path=newer), "how many", lambda: 2) == 2
    assert answered(published, "how many", lambda: 3) == 1


def test_what_is_not_published_is_asked_every_time(published: Projection) -> None:
    private = Projection(published.con, 1)
    assert [answered(private, "how many", lambda n=n: n) for n in (1, 2)] == [1, 2]
    assert published.path is not None
    gone = Projection(published.con, 1, path=published.path.with_name("gone.duckdb"))
    assert [answered(gone, "how many", lambda n=n: n) for n in (1, 2)] == [1, 2]


def test_old_answers_and_files_are_forgotten(published: Projection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yici.engine.kept_answers._ANSWERS", 2)
    for word in "甲乙丙":
        answered(published, word, lambda: "first")
    assert [answered(published, word, lambda: "second") for word in "丙乙甲"] == ["first", "first", "second"]
