"""Laws of the projection: touching up gives what making anew gives; withdrawing undoes; order does not matter."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st
from small_pool import REGISTRY, add, dump, id_number

from yici import storage
from yici.core.manifest import Manifest
from yici.engine.build import Past, build, can_update, update
from yici.engine.projection import Projection
from yici.engine.schema import subjects_of
from yici.storage.batches import list_batches, withdraw_batch
from yici.storage.entries import NewEntry, add_entries, take_back_entry
from yici.storage.judgements import add_judgement
from yici.storage.manifest import read_manifest

PEOPLE = {id_number("370982", f"19{50 + n}0{1 + n}11", 100 + n): f"李{'甲乙丙丁'[n]}" for n in range(4)}
IDS = tuple(PEOPLE)
HEAD_ROW = {"person.relation_to_head": "户主"}
# YICI_WHOLE=1 tries many more: an example makes the projection a dozen times.
EXAMPLES = 60 if os.environ.get("YICI_WHOLE") else 4
DEPARTMENTS = ("公安局", "民政局", "残联")


@st.composite
def ledger_row(draw: st.DrawFn) -> dict[str, Any]:
    """A row about one of four people, with or without the number, with some values, perhaps of the household."""
    key = draw(st.sampled_from(IDS))
    row: dict[str, Any] = {"person.name": PEOPLE[key], "_village": draw(st.sampled_from(["柳东村", "柳西村", None]))}
    if draw(st.booleans()):
        row["person.id_number"] = key
    else:
        row["person.birth_date"] = f"{key[6:10]}-{key[10:12]}-{key[12:14]}"
    row["household.number"] = draw(st.sampled_from(["H1", "H2", None]))
    row["household.head_id_number"] = draw(st.sampled_from([IDS[0], IDS[1], None, None]))
    row["person.relation_to_head"] = draw(st.sampled_from(["户主", "子", None]))
    row["person.education"] = draw(st.sampled_from(["小学", "初中", None]))
    row["person.pension_amount"] = draw(st.sampled_from(["120.5", "99", None]))
    row["household.dibao"] = draw(st.sampled_from([True, False, None]))
    row["enterprise.name"] = draw(st.sampled_from(["柳东面粉厂", None]))
    return row | draw(added_subject())


@st.composite
def added_subject(draw: st.DrawFn) -> dict[str, Any]:
    """What a row may tell of a subject of a type that a pack adds."""
    kind = draw(st.sampled_from(["apiary", "boat", "", ""]))
    if kind == "boat":
        return {"boat.number": draw(st.sampled_from(["B1", "A1"])), "boat.power": draw(st.sampled_from(["33.5", None]))}
    if kind == "apiary":
        return {
            "apiary.number": draw(st.sampled_from(["A1", "A2", None])),
            "apiary.hives": draw(st.sampled_from([12, 15, None])),
            "apiary.checked": draw(st.sampled_from(["2024-03", "2024-03-05", None])),
        }
    return {}


LEDGER = st.tuples(
    st.sampled_from(DEPARTMENTS),
    st.dates(date(2024, 1, 1), date(2024, 1, 9)),
    st.lists(ledger_row(), min_size=1, max_size=5),
    st.lists(st.sampled_from(["person.education", "household.dibao", "household.number"]), max_size=2, unique=True),
)


def made(home: Path, manifest: Manifest) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in a projection made anew."""
    with duckdb.connect() as con:
        build(con, home, REGISTRY, manifest)
        return dump(Projection(con, manifest.sequence))


def touched_up(home: Path, before: Manifest, after: Manifest) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in a projection made for one manifest and brought up to date with another."""
    with duckdb.connect() as con:
        build(con, home, REGISTRY, before)
        update(con, home, REGISTRY, after)
        return dump(Projection(con, after.sequence))


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(LEDGER, min_size=2, max_size=4), st.data())
def test_touching_up_gives_what_making_anew_gives_and_withdrawing_undoes(
    ledgers: list[Any], data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder:
        home = Path(folder)
        storage.setup(home)
        for number, (department, day, rows, authority) in enumerate(ledgers[:-1]):
            add(home, department, day.isoformat(), [*rows, {"person.name": f"第{number}"}], *authority)
        first = read_manifest(REGISTRY)
        department, day, rows, _ = ledgers[-1]
        add(home, "统计站", day.isoformat(), rows)
        second = read_manifest(REGISTRY)
        assert touched_up(home, first, second) == made(home, second)
        entry = NewEntry("person", data.draw(st.sampled_from(IDS)), "person.education", "高中")
        hives = NewEntry("apiary", "A1", "apiary.hives", "20")
        power = NewEntry("boat", "A1", "boat.power", "40")
        numbers = add_entries([entry, hives, power], actor="王", as_of=date(2024, 1, 5))
        edited = read_manifest(REGISTRY)
        assert touched_up(home, second, edited) == made(home, edited)
        take_back_entry(numbers[0], actor="王", source="撤销修改")
        taken_back = read_manifest(REGISTRY)
        assert [edit.seq for edit in taken_back.edits] == numbers[1:]
        assert touched_up(home, edited, taken_back) == made(home, taken_back)
        add_entries([NewEntry("apiary", "A2", "apiary.village", "柳西村")], actor="王", as_of=date(2024, 1, 6))
        add_judgement(subject="person", left=IDS[0], right=IDS[2], verdict="same", actor="王")
        add_judgement(subject="apiary", left="A1", right="A2", verdict="same", actor="王")
        third = read_manifest(REGISTRY)
        assert touched_up(home, second, third) == made(home, third)
        withdraw_batch(list_batches()[-1].seq, actor="王")
        assert touched_up(home, second, read_manifest(REGISTRY)) == made(home, read_manifest(REGISTRY))
        undone = Manifest(third.sequence, first.sources, areas=first.areas, authority=first.authority)
        assert touched_up(home, second, undone) == made(home, first)


def test_a_household_that_moves_takes_its_people_along_and_a_head_lends_the_name(tmp_path: Path) -> None:
    storage.setup(tmp_path)
    people = [{"person.id_number": key, "household.number": "H1", "_village": "柳东村"} for key in IDS]
    add(tmp_path, "公安局", "2024-01-01", people * 3)
    first = read_manifest(REGISTRY)
    add(tmp_path, "民政局", "2024-01-02", [{"household.number": "H1", "_village": "柳西村"}])
    second = read_manifest(REGISTRY)
    moved = touched_up(tmp_path, first, second)
    assert moved == made(tmp_path, second)
    assert {row[2] for row in moved["person"]} == {"柳西村"}
    add(tmp_path, "残联", "2024-01-03", [{"person.id_number": IDS[0], "person.name": "李甲"} | HEAD_ROW])
    third = read_manifest(REGISTRY)
    assert touched_up(tmp_path, second, third) == made(tmp_path, third)
    assert "李甲" in made(tmp_path, third)["household"][0]


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(LEDGER, min_size=2, max_size=4, unique_by=(lambda ledger: ledger[1])), st.data())
def test_the_order_of_import_does_not_matter_when_dates_decide(ledgers: list[Any], data: st.DataObject) -> None:
    results = []
    for order in (ledgers, data.draw(st.permutations(ledgers))):
        with TemporaryDirectory() as folder:
            home = Path(folder)
            storage.setup(home)
            for department, day, rows, authority in order:
                add(home, department, day.isoformat(), rows, *authority)
            tables = made(home, read_manifest(REGISTRY))
            results.append({subject: tables[subject] for subject in subjects_of(REGISTRY)})
    assert results[0] == results[1]


def test_what_changes_much_or_for_all_is_made_anew(tmp_path: Path) -> None:
    storage.setup(tmp_path)
    add(tmp_path, "公安局", "2024-01-01", [{"person.id_number": IDS[0], "person.education": "小学"}] * 10)
    first = read_manifest(REGISTRY)
    add(tmp_path, "公安局", "2024-01-02", [{"person.id_number": IDS[1]}], "person.education")
    from_authority = read_manifest(REGISTRY)
    add(tmp_path, "残联", "2024-01-02", [{"person.id_number": key} for key in IDS] * 5)
    assert can_update(Past.of(first), first)
    assert not can_update(Past.of(first), from_authority)
    assert not can_update(Past.of(from_authority), read_manifest(REGISTRY))
