"""For which units a ledger is a register: where its rows lie, and what it was imported for; edits make none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kept_homes import prepared
from yici.core.errors import NotFound
from yici.core.expressions import parse_filter
from yici.core.manifest import Area, BatchFacts, Source
from yici.core.registers import covered_units
from yici.engine.register_units import _full_units
from yici.engine.registers import KeptRegisters
from yici.engine.select import select_rows
from yici.services.batches import cover, withdraw
from yici.services.ledgers import import_ledger
from yici.services.pool import open_pool
from yici.services.records import edit_subject
from yici.services.units import add_units
from yici.storage import audit
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
    prepared(tmp_path, "three villages of two", lambda: furnish(tmp_path))
    return tmp_path


def furnish(home: Path) -> None:
    add_units(home=home, actor="test", parent="柳河镇", children=["柳东村", "柳西村"])
    add_units(home=home, actor="test", parent="山口镇", children=["山口村"])
    rows = "".join(f"\n{VILLAGES[name[0]]},某{name},{key}" for name, key in PEOPLE.items())
    bring(home, "村,姓名,身份证号" + rows, "公安局")


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


HALF = "村,姓名,身份证号,是否特困供养"


def row(name: str, value: str) -> str:
    return f"\n{VILLAGES[name[0]]},某{name},{PEOPLE[name]},{value}"


@pytest.mark.parametrize(
    ("values", "east", "west"),
    [
        ({"东1": "是", "东2": ""}, "是?", "??"),  # An optional column filled in for some: nothing is said of the other.
        ({"东1": "是", "东2": "", "西1": "是"}, "是?", "是否"),  # Judged village by village.
        ({"东1": "是", "西1": "否"}, "是?", "否?"),  # A survey: it speaks of whom it asked only.
        ({"东1": "是", "西1": "是"}, "是否", "是否"),
    ],
)
def test_where_nothing_says_what_a_list_covers_its_column_must_be_full(
    home: Path, values: dict[str, str], east: str, west: str
) -> None:
    bring(home, HALF + "".join(row(name, value) for name, value in values.items()), "民政局")
    assert told(home) == answers(东=east, 西=west, 远="??")


@pytest.mark.parametrize(
    ("department", "covers", "other"),
    [("民政局", ("柳东村",), "否"), ("柳东村委会", (), "?"), ("柳河镇卫生院", (), "?")],
)
def test_a_half_filled_column_is_a_list_only_where_somebody_said_so(
    home: Path, department: str, covers: tuple[str, ...], other: str
) -> None:
    bring(home, HALF + row("东1", "是") + row("东2", ""), department, *covers)
    assert told(home) == answers(东=f"是{other}", 西="??", 远="??")


def test_a_department_s_list_with_an_empty_cell_in_one_village_is_no_list_of_its_town(home: Path) -> None:
    bring(home, HALF + row("东1", "是") + row("西1", "是") + row("西2", ""), "柳河镇民政办")
    assert told(home) == answers(东="是?", 西="是?", 远="??")


def test_what_a_list_covers_may_be_said_afterwards_and_unsaid(home: Path) -> None:
    batch = bring(home, HALF + row("东1", "是") + row("东2", ""), "民政局")
    assert told(home) == answers(东="是?", 西="??", 远="??")
    said, before = cover(home=home, actor="王", batch=batch[:12], units=["柳河镇"])
    assert (said.covers, before) == (("柳河镇",), ())
    assert told(home) == answers(东="是否", 西="否否", 远="??")
    assert cover(home=home, actor="王", batch=batch, units=[])[1] == ("柳河镇",)
    assert told(home) == answers(东="是?", 西="??", 远="??")
    done = [line for line in audit.lines() if line.action == "batch.covers"]
    assert [(line.actor, line.detail["before"], line.detail["after"]) for line in done] == [
        ("王", [], ["柳河镇"]), ("王", ["柳河镇"], []),
    ]  # fmt: skip
    with pytest.raises(NotFound):
        cover(home=home, actor="王", batch=batch, units=["柳南村"])


def test_a_sheet_without_the_column_does_not_count_and_a_household_counts_once() -> None:
    first, other, unit = (1, "名单"), (1, "附表"), "柳东村"
    assert _full_units([(first, unit, 3, 3, 0), (other, unit, 9, 0, 0)]) == {(1, unit)}
    assert _full_units([(first, unit, 3, 2, 0), (other, unit, 9, 0, 0)]) == set()
    assert _full_units([(first, unit, 3, 3, 0), (other, unit, 9, 8, 0)]) == set()
    assert _full_units([(first, unit, 3, 3, 1)]) == set()


def test_an_edit_of_a_village_moves_the_registers_whose_rows_have_none(home: Path) -> None:
    households = "".join(f"\nH{n},某{name},{key}" for n, (name, key) in enumerate(PEOPLE.items()))
    bring(home, "户编号,姓名,身份证号" + households, "户籍科")
    bring(home, f"姓名,身份证号,是否特困供养\n某东1,{PEOPLE['东1']},是", "民政局")
    assert told(home) == answers(东="是否", 西="??", 远="??")
    edit_subject(home=home, key="H0", values={"household.village": "柳西村"}, by="某", as_of=date(2026, 2, 1))
    assert told(home) == answers(东="是?", 西="否否", 远="??")


def test_the_first_line_of_a_household_speaks_for_it(home: Path) -> None:
    lines = f"\n柳东村,H1,某东1,{PEOPLE['东1']},低保边缘家庭\n柳东村,H1,某东2,{PEOPLE['东2']},"
    bring(home, "村,户编号,姓名,身份证号,低收入家庭类别" + lines, "民政局")
    with open_pool(home).projection(DAY) as projection:
        kept = KeptRegisters(projection)
        assert kept.units("household.low_income") == {"柳东村"}


def test_the_top_of_the_tree_is_also_for_those_of_no_known_unit() -> None:
    areas = (Area("某县"), Area("柳河镇", "某县"), Area("柳东村", "柳河镇"))
    source = Source(1, "x", "民政局", DAY)
    assert covered_units(source, areas) == frozenset()
    assert covered_units(replace(source, covers=("某县",)), areas) == {"某县", "柳河镇", "柳东村", ""}
    assert covered_units(replace(source, department="某县柳河镇人民政府"), areas) == {"柳河镇", "柳东村"}
