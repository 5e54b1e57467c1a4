"""The sender's ledger given back with marks: coloured, explained, otherwise as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from yici.core.errors import UploadRefused
from yici.office.annotate import COLOURS, CellMark, annotate_ledger, merge_marks
from yici.office.annotate_plain import sheet_titles

MARKS = [
    CellMark("名单", 3, 2, "doubtful", "末尾三位可能已丢失。"),
    CellMark("名单", 2, 2, "changed", "已补足 18 位。"),
    CellMark("名单", 3, 2, "refused", "校验位不符。"),
    CellMark("名单", 3, 2, "refused", "校验位不符。"),
]


def test_marks_of_one_cell_are_told_together_in_the_gravest_colour() -> None:
    assert merge_marks(MARKS) == [
        ("名单", 2, 2, COLOURS["changed"], "已补足 18 位。"),
        ("名单", 3, 2, COLOURS["refused"], "校验位不符。\n末尾三位可能已丢失。"),
    ]


def check_marked(path: Path) -> None:
    sheet = openpyxl.load_workbook(path)["名单"]
    refused, plain = sheet["B3"], sheet["A3"]
    assert refused.fill.fgColor.rgb[-6:] == COLOURS["refused"] and "校验位不符。" in refused.comment.text
    assert plain.comment is None and plain.fill.fgColor.rgb[-6:] != COLOURS["refused"]
    assert [[cell.value for cell in row] for row in sheet["A1:B3"]] == [["姓名", "证号"], ["甲", "001"], ["=乙", "002"]]
    assert sheet["A3"].data_type == "s"


def test_a_workbook_keeps_what_it_holds(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book["Sheet"]
    sheet.title = "名单"
    for row in (["姓名", "证号"], ["甲", "001"], ["=乙", "002"]):
        sheet.append(row)
    sheet["A3"].data_type = "s"
    book.create_sheet("其他")["C7"] = 5
    book.save(tmp_path / "a.xlsx")
    annotate_ledger(tmp_path / "a.xlsx", tmp_path / "out.xlsx", MARKS)
    check_marked(tmp_path / "out.xlsx")
    assert openpyxl.load_workbook(tmp_path / "out.xlsx")["其他"]["C7"].value == 5


def test_a_mark_of_a_merged_cell_is_seen_in_the_first_of_them(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book["Sheet"]
    sheet.title = "名单"
    for row in (["姓名", "户"], ["甲", "H1"], ["乙", None], ["丙", None]):
        sheet.append(row)
    sheet.merge_cells("B2:B4")
    sheet.merge_cells("C1:Z900")
    book.save(tmp_path / "a.xlsx")
    marks = [CellMark("名单", row, col, "refused", f"第 {row} 行") for row, col in ((3, 2), (4, 2), (8, 9), (2, 1))]
    annotate_ledger(tmp_path / "a.xlsx", tmp_path / "out.xlsx", marks)
    marked = openpyxl.load_workbook(tmp_path / "out.xlsx")["名单"]
    told = [marked[at].comment.text for at in ("A2", "B2", "C1")]
    assert told == ["第 2 行", "第 3 行\n第 4 行", "第 8 行"]


class Stop(Exception):
    """Somebody cancelled."""


def test_how_far_it_is_is_told_and_whoever_stops_it_finds_nothing(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book["Sheet"]
    sheet.title = "名单"
    for row in range(300):
        sheet.append([f"甲{row}", row])
    book.save(tmp_path / "a.xlsx")
    marks = [CellMark("名单", row, 1, "doubtful", "像是重复的。") for row in range(1, 200)]
    told: list[tuple[int, int]] = []
    annotate_ledger(tmp_path / "a.xlsx", tmp_path / "out.xlsx", marks, lambda done, total: told.append((done, total)))
    assert told == sorted(told) and told[-1] == (100, 100) and len(set(told)) > 50
    assert openpyxl.load_workbook(tmp_path / "out.xlsx")["名单"]["A9"].comment.text == "像是重复的。"
    for last in (1, 50, 80):
        with pytest.raises(Stop):
            annotate_ledger(tmp_path / "a.xlsx", tmp_path / "half.xlsx", marks, stopping_at(last))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "out.xlsx"]


def stopping_at(last: int) -> Callable[[int, int], None]:
    def told(done: int, _total: int) -> None:
        if done >= last:
            raise Stop

    return told


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_text_table_becomes_a_plain_workbook(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "名单.csv"
    path.write_text("姓名,证号\n甲,001\n=乙,002\n", encoding=encoding)
    annotate_ledger(path, tmp_path / "out.xlsx", MARKS)
    check_marked(tmp_path / "out.xlsx")


def test_a_file_that_is_no_ledger_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK")
    with pytest.raises(UploadRefused):
        annotate_ledger(path, tmp_path / "out.xlsx", MARKS)
    assert not (tmp_path / "out.xlsx").exists()


def test_titles_are_what_excel_accepts() -> None:
    long = "二〇二四年第四季度网格员入户采集登记明细表（张村社区）汇总"
    titles = sheet_titles(["a[1]:b", long + "一", long + "二", ""])
    assert titles["a[1]:b"] == "a_1__b" and titles[""] == "Sheet"
    assert len({title.casefold() for title in titles.values()}) == 4
    assert all(0 < len(title) <= 31 for title in titles.values())
