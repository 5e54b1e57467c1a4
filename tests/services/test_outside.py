"""A form that came by chat: filled for the clerk's own people, its words settled for him, counted as outside demand."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Border, Side

from kept_homes import prepared
from yici.core.access.actors import Actor, Post, Role
from yici.core.errors import Conflict, NotFound, Refused
from yici.core.manifest import BatchFacts
from yici.core.periods import around
from yici.services import outside, quick_fill, received_downloads, receiving, word_offers
from yici.services.auditing import verify_audit
from yici.services.burden import Scope, demands_in
from yici.services.collecting.proposals import get_collection
from yici.services.forms import recognise_form
from yici.services.ledgers import import_ledger
from yici.services.pool import open_pool
from yici.services.received_files import DAYS, FOLDER, remove_old
from yici.services.received_pages import result_of, settled_words
from yici.services.searching import search_pool
from yici.services.units import add_units
from yici.storage import audit
from yici.storage import outside as storage_outside
from yici.storage.packs import load_registry

NOW, TODAY = datetime(2026, 3, 2, 9, tzinfo=UTC), date(2026, 3, 2)
LI, WANG, ZHANG = "11010519491231002X", "110105195001010012", "110105194501010014"
EAST = Actor(3, "wang", posts=(Post(Role.CLERK, unit="柳东村"),), units=frozenset({"柳东村"}))
ALSO_EAST = replace(EAST, account=6, name="sun")
WEST = Actor(4, "zhao", posts=(Post(Role.CLERK, unit="柳西村"),), units=frozenset({"柳西村"}))
STEWARD = Actor(2, "chen", posts=(Post(Role.STEWARD),))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    prepared(home, "two villages with three people and a phone each", lambda: bring(home, tmp_path / "人口.csv"))
    return home


def bring(home: Path, ledger: Path) -> None:
    add_units(home=home, actor="甲", parent="柳河镇", children=["柳东村", "柳西村"])
    rows = [
        "村,户编号,姓名,身份证号,与户主关系,联系电话,健康状况",
        f"柳东村,H1,李一,{LI},户主,13800001111,健康",
        f"柳东村,H1,王二,{WANG},配偶,,健康",
        f"柳西村,H2,张三,{ZHANG},户主,13900001111,健康",
    ]
    ledger.write_text("\n".join(rows), "utf-8")
    facts = BatchFacts("公安局", date(2026, 1, 1))
    import_ledger(path=ledger, facts=facts, home=home, registry=load_registry(), actor="甲")
    open_pool(home).projection().close()  # What follows reads golden records that are there already.


def roster(folder: Path, *columns: str, title: str = "75周岁以上老年人花名册") -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append([title])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=3 + len(columns))
    sheet.append(["序号", "姓名", "身份证号码", *columns])
    file = folder / "来表.xlsx"
    book.save(file)
    return file


def took(home: Path, file: Path, actor: Actor = EAST, unit: str = "柳东村") -> int:
    (one,) = receiving.receive(actor=actor, home=home, files=[file], unit=unit, now=NOW, today=TODAY)
    assert not one.problems
    return one.number


def names(home: Path, number: int, folder: Path, actor: Actor = EAST) -> list[tuple[object, ...]]:
    made = received_downloads.download(actor=actor, home=home, number=number, folder=folder, today=TODAY)
    rows = openpyxl.load_workbook(made.file).worksheets[0].iter_rows(min_row=3, min_col=2, values_only=True)
    return [row for row in rows if row[0]]


def test_a_received_roster_is_filled_for_the_clerks_own_people_by_its_title(home: Path, tmp_path: Path) -> None:
    number = took(home, roster(tmp_path, "联系电话", "血型"))
    assert names(home, number, tmp_path) == [("李一", LI, "13800001111", None), ("王二", WANG, None, None)]
    (demand,) = outside.demands(home=home)
    assert (demand.asked, demand.filled, demand.uses, demand.is_repeated) == (8, 5, 1, False)
    line = audit.lines()[-1]
    assert line.action == "outside.fill" and line.detail["for"] == "来表即填：75周岁以上老年人花名册"
    assert LI not in repr(line.detail) and "person.id_number" in repr(line.detail)
    quick_fill.choose(
        actor=EAST, home=home, number=number, unit="柳东村", where="年龄 >= 76", department="民政局", today=TODAY
    )
    assert [row[0] for row in names(home, number, tmp_path)] == ["李一", "王二"]
    assert outside.demands(home=home)[0].department == "民政局"
    assert not verify_audit(home=home).broken


def test_what_was_written_for_a_moment_is_not_written_again(home: Path, tmp_path: Path) -> None:
    file, at = roster(tmp_path, "联系电话"), datetime(2026, 3, 2, 9, 0, 0, 123_456, UTC)
    tried = receiving.prepare(actor=EAST, home=home, files=[file, file], unit="柳东村", today=TODAY)
    assert not storage_outside.uses() and not list((home / FOLDER).glob("*"))
    first = receiving.write(actor=EAST, home=home, tried=tried, at=at)
    assert len({one.number for one in first}) == 2
    assert receiving.write(actor=EAST, home=home, tried=tried, at=at) == first
    assert receiving.write(actor=EAST, home=home, tried=tried, at=at + timedelta(microseconds=1)) != first
    assert len(storage_outside.uses()) == 4 and not verify_audit(home=home).broken


def test_nobody_fills_for_others(home: Path, tmp_path: Path) -> None:
    file = roster(tmp_path)
    with pytest.raises(Refused):
        took(home, file, EAST, "柳西村")
    number = took(home, file)
    with pytest.raises(Refused):
        quick_fill.choose(actor=EAST, home=home, number=number, unit="柳河镇", where="", today=TODAY)
    with pytest.raises(Refused):
        received_downloads.download(actor=WEST, home=home, number=number, folder=tmp_path, today=TODAY)
    other = search_pool(actor=WEST, home=home, words="张三").hits[0].code
    with pytest.raises(NotFound):
        quick_fill.choose(actor=EAST, home=home, number=number, unit="柳东村", where="", of=other, today=TODAY)


def test_a_word_is_settled_for_the_clerk_alone_until_the_steward_takes_it_for_all(home: Path, tmp_path: Path) -> None:
    file = roster(tmp_path, "健康情况如何")
    mine, theirs = took(home, file), took(home, file, ALSO_EAST)
    opened = quick_fill.open_received(actor=EAST, home=home, number=mine)
    (doubt,) = result_of(actor=EAST, opened=opened, today=TODAY).doubts
    meaning = doubt.choices[0].meaning
    with pytest.raises(Conflict):
        quick_fill.confirm(actor=EAST, home=home, number=mine, doubt=doubt.id, meaning="person.name", today=TODAY)
    quick_fill.confirm(actor=EAST, home=home, number=mine, doubt=doubt.id, meaning=meaning, today=TODAY)
    assert [row[2] for row in names(home, mine, tmp_path)] == ["健康", "健康"]
    assert [row[2] for row in names(home, theirs, tmp_path, ALSO_EAST)] == [None, None]
    (settled,) = settled_words(actor=EAST, opened=quick_fill.open_received(actor=EAST, home=home, number=mine))
    assert settled.word == "健康情况如何"
    (offer,) = word_offers.offers(home=home)
    with pytest.raises(Refused):
        word_offers.decide_offer(actor=EAST, home=home, numbers=list(offer.numbers), decision="accepted")
    word_offers.decide_offer(actor=STEWARD, home=home, numbers=list(offer.numbers), decision="accepted")
    assert not word_offers.offers(home=home)
    # Now it holds in every form with the word.
    other = recognise_form(home=home, form=roster(tmp_path, "健康情况如何", title="别的花名册"))
    assert other.template.areas[0].slots[-1].binding.certain


def test_the_value_beside_a_meaning_is_of_ones_own_units(home: Path, tmp_path: Path) -> None:
    add_units(home=home, actor="甲", parent="柳河镇", children=["柳北村"])
    north = Actor(5, "qian", posts=(Post(Role.CLERK, unit="柳北村"),), units=frozenset({"柳北村"}))
    file, samples = roster(tmp_path, "健康情况如何"), []
    for actor, unit in ((EAST, "柳东村"), (north, "柳北村")):
        opened = quick_fill.open_received(actor=actor, home=home, number=took(home, file, actor, unit))
        (doubt,) = result_of(actor=actor, opened=opened, today=TODAY).doubts
        samples.append(any(choice.sample for choice in doubt.choices))
    assert samples == [True, False]


def test_the_same_form_again_is_counted_and_settled_once(home: Path, tmp_path: Path) -> None:
    file = roster(tmp_path, "联系电话")
    took(home, file)
    took(home, file, WEST, "柳西村")
    (demand,) = outside.demands(home=home)
    assert (demand.uses, demand.people, demand.units) == (2, 2, ("柳西村", "柳东村"))
    assert demand.is_repeated and demand.minutes > 2
    assert outside.demands(home=home, units=["柳东村"])[0].uses == 1
    assert not outside.demands(home=home, since=datetime.now(UTC) + timedelta(days=1))
    with pytest.raises(Refused):
        outside.dismiss(actor=EAST, home=home, number=demand.id, reason="不再要")
    with pytest.raises(Conflict):
        outside.dismiss(actor=STEWARD, home=home, number=demand.id, reason=" ")
    outside.dismiss(actor=STEWARD, home=home, number=demand.id, reason="不再要")
    outside.reopen(actor=STEWARD, home=home, number=demand.id)
    collection = outside.propose_for(
        actor=STEWARD, home=home, number=demand.id, organisation="民政局", urgent=False
    )  # fmt: skip
    row = get_collection(home=home, number=collection)
    assert (row.organisation, row.name) == ("民政局", "75周岁以上老年人花名册")
    with pytest.raises(Conflict):
        outside.dismiss(actor=STEWARD, home=home, number=demand.id, reason="不再要")


def test_received_files_are_removed_in_time_and_filled_ones_never_kept(home: Path, tmp_path: Path) -> None:
    number = took(home, roster(tmp_path))
    names(home, number, tmp_path)
    (kept,) = (home / FOLDER).iterdir()
    assert remove_old(home, NOW) == 0
    old = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    os.utime(kept, (old, old))
    assert remove_old(home, datetime.now(UTC) + timedelta(days=DAYS - 1)) == 0
    assert remove_old(home, datetime.now(UTC) + timedelta(days=DAYS + 1)) == 1
    with pytest.raises(Conflict, match="保存期"):
        quick_fill.open_received(actor=EAST, home=home, number=number)


def test_a_card_is_filled_for_whom_the_clerk_chooses_or_for_each(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["老年人登记卡"], ["姓名", None, "身份证号", None], ["联系电话", None, "性别", None]):
        sheet.append(row)
    side = Side(style="thin")
    for cells in sheet["A2:D3"]:
        for cell in cells:
            cell.border = Border(left=side, right=side, top=side, bottom=side)
    file = tmp_path / "卡.xlsx"
    book.save(file)
    number = took(home, file)
    assert outside.demands(home=home)[0].filled == 0
    code = search_pool(actor=EAST, home=home, words="李一").hits[0].code
    quick_fill.choose(actor=EAST, home=home, number=number, unit="柳东村", where="", of=code, today=TODAY)
    made = received_downloads.download(actor=EAST, home=home, number=number, folder=tmp_path, today=TODAY)
    assert openpyxl.load_workbook(made.file).worksheets[0]["B2"].value == "李一"
    about: dict[str, Any] = {"actor": EAST, "home": home, "number": number, "folder": tmp_path, "today": TODAY}
    every = received_downloads.download(**about, each="person")
    assert every.name == "卡.zip"
    monkeypatch.setattr(received_downloads, "MOST_CARDS", 1)
    with pytest.raises(Conflict, match="一次最多"):
        received_downloads.download(**about, each="person")
    with pytest.raises(NotFound, match="没有这种对象"):
        received_downloads.download(**about, each="nobody")


def test_the_burden_meter_counts_every_use_but_a_file_dropped_twice_a_day_once(home: Path, tmp_path: Path) -> None:
    file = roster(tmp_path, "联系电话")
    first, again = took(home, file), took(home, file)
    month = around(datetime.now(UTC).date(), "year")
    (one,) = demands_in(home=home, period=month, scope=Scope(units=frozenset({"柳东村"})))
    assert one.outside and one.known == 5 and one.unknown == 1 and one.number == first != again
    took(home, roster(tmp_path, "联系电话", "文化程度"))
    assert len(demands_in(home=home, period=month, scope=Scope(units=frozenset({"柳东村"})))) == 2
    assert not demands_in(home=home, period=month, scope=Scope(organisations=frozenset({"民政局"})))
