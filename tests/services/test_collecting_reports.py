"""The report of a proposal, what is taken from the pool at once, the next period, and the sender's layout kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from sending import publish
from test_collecting import EAST, LI, LISTED, NOW, OFFICER, STEWARD, TODAY, WANG, form, home, published

from yici.core.access.actors import Actor, Post, Role
from yici.core.collections.states import State
from yici.core.errors import Conflict, NotFound
from yici.services.collecting import kept_reports, publishing, recognition, reports, taking
from yici.services.collecting.answering import Answer, answer
from yici.services.collecting.proposals import decide, get_collection, propose
from yici.services.collecting.rollup import roll_up
from yici.services.collecting.trial import recognise_kept
from yici.services.form_doubts import doubts_of
from yici.services.forms import recognise_form
from yici.services.pool import open_pool
from yici.storage import audit, collections
from yici.storage.entries import NewEntry, add_entries

TOWN = Actor(7, "qian", posts=(Post(Role.CLERK, unit="柳河镇"),), units=frozenset({"柳河镇", "柳东村", "柳西村"}))
__all__ = ["home"]


def proposed(home: Path, *columns: str, **more: Any) -> int:
    file = form(home.parent, "表", *columns)
    return propose(actor=OFFICER, home=home, file=file, proposal=replace(LISTED, **more))


def approve(home: Path, number: int, step: str = "approve", into: int | None = None) -> None:
    decide(actor=STEWARD, home=home, number=number, step=step, into=into, now=NOW)


def test_the_report_is_made_once_and_again_when_its_ground_changes(home: Path) -> None:
    number = proposed(home, "联系电话", "健康情况如何")
    first = reports.report_of(home=home, row=get_collection(home=home, number=number), today=TODAY)
    row = get_collection(home=home, number=number)
    assert reports.report_of(home=home, row=row, today=TODAY).made == first.made
    assert reports.report_of(home=home, row=row, today=TODAY, fresh=True).made != first.made
    shown = recognition.show_form(actor=OFFICER, home=home, row=row, today=TODAY)
    (doubt,) = shown.doubts
    recognition.settle_word(
        actor=OFFICER, home=home, row=row, doubt=doubt.id, meaning=doubt.choices[0].meaning
    )  # fmt: skip
    row = get_collection(home=home, number=number)
    changed = reports.report_of(home=home, row=row, today=TODAY)
    assert changed.made != first.made and changed.report.missing != first.report.missing


def test_a_report_over_many_is_decided_on_as_it_was_made_today(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    number = proposed(home, "联系电话")
    row = get_collection(home=home, number=number)
    assert not kept_reports.is_large(home=home, row=row, today=TODAY)
    monkeypatch.setattr(kept_reports, "LARGE_TRIAL_CELLS", 8)
    assert kept_reports.is_large(home=home, row=row, today=TODAY)
    with pytest.raises(Conflict, match="还没有按今天的情况算好"):
        approve(home, number)
    made = reports.report_of(home=home, row=row, today=TODAY)
    told = NewEntry("person", WANG, "person.phone", "13900002222", "13900002222")
    add_entries([told], actor="wang", as_of=date(2026, 2, 1), source="")
    kept = kept_reports.last_report(home=home, row=get_collection(home=home, number=number), today=TODAY)
    assert kept is not None and kept.moved and not kept.outdated and kept.report == made.report
    late = kept_reports.last_report(home=home, row=get_collection(home=home, number=number), today=date(2026, 3, 3))
    assert late is not None and late.outdated
    # Of a small one a report is made anew when the pool has moved.
    monkeypatch.setattr(kept_reports, "LARGE_TRIAL_CELLS", 9)
    approve(home, number)
    decided = reports.decided_report(get_collection(home=home, number=number))
    assert decided is not None and decided.report.known == made.report.known + 1


def test_a_word_is_settled_for_its_proposal_alone_with_history_and_a_way_back(home: Path) -> None:
    number, other = proposed(home, "健康情况如何"), proposed(home, "健康情况如何", name="另一张")
    row = get_collection(home=home, number=number)
    (doubt,) = recognition.show_form(actor=OFFICER, home=home, row=row, today=TODAY).doubts
    for choice in ("-", doubt.choices[0].meaning):
        if choice != "-":
            (settled,) = recognition.show_form(actor=OFFICER, home=home, row=row, today=TODAY).settled
            recognition.take_word_back(actor=OFFICER, home=home, row=row, number=settled.id)
        recognition.settle_word(actor=OFFICER, home=home, row=row, doubt=doubt.id, meaning=choice)
    shown = recognition.show_form(actor=OFFICER, home=home, row=row, today=TODAY)
    assert not shown.doubts and len(shown.history) == 2 and shown.history[1].withdrawn_by == "zhou"
    elsewhere = get_collection(home=home, number=other)
    assert recognition.show_form(actor=OFFICER, home=home, row=elsewhere, today=TODAY).doubts
    with pytest.raises(NotFound):
        recognition.take_word_back(actor=OFFICER, home=home, row=elsewhere, number=shown.settled[0].id)
    template = recognise_form(home=home, form=form(home.parent, "别处", "健康情况如何")).template
    assert doubts_of(template, actor=OFFICER, pool=open_pool(home), as_of=TODAY)
    approve(home, number)
    with pytest.raises(Conflict, match="不能再改"):
        row = get_collection(home=home, number=number)
        recognition.take_word_back(actor=OFFICER, home=home, row=row, number=shown.settled[0].id)


def test_what_the_pool_has_is_downloaded_without_asking_anybody(home: Path, tmp_path: Path) -> None:
    number = proposed(home, "性别")
    with pytest.raises(Conflict, match="直接取用"):
        taking.take(actor=OFFICER, home=home, number=number, folder=tmp_path, each_unit=False, today=TODAY)
    approve(home, number)
    made = taking.take(actor=OFFICER, home=home, number=number, folder=tmp_path, each_unit=False, today=TODAY)
    rows = list(openpyxl.load_workbook(made.file).worksheets[0].iter_rows(min_row=3, values_only=True))
    assert made.left == 0 and [row[1] for row in rows if row[1]] == ["李一", "王二", "张三"]
    assert not collections.fillings_in(collection=number)
    line = audit.lines()[-1]
    assert line.action == "collection.take" and "person.id_number" in repr(line.detail["elements"])


def test_a_merged_proposal_is_shown_where_it_went(home: Path) -> None:
    target, number = proposed(home, "血型"), proposed(home, "血型", name="又一张", urgent=True)
    approve(home, target)
    approve(home, number, "merge", into=target)
    assert get_collection(home=home, number=number).state is State.MERGED
    assert [row.name for row in collections.merged_into(target)] == ["又一张"]
    assert collections.urgent_asks("民政局", TODAY.replace(month=1, day=1)) == 1


def test_a_proposal_is_merged_only_into_what_still_asks_for_all_it_lacks(home: Path) -> None:
    asked, refused = proposed(home, "血型"), proposed(home, "血型", "鞋码", name="没准入的")
    number = proposed(home, "血型", "鞋码", name="另一张")
    approve(home, asked)
    decide(actor=STEWARD, home=home, number=refused, step="refuse", remark="重复", now=NOW)
    for target in (refused, number, None):
        with pytest.raises(Conflict, match="已不在采集"):
            approve(home, number, "merge", into=target)
    with pytest.raises(Conflict, match="没有人问这些项：鞋码"):
        approve(home, number, "merge", into=asked)


def test_whoever_was_merged_takes_their_form_from_what_was_answered(home: Path, tmp_path: Path) -> None:
    target = proposed(home, "联系电话", "血型")
    number = proposed(home, "性别", "血型", name="又一张")
    approve(home, target)
    approve(home, number, "merge", into=target)
    with pytest.raises(Conflict, match="直接取用"):
        taking.take(actor=OFFICER, home=home, number=number, folder=tmp_path, each_unit=False, today=TODAY)
    publish(actor=OFFICER, home=home, number=target, units=["柳东村"], as_of=TODAY, days=5, now=NOW)
    east = collections.fillings_in(collection=target)[0].id
    told = [Answer("A型", key=LI, filling=east, sheet="Sheet", label="血型")]
    answer(actor=EAST, home=home, submission="merged-0001", answers=told, today=TODAY)
    made = taking.take(actor=OFFICER, home=home, number=number, folder=tmp_path, each_unit=False, today=TODAY)
    rows = list(openpyxl.load_workbook(made.file).worksheets[0].iter_rows(min_row=3, values_only=True))
    assert [row[1:2] + row[3:5] for row in rows if row[1]] == [("李一", "女", "A型"), ("王二", "男", None)]


def test_nobody_approves_what_he_proposed_himself(home: Path) -> None:
    file = form(home.parent, "自己的", "血型")
    number = propose(actor=STEWARD, home=home, file=file, proposal=LISTED)
    with pytest.raises(Conflict, match="自己报备的"):
        approve(home, number)
    decide(actor=STEWARD, home=home, number=number, step="refuse", remark="不报了", now=NOW)


def test_the_next_period_is_filled_in_as_the_last_one(home: Path) -> None:
    number = proposed(home, "血型")
    approve(home, number)
    publish(
        actor=OFFICER, home=home, number=number, units=["柳东村"], as_of=TODAY, days=7, recurring="month", now=NOW
    )  # fmt: skip
    following = publishing.close_collection(actor=OFFICER, home=home, number=number, now=NOW, confirmed=True)
    assert following is not None
    row = get_collection(home=home, number=following)
    offered = publishing.next_time(home=home, row=row, today=TODAY.replace(month=4, day=3))
    assert (offered.units, offered.days, offered.period) == (("柳东村",), 7, "2026年4月")


def test_a_township_has_the_roll_up_of_its_own_villages(home: Path, tmp_path: Path) -> None:
    number = published(home, "甲表", "血型")
    whole = roll_up(actor=TOWN, home=home, number=number, folder=tmp_path)
    assert openpyxl.load_workbook(whole.file).worksheets[0].max_row == 5
    own = roll_up(actor=EAST, home=home, number=number, folder=tmp_path)
    names = {row[1] for row in openpyxl.load_workbook(own.file).worksheets[0].iter_rows(min_row=3, values_only=True)}
    assert "张三" not in names and {"李一", "王二"} <= names


def dressed(folder: Path) -> Path:
    """A roster with merges, widths, colours, a formula, a print area, a validation and a second sheet."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    side = Side(style="thin")
    sheet.append(["附件1"])
    sheet.append(["老年人走访慰问花名册"])
    sheet.merge_cells("A2:E2")
    sheet["A2"].font, sheet["A2"].alignment = Font(name="黑体", size=18, bold=True), Alignment(horizontal="center")
    sheet.append(["序号", "姓名", "身份证号码", "联系电话", "血型"])
    for row in sheet["A3:E6"]:
        for cell in row:
            cell.border = Border(left=side, right=side, top=side, bottom=side)
            cell.fill = PatternFill("solid", fgColor="FFEEDD" if cell.row == 3 else "FFFFFF")
    sheet["A7"], sheet["B7"], sheet["D7"] = "合计", "=COUNTA(B4:B6)", "审核人："
    sheet.merge_cells("D7:E7")
    sheet.column_dimensions["C"].width, sheet.row_dimensions[3].height = 25.5, 31
    sheet.print_area, sheet.freeze_panes = "A1:E7", "A4"
    book.create_sheet("填表说明")["A1"] = "按实际填写"
    file = folder / "原样.xlsx"
    book.save(file)
    return file


def looks(cell: Any) -> str:
    return repr((cell.font, cell.fill, cell.border, cell.alignment, cell.number_format, cell.protection))


def test_all_that_is_no_slot_is_as_the_sender_made_it(home: Path, tmp_path: Path) -> None:
    file = dressed(tmp_path)
    number = propose(actor=OFFICER, home=home, file=file, proposal=LISTED)
    approve(home, number)
    publish(actor=OFFICER, home=home, number=number, units=["柳河镇"], as_of=TODAY, days=5, now=NOW)
    (filling,) = collections.fillings_in(units=["柳东村"], collection=number)
    told = [Answer("A型", key=key, filling=filling.id, sheet="Sheet", label="血型") for key in (LI, WANG)]
    answer(actor=EAST, home=home, submission="device-layout", answers=told, today=TODAY)
    out = openpyxl.load_workbook(roll_up(actor=OFFICER, home=home, number=number, folder=tmp_path).file)
    blank = openpyxl.load_workbook(file)
    assert out.sheetnames == blank.sheetnames
    before, after = blank.worksheets[0], out.worksheets[0]
    slots = {(row, column) for row in range(4, 7) for column in range(1, 6)}
    for row in range(1, 8):
        for column in range(1, 6):
            here, there = before.cell(row, column), after.cell(row, column)
            assert looks(here) == looks(there), here.coordinate
            if (row, column) not in slots:
                assert here.value == there.value, here.coordinate
    assert [after.cell(row, 5).value for row in (4, 5)] == ["A型", "A型"]
    for side in (before, after):
        assert sorted(map(str, side.merged_cells.ranges)) == ["A2:E2", "D7:E7"]
    assert after.column_dimensions["C"].width == before.column_dimensions["C"].width
    assert after.row_dimensions[3].height == before.row_dimensions[3].height
    assert (after.print_area, after.freeze_panes) == (before.print_area, before.freeze_panes)
    assert out["填表说明"]["A1"].value == "按实际填写"


def test_one_word_of_a_statistics_form_settles_each_cell_by_its_own_figure(home: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet, side = book.worksheets[0], Side(style="thin")
    for row in (["参保情况统计表"], ["类别", "人数", "参保人数"], ["男", None, None], ["女", None, None]):
        sheet.append(row)
    for cells in sheet["A2:C4"]:
        for cell in cells:
            cell.border = Border(left=side, right=side, top=side, bottom=side)
    file = tmp_path / "参保.xlsx"
    book.save(file)
    number = propose(actor=OFFICER, home=home, file=file, proposal=replace(LISTED, where=""))
    row = get_collection(home=home, number=number)
    (doubt,) = recognition.show_form(actor=STEWARD, home=home, row=row, today=TODAY).doubts
    assert doubt.word == "参保" and doubt.cells == ["Sheet!C3", "Sheet!C4"] and len(doubt.choices) == 2
    recognition.settle_word(actor=OFFICER, home=home, row=row, doubt=doubt.id, meaning="#1")
    template = recognise_kept(home=home, form=row.form, pool=open_pool(home)).template
    slots = {(s.row, s.col): s.binding.figure for area in template.areas for s in area.slots if s.binding.figure}
    men, women = slots[3, 3], slots[4, 3]
    assert men is not None and women is not None and men.certain and women.certain
    assert "'男' and 养老保险类型" in men.text and "'女' and 养老保险类型" in women.text
