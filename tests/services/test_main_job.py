"""The main job in small: messy ledgers in, one pool, any form out in its own layout, every empty cell accounted for."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Border, Font, Side

from yici.core.errors import ExpressionError, FormUnreadable, NotFound, YiciError
from yici.core.manifest import BatchFacts
from yici.services.batches import batches_of, withdraw
from yici.services.cards import fill_cards
from yici.services.forms import confirm_binding, fill_form
from yici.services.ledgers import import_ledger
from yici.services.pool import open_pool
from yici.services.records import edit_subject, list_conflicts, show_subject
from yici.services.units import add_units
from yici.storage.packs import load_registry

THIN = Side(style="thin")
FRAME = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
DAY = date(2026, 6, 30)
# Invented people; the numbers carry valid check digits.
OLD, SON, ALONE = "370982194003121237", "370982196807154510", "370982195011230021"


def book(path: Path, rows: list[list[object]], merges: tuple[str, ...] = ()) -> Path:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for number, row in enumerate(rows, 1):
        for col, value in enumerate(row, 1):
            cell = sheet.cell(number, col)
            if value != "~":
                cell.value = value  # type: ignore[assignment]
                cell.border = FRAME
    sheet["A1"].font = Font(bold=True, size=16)
    for span in merges:
        sheet.merge_cells(span)
    workbook.save(path)
    return path


def check_digit(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


OLD, SON, ALONE = (check_digit(number[:17]) for number in (OLD, SON, ALONE))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, database: str) -> Path:
    folder = tmp_path_factory.mktemp("pool")
    add_units(home=folder, actor="test", parent="柳河镇", children=["柳东村", "柳西村"])
    police = book(
        folder / "police.xlsx",
        [
            ["柳河镇常住人口台账", None, None, None, None, None],
            ["村", "户号", "姓名", "公民身份号码", "与户主关系", "民族"],
            ["柳东村", "100001", "赵 大山", OLD, "户主", "汉"],
            ["柳东村", "100001", "赵小山", SON, "长子", "汉族"],
            ["柳西村", "100002", "钱春", ALONE.lower(), "户主", "回族"],
            ["合计", None, 3, None, None, None],
        ],
        ("A1:F1",),
    )
    civil = book(
        folder / "civil.xlsx",
        [
            ["高龄老人信息表", None, None, None],
            ["姓名", "身份证号", "联系电话", "文化程度"],
            ["赵大山", OLD, "138 0000 1111", "小学毕业"],
            ["赵小山", SON, "13900002222", "初中文化"],
        ],
        ("A1:D1",),
    )
    registry = load_registry()
    for path, department, day in ((police, "公安局", date(2026, 1, 1)), (civil, "民政局", date(2026, 5, 1))):
        import_ledger(path=path, facts=BatchFacts(department, day), home=folder, registry=registry, actor="test")
    return folder


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    return book(
        tmp_path / "roster.xlsx",
        [
            ["老年人花名册", None, None, None, None, None],
            ["填报单位：", "~", "~", "填报日期：", "~", "~"],
            ["序号", "姓名", "性别（1男 2女）", "出生年月（如1990.05）", "联系电话", "血型"],
            [None] * 6,
            ["合计", None, None, None, None, None],
        ],
        ("A1:F1", "B2:C2", "E2:F2"),
    )


def fill(home: Path, form: Path, **request: object) -> tuple[list[list[object]], list[dict[str, str]], object]:
    out, gaps = form.with_name("out.xlsx"), form.with_name("gaps.json")
    done = fill_form(actor="test", home=home, form=form, out=out, as_of=DAY, gaps=gaps, **request)  # type: ignore[arg-type]
    sheet = load_workbook(out).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    return rows, json.loads(gaps.read_text("utf-8")), done


def test_a_roster_is_filled_in_its_own_layout(home: Path, roster: Path) -> None:
    rows, gaps, _ = fill(home, roster, unit="柳河镇")
    assert rows[1] == ["填报单位：", "柳河镇", None, "填报日期：", "2026年6月30日", None]
    assert rows[3] == [1, "赵大山", 1, "1940.03", "13800001111", None]
    assert rows[4] == [2, "赵小山", 1, "1968.07", "13900002222", None]
    assert rows[5] == [3, "钱春", 2, "1950.11", None, None]
    assert rows[6][0] == "合计"
    reasons = {(gap["cell"], gap["reason"]) for gap in gaps}
    assert reasons == {
        ("F4", "unknown label"),
        ("F5", "unknown label"),
        ("F6", "unknown label"),
        ("E6", "nobody has it"),
    }


def test_a_filter_and_a_unit_choose_the_rows(home: Path, roster: Path) -> None:
    rows, _, _ = fill(home, roster, unit="柳东村", where="年龄 >= 80")
    assert [row[1] for row in rows[3:4]] == ["赵大山"]
    assert rows[4][0] == "合计"


def test_a_card_with_its_members(home: Path, tmp_path: Path) -> None:
    card = book(
        tmp_path / "card.xlsx",
        [
            ["农户登记卡", None, None, None],
            ["户主姓名", None, "户编号", None],
            ["家庭成员", "姓名", "与户主关系", "年龄"],
            [None, None, None, None],
            ["家庭住址", None, None, None],
        ],
        ("A1:D1", "A3:A4", "B5:D5"),
    )
    rows, gaps, _ = fill(home, card, subject="100001")
    assert rows[1] == ["户主姓名", "赵大山", "户编号", "100001"]
    assert [row[1:] for row in rows[3:5]] == [["赵大山", "户主", 86], ["赵小山", "子", 57]]
    assert rows[5][0] == "家庭住址"
    assert {gap["cell"]: gap["reason"] for gap in gaps} == {"B6": "nobody has it"}
    done = fill_cards(actor="test", home=home, form=card, each="household", out_dir=tmp_path / "cards", as_of=DAY)
    assert [path.name for path in done.files] == ["0001-赵大山.xlsx", "0002-钱春.xlsx"]


def test_a_golden_record_tells_where_each_value_comes_from(home: Path) -> None:
    (record,) = show_subject(home=home, key=OLD)
    known = {one.element.name: one for one in record.values}
    assert known["文化程度"].value == "小学"
    assert known["文化程度"].origin is not None and known["文化程度"].origin.department == "民政局"
    assert record.unit == "柳东村"


def test_an_edit_counts_and_withdrawing_takes_a_batch_back(tmp_path: Path) -> None:
    registry = load_registry()
    add_units(home=tmp_path, actor="test", parent="柳河镇", children=["柳东村"])
    path = book(
        tmp_path / "a.xlsx", [["姓名", "身份证号", "联系电话"], ["赵大山", OLD, "13800001111"], ["赵小山", SON, None]]
    )
    facts = BatchFacts("民政局", date(2026, 5, 1))
    first = import_ledger(path=path, facts=facts, home=tmp_path, registry=registry, actor="test")
    again = import_ledger(path=path, facts=facts, home=tmp_path, registry=registry, actor="test")
    assert first.new and not again.new and len(batches_of(home=tmp_path)) == 1
    changed = edit_subject(home=tmp_path, key=OLD, values={"联系电话": "13700003333"}, by="孙", as_of=DAY)
    assert [element.id for element in changed] == ["person.phone"]
    assert not edit_subject(home=tmp_path, key=OLD, values={"联系电话": "13700003333"}, by="孙", as_of=DAY)
    (rival,) = list_conflicts(home=tmp_path, element="联系电话")
    assert (rival.chosen, rival.value) == ("13700003333", "13800001111")
    with pytest.raises(YiciError):
        edit_subject(home=tmp_path, key=OLD, values={"联系电话": "12"}, by="孙", as_of=DAY)
    withdraw(home=tmp_path, actor="test", batch=first.batch[:10])
    with pytest.raises(NotFound):
        show_subject(home=tmp_path, key=SON)


def test_a_confirmed_binding_is_remembered_for_the_word(home: Path, roster: Path) -> None:
    confirm_binding(actor="test", home=home, form=roster, cell="F4", element="慢性病")
    template = fill(home, roster, unit="柳河镇")[2].template  # type: ignore[attr-defined]
    slot = template.areas[-1].slots[-1]
    assert (slot.binding.element, slot.binding.certain) == ("person.chronic_disease", True)
    with pytest.raises(NotFound, match="慢性病"):
        confirm_binding(actor="test", home=home, form=roster, cell="F4", element="慢性")


def test_errors_say_what_to_do(home: Path, roster: Path, tmp_path: Path) -> None:
    with pytest.raises(ExpressionError, match="年龄"):
        fill(home, roster, where="年令 >= 80")
    with pytest.raises(NotFound, match="柳东村"):
        fill(home, roster, unit="柳东")
    with pytest.raises(FormUnreadable):
        fill(home, book(tmp_path / "empty.xlsx", [["只有一句话"]]))
    assert open_pool(home).units_below("柳河镇") == ["柳河镇", "柳东村", "柳西村"]


def test_a_cross_table_counts_what_its_captions_ask_for(home: Path, tmp_path: Path) -> None:
    form = book(tmp_path / "cross.xlsx", [["项目", "男", "左撇子"], ["60岁以上", None, None], ["80岁以上", None, None]])
    rows, gaps, _ = fill(home, form, unit="柳河镇", where="年龄 >= 60")
    assert rows[1:] == [["60岁以上", 1, None], ["80岁以上", 1, None]]
    assert {(gap["cell"], gap["reason"]) for gap in gaps} == {("C2", "unknown label"), ("C3", "unknown label")}
    rows, gaps, _ = fill(home, form, unit="柳河镇", where="主体类型 = '企业'")
    assert rows[1:] == [["60岁以上", None, None], ["80岁以上", None, None]]
    assert {gap["cell"] for gap in gaps} == {"B2", "C2", "B3", "C3"}


def test_a_value_that_was_refused_is_not_said_to_be_unknown(tmp_path: Path) -> None:
    registry = load_registry()
    ledger = book(tmp_path / "a.xlsx", [["姓名", "身份证号", "联系电话"], ["赵大山", OLD, "12"], ["赵小山", SON, None]])
    facts = BatchFacts("民政局", date(2026, 5, 1))
    import_ledger(path=ledger, facts=facts, home=tmp_path, registry=registry, actor="test")
    form = book(tmp_path / "form.xlsx", [["姓名", "身份证号", "联系电话"], [None, None, None], [None, None, None]])
    _, gaps, done = fill(tmp_path, form)
    assert {(gap["subject"], gap["reason"]) for gap in gaps} == {(OLD, "refused value"), (SON, "nobody has it")}
    assert (done.cells_gap, done.cells_refused) == (1, 1)  # type: ignore[attr-defined]


def test_an_element_of_another_subject_stays_empty(home: Path, roster: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.xlsx"
    roster.rename(own)
    book(own, [["姓名", "性别", "本村代号"], [None, None, None], [None, None, None]])
    confirm_binding(actor="test", home=home, form=own, cell="C2", element="法定代表人")
    rows, gaps, _ = fill(home, own, unit="柳河镇")
    assert rows[1][0] == "赵大山" and rows[1][2] is None
    assert "C2" in {gap["cell"] for gap in gaps}


def test_the_rule_that_chose_is_said(tmp_path: Path) -> None:
    registry = load_registry()
    for number, (day, value, authority) in enumerate(
        [(date(2025, 1, 1), "小学", ("person.education",)), (date(2026, 1, 1), "初中", ())]
    ):
        path = book(
            tmp_path / f"{number}.xlsx", [["姓名", "身份证号", "文化程度", "民族"], ["赵大山", OLD, value, "汉族"]]
        )
        facts = BatchFacts(f"部门{number}", day, authority)
        import_ledger(path=path, facts=facts, home=tmp_path, registry=registry, actor="test")
    (record,) = show_subject(home=tmp_path, key=OLD)
    rules = {one.element.name: one.rule for one in record.values}
    assert (rules["文化程度"], rules["民族"], rules["性别"]) == ("数源部门优先", "没有不同说法", "推算得出")
