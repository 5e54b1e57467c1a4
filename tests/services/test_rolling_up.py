"""The roll-up of what villages answer about themselves: sums of all of them, or an empty cell and the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Border, Side
from sending import publish

from yici.core.access.actors import Actor, Post, Role
from yici.core.errors import Conflict
from yici.core.fillplan import Gap, GapReason
from yici.core.grid import Span
from yici.core.jobs import CELLS_A_NUMBER
from yici.core.manifest import BatchFacts
from yici.core.recognition.template import Area, Slot, Template
from yici.services.collecting import rollup
from yici.services.collecting.answering import Answer, answer
from yici.services.collecting.own_slots import OwnSlots
from yici.services.collecting.proposals import Proposal, decide, propose
from yici.services.collecting.questions import questions_for
from yici.services.collecting.rolled_gaps import list_gaps
from yici.services.collecting.rollup import RolledUp, roll_up
from yici.services.ledgers import import_ledger
from yici.services.units import add_units
from yici.storage.packs import load_registry

NOW, TODAY = datetime(2026, 3, 2, 9, tzinfo=UTC), date(2026, 3, 2)
OFFICER = Actor(1, "zhou", posts=(Post(Role.OFFICER, organisation="民政局"),))
STEWARD = Actor(2, "chen", posts=(Post(Role.STEWARD),))
PROPOSAL = Proposal("村情", "民政局", "摸底", "", "民统1表", "市统计局", "市统字〔2026〕1号", date(2027, 1, 1))
INDICATORS = [
    ["村级基本情况统计表"], ["指标名称", "计量单位", "数量"], ["60岁以上老年人数", "人", None],
    ["路灯数量", "盏", None], ["公厕数量", "座", None], ["自来水普及率", "%", None],
]  # fmt: skip
CARD = [
    ["填报单位："], ["路灯数量（盏）", None, "增长率", None], ["网格员", None, "主导产业", None],
    ["建成年份", None, "工作简述", None], ["服务热线", None, "其他", None],
]  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    add_units(home=home, actor="甲", parent="柳河镇", children=["柳东村", "柳西村"])
    return home


def clerk(unit: str) -> Actor:
    return Actor(3, unit, posts=(Post(Role.CLERK, unit=unit),), units=frozenset({unit}))


def ask(home: Path, rows: Sequence[Sequence[str | None]], *units: str) -> int:
    """Send a bordered form to units; the collection's number."""
    book = openpyxl.Workbook()
    sheet, side = book.worksheets[0], Side(style="thin")
    for row in rows:
        sheet.append(row)
    width = max(map(len, rows))
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=width)
    for cells in sheet.iter_rows(min_row=2, max_row=len(rows), max_col=width):
        for cell in cells:
            cell.border = Border(left=side, right=side, top=side, bottom=side)
    file = home.parent / "村情.xlsx"
    book.save(file)
    number = propose(actor=OFFICER, home=home, file=file, proposal=replace(PROPOSAL))
    decide(actor=STEWARD, home=home, number=number, step="approve", now=NOW)
    publish(
        actor=OFFICER, home=home, number=number, units=units or ["柳河镇"], as_of=TODAY, days=5, now=NOW
    )  # fmt: skip
    return number


def tell(home: Path, unit: str, **said: str) -> None:
    """Answer the questions of a unit whose captions hold these words."""
    asked = [question for group in questions_for(actor=clerk(unit), home=home) for question in group.questions]
    sent = []
    for words, value in said.items():
        (question,) = [one for one in asked if words in one.words]
        asker = question.askers[0]
        sent.append(Answer(value, "", question.key, asker.filling, asker.sheet, asker.label))
    outcome = answer(actor=clerk(unit), home=home, submission=f"device-{asker.filling:04}", answers=sent, today=TODAY)
    assert outcome.accepted == len(sent), outcome.problems


def cells(made: RolledUp) -> dict[str, Any]:
    sheet = openpyxl.load_workbook(made.file).worksheets[0]
    return {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None}


def whole(home: Path, number: int) -> tuple[dict[str, Any], dict[str, str]]:
    """The cells of the one file, and the words about each that the villages' answers leave empty."""
    folder = home.parent
    made = roll_up(actor=OFFICER, home=home, number=number, folder=folder)
    return cells(made), {gap.cell: gap.words for gap in made.gaps}


def test_numbers_of_all_villages_are_added_up(home: Path) -> None:
    number = ask(home, INDICATORS)
    tell(home, "柳东村", 老年人数="30", 路灯="3", 公厕="1", 普及率="95")
    tell(home, "柳西村", 老年人数="12", 路灯="1,205", 公厕="2.5", 普及率="95")
    found, left = whole(home, number)
    assert (found["C3"], found["C4"], found["C5"]) == (42, 1208, 3.5)
    assert "C6" not in found and left == {"C6": "不能相加，请逐村核对。柳东村：95；柳西村：95。"}


def test_the_numbers_of_a_statistics_form_make_it_large_by_the_village(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ask(home, INDICATORS, "柳东村", "柳西村")
    monkeypatch.setattr(rollup, "LARGE_FORM_CELLS", 4 * CELLS_A_NUMBER + 100)
    # Its four captions each ask for a number: with a file a village each is asked for twice.
    assert [rollup.is_large(home=home, number=number, each_unit=each) for each in (False, True)] == [False, True]


def test_a_part_of_the_villages_never_stands_for_all(home: Path) -> None:
    number = ask(home, INDICATORS)
    tell(home, "柳东村", 路灯="3", 公厕="1")
    tell(home, "柳西村", 路灯="4")
    found, left = whole(home, number)
    assert found["C4"] == 7 and "C5" not in found and "C3" not in found
    assert left["C5"] == "没有填的：柳西村。已填的：柳东村：1。" and left["C3"] == "没有单位填写。"
    made = list_gaps(actor=OFFICER, home=home, number=number, folder=home.parent)
    rows = list(openpyxl.load_workbook(made.file).worksheets[0].iter_rows(min_row=3, values_only=True))
    assert ("Sheet", "C5", "公厕数量 / 座 / 数量", left["C5"]) in rows and len(rows) == len(left) == made.left


def test_texts_count_when_all_say_the_same(home: Path) -> None:
    number = ask(home, CARD)
    tell(
        home,
        "柳东村",
        路灯="3",
        增长率="5%",
        网格员="李一",
        主导产业="茶叶",
        建成年份="2020",
        工作简述="7",
        热线="57112345",
    )
    tell(
        home,
        "柳西村",
        路灯="4",
        增长率="5%",
        网格员="张三",
        主导产业="茶叶",
        建成年份="2020",
        工作简述="7",
        热线="57112345",
    )
    found, left = whole(home, number)
    assert (found["B2"], found["D3"]) == (7, "茶叶") and not {"D2", "B3", "B4", "D4", "B5"} & set(found)
    assert left["B3"] == "各村填的不一样。柳东村：李一；柳西村：张三。"
    assert set(left) == {"D2", "B3", "B4", "D4", "B5"}
    package = roll_up(actor=OFFICER, home=home, number=number, folder=home.parent, each_unit=True)
    assert package.left == 0 and not package.gaps


def test_a_list_about_nobody_has_a_row_for_each_village(home: Path) -> None:
    blank = [None] * 4
    number = ask(
        home,
        [["村级设施统计表"], ["序号", "村名", "路灯数量（盏）", "公厕"], blank, ["合计", None, "=SUM(C3:C3)", None]],
    )
    tell(home, "柳东村", 路灯="3", 公厕="1")
    tell(home, "柳西村", 路灯="4")
    made = roll_up(actor=OFFICER, home=home, number=number, folder=home.parent)
    rows = list(openpyxl.load_workbook(made.file).worksheets[0].iter_rows(min_row=3, max_row=5, values_only=True))
    assert [row[:2] for row in rows[:2]] == [(1, "柳东村"), (2, "柳西村")] and rows[2][0] == "合计"
    assert [row[2] for row in rows[:2]] == [3, 4] and [row[3] for row in rows[:2]] == ["1", None]
    assert [gap.words for gap in made.gaps] == ["没有填的：柳西村。"] and made.left == 1


def test_a_line_that_names_a_village_is_that_villages_alone(home: Path) -> None:
    number = ask(
        home,
        [
            ["设施统计表"],
            ["村名", "路灯数量", "公厕数量"],
            ["柳东村", None, None],
            ["柳西村", None, None],
            ["柳河镇", None, None],
        ],
    )
    tell(home, "柳东村", **{"柳东村 / 路灯": "3", "柳西村 / 路灯": "9", "柳河镇 / 路灯": "1"})
    tell(home, "柳西村", **{"柳东村 / 路灯": "8", "柳西村 / 路灯": "4", "柳东村 / 公厕": "8", "柳河镇 / 路灯": "7"})
    found, left = whole(home, number)
    assert (found["B3"], found["B4"]) == (3, 4) and "B5" not in found
    assert left["B5"] == "表里各村另有一行，合计请核对。柳东村：1；柳西村：7。"
    assert "C3" not in found and left["C3"] == "没有单位填写。"


def test_some_villages_of_a_township_make_one_file(home: Path) -> None:
    add_units(home=home, actor="甲", parent="柳河镇", children=["柳南村"])
    people = [
        ("柳东村", "李一", "110105194001010018"),
        ("柳西村", "张三", "110105194501010014"),
        ("柳南村", "王二", "110105195001010012"),
    ]
    lines = ["村,姓名,身份证号", *(",".join(person) for person in people)]
    ledger = home.parent / "人口.csv"
    ledger.write_text("\n".join(lines), "utf-8")
    facts = BatchFacts("公安局", date(2026, 1, 1))
    import_ledger(path=ledger, facts=facts, home=home, registry=load_registry(), actor="甲")
    rows = [["填报单位："], *INDICATORS[1:]]
    number = ask(home, rows, "柳东村", "柳西村")
    tell(home, "柳东村", 路灯="3")
    tell(home, "柳西村", 路灯="4")
    found, left = whole(home, number)
    assert found["A1"] == "填报单位：柳河镇" and found["C4"] == 7 and found["C3"] == 2
    assert left[""] == "只含柳东村、柳西村。"
    whole_township = ask(home, rows)
    assert whole(home, whole_township)[0]["C3"] == 3


def test_villages_of_several_townships_are_one_file_and_nobodys_is_none(home: Path) -> None:
    add_units(home=home, actor="甲", parent="青山镇", children=["青东村"])
    number = ask(home, [["填报单位："], *INDICATORS[1:]], "柳东村", "青东村")
    tell(home, "柳东村", 路灯="3")
    tell(home, "青东村", 路灯="4")
    found, _ = whole(home, number)
    assert found["A1"] == "填报单位：" and found["C4"] == 7
    with pytest.raises(Conflict, match="没有派发到"):
        roll_up(actor=clerk("柳西村"), home=home, number=number, folder=home.parent)


def test_of_somebody_who_moved_each_village_has_its_own_answer_and_the_whole_the_later() -> None:
    slot = Slot(2, 2, ("血型",), "")
    template = Template("表.xlsx", "", [Area("rows", "表", Span(2, 2, 2, 2), [slot])])
    answers = {("柳西村", "甲", "表", "血型"): "B型", ("柳东村", "甲", "表", "血型"): "A型"}
    slots = OwnSlots(template, answers, {"柳东村": ["柳东村"], "柳西村": ["柳西村"]})
    gap = Gap("表", "B2", "血型", "甲", GapReason.UNKNOWN_LABEL)
    assert slots.told_about(gap, ["柳西村"]) == "B型"
    assert slots.told_about(gap, ["柳东村", "柳西村"]) == slots.told_about(gap, ["柳南村"]) == "A型"
