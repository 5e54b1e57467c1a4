"""On how many cores one question may run."""

from __future__ import annotations

from pathlib import Path

import pytest

from yici.engine.projection import _connect


@pytest.mark.parametrize(("said", "cores"), [("1", 1), ("3", 3), ("0", 1)])
def test_what_the_operator_says_counts(said: str, cores: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YICI_ENGINE_THREADS", said)
    with _connect(f"{tmp_path}/a.duckdb", tmp_path) as con:
        assert con.execute("SELECT current_setting('threads')").fetchall() == [(cores,)]
