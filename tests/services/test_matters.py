"""A ledger about matters (事项) goes in as those of people do, is edited and withdrawn, and fills rosters and cards."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Border, Side

from kept_homes import prepared
from yici.core.errors import ExpressionError, NotFound
from yici.core.manifest import BatchFacts
from yici.services.cards import fill_cards
from yici.services.forms import fill_form, recognise_form
from yici.services.judgements import judge_subjects
from yici.services.ledgers import import_ledger
from yici.services.pool import open_pool
from yici.services.records import edit_subject, list_conflicts, show_subject
from yici.services.units import add_units
from yici.storage.packs import load_registry

FRAME = Border(*[Side(style="thin")] * 4)
DAY = date(2026, 6, 30)
HOTLINE = [
    ["张青镇12345热线工单台账（2026年上半年）"],
    ["序号", "工单编号", "所属村", "来源", "诉求人姓名", "诉求人电话", "受理时间", "办结时间", "是否解决", "满意度"],
    [1, "GD2026001", "柳东村", "12345", "赵大山", "13800001111", "2026-01-05", "2026-01-08", "是", "满意"],
    [2, "gd2026002", "柳西村", "热线", "钱春", "13800002222", "2026-02-01", None, "否", "不太满意"],
    [3, None, "柳西村", "热线", "孙秋", None, "2026-02-03", None, None, None],
]
DISPUTES = [
    ["矛盾纠纷排查化解台账"],
    ["纠纷编号", "村", "事项类别", "纠纷类型", "受理日期", "是否化解", "满意度"],
    ["JF-01", "柳东村", "纠纷", "邻里纠纷", "2026-03-01", "是", "非常满意"],
    ["GD2026001", "柳东村", "矛盾纠纷", None, "2026-01-05", None, "基本满意"],
]


def book(path: Path, rows: list[list[object]]) -> Path:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    for number, row in enumerate(rows, 1):
        for col, value in enumerate(row, 1):
            cell = sheet.cell(number, col)
            cell.value = value  # type: ignore[assignment]
            cell.border = FRAME if len(row) > 1 else Border()
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(rows[1]))
    workbook.save(path)
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    prepared(home, "orders and disputes", lambda: bring(home, tmp_path))
    return home


def bring(home: Path, folder: Path) -> None:
    add_units(home=home, actor="王", parent="柳河镇", children=["柳东村", "柳西村"])
    for name, rows, department, day in (
        ("hotline", HOTLINE, "社会治理中心", date(2026, 4, 1)),
        ("disputes", DISPUTES, "司法所", date(2026, 5, 1)),
    ):
        done = import_ledger(
            path=book(folder / f"{name}.xlsx", rows),
            facts=BatchFacts(department, day),
            home=home,
            registry=load_registry(),
            actor="王",
        )
        assert [reader.plan.mapped.subject for reader in done.tables] == ["matter"]
    open_pool(home).projection().close()  # What follows reads golden records that are there already.


def known(home: Path, key: str, **options: object) -> dict[str, object]:
    (record,) = show_subject(home=home, key=key, **options)  # type: ignore[arg-type]
    assert (record.subject, record.kind) == ("matter", "事项")
    return {one.element.name: one.value for one in record.values} | {"unit": record.unit}


def test_columns_bind_rows_without_a_key_are_left_out_and_sources_are_weighed(home: Path) -> None:
    first = known(home, "GD2026001")
    assert first["unit"] == first["事项所属村（社区）"] == "柳东村"
    assert (first["事项来源"], first["诉求人联系电话"], first["是否解决"]) == ("12345热线", "13800001111", True)
    assert first["满意度"] == "基本满意"
    assert known(home, "GD2026001", as_of=date(2026, 4, 30))["满意度"] == "满意"
    assert [(r.kind, r.key, r.value) for r in list_conflicts(home=home, element="满意度")] == [
        ("事项", "GD2026001", "满意")
    ]
    assert "满意度" not in known(home, "GD2026002")
    with open_pool(home).projection() as projection:
        assert projection.con.execute("SELECT count(*) FROM subject_matter").fetchall() == [(3,)]
        assert projection.con.execute("SELECT count(*) FROM person").fetchall() == [(0,)]
        refused = projection.con.execute("SELECT subject, key, element, original FROM refused").fetchall()
    assert refused == [("matter", "GD2026002", "matter.satisfaction", "不太满意")]


def test_they_are_edited_and_judged(home: Path) -> None:
    changed = edit_subject(home=home, key="gd2026002", values={"满意度": "不满意"}, by="王", as_of=DAY)
    assert [element.id for element in changed] == ["matter.satisfaction"]
    assert known(home, "GD2026002")["满意度"] == "不满意"
    judge_subjects(home=home, actor="王", subject="事项", left="GD2026001", right="JF-01", same=True)
    assert known(home, "GD2026001")["矛盾纠纷类型"] == "邻里纠纷"
    with pytest.raises(NotFound, match="unknown_subject_type"):
        judge_subjects(home=home, actor="王", subject="蜂场", left="a", right="b", same=True)


def test_a_roster_about_them_is_filled_for_a_unit_and_a_filter(home: Path, tmp_path: Path) -> None:
    rows: list[list[object]] = [["柳河镇工单办理情况花名册"]]
    rows += [["序号", "工单编号", "所属村", "受理时间", "是否解决", "联系电话"], [None] * 6]
    form = book(tmp_path / "form.xlsx", rows)
    out = tmp_path / "out.xlsx"
    fill_form(actor="王", home=home, form=form, out=out, unit="柳东村", where="受理日期 < '2026-02-01'", as_of=DAY)
    (row,) = list(load_workbook(out).worksheets[0].iter_rows(min_row=3, values_only=True))
    # 联系电话 is a person's word: in a form about matters nobody says whose it is, so it stays empty.
    assert row[:2] == (1, "GD2026001")
    assert row[2] == "柳东村"
    assert row[5] is None
    with pytest.raises(ExpressionError):
        fill_form(actor="王", home=home, form=form, out=out, unit=None, where="年龄 > 3", as_of=DAY)


def test_a_card_each(home: Path, tmp_path: Path) -> None:
    card: list[list[object]] = [
        ["工单办理单"],
        ["工单编号", None, "办结日期", None],
        ["满意度", None, "承办单位", None],
    ]
    form = book(tmp_path / "card.xlsx", card)
    done = fill_cards(actor="王", home=home, form=form, each="事项", out_dir=tmp_path / "cards", as_of=DAY)
    assert len(done.files) == 3
    assert load_workbook(done.files[0]).worksheets[0]["B2"].value == "GD2026001"


def test_forms_about_people_read_as_before_though_they_use_the_same_words(home: Path, tmp_path: Path) -> None:
    rows: list[list[object]] = [["低保对象满意度回访表"]]
    rows += [["序号", "姓名", "身份证号", "满意度", "受理日期", "承办单位"], [None] * 6]
    area = recognise_form(home=home, form=book(tmp_path / "people.xlsx", rows)).template.areas[0]
    assert area.subject == "person"
    assert [slot.binding.element for slot in area.slots if slot.binding.certain] == ["person.name", "person.id_number"]
