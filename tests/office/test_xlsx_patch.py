"""Writing into a sender's workbook: values arrive, everything else stays, all below inserted rows moves."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from handmade_xlsx import MAIN, package, worksheet
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break

from yici.core.errors import YiciError
from yici.core.fillplan import FillValue, RowsFill, SheetFill, WorkbookFill
from yici.core.grid import Span
from yici.office.xlsx_form import read_xlsx_form
from yici.office.xlsx_patch import PreparedForm, patch_xlsx

SIDE = Side(style="thin")
BOX = Border(SIDE, SIDE, SIDE, SIDE)


def roster(path: Path) -> None:
    """A roster: title, headings in row 2, blank rows 3 to 5, a total with formulas in row 6, signatures in row 7."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "名册"
    sheet["A1"] = "花名册"
    sheet.merge_cells("A1:E1")
    for col, text in enumerate(["序号", "姓名", "备注", "金额", "倍数"], 1):
        sheet.cell(2, col, text).font = Font(bold=True)
    for row in range(3, 6):
        for col in range(1, 6):
            sheet.cell(row, col).border = BOX
        sheet.merge_cells(start_row=row, end_row=row, start_column=2, end_column=3)
        sheet.cell(row, 5, f"=D{row}*2/SUM($D$3:$D$5)")
        sheet.row_dimensions[row].height = 30
    sheet["A6"], sheet["D6"], sheet["E6"] = "合计", "=SUM(D3:D5)", "=D6*2"
    sheet["A7"] = "填表人："
    sheet.merge_cells("A7:C7")
    sheet["A7"].comment = Comment("签字", "甲")
    sheet["A7"].hyperlink = "#名册!A6"
    sheet.row_dimensions[6].height = 44
    validation = DataValidation(type="list", formula1='"是,否"')
    validation.add("A3:A5")
    sheet.add_data_validation(validation)
    sheet.conditional_formatting.add("D3:D5", CellIsRule("greaterThan", ["$D$6"], fill=PatternFill("solid", "FFFF00")))
    sheet.print_area = "A1:E7"
    sheet.auto_filter.ref = "A2:E5"
    sheet.row_breaks.append(Break(6))
    book.defined_names["合计数"] = DefinedName("合计数", attr_text="名册!$D$6")
    other = book.create_sheet("汇总")
    other["A1"], other["B1"], other["C1"] = "=名册!D6+1", "=SUM(名册!D3:D5)", "=1+1"
    book.create_sheet("不相干")["A1"] = "不动"
    book.save(path)


def rows_fill(rows: list[tuple[FillValue | None, ...]], columns: tuple[int, ...] = (1, 2, 4)) -> RowsFill:
    return RowsFill(3, 3, columns, iter(rows), len(rows))


def filled(source: Path, fill: SheetFill) -> Path:
    out = source.with_name("out.xlsx")
    patch_xlsx(source, WorkbookFill([fill]), out)
    return out


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {info.filename: archive.read(info) for info in archive.infolist()}


def test_everything_below_inserted_rows_moves(tmp_path: Path) -> None:
    roster(tmp_path / "in.xlsx")
    out = filled(
        tmp_path / "in.xlsx", SheetFill("名册", {}, [rows_fill([(i, f"人{i}", i * 1.5) for i in range(1, 8)])])
    )
    book = openpyxl.load_workbook(out)
    sheet = book["名册"]
    assert [[sheet.cell(row, col).value for col in (1, 2, 4)] for row in (3, 9)] == [[1, "人1", 1.5], [7, "人7", 10.5]]
    assert sheet["E5"].value == "=D5*2/SUM($D$3:$D$9)" and sheet["E9"].value == "=D9*2/SUM($D$3:$D$9)"
    assert (sheet["A10"].value, sheet["D10"].value, sheet["E10"].value) == ("合计", "=SUM(D3:D9)", "=D10*2")
    assert sheet["A11"].value == "填表人：" and sheet["A11"].comment.text == "签字"
    assert {str(m) for m in sheet.merged_cells.ranges} == {"A1:E1", "A11:C11", *(f"B{r}:C{r}" for r in range(3, 10))}
    assert sheet.row_dimensions[9].height == 30 and sheet.row_dimensions[10].height == 44
    assert sheet["D9"].border.left.style == "thin" and sheet["D10"].border.left.style is None
    assert [str(v.sqref) for v in sheet.data_validations.dataValidation] == ["A3:A9"]
    formats = {str(f.sqref): f.rules[0].formula for f in sheet.conditional_formatting}
    assert formats == {"D3:D9": ["$D$10"]}
    assert sheet.print_area == "'名册'!$A$1:$E$11" and sheet.auto_filter.ref == "A2:E9"
    assert [b.id for b in sheet.row_breaks.brk] == [10]
    assert sheet["A11"].hyperlink.ref == "A11"
    assert book.defined_names["合计数"].attr_text == "名册!$D$10"
    assert [book["汇总"].cell(1, c).value for c in (1, 2, 3)] == ["=名册!D10+1", "=SUM(名册!D3:D9)", "=1+1"]
    assert book.calculation.fullCalcOnLoad
    before, after = parts(tmp_path / "in.xlsx"), parts(out)
    assert before.keys() == after.keys()
    assert before["xl/worksheets/sheet3.xml"] == after["xl/worksheets/sheet3.xml"]
    assert before["xl/styles.xml"] == after["xl/styles.xml"]


def test_fewer_rows_than_blank_ones_leave_the_rest(tmp_path: Path) -> None:
    roster(tmp_path / "in.xlsx")
    out = filled(tmp_path / "in.xlsx", SheetFill("名册", {}, [rows_fill([(1, "甲", None)])]))
    sheet = openpyxl.load_workbook(out)["名册"]
    assert (sheet["B3"].value, sheet["D3"].value, sheet["B4"].value, sheet["A6"].value) == ("甲", None, None, "合计")


@pytest.mark.parametrize(
    "text", ["=1+1", "+86", "-1", "@x", "'a", " 前后 ", "a\nb", "<&>\"'", "_x0041_", "371502194503071234", "𠮷"]
)
@pytest.mark.parametrize("count", [1, 6])
def test_text_stays_the_text_it_was(tmp_path: Path, text: str, count: int) -> None:
    roster(tmp_path / "in.xlsx")
    fill = SheetFill("名册", {(7, 4): text}, [rows_fill([(text, text, text)] * count)])
    out = filled(tmp_path / "in.xlsx", fill)
    sheet = read_xlsx_form(out.read_bytes()).sheet("名册")
    last = fill.moved(7)
    for at in ((3, 1), (2 + count, 1), (2 + count, 2), (last, 4)):
        assert (sheet.cells[at].text, sheet.cells[at].kind) == (text, "text"), at
    cell = openpyxl.load_workbook(out)["名册"].cell(2 + count, 1)
    assert cell.data_type == "s"


def test_what_no_workbook_holds_is_left_out_or_becomes_text(tmp_path: Path) -> None:
    roster(tmp_path / "in.xlsx")
    values: list[tuple[FillValue | None, ...]] = [
        ("a\x00b\x0bc\ud800", 371502194503071234, Decimal("12.50")),
        (True, 3, float("inf")),
        ("", None, Decimal("1E+3")),
    ]
    out = filled(tmp_path / "in.xlsx", SheetFill("名册", {}, [rows_fill(values * 2)]))
    sheet = openpyxl.load_workbook(out)["名册"]
    for top in (3, 6):
        assert [sheet.cell(top, c).value for c in (1, 2, 4)] == ["abc", "371502194503071234", 12.5]
        assert [sheet.cell(top + 1, c).value for c in (1, 2, 4)] == [1, 3, "inf"]
        assert [sheet.cell(top + 2, c).value for c in (1, 2, 4)] == [None, None, 1000]
    with pytest.raises(YiciError):
        filled(tmp_path / "in.xlsx", SheetFill("名册", {(3, 1): "长" * 40_000}))


def test_wrong_plans_are_refused_and_leave_nothing(tmp_path: Path) -> None:
    roster(tmp_path / "in.xlsx")
    for fill, error in (
        (SheetFill("没有"), YiciError),
        (SheetFill("名册", {}, [RowsFill(3, 3, (1,), iter([(1,)] * 9), 5)]), ValueError),
        (SheetFill("名册", {}, [RowsFill(3, 3, (1,), iter([(1,)] * 5000), 1_048_576)]), YiciError),
        (SheetFill("名册", {}, [RowsFill(3, 3, (1,), iter(()), 0), RowsFill(4, 1, (2,), iter(()), 0)]), ValueError),
    ):
        fill.cells = {(1, 1): "x"}
        with pytest.raises(error):
            filled(tmp_path / "in.xlsx", fill)
    assert [path.name for path in tmp_path.iterdir()] == ["in.xlsx"]


def test_the_same_fill_gives_the_same_bytes(tmp_path: Path) -> None:
    roster(tmp_path / "in.xlsx")
    prepared = PreparedForm(tmp_path / "in.xlsx")
    contents = []
    for round_, name in enumerate("ab"):
        prepared.write(WorkbookFill([SheetFill("名册", {(7, 4 + round_): "别的"})]), tmp_path / "other.xlsx")
        fill = SheetFill("名册", {(7, 4): "甲"}, [rows_fill([(1, "乙", 2)] * 5)])
        prepared.write(WorkbookFill([fill]), tmp_path / name)
        prepared.write(WorkbookFill([SheetFill("名册", {(7, 4): "甲"})]), tmp_path / f"card{name}")
        contents.append(((tmp_path / name).read_bytes(), (tmp_path / f"card{name}").read_bytes()))
    assert contents[0] == contents[1]


def test_households_are_joined_downwards(tmp_path: Path) -> None:
    roster(tmp_path / "in.xlsx")
    area = rows_fill([(i, "户主" if i in (0, 2) else None, i) for i in range(6)])
    area.vertical_merges = ((0, 2, 2), (2, 4, 2), (2, 4, 1))
    out = filled(tmp_path / "in.xlsx", SheetFill("名册", {}, [area]))
    merges = {str(m) for m in openpyxl.load_workbook(out)["名册"].merged_cells.ranges}
    assert merges == {"A1:E1", "A10:C10", "B3:C4", "B5:C8", "A5:A8"}


def test_a_label_over_all_blank_rows_grows_and_household_frames_are_undone(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"], sheet["A2"] = "家庭成员", "成员"
    for span in ("A2:A5", "B2:B3", "B4:B5"):
        sheet.merge_cells(span)
    book.save(tmp_path / "in.xlsx")
    area = RowsFill(2, 4, (2, 3), iter([(f"值{i}", i) for i in range(6)]), 6)
    out = filled(tmp_path / "in.xlsx", SheetFill("Sheet", {}, [area]))
    sheet = openpyxl.load_workbook(out).active
    assert {str(m) for m in sheet.merged_cells.ranges} == {"A2:A7"}
    assert [sheet.cell(row, 2).value for row in range(2, 8)] == [f"值{i}" for i in range(6)]


def test_two_areas_and_two_side_by_side(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row, text in ((1, "甲表"), (3, "乙表"), (6, "完")):
        sheet.cell(row, 1, text)
    sheet["D6"] = "=SUM(A2:A2)+SUM(A4:A5)"
    book.save(tmp_path / "in.xlsx")
    fill = SheetFill("Sheet", {(6, 2): "签"}, [
        RowsFill(4, 2, (1,), iter([(i,) for i in range(4)]), 4),
        RowsFill(2, 1, (1, 2), iter([(i, "左") for i in range(3)]), 3),
        RowsFill(2, 1, (3,), iter([("右",)]), 1),
    ])  # fmt: skip
    out = filled(tmp_path / "in.xlsx", fill)
    shown = [tuple(row) for row in openpyxl.load_workbook(out).active.iter_rows(values_only=True)]
    assert shown == [
        ("甲表", None, None, None), (0, "左", "右", None), (1, "左", None, None), (2, "左", None, None),
        ("乙表", None, None, None),
        (0, None, None, None), (1, None, None, None), (2, None, None, None), (3, None, None, None),
        ("完", "签", None, "=SUM(A2:A4)+SUM(A6:A9)"),
    ]  # fmt: skip


def test_cells_that_are_not_in_the_part_are_made_in_their_place(tmp_path: Path) -> None:
    rows = '<row r="2" s="4" customFormat="1" spans="1:2"><c r="B2" s="3"/><c r="D2" s="5"/></row><row r="4"/>'
    head = '<cols><col min="3" max="3" width="9" style="7"/></cols>'
    path = tmp_path / "in.xlsx"
    path.write_bytes(package({"S": worksheet(rows, head=head)}))
    cells: dict[tuple[int, int], FillValue] = {
        (2, 3): "c",
        (2, 5): "e",
        (2, 1): "a",
        (1, 3): 1,
        (3, 3): 3,
        (4, 2): 4,
        (9, 1): 9,
    }
    text = parts(filled(path, SheetFill("S", cells)))["xl/worksheets/sheet1.xml"].decode()
    assert re.findall(r'<(?:row|c) r="(\w+)"', text) == [
        "1",
        "C1",
        "2",
        "A2",
        "B2",
        "C2",
        "D2",
        "E2",
        "3",
        "C3",
        "4",
        "B4",
        "9",
        "A9",
    ]
    styles = dict(re.findall(r'<c r="(\w+)" s="(\d)"', text))
    assert styles == {"C1": "7", "A2": "4", "B2": "3", "C2": "4", "D2": "5", "E2": "4", "C3": "7"}


def test_prefixes_missing_addresses_and_shared_formulas(tmp_path: Path) -> None:
    rows = (
        "<x:row><x:c><x:v>1</x:v></x:c><x:c/></x:row><x:row><x:c/><x:c/></x:row>"
        '<x:row><x:c><x:f t="shared" ref="A3:B3" si="0">SUM(A2:A2)</x:f><x:v>0</x:v></x:c>'
        '<x:c><x:f t="shared" si="0"/><x:v>0</x:v></x:c></x:row>'
    )
    text = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    path = tmp_path / "in.xlsx"
    path.write_bytes(package({"S": text}))
    area = RowsFill(2, 1, (1, 2), iter([(5, "甲"), (6, None), (7, "丙")]), 3)
    sheet = openpyxl.load_workbook(filled(path, SheetFill("S", {}, [area]))).active
    shown = [tuple(row) for row in sheet.iter_rows(values_only=True)]
    assert shown == [(1, None), (5, "甲"), (6, None), (7, "丙"), ("=SUM(A2:A4)", "=SUM(B2:B4)")]


def test_only_results_that_may_be_stale_are_dropped(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1"/><c r="B1"><f>A1+1</f><v>1</v></c><c r="C1" t="str"><f>B1&amp;"x"</f><v>1x</v></c>'
        '<c r="D1"><f>E1</f><v>7</v></c></row>'
    )
    other = worksheet('<row r="1"><c r="A1"><f>S!C1</f><v>0</v></c><c r="B1"><f>SUM(S!E:E)</f><v>0</v></c></row>')
    path = tmp_path / "in.xlsx"
    path.write_bytes(package({"S": worksheet(rows), "T": other}))
    text = parts(filled(path, SheetFill("S", {(1, 1): 5})))
    one, two = text["xl/worksheets/sheet1.xml"].decode(), text["xl/worksheets/sheet2.xml"].decode()
    assert '<c r="B1"><f>A1+1</f></c>' in one and '<c r="C1"><f>B1&amp;"x"</f></c>' in one.replace("&quot;", '"')
    assert "<v>7</v>" in one and '<c r="A1"><f>S!C1</f></c>' in two and two.count("<v>0</v>") == 1
    assert 'fullCalcOnLoad="1"' in text["xl/workbook.xml"].decode()


def test_drawings_charts_tables_and_the_calculation_chain_follow(tmp_path: Path) -> None:
    def anchor(top: int, bottom: int, kind: str) -> str:
        places = "".join(
            f"<x:{side}><x:col>0</x:col><x:row>{row}</x:row></x:{side}>"
            for side, row in (("from", top), ("to", bottom))
        )
        return f'<x:twoCellAnchor editAs="{kind}">{places}</x:twoCellAnchor>'

    drawing = (
        f'<x:wsDr xmlns:x="d">{anchor(0, 8, "twoCell")}{anchor(8, 9, "oneCell")}{anchor(0, 8, "oneCell")}</x:wsDr>'
    )
    chain = f'<calcChain xmlns="{MAIN}"><c r="A5" i="1"/></calcChain>'
    data = package(
        {"S": worksheet('<row r="5"><c r="A5"><f>SUM(A2:A4)</f><v>0</v></c></row>', '<drawing r:id="rId1"/>')},
        relations={"S": [("rId1", "drawing", "../drawings/drawing1.xml"), ("rId2", "table", "../tables/table1.xml")]},
        workbook_relations=(("rId8", "calcChain", "calcChain.xml"),),
        parts={
            "xl/drawings/drawing1.xml": drawing,
            "xl/charts/chart1.xml": '<c:c xmlns:c="c"><c:f>S!$A$2:$A$4</c:f><c:f>S!$A$1</c:f></c:c>',
            "xl/tables/table1.xml": '<table ref="A1:B4"><autoFilter ref="A1:B4"/></table>',
            "xl/calcChain.xml": chain,
        },
    )
    path = tmp_path / "in.xlsx"
    path.write_bytes(data)
    after = parts(filled(path, SheetFill("S", {}, [RowsFill(2, 3, (1,), iter([(1,)] * 5), 5)])))
    rows = re.findall(r"<x:row>(\d+)<", after["xl/drawings/drawing1.xml"].decode())
    assert rows == ["0", "10", "10", "11", "0", "8"]
    assert after["xl/charts/chart1.xml"].decode().count("S!$A$2:$A$6") == 1
    assert after["xl/tables/table1.xml"].decode().count('ref="A1:B6"') == 2
    assert "xl/calcChain.xml" not in after
    assert b"calcChain" not in after["[Content_Types].xml"] + after["xl/_rels/workbook.xml.rels"]


def test_a_formula_that_is_overwritten_leaves_the_calculation_chain(tmp_path: Path) -> None:
    data = package(
        {"S": worksheet('<row r="5"><c r="A5"><f>SUM(A2:A4)</f><v>0</v></c></row>')},
        workbook_relations=(("rId8", "calcChain", "calcChain.xml"),),
        parts={"xl/calcChain.xml": f'<calcChain xmlns="{MAIN}"><c r="A5" i="1"/></calcChain>'},
    )
    (tmp_path / "in.xlsx").write_bytes(data)
    assert "xl/calcChain.xml" not in parts(filled(tmp_path / "in.xlsx", SheetFill("S", {(5, 1): 3})))
    assert "xl/calcChain.xml" in parts(filled(tmp_path / "in.xlsx", SheetFill("S", {(6, 1): 3})))


def test_untouched_parts_keep_their_packed_bytes_order_and_dates(tmp_path: Path) -> None:
    roster(tmp_path / "in.xlsx")
    out = filled(tmp_path / "in.xlsx", SheetFill("不相干", {(2, 2): "写"}))
    with zipfile.ZipFile(tmp_path / "in.xlsx") as a, zipfile.ZipFile(out) as b:
        assert [(i.filename, i.date_time) for i in a.infolist()] == [(i.filename, i.date_time) for i in b.infolist()]
        changed = {x.filename for x, y in zip(a.infolist(), b.infolist(), strict=True) if x.CRC != y.CRC}
    assert changed == {"xl/worksheets/sheet3.xml"}


def test_merged_targets_write_to_the_first_cell(tmp_path: Path) -> None:
    roster(tmp_path / "in.xlsx")
    out = filled(tmp_path / "in.xlsx", SheetFill("名册", {(7, 3): "张三"}, [rows_fill([("李四",)], (3,))]))
    sheet = openpyxl.load_workbook(out)["名册"]
    assert (sheet["A7"].value, sheet["B3"].value) == ("张三", "李四")
    assert read_xlsx_form(out.read_bytes()).sheet("名册").merges.count(Span(1, 1, 1, 5)) == 1


@pytest.mark.parametrize("name", ["人{}", "人<{}>", "甲|乙{}", " 人{}", "%s%a{}"])
def test_many_rows_stream_and_read_back(tmp_path: Path, name: str) -> None:
    roster(tmp_path / "in.xlsx")
    rows: list[tuple[FillValue | None, ...]] = [
        (i, name.format(i) if i % 700 == 0 else f"人{i}", None if i % 3 and i > 900 else i / 2) for i in range(3000)
    ]
    out = filled(tmp_path / "in.xlsx", SheetFill("名册", {}, [rows_fill(rows)]))
    book = openpyxl.load_workbook(out, read_only=True)
    shown = [(row[0], row[1], row[3]) for row in book["名册"].iter_rows(min_row=3, max_row=3002, values_only=True)]
    assert shown == rows
    book.close()


def test_the_order_of_columns_is_that_of_the_plan(tmp_path: Path) -> None:
    roster(tmp_path / "in.xlsx")
    rows: list[tuple[FillValue | None, ...]] = [(i / 2, f"人{i}", i) for i in range(9)]
    out = filled(tmp_path / "in.xlsx", SheetFill("名册", {}, [rows_fill(rows, (4, 2, 1))]))
    sheet = openpyxl.load_workbook(out)["名册"]
    assert [(sheet.cell(r, 4).value, sheet.cell(r, 2).value, sheet.cell(r, 1).value) for r in range(3, 12)] == rows
    with pytest.raises(ValueError, match=r"columns|zip"):
        filled(tmp_path / "in.xlsx", SheetFill("名册", {}, [rows_fill([(1, "甲")] * 9)]))


@pytest.mark.filterwarnings("ignore")
def test_libreoffice_opens_a_filled_workbook(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    roster(tmp_path / "in.xlsx")
    out = filled(
        tmp_path / "in.xlsx", SheetFill("名册", {(7, 4): "=1"}, [rows_fill([(i, f"人{i}", i) for i in range(9)])])
    )
    if office is None:  # Where LibreOffice is not installed the package is at least sound.
        parts(out)
        return
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        office,
        profile,
        "--headless",
        "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76",
        "--outdir",
        str(tmp_path),
        str(out),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert lines[2].startswith("0,人0,") and lines[11].startswith("合计,,,36,72")


def test_a_book_can_be_read_from_memory_after_patching(tmp_path: Path) -> None:
    roster(tmp_path / "in.xlsx")
    out = filled(tmp_path / "in.xlsx", SheetFill("名册", {(7, 4): "完"}))
    assert openpyxl.load_workbook(io.BytesIO(out.read_bytes()))["名册"]["D7"].value == "完"
