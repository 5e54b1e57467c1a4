"""Laws of patching: whatever the form and the fill, only targets change."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from yici.core.fillplan import FillValue, RowsFill, SheetFill, WorkbookFill
from yici.core.grid import Cell, Span
from yici.office.xlsx_form import read_xlsx_form
from yici.office.xlsx_patch import patch_xlsx

COLS = 5
TEXT = st.text("甲乙=+-@&<>\"' a1\n", min_size=1, max_size=6)
VALUE = st.none() | TEXT | st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6, allow_nan=False)
STYLE = Border(*(Side(style="thin"),) * 4)


@st.composite
def forms(draw: st.DrawFn) -> tuple[openpyxl.Workbook, WorkbookFill]:
    """A form (text above, blank rows, text and formulas below, a second sheet) with a fill for it."""
    top, blanks, below = draw(st.integers(1, 3)), draw(st.integers(1, 4)), draw(st.integers(0, 4))
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [*range(1, top + 1), *range(top + blanks + 1, top + blanks + below + 1)]:
        for col in range(1, COLS + 1):
            if draw(st.booleans()):
                sheet.cell(row, col, draw(TEXT.filter(lambda t: not t.startswith("=") and t.strip() == t)))
                sheet.cell(row, col).font = Font(bold=draw(st.booleans()))
        sheet.row_dimensions[row].height = 10 + row
    merged = draw(st.booleans())
    for row in range(top + 1, top + blanks + 1):
        for col in range(1, COLS + 1):
            sheet.cell(row, col).border = STYLE
            sheet.cell(row, col).fill = PatternFill("solid", f"FFFF{col}{row % 10}")
        if merged:
            sheet.merge_cells(start_row=row, end_row=row, start_column=2, end_column=3)
    if below:
        last = top + blanks + below
        if draw(st.booleans()):
            sheet.merge_cells(start_row=last, end_row=last, start_column=4, end_column=5)
        sheet.cell(last, 1, f"=SUM(A{top + 1}:A{top + blanks})")
    book.create_sheet("别的")["A1"] = f"=Sheet!A{top + blanks + max(below, 1)}"
    columns = tuple(draw(st.lists(st.sampled_from([1, 2, 4, 5]), min_size=1, max_size=4, unique=True)))
    rows = draw(st.lists(st.tuples(*(VALUE for _ in columns)), max_size=9))
    cells: dict[tuple[int, int], FillValue] = draw(
        st.dictionaries(st.tuples(st.integers(1, top), st.integers(1, COLS)), TEXT, max_size=3)
    )
    area = RowsFill(top + 1, blanks, columns, rows, len(rows))
    return book, WorkbookFill([SheetFill("Sheet", cells, [area])])


def looks(cell: Cell) -> tuple[object, ...]:
    return cell.border, cell.fill, cell.bold, cell.number_format, cell.align


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(forms())
def test_only_targets_change(made: tuple[openpyxl.Workbook, WorkbookFill]) -> None:
    book, fill = made
    target, area = fill.sheets[0], fill.sheets[0].rows[0]
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "in.xlsx", Path(folder) / "out.xlsx"
        book.save(source)
        patch_xlsx(source, fill, out)
        before, after = read_xlsx_form(source.read_bytes()), read_xlsx_form(out.read_bytes())
        again = openpyxl.load_workbook(out)
        with zipfile.ZipFile(source) as a, zipfile.ZipFile(out) as b:
            assert a.namelist() == b.namelist()
            changed = {name for name in a.namelist() if a.read(name) != b.read(name)}
    assert changed <= {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/workbook.xml"}
    old, new = before.sheets[0], after.sheets[0]
    _written_values(target, area, again)
    _kept_cells(target, area, before.sheets[0].n_rows, (old, new))
    grown = {target.moved(row): height for row, height in old.heights.items()}
    assert {row: new.heights[row] for row in grown if row in new.heights} == {
        r: grown[r] for r in grown if r in new.heights
    }
    expected = {Span(target.moved(m.top), m.left, target.moved(m.bottom), m.right) for m in old.merges}
    pattern = [m for m in old.merges if m.top == area.first_row + area.blank_rows - 1]
    for extra in range(1, area.inserted + 1):
        expected |= {Span(m.top + extra, m.left, m.bottom + extra, m.right) for m in pattern}
    assert set(new.merges) == expected


def _written_values(target: SheetFill, area: RowsFill, book: openpyxl.Workbook) -> None:
    sheet = book["Sheet"]
    for index, row in enumerate(area.rows):
        for col, value in zip(area.columns, row, strict=True):
            assert sheet.cell(area.first_row + index, col).value == value, (index, col)
            assert sheet.cell(area.first_row + index, col).data_type == ("s" if isinstance(value, str) else "n")
    for (row, col), value in target.cells.items():
        assert sheet.cell(row, col).value == value


def _kept_cells(target: SheetFill, area: RowsFill, n_rows: int, sheets: tuple[object, object]) -> None:
    old, new = sheets
    first, last = area.first_row, area.first_row + area.blank_rows - 1
    for row in range(1, n_rows + 1):
        for col in range(1, COLS + 1):
            was, now = old.at(row, col), new.at(target.moved(row), col)  # type: ignore[attr-defined]
            assert looks(was) == looks(now), (row, col)
            if (row, col) not in target.cells and not first <= row <= last and was.formula is None:
                assert was.text == now.text, (row, col)
            if was.formula is not None:
                end = max(last, first + area.n_rows - 1)
                assert now.formula == f"SUM(A{first}:A{end})"
    for row in range(last + 1, last + area.inserted + 1):
        for col in range(1, COLS + 1):
            assert looks(old.at(last, col)) == looks(new.at(row, col)), get_column_letter(col)  # type: ignore[attr-defined]
