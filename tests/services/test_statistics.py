"""Statistics forms from end to end: filled from the pool, checked, recomputed, and traced to the people behind."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from yici.core.errors import Conflict, ExpressionError, NotFound
from yici.core.manifest import BatchFacts
from yici.services.forms import confirm_binding, fill_form, recognise_form
from yici.services.ledgers import import_ledger
from yici.services.recount import recount_form, who_counts
from yici.services.units import add_units
from yici.storage.packs import load_registry

DAY = date(2025, 12, 31)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def number(birth: str, serial: int) -> str:
    body = f"370982{birth}{serial:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


# Name, birth, serial (its parity tells the sex), village, household, 低保, politics; 赵一 turns 60 on the very day.
PEOPLE = [
    ("赵一", "19651231", 11, "柳东村", "900001", "是", "中共党员"),
    ("赵二", "19660101", 12, "柳东村", "900001", "是", "群众"),
    ("钱一", "19401005", 21, "柳东村", "900002", "否", "中共预备党员"),
    ("孙一", "20080101", 31, "柳西村", "900003", "否", None),
    ("李一", "19900220", 42, "柳西村", "900004", "否", "群众"),
]


def book(path: Path, rows: list[list[object]], merges: tuple[str, ...] = ()) -> Path:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for span in merges:
        sheet.merge_cells(span)
    workbook.save(path)
    return path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, database: str) -> Path:
    folder = tmp_path_factory.mktemp("pool")
    add_units(home=folder, actor="test", parent="柳河镇", children=["柳东村", "柳西村", "柳南村"])
    head = ["姓名", "身份证号", "村（社区）", "户编号", "与户主关系", "是否低保户", "政治面貌"]
    rows = [
        [name, number(birth, serial), village, home_, "户主" if name.endswith("一") else "配偶", dibao, politics]
        for name, birth, serial, village, home_, dibao, politics in PEOPLE
    ]
    facts = BatchFacts("民政局", date(2025, 12, 1))
    ledger = book(folder / "ledger.xlsx", [head, *rows])
    import_ledger(path=ledger, facts=facts, home=folder, registry=load_registry(), actor="test")
    return folder


@pytest.fixture
def form(tmp_path: Path) -> Path:
    rows: list[list[object]] = [
        ["各村人口情况统计表"],
        ["村名", "总户数", "总人口", "60周岁及以上", "不满18周岁", "占总人口比例（%）", "低保户数", "独居老人"],
        ["柳东村"], ["柳西村"], ["合计"],
    ]  # fmt: skip
    return book(tmp_path / "form.xlsx", rows, ("A1:H1",))


def filled(home: Path, form: Path, out: Path, **more: object) -> list[list[object]]:
    fill_form(actor="test", home=home, form=form, out=out, unit="柳河镇", as_of=DAY, **more)  # type: ignore[arg-type]
    sheet = load_workbook(out).worksheets[0]
    return [list(row) for row in sheet.iter_rows(min_row=3, values_only=True)]


def test_numbers_by_village_with_boundary_people(home: Path, form: Path, tmp_path: Path) -> None:
    rows = filled(home, form, tmp_path / "out.xlsx")
    # The share stands after two columns: of which of them it is nobody can tell. Nobody ever said who lives alone.
    assert rows[0] == ["柳东村", 2, 3, 2, 0, None, 1, None]
    assert rows[1] == ["柳西村", 2, 2, 0, 1, None, 0, None]
    assert rows[2] == ["合计", 4, 5, 2, 1, None, 1, None]


def test_a_blank_list_of_villages_grows_and_is_summed_up(home: Path, tmp_path: Path) -> None:
    rows: list[list[object]] = [["人口情况统计表"], ["序号", "村名", "总人口", "男"], [None] * 4, [None] * 4, ["合计"]]
    blank = book(tmp_path / "list.xlsx", rows, ("A1:D1",))
    assert filled(home, blank, tmp_path / "out.xlsx") == [
        [1, "柳东村", 3, 2], [2, "柳西村", 2, 1], [3, "柳南村", 0, 0], ["合计", None, 5, 3],
    ]  # fmt: skip


def test_recount_lists_what_disagrees(home: Path, form: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    filled(home, form, out)
    assert recount_form(home=home, form=form, filled=out, unit="柳河镇", as_of=DAY).differences == []
    other = Workbook()
    other.worksheets[0].append(["另一张表", "合计"])
    other.save(tmp_path / "另一张.xlsx")
    with pytest.raises(Conflict, match="不是同一张表"):
        recount_form(home=home, form=form, filled=tmp_path / "另一张.xlsx", unit="柳河镇", as_of=DAY)
    workbook = load_workbook(out)
    workbook.worksheets[0]["C3"] = 7
    workbook.save(out)
    found = recount_form(home=home, form=form, filled=out, unit="柳河镇", as_of=DAY)
    assert [(d.cell, d.found, d.wanted, d.by) for d in found.differences] == [("C3", "7", 3, 4)]
    assert "柳东村" in found.differences[0].words


def test_who_is_behind_a_number(home: Path, form: Path) -> None:
    behind = who_counts(home=home, form=form, cell="D5", unit="柳河镇", as_of=DAY)
    assert sorted(item["name"] for item in behind[0].items) == ["赵一", "钱一"]
    with pytest.raises(NotFound, match="B2"):
        who_counts(home=home, form=form, cell="B2", unit="柳河镇", as_of=DAY)


def test_last_period_decides_what_a_caption_means(home: Path, tmp_path: Path) -> None:
    rows: list[list[object]] = [["人口情况统计表"], ["村名", "中共党员"], ["柳东村"], ["柳西村"]]
    blank = book(tmp_path / "party.xlsx", rows, ("A1:B1",))
    assert [row[1] for row in filled(home, blank, tmp_path / "out.xlsx")] == [None, None]
    for number_then, now in ((2, 2), (1, 1), (5, None)):
        rows[2:] = [["柳东村", number_then], ["柳西村", 0]]
        last = book(tmp_path / "last.xlsx", rows, ("A1:B1",))
        got = filled(home, blank, tmp_path / "out.xlsx", last=last, last_as_of=DAY)
        assert got[0][1] == now


def test_a_word_is_explained_once_for_every_caption(home: Path, tmp_path: Path) -> None:
    # The pool's folder serves both databases, and remembers.
    word = "老党员甲" if tmp_path.name.endswith("0") else "老党员乙"
    rows: list[list[object]] = [["人口情况统计表"], ["村名", word], ["柳东村"], ["柳西村"]]
    blank = book(tmp_path / "old.xlsx", rows, ("A1:B1",))
    assert filled(home, blank, tmp_path / "out.xlsx")[0][1] is None
    with pytest.raises(ExpressionError):
        confirm_binding(actor="test", home=home, form=blank, cell="B3", element="鞋码 >= 80")
    confirm_binding(actor="test", home=home, form=blank, cell="B3", element="政治面貌 is not null and 年龄 >= 80")
    assert [row[1] for row in filled(home, blank, tmp_path / "out.xlsx")] == [1, 0]
    confirm_binding(actor="test", home=home, form=blank, cell="B3", element="count(人 where 年龄 < 18)")
    slots = recognise_form(home=home, form=blank).template.areas[0].slots
    assert slots[0].binding.figure is not None and slots[0].binding.figure.text == "count(人 where 年龄 < 18)"
    assert slots[1].binding.figure is not None and "年龄 >= 80" in slots[1].binding.figure.text


def test_totals_that_do_not_add_up_are_reported(home: Path, tmp_path: Path) -> None:
    rows: list[list[object]] = [["人口情况统计表"], ["年龄段", "人数"], ["0-59岁"], ["55岁以上"], ["合计"]]
    blank = book(tmp_path / "bands.xlsx", rows, ("A1:B1",))
    outcome = fill_form(actor="test", home=home, form=blank, out=tmp_path / "out.xlsx", unit="柳河镇", as_of=DAY)
    assert [(f.row, f.col) for f in outcome.numbers.failed] == [(3, 2)] and "重叠" in outcome.numbers.failed[0].words


def test_a_word_of_the_title_is_asked_about_and_confirmed_once(home: Path, tmp_path: Path) -> None:
    word = f"塑料颗粒{'甲乙丙丁'[int(tmp_path.name[-1])]}类加工户"
    rows: list[list[object]] = [[f"{word}情况统计表"], ["村名", "户数", "人数"], ["柳东村"], ["柳西村"], ["合计"]]
    blank = book(tmp_path / "title.xlsx", rows, ("A1:C1",))
    gaps = tmp_path / "gaps.json"
    assert filled(home, blank, tmp_path / "out.xlsx", gaps=gaps)[0][1:] == [None, None]
    asked = {(gap["word"], gap["cell"]) for gap in json.loads(gaps.read_text("utf-8"))}
    assert (word, "B3") in asked and {one for one, _ in asked} == {word}
    confirm_binding(actor="test", home=home, form=blank, cell="B3", element="全部")
    assert filled(home, blank, tmp_path / "out.xlsx")[0][1:] == [2, 3]


def test_a_word_of_the_cell_itself_never_means_everybody(home: Path, tmp_path: Path) -> None:
    rows: list[list[object]] = [["人口情况统计表"], ["村名", "总人口", "光荣之家人数"], ["柳东村"], ["柳西村"]]
    blank = book(tmp_path / "cell.xlsx", rows, ("A1:C1",))
    with pytest.raises(NotFound):
        confirm_binding(actor="test", home=home, form=blank, cell="C3", element="全部")


def test_numbers_that_leave_out_many_are_listed_and_stay_as_they_are(home: Path, tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["人口情况统计表"], ["村名", "总人口", "非党员", "残疾人"], ["柳东村"], ["柳西村"],
    ]  # fmt: skip
    blank = book(tmp_path / "many.xlsx", rows, ("A1:D1",))
    gaps = tmp_path / "gaps.json"
    assert [row[1:3] for row in filled(home, blank, tmp_path / "out.xlsx", gaps=gaps)] == [[3, 1], [2, 1]]
    partly = [gap for gap in json.loads(gaps.read_text("utf-8")) if gap["reason"] == "partly unknown"]
    assert [(gap["cell"], gap["unknown"], gap["doubt"]) for gap in partly] == [
        ("C4", 1, "另有 1 人不知道，没有算进去"),
    ]  # fmt: skip


def test_a_form_about_an_earlier_year_is_filled_as_of_that_year_only(home: Path, tmp_path: Path) -> None:
    rows: list[list[object]] = [["2025年低保户情况统计表"], ["村名", "低保户数"], ["柳东村"], ["柳西村"]]
    blank = book(tmp_path / "year.xlsx", rows, ("A1:B1",))
    assert [row[1] for row in filled(home, blank, tmp_path / "out.xlsx")] == [1, 0]
    outcome = fill_form(
        actor="test", home=home, form=blank, out=tmp_path / "late.xlsx", unit="柳河镇", as_of=date(2026, 3, 1)
    )
    assert [gap.cell for gap in outcome.gaps] == ["B3", "B4"]
    assert all("“2025年”" in gap.doubt and gap.as_json()["day"] == "2025-12-31" for gap in outcome.gaps)


def test_a_list_of_an_earlier_year_is_filled_as_of_that_year_only(home: Path, tmp_path: Path) -> None:
    rows: list[list[object]] = [["2025年低保对象花名册"], ["序号", "姓名", "身份证号"], [1], [2]]
    blank = book(tmp_path / "list.xlsx", rows, ("A1:C1",))
    assert [row[1] for row in filled(home, blank, tmp_path / "out.xlsx", where="是否低保户 = '是'")][:2] == [
        "赵一",
        "赵二",
    ]
    late = fill_form(
        actor="test", home=home, form=blank, out=tmp_path / "late.xlsx", unit="柳河镇", as_of=date(2026, 3, 1)
    )
    assert (late.rows, late.cells_filled) == (0, 0) and "“2025年”的名单" in late.notes[0]
    assert {gap.doubt for gap in late.gaps} == {late.notes[0]} and late.gaps[0].day == date(2025, 12, 31)
    one = fill_form(
        actor="test", home=home, form=blank, out=tmp_path / "one.xlsx", subject=number("19651231", 11),
        as_of=date(2026, 3, 1),
    )  # fmt: skip
    assert (one.rows, one.notes) == (1, [])
