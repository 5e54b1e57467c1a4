"""Word forms: read on the table's own grid, filled in place, everything else as it was."""

from __future__ import annotations

import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from docx.shared import Pt

from yici.core.errors import UploadRefused
from yici.core.fillplan import RowsFill, SheetFill, WorkbookFill
from yici.office.docx_form import read_docx_form
from yici.office.docx_patch import PreparedDocument
from yici.office.patch import patch_form


@pytest.fixture
def form(tmp_path: Path) -> Path:
    document = Document()
    document.add_paragraph("党员登记表")
    table = document.add_table(rows=5, cols=4)
    table.style = "Table Grid"
    for (row, col), text in {
        (0, 0): "姓名", (0, 2): "性别", (0, 3): "□男 □女",
        (1, 0): "家庭成员", (1, 1): "姓名", (1, 2): "年龄", (1, 3): "电话",
    }.items():  # fmt: skip
        run = table.cell(row, col).paragraphs[0].add_run(text)
        run.font.size = Pt(15)
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(3, 0).merge(table.cell(3, 3)).text = "备注"
    table.cell(4, 1).merge(table.cell(4, 3))
    document.save(tmp_path / "form.docx")
    return tmp_path / "form.docx"


def texts(path: Path) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in Document(str(path)).tables[0].rows]


def test_a_table_is_read_on_its_own_grid(form: Path) -> None:
    grid = read_docx_form(form.read_bytes())
    (sheet,) = grid.sheets
    assert (sheet.name, sheet.kind, sheet.n_rows, sheet.n_cols) == ("T1", "table", 5, 4)
    assert sheet.before == ("党员登记表",)
    assert {str(span) for span in sheet.merges} == {"A2:A3", "A4:D4", "B5:D5"}
    assert sheet.at(1, 4).text == "□男 □女"


def test_values_go_into_their_cells_and_boxes_are_ticked_in_place(form: Path, tmp_path: Path) -> None:
    cells: dict[tuple[int, int], str | int] = {(1, 2): "=赵大山", (1, 4): "□男 ☑女", (5, 2): "长"}
    rows = RowsFill(3, 1, (2, 3), [("赵一", 3), ("赵二", 5)], 2)
    fill = WorkbookFill([SheetFill("T1", dict(cells), [rows])])  # type: ignore[arg-type]
    patch_form(form, fill, tmp_path / "out.docx")
    found = texts(tmp_path / "out.docx")
    assert found[0] == ["姓名", "=赵大山", "性别", "□男 ☑女"]
    assert [row[1:3] for row in found[2:4]] == [["赵一", "3"], ["赵二", "5"]]
    assert found[4][0] == "备注" and found[5][1] == "长"
    ticked = Document(str(tmp_path / "out.docx")).tables[0].cell(0, 3).paragraphs[0].runs[0]
    assert ticked.font.size == Pt(15)


def test_every_other_part_keeps_its_bytes(form: Path, tmp_path: Path) -> None:
    PreparedDocument(form).write(WorkbookFill([SheetFill("T1", {(1, 2): "赵"})]), tmp_path / "out.docx")
    with zipfile.ZipFile(form) as before, zipfile.ZipFile(tmp_path / "out.docx") as after:
        assert before.namelist() == after.namelist()
        changed = [name for name in before.namelist() if before.read(name) != after.read(name)]
    assert changed == ["word/document.xml"]


def test_a_document_without_tables_is_refused() -> None:
    stream = BytesIO()
    Document().save(stream)
    with pytest.raises(UploadRefused, match="没有表格"):
        read_docx_form(stream.getvalue())
    with pytest.raises(UploadRefused, match="损坏"):
        read_docx_form(b"PK\x03\x04")


def test_rows_are_added_below_a_header_without_blank_rows(form: Path, tmp_path: Path) -> None:
    rows = RowsFill(6, 0, (1,), [("赵一",), ("赵二",)], 2)
    patch_form(form, WorkbookFill([SheetFill("T1", {}, [rows])]), tmp_path / "out.docx")
    assert [row[0] for row in texts(tmp_path / "out.docx")[5:]] == ["赵一", "赵二"]


def test_a_filled_document_opens_in_libreoffice(form: Path, tmp_path: Path) -> None:
    patch_form(form, WorkbookFill([SheetFill("T1", {(1, 2): "赵大山"})]), tmp_path / "out.docx")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "txt:Text", "--outdir", str(tmp_path), "out.docx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    assert "赵大山" in (tmp_path / "out.txt").read_text("utf-8-sig")
