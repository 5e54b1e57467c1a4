"""What was asked of a published file is remembered as long as it is the newest; nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from yici.engine.kept_answers import answered
from yici.engine.projection import Projection


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Projection]:
    with duckdb.connect() as con:
        yield Projection(con, 1, mark=(1, str(tmp_path), 1, 1))


def test_a_question_is_asked_once(published: Projection) -> None:
    asked: list[str] = []

    def find(word: str) -> str:
        asked.append(word)
        return word

    told = [answered(published, ("of", word), lambda word=word: find(word)) for word in ("甲", "乙", "甲")]
    assert told == ["甲", "乙", "甲"] and asked == ["甲", "乙"]


def test_a_newer_file_is_asked_anew(published: Projection) -> None:
    assert published.mark is not None
    assert answered(published, "how many", lambda: 1) == 1
    newer = replace(published, sequence=2, mark=(*published.mark[:3], 2))
    assert answered(newer, "how many", lambda: 2) == 2
    assert answered(published, "how many", lambda: 3) == 1


def test_what_is_not_published_is_asked_every_time(published: Projection) -> None:
    private = replace(published, mark=None)
    assert [answered(private, "how many", lambda n=n: n) for n in (1, 2)] == [1, 2]


def test_old_answers_are_forgotten(published: Projection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yici.engine.kept_answers._ANSWERS", 2)
    for word in "甲乙丙":
        answered(published, word, lambda: "first")
    assert [answered(published, word, lambda: "second") for word in "丙乙甲"] == ["first", "first", "second"]
