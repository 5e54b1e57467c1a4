"""Reading ledgers through the guarded child: what comes back is what lies in the file, at its place."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from yici.core.errors import UploadRefused
from yici.core.grid import Span
from yici.office.ledgers import LedgerSheet, read_ledger


def all_rows(sheet: LedgerSheet) -> list[tuple[str | None, ...]]:
    return [cells for _, cells in sheet.rows()]


def test_cells_keep_kind_and_place(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book["Sheet"]
    sheet.title = "台账"
    sheet["B3"] = " 姓名 "
    sheet["C3"] = 19480308
    sheet["D3"] = 12.5
    sheet["E3"] = True
    sheet["F3"] = dt.date(1976, 4, 26)
    sheet["G3"] = dt.datetime.fromisoformat("1976-04-26T10:00")
    sheet["H3"] = 410000000000000000
    sheet["B5"] = "末行"
    sheet.merge_cells("B6:C7")
    book.create_sheet("备查").sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    with read_ledger(tmp_path / "a.xlsx") as ledger:
        first, second = ledger.sheets
        assert (first.name, first.state, second.name, second.state) == ("台账", "visible", "备查", "hidden")
        assert (first.n_rows, first.n_cols) == (5, 8)
        assert first.merges == [Span(6, 2, 7, 3)]
        rows = all_rows(first)
        assert rows[0] == rows[1] == rows[3] == (None,) * 8
        assert rows[2] == (
            None, "s 姓名 ", "n19480308", "n12.5", "b1", "d1976-04-26", "d1976-04-26T10:00:00", "n4.1e+17",
        )  # fmt: skip
        assert rows[4] == (None, "s末行", *[None] * 6)
        assert list(first.rows(5, 5)) == [(5, rows[4])]
        assert all_rows(second) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_tables_in_any_notation(tmp_path: Path, encoding: str, delimiter: str) -> None:
    lines = [
        ["姓名", "住址", "身份证号"],
        ["马㛃", f'东街{delimiter}"甲"号\n后院', '="410000197604260011"'],
        ["", "短行"],
    ]
    text = "\r\n".join(delimiter.join(_quoted(cell) for cell in line) for line in lines)
    path = tmp_path / "名单.csv"
    path.write_bytes(text.encode(encoding))
    with read_ledger(path) as ledger:
        (sheet,) = ledger.sheets
        assert sheet.name == "名单"
        assert all_rows(sheet) == [
            ("s姓名", "s住址", "s身份证号"),
            ("s马㛃", f's东街{delimiter}"甲"号\n后院', "s410000197604260011"),
            (None, "s短行", None),
        ]


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set(",;\t\n") else cell


def test_a_quote_that_never_ends_does_not_swallow_the_rows_below(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('姓名,备注\n甲,"未完\n' + "乙,无\n" * 200, encoding="utf-8")
    with read_ledger(path) as ledger:
        assert ledger.sheets[0].n_rows == 202
        assert ledger.notes


def test_blank_lines_keep_the_lines_below_at_their_place(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("姓名,村\n\n甲,张村\n\n\n", encoding="utf-8")
    with read_ledger(path) as ledger:
        assert all_rows(ledger.sheets[0]) == [("s姓名", "s村"), (None, None), ("s甲", "s张村")]


def test_many_rows_come_in_order(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(f"{n},{n % 7 or ''}" for n in range(10_000)), encoding="utf-8")
    with read_ledger(path) as ledger:
        sheet = ledger.sheets[0]
        assert sheet.n_rows == 10_000
        assert all(cells[0] == f"s{row - 1}" for row, cells in sheet.rows())
        assert [row for row, _ in sheet.rows(9_990, 9_992)] == [9_990, 9_991, 9_992]


def test_the_temporary_files_go_with_the_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "work"))
    (tmp_path / "work").mkdir()
    source = tmp_path / "a.csv"
    source.write_text("a,b\n1,2\n", encoding="utf-8")
    with read_ledger(source):
        assert list((tmp_path / "work").iterdir())
    assert not list((tmp_path / "work").iterdir())
    source.write_bytes(b"\x80\x00\xff,,\n\xff")
    with pytest.raises(UploadRefused):
        read_ledger(source)
    assert not list((tmp_path / "work").iterdir())
