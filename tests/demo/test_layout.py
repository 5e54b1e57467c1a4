"""The layout language and the files drawn from it."""

from __future__ import annotations

import zipfile
from pathlib import Path

from openpyxl import load_workbook

from yici.demo.draw_docx import draw_docx
from yici.demo.draw_xlsx import draw_xlsx
from yici.demo.layout import FormLayout, SheetLayout, Truth, load_forms, parse_sheet
from yici.demo.pack import PACK
from yici.office.forms import read_form

TABLE = """
~ 名册 | < | <
序号 | 家庭情况 | <
^ | 姓名 | 电话{~}
*3 {n} | {p.name} | {h.phone, p.phone}
# 合计 | {} | {?}
"""


def test_a_table_is_read_into_boxes() -> None:
    boxes = {(box.row, box.col): box for box in parse_sheet(TABLE)}
    assert (boxes[1, 1].width, boxes[1, 1].framed) == (3, False)
    assert (boxes[2, 1].height, boxes[2, 2].width) == (2, 2)
    assert boxes[3, 3].truth == Truth(note="~")
    assert [boxes[row, 1].text for row in (4, 5, 6)] == ["1", "2", "3"]
    assert boxes[4, 2].truth == Truth(("person.name",))
    assert boxes[5, 3].truth == Truth(("household.phone", "person.phone"))
    assert (boxes[4, 2].again, boxes[5, 2].again) == (False, True)
    assert (boxes[7, 2].area, boxes[7, 3].truth) == ("matrix", Truth(note="?"))


def test_drawn_workbook_reads_back_with_text_merges_and_extras(tmp_path: Path) -> None:
    options = {
        "lists": {"B4:B6": ["甲", "乙"]}, "comments": {"B3": "照户口簿"}, "picture": "A1", "freeze": "A4",
        "print_titles": "1:3", "footer": "第 &P 页", "highlight": {"C4:C6": 5}, "formats": {"C4": "@"},
        "landscape": True,
    }  # fmt: skip
    sheet = SheetLayout("表", parse_sheet(TABLE), options=options)
    path = draw_xlsx(
        FormLayout("名册", sheets=[sheet, SheetLayout("码", parse_sheet("~ 甲"), hidden=True)]), tmp_path / "a.xlsx"
    )
    book = load_workbook(path)
    assert {str(span) for span in book["表"].merged_cells.ranges} == {"A1:C1", "A2:A3", "B2:C2"}
    assert book["码"].sheet_state == "hidden"
    assert book["表"].freeze_panes == "A4"
    assert "xl/media/emblem.png" in zipfile.ZipFile(path).namelist()
    grid = read_form(path)
    assert grid.sheets[0].at(3, 2).text == "姓名"
    assert grid.sheets[0].at(4, 2).options == ("甲", "乙")


def test_drawn_word_table_reads_back(tmp_path: Path) -> None:
    grid = read_form(
        draw_docx(FormLayout("名册", kind="docx", sheets=[SheetLayout("T1", parse_sheet(TABLE))]), tmp_path / "a.docx")
    )
    assert grid.sheets[0].before == ("名册",)
    assert [grid.sheets[0].at(2, col).text for col in (2, 3)] == ["姓名", "电话"]
    assert {(span.top, span.left, span.bottom, span.right) for span in grid.sheets[0].merges} == {
        (1, 1, 2, 1),
        (1, 2, 1, 3),
    }


def test_the_pack_has_forms_of_many_shapes() -> None:
    forms = load_forms(PACK / "forms")
    assert len({form.name for form in forms}) == len(forms) >= 24
    assert {form.kind for form in forms} == {"xlsx", "docx"}
    assert all("unit" in form.request for form in forms)
    # Only statistics forms ask about everybody; rosters and cards say whom they are for.
    assert sum("where" in form.request for form in forms) >= 24
