"""Subjects of the types that packs add are resolved, edited, judged and dated by the rules of all others."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from small_pool import REGISTRY, add, golden, project

from yici import storage
from yici.core.expressions import parse_filter
from yici.engine.select import select_rows
from yici.services.units import add_units
from yici.storage.entries import NewEntry, add_entries
from yici.storage.judgements import add_judgement

A1 = {"apiary.number": "A1", "apiary.name": "东岭蜂场", "_village": "柳东", "apiary.hives": 12}


def test_their_values_survive_by_authority_then_date_and_their_unit_is_the_rows_village(tmp_path: Path) -> None:
    storage.setup(tmp_path)
    add_units(home=tmp_path, actor="王", parent="柳河镇", children=["柳东村", "柳西村"])
    add(tmp_path, "农业农村局", "2026-01-01", [A1 | {"apiary.checked": "2025-05-06"}], "apiary.checked")
    add(tmp_path, "村委会", "2026-02-01", [A1 | {"apiary.hives": 15, "apiary.checked": "2025-07"}])
    found = golden(tmp_path, "apiary")["A1"]
    assert (found["apiary.hives"], found["apiary.checked"], found["unit"]) == (15, "2025-05-06", "柳东村")
    assert found["apiary.village"] == "柳东村"
    assert golden(tmp_path, "apiary", "2026-01-15")["A1"]["apiary.hives"] == 12
    with project(tmp_path) as projection:
        rivals = projection.con.execute("SELECT subject, key, element, value FROM conflict ORDER BY ALL").fetchall()
    assert ("apiary", "A1", "apiary.hives", "12") in rivals
    assert not golden(tmp_path, "person")


def test_types_do_not_mix_though_keys_are_the_same(tmp_path: Path) -> None:
    storage.setup(tmp_path)
    add(tmp_path, "农业农村局", "2026-01-01", [A1, {"boat.number": "A1", "boat.power": "33.5"}])
    assert list(golden(tmp_path, "apiary")) == list(golden(tmp_path, "boat")) == ["A1"]
    assert "boat.power" not in golden(tmp_path, "apiary")["A1"]


def test_a_row_without_key_waits_until_it_is_judged(tmp_path: Path) -> None:
    storage.setup(tmp_path)
    add(tmp_path, "农业农村局", "2026-01-01", [A1])
    add(tmp_path, "村委会", "2026-02-01", [{"apiary.hives": 15}])
    (apart,) = golden(tmp_path, "apiary").keys() - {"A1"}
    add_judgement(subject="apiary", left=apart, right="A1", verdict="same", actor="王")
    assert golden(tmp_path, "apiary")["A1"]["apiary.hives"] == 15


def test_edits_move_them_and_filters_find_them(tmp_path: Path) -> None:
    storage.setup(tmp_path)
    add_units(home=tmp_path, actor="王", parent="柳河镇", children=["柳东村", "柳西村"])
    add(tmp_path, "农业农村局", "2026-01-01", [A1, {"apiary.number": "A2", "apiary.hives": 3}])
    golden(tmp_path, "apiary")
    moves = [NewEntry("apiary", "A2", "apiary.village", "柳西"), NewEntry("apiary", "A2", "apiary.hives", "30")]
    add_entries(moves, actor="王", as_of=date(2026, 3, 1))
    condition = parse_filter("蜂箱数 > 12 and 蜂场所在村 = '柳西村'", REGISTRY, subject="apiary")
    with project(tmp_path) as projection:
        rows = select_rows(
            projection, REGISTRY, subject="apiary", elements=["apiary.hives", "person.name"], filter=condition,
            units=["柳西村"], as_of=date(2026, 3, 1),
        )  # fmt: skip
    assert rows == [{"key": "A2", "household": None, "apiary.hives": 30, "person.name": None}]
