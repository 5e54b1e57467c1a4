"""What there is to read in a file, without styles and pictures."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from docx import Document

from yici.office.content_size import content_size


def test_a_small_word_form_is_small_whatever_styles_it_has(tmp_path: Path) -> None:
    file = tmp_path / "form.docx"
    document = Document()
    document.add_paragraph("花名册")
    document.save(str(file))
    assert content_size(file) < 3_000 < 30_000 < file.stat().st_size


def test_rows_count(tmp_path: Path) -> None:
    sizes = []
    for rows in (5, 2_000):
        book = openpyxl.Workbook()
        for number in range(rows):
            book.worksheets[0].append([number, f"某{number}"])
        book.save(tmp_path / f"{rows}.xlsx")
        sizes.append(content_size(tmp_path / f"{rows}.xlsx"))
    assert sizes[0] < 2_000 < 10_000 < sizes[1]


def test_what_is_no_package_counts_whole(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("姓名\n", "utf-8")
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 broken")
    assert [content_size(tmp_path / name) for name in ("a.csv", "a.xlsx")] == [7, 11]
