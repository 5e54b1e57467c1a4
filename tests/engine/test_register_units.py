"""For which units a ledger is a register: where its rows lie, and what it was imported for; edits make none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from yici.core.expressions import parse_filter
from yici.core.manifest import Area, BatchFacts, Source
from yici.core.registers import covered_units
from yici.engine.select import select_rows
from yici.services.batches import withdraw
from yici.services.ledgers import import_ledger
from yici.services.pool import open_pool
from yici.services.records import edit_subject
from yici.services.units import add_units
from yici.storage.packs import load_registry

REGISTRY = load_registry()
DAY = date(2026, 6, 30)
EAST, WEST, FAR, LOST = "东", "西", "远", "?"


def number(order: int) -> str:
    body = f"37098219500101{order:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


PEOPLE = {f"{where}{n}": number(10 * place + n) for place, where in enumerate((EAST, WEST, FAR)) for n in (1, 2)}
VILLAGES = {EAST: "柳东村", WEST: "柳西村", FAR: "山口村"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    add_units(home=tmp_path, actor="test", parent="柳河镇", children=["柳东村", "柳西村"])
    add_units(home=tmp_path, actor="test", parent="山口镇", children=["山口村"])
    rows = "".join(f"\n{VILLAGES[name[0]]},某{name},{key}" for name, key in PEOPLE.items())
    bring(tmp_path, "村,姓名,身份证号" + rows, "公安局")
    return tmp_path


def bring(home: Path, text: str, department: str, *covers: str) -> str:
    path = home / f"{department}.csv"
    path.write_text(text, "utf-8")
    facts = BatchFacts(department, date(2026, 1, 1), covers=covers)
    return import_ledger(path=path, facts=facts, home=home, registry=REGISTRY, actor="test").batch


def told(home: Path) -> dict[str, str]:
    """Who is on the register (是), is not (否), or cannot be told (?)."""
    found = dict.fromkeys(PEOPLE, "?")
    with open_pool(home).projection(DAY) as projection:
        for word in "是否":
            condition = parse_filter(f"listed(是否特困供养, '否') = '{word}'", REGISTRY, subject="person")
            rows = select_rows(projection, REGISTRY, subject="person", elements=(), filter=condition, as_of=DAY)
            keys = {row["key"] for row in rows}
            found |= {name: word for name, key in PEOPLE.items() if key in keys}
    return found


def answers(**words: str) -> dict[str, str]:
    return {f"{where}{n}": word for where, both in words.items() for n, word in enumerate(both, 1)}


def test_a_list_for_one_village_says_nothing_of_the_others_and_a_withdrawal_undoes_it(home: Path) -> None:
    before = told(home)
    assert {*before.values()} == {"?"}
    east = bring(home, f"村,姓名,身份证号,是否特困供养\n柳东村,某东1,{PEOPLE['东1']},是", "民政局")
    assert told(home) == answers(东="是否", 西="??", 远="??")
    bring(home, f"姓名,身份证号,是否特困供养\n某西1,{PEOPLE['西1']},是", "民政所")
    assert told(home) == answers(东="是否", 西="是否", 远="??")
    withdraw(home=home, actor="test", batch=east)
    assert told(home) == answers(东="??", 西="是否", 远="??")


@pytest.mark.parametrize(("department", "covers"), [("柳东村委会", ()), ("民政局", ("柳东村",))])
def test_a_village_s_list_that_names_somebody_of_the_next_village_is_no_list_of_that_one(
    home: Path, department: str, covers: tuple[str, ...]
) -> None:
    rows = f"柳东村,某东1,{PEOPLE['东1']},是\n柳西村,某西1,{PEOPLE['西1']},是"
    bring(home, f"村,姓名,身份证号,是否特困供养\n{rows}", department, *covers)
    assert told(home) == answers(东="是否", 西="是?", 远="??")


@pytest.mark.parametrize(
    ("department", "covers", "west", "far"),
    [("民政局", ("柳河镇",), "否否", "??"), ("柳河镇民政办", (), "否否", "??"), ("柳东村委会", (), "??", "??"),
     ("民政局", ("柳河镇", "山口镇"), "否否", "否否")],
)  # fmt: skip
def test_a_list_is_for_the_area_it_was_imported_for(
    home: Path, department: str, covers: tuple[str, ...], west: str, far: str
) -> None:
    bring(home, f"村,姓名,身份证号,是否特困供养\n柳东村,某东1,{PEOPLE['东1']},是", department, *covers)
    assert told(home) == answers(东="是否", 西=west, 远=far)


def test_neither_an_empty_column_nor_an_edit_makes_a_register(home: Path) -> None:
    bring(home, f"村,姓名,身份证号,是否特困供养\n柳东村,某东1,{PEOPLE['东1']},", "民政局", "柳河镇")
    edit_subject(home=home, key=PEOPLE["西1"], values={"是否特困供养": "是"}, by="某", as_of=date(2026, 2, 1))
    assert told(home) == answers(东="??", 西="是?", 远="??")


def test_the_top_of_the_tree_is_also_for_those_of_no_known_unit() -> None:
    areas = (Area("某县"), Area("柳河镇", "某县"), Area("柳东村", "柳河镇"))
    source = Source(1, "x", "民政局", DAY)
    assert covered_units(source, areas) == frozenset()
    assert covered_units(replace(source, covers=("某县",)), areas) == {"某县", "柳河镇", "柳东村", ""}
    assert covered_units(replace(source, department="某县柳河镇人民政府"), areas) == {"柳河镇", "柳东村"}
