"""A city streamed: every community's people once, types alike, the register readable."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest
from openpyxl import load_workbook

from yici.demo.scale import REGISTER, write_city


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_city_is_written_whole(tmp_path: Path, kind: str) -> None:
    steps: list[tuple[str, int, int]] = []
    city = write_city(tmp_path, seed=2, scale=3, kind=kind, step=lambda *step: steps.append(step))
    people = pl.read_parquet(tmp_path / "people.parquet")
    assert (city.people, city.households) == (3 * 3433, 3 * 735)
    assert people["person.id_number"].n_unique() == people.height == city.people
    assert steps[-1] == ("生成村社", 3, 3)
    if kind == "csv":
        with city.register.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.reader(stream))
    else:
        book = load_workbook(city.register, read_only=True)
        rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
        book.close()
    assert rows[0] == list(REGISTER)
    assert len(rows) == city.people + 1
    villages = {row[0] for row in rows[1:]}
    assert len(villages) == 9
