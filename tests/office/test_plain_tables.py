"""Tables to take away: texts stay texts, and no sign keeps anybody from the table."""

from __future__ import annotations

import io

import openpyxl

from yici.office.tables import Table, table_csv, tables_workbook


def test_texts_never_become_formulas_nor_break_the_table() -> None:
    odd = ["=1+1", "+1", "-1", "@x", "\t=1", "\n=1", " ＝1", "a\x0bb", -1]
    table = Table("表", "=题", ["=头", *[""] * 8], [odd])
    heading, _, row = table_csv(table).decode("utf-8-sig").partition("\r\n")
    assert heading.startswith("'=头")
    assert row.count("'") == 7
    cells = openpyxl.load_workbook(io.BytesIO(tables_workbook([table]))).worksheets[0][3]
    assert [cell.data_type for cell in cells] == ["s"] * 8 + ["n"]
    assert cells[7].value == "ab"
