"""The reader of .xlsx forms: what the eye sees, from workbooks of several makers."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from handmade_xlsx import MAIN, STRICT, package, worksheet
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from yici.core.errors import UploadRefused
from yici.core.grid import BOTTOM, DIAGONAL, LEFT, RIGHT, TOP, Span, grid_from_json, grid_to_json
from yici.office.xlsx_form import read_xlsx_form


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_texts_and_looks() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "花名册"
    thin = Side(style="thin")
    sheet["A1"] = "  姓 名"
    sheet["A1"].font = Font(bold=True, size=16, color="FFFF0000")
    sheet["A1"].alignment = Alignment(horizontal="center", indent=2)
    sheet["A1"].fill = PatternFill("solid", fgColor="FFFFFF00")
    sheet["B1"].border = Border(left=thin, right=thin, top=thin, bottom=thin, diagonal=thin, diagonalUp=True)
    sheet["C2"] = dt.date(2024, 3, 6)
    sheet["C2"].number_format = 'yyyy"年"m"月"d"日"'
    sheet["D2"] = 12.5
    sheet["D2"].number_format = "0.00"
    sheet["E2"] = True
    sheet["F2"] = "=SUM(D2:D3)"
    sheet["F2"].number_format = "@"
    sheet.merge_cells("A3:C4")
    sheet["A3"] = "填表人："
    sheet.row_dimensions[2].hidden = True
    sheet.row_dimensions[1].height = 33
    sheet.column_dimensions["B"].width = 25
    sheet.column_dimensions["D"].hidden = True
    sheet["H30"].font = Font(bold=True)
    sheet["A1"].comment = Comment("与身份证一致", "作者")
    read = read_xlsx_form(saved(book)).sheet("花名册")
    a1 = read.at(1, 1)
    assert (a1.text, a1.kind, a1.bold, a1.size, a1.align, a1.indent) == ("  姓 名", "text", True, 16, "center", 2)
    assert (a1.fill, a1.colour, a1.comment) == ("FFFF00", "FF0000", "与身份证一致")
    assert read.at(1, 2).border == LEFT | RIGHT | TOP | BOTTOM | DIAGONAL
    assert (read.at(2, 3).text, read.at(2, 3).kind) == ("2024年3月6日", "date")
    assert (read.at(2, 4).text, read.at(2, 5).text) == ("12.50", "TRUE")
    formula = read.at(2, 6)
    assert (formula.kind, formula.formula, formula.fixed, formula.number_format) == ("formula", "SUM(D2:D3)", True, "@")
    assert (read.n_rows, read.n_cols) == (3, 6)
    assert (3, 1) in read.cells and (30, 8) not in read.cells
    assert read.merges == [Span(3, 1, 4, 3)]
    assert read.hidden_rows == {2} and read.hidden_cols == {4}
    assert read.heights[1] == 33 and read.widths[2] == 25


def test_drop_down_lists_from_everywhere() -> None:
    book = openpyxl.Workbook()
    form, codes = book.active, book.create_sheet("代码 表")
    codes.sheet_state = "hidden"
    for row, text in enumerate(["汉族", "回族", None, "满族"], 1):
        codes.cell(row, 1, text)
    book.defined_names["婚姻"] = DefinedName("婚姻", attr_text="'代码 表'!$A$1:$A$2")
    form.append(["性别", "民族", "婚姻", "本表", "自填"])
    form["D2"], form["D3"] = "是", "否"
    for where, formula in {"A2:A9": '"男,女"', "B2": "'代码 表'!$A$1:$A$9", "C2": "婚姻", "E2": "$D$2:$D$3"}.items():
        validation = DataValidation(type="list", formula1=formula)
        validation.add(where)
        form.add_data_validation(validation)
    grid = read_xlsx_form(saved(book))
    options = {col: grid.sheets[0].at(2, col).options for col in (1, 2, 3, 5)}
    assert options == {1: ("男", "女"), 2: ("汉族", "回族", "满族"), 3: ("汉族", "回族"), 5: ("是", "否")}
    assert grid.sheets[0].at(4, 1).options == ("男", "女"), "one row below the last"
    assert grid.sheets[1].state == "hidden"


def test_validation_of_the_2010_extension() -> None:
    tail = (
        '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" xmlns:x14="http://x14" xmlns:xm="http://xm">'
        '<x14:dataValidations count="1"><x14:dataValidation type="list"><x14:formula1><xm:f>S2!$A$1:$A$2</xm:f>'
        "</x14:formula1><xm:sqref>A1 A2</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"
    )
    one = worksheet('<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>', tail)
    two = worksheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>')
    assert read_xlsx_form(package({"S1": one, "S2": two})).sheets[0].at(1, 1).options == ("1", "2")


def test_missing_addresses_prefixes_and_strict_names() -> None:
    rows = (
        '<x:row><x:c t="str"><x:v>甲</x:v></x:c><x:c/><x:c t="inlineStr"><x:is><x:r><x:t>乙</x:t></x:r>'
        "<x:r><x:t>丙</x:t></x:r><x:rPh><x:t>yi</x:t></x:rPh></x:is></x:c></x:row>"
        '<x:row r="5"><x:c r="B5" t="e"><x:v>#N/A</x:v></x:c><x:c t="d"><x:v>2024-03-06T00:00:00</x:v></x:c></x:row>'
        "<x:row><x:c><x:v>7</x:v></x:c></x:row>"
    )
    text = f'<x:worksheet xmlns:x="{STRICT}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    sheet = read_xlsx_form(package({"S": text}, namespace=STRICT)).sheets[0]
    found = {at: cell.text for at, cell in sheet.cells.items()}
    assert found == {(1, 1): "甲", (1, 3): "乙丙", (5, 2): "#N/A", (5, 3): "45357", (6, 1): "7"}


def test_shared_and_array_formulas() -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A3" si="0">B1*$C$1</f><v>2</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>4</v></c></row>'
        '<row r="3"><c r="A3"><f t="array" ref="A3:B3">X1:Y1</f><v>1</v></c><c r="B3"><v>6</v></c></row>'
    )
    sheet = read_xlsx_form(package({"S": worksheet(rows)})).sheets[0]
    assert [sheet.at(row, 1).formula for row in (1, 2)] == ["B1*$C$1", "B2*$C$1"]
    assert sheet.at(2, 1).text == "4" and sheet.at(3, 2).fixed


def test_shared_strings_with_runs_escapes_and_colours() -> None:
    strings = (
        f'<sst xmlns="{MAIN}"><si><r><rPr><color rgb="FFFF0000"/></rPr><t>例：</t></r><r><rPr><color rgb="FFFF0000"/>'
        "</rPr><t>张三</t></r></si><si><t>一_x000D_\n二</t><phoneticPr/></si><si/></sst>"
    )
    rows = '<row r="1">' + "".join(f'<c t="s"><v>{i}</v></c>' for i in (0, 1, 2, 9)) + "</row>"
    data = package(
        {"S": worksheet(rows)},
        parts={"xl/sharedStrings.xml": strings},
        workbook_relations=(("rId9", "sharedStrings", "sharedStrings.xml"),),
    )
    sheet = read_xlsx_form(data).sheets[0]
    assert (sheet.at(1, 1).text, sheet.at(1, 1).colour, sheet.at(1, 2).text) == ("例：张三", "FF0000", "一\n二")
    assert (1, 3) not in sheet.cells and (1, 4) not in sheet.cells


def test_borders_drawn_by_row_and_column_styles_count_within_the_sheet() -> None:
    book = openpyxl.Workbook()
    book.active["A1"].border = Border(top=Side(style="thin"))
    with zipfile.ZipFile(io.BytesIO(saved(book))) as source:
        styles = source.read("xl/styles.xml").decode()
    rows = (
        '<row r="1"><c t="str"><v>a</v></c></row><row r="2" s="1" customFormat="1"/>'
        '<row r="3"><c r="C3" t="str"><v>b</v></c></row>'
    )
    data = package(
        {"S": worksheet(rows)},
        parts={"xl/styles.xml": styles},
        workbook_relations=(("rId9", "styles", "styles.xml"),),
    )
    sheet = read_xlsx_form(data).sheets[0]
    assert [sheet.at(2, col).border for col in (1, 2, 3)] == [TOP] * 3


def test_a_million_formatted_blank_rows_are_no_form() -> None:
    blank = "".join(f'<row r="{r}"><c r="A{r}" s="0"/><c r="B{r}"/></row>' for r in range(2, 150_000))
    text = worksheet(
        '<row r="1"><c r="A1" t="str"><v>姓名</v></c></row>' + blank,
        '<mergeCells><mergeCell ref="A1:B1"/></mergeCells>',
    )
    sheet = read_xlsx_form(package({"S": text})).sheets[0]
    assert (sheet.n_rows, sheet.n_cols, sheet.merges) == (1, 1, [Span(1, 1, 1, 2)])


def test_content_beyond_a_form_is_refused_and_cut_on_hidden_sheets() -> None:
    many = worksheet("".join(f'<row r="{r}"><c r="A{r}"><v>{r}</v></c></row>' for r in range(1, 150_000)))
    corner = worksheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    for text in (many, corner):
        with pytest.raises(UploadRefused) as refused:
            read_xlsx_form(package({"S": text}))
        assert refused.value.problems[0].code == "form-too-big"
    grid = read_xlsx_form(package({"S": worksheet(""), "字典": many}, states={"字典": "hidden"}))
    assert grid.sheets[1].n_rows == 2000 and "字典" in grid.notes[0]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04nonsense",
        b"\xd0\xcf\x11\xe0" * 9,
        package({"S": "<worksheet><sheetData><row"}),
        package({"S": "<a/>"})[:200],
    ],
)
def test_broken_files_are_refused_with_a_clear_word(data: bytes) -> None:
    with pytest.raises(UploadRefused) as refused:
        read_xlsx_form(data)
    assert refused.value.problems[0].hint


def test_entities_are_not_expanded() -> None:
    text = (
        '<!DOCTYPE w [<!ENTITY a "boom">]>'
        + worksheet('<row r="1"><c t="str"><v>&a;</v></c></row>').partition("?>\n")[2]
    )
    sheet = read_xlsx_form(package({"S": text})).sheets[0]
    assert all("boom" not in cell.text for cell in sheet.cells.values())


def test_a_grid_survives_the_way_through_json() -> None:
    book = openpyxl.Workbook()
    book.active["B2"] = "姓名"
    grid = read_xlsx_form(saved(book))
    assert grid_from_json(grid_to_json(grid)) == grid
