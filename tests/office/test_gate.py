"""The gate: what an upload really is, and what is refused on sight."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostile_files import HEAD, ole, one_cell, pack, relations, sheet_xml, workbook, workbook_with
from yici.core.errors import UploadRefused
from yici.office.gate import FORM_KINDS, LEDGER_KINDS, pass_gate
from yici.office.gate_scan import scan_package

ANY = FORM_KINDS | LEDGER_KINDS
DOCUMENT = pack({"[Content_Types].xml": "<Types/>", "word/document.xml": f"{HEAD}<document/>"})
SPREADSHEET = pack({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"})
TEXT = pack({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"})
TABLE = "姓名,住址\n甲,东街\n"


def codes_of(path: Path, wanted: frozenset[str] = ANY) -> list[str]:
    with pytest.raises(UploadRefused) as caught:
        pass_gate(path, wanted)
    return [problem.code for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.xlsx", workbook(), "xlsx"),
        ("A.XLSX", workbook(), "xlsx"),
        ("a.et", workbook(), "xlsx"),
        ("a.docx", DOCUMENT, "docx"),
        ("a.wps", DOCUMENT, "docx"),
        ("a.xls", ole("Workbook"), "xls"),
        ("a.et", ole("Workbook"), "xls"),
        ("a.doc", ole("WordDocument", head=b"\xec\xa5" + b"\0" * 20), "doc"),
        ("a.wps", ole("WordDocument"), "doc"),
        ("a.ods", SPREADSHEET, "ods"),
        ("a.odt", TEXT, "odt"),
        ("a.csv", TABLE.encode(), "csv"),
        ("a.txt", TABLE.encode("gb18030"), "csv"),
        ("a.csv", TABLE.encode("utf-16"), "csv"),
        ("a.csv", b"BMI,\xd0\xd5\xc3\xfb\n1,\xbc\xd7\n", "csv"),
    ],
)
def test_the_kind_is_found_by_content(tmp_path: Path, name: str, data: bytes, kind: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    facts = pass_gate(path, ANY)
    assert (facts.kind, facts.size) == (kind, len(data))


@pytest.mark.parametrize(
    ("name", "data", "named"),
    [
        ("a.xls", workbook(), ".xlsx"),
        ("a.csv", workbook(), ".xlsx"),
        ("a.docx", workbook(), ".xlsx"),
        ("a.xlsx", DOCUMENT, ".docx"),
        ("a.xlsx", ole("Workbook"), ".xls"),
        ("a.xlsx", TABLE.encode(), ".csv"),
        ("a.xls", b"\r\n<HTML><table><tr><td>1</td></tr></table>", "HTML"),
        ("a.doc", b"{\\rtf1 a}", ".rtf"),
        ("a.xlsx", b"%PDF-1.7 ", ".pdf"),
        ("a.xls", b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "XML"),
        ("a.xlsx", pack({"a.txt": "a"}), ".zip"),
        ("a.xls", ole("Something"), "Office"),
        ("a", workbook(), ".xlsx"),
    ],
)
def test_a_wrong_name_is_refused_naming_both(tmp_path: Path, name: str, data: bytes, named: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UploadRefused) as caught:
        pass_gate(path, ANY)
    (problem,) = caught.value.problems
    assert problem.code in {"wrong-extension", "wrong-kind"}
    assert named in problem.message and (path.suffix in problem.message) and problem.hint


def test_a_kind_not_wanted_here_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TABLE, encoding="utf-8")
    assert codes_of(path, FORM_KINDS) == ["wrong-kind"]


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert codes_of(tmp_path / "no.xlsx") == ["no-file"]
    assert codes_of(tmp_path) == ["no-file"]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.xls", ole("Workbook", "_VBA_PROJECT_CUR"), "macro"),
        ("a.doc", ole("WordDocument", "Macros"), "macro"),
        ("a.doc", ole("WordDocument", "ObjectPool"), "embedded-object"),
        ("a.xls", ole("Workbook", "MBD00112233"), "embedded-object"),
        ("a.xls", ole("Workbook", head=b"\x09\x08\x02\0\0\0\x2f\0\x02\0\0\0"), "locked"),
        ("a.doc", ole("WordDocument", head=b"\xec\xa5" + b"\0" * 9 + b"\x01" + b"\0" * 9), "locked"),
        ("a.xls", ole("Workbook")[:700], "broken"),
        ("a.xls", ole("Workbook")[:100], "broken"),
    ],
)
def test_old_formats_are_refused_with_their_reason(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert codes_of(path) == [code]


def test_all_reasons_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook_with({"xl/vbaProject.bin": "a", "xl/externalLinks/externalLink1.xml": "<a/>"}))
    assert codes_of(path) == ["macro", "external-link"]


@pytest.mark.parametrize(
    "data",
    [
        workbook_with(relations("hyperlink", "https://e.example/")),
        workbook_with(relations("attachedTemplate", "file:///C:\\Users\\a\\Normal.dotm")),
        workbook_with(relations("image", "../media/a.png", "Internal")),
        workbook_with({"xl/media/a.png": b"\x89PNG", "xl/embeddings/Microsoft_Excel_Sheet1.xlsx": workbook()}),
        workbook_with({"xl/ctrlProps/ctrlProp1.xml": "<a/>", "xl/drawings/vmlDrawing1.vml": "<xml/>"}),
        one_cell('<c r="A1" t="str"><f>"甲|乙!"&amp;B1</f><v>甲</v></c>'),
        one_cell('<c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c>'),
        workbook(sheet=sheet_xml(after='<mergeCells><mergeCell ref="A1:XFD1"/></mergeCells>')),
    ],
)
def test_what_is_common_in_honest_files_passes(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    pass_gate(path, ANY)
    scan_package(path)


@pytest.mark.parametrize(
    "text",
    [
        "<w:instrText>DDEAUTO c:\\\\a.exe</w:instrText>",
        "<w:instrText> DD</w:instrText><x/><w:instrText>E a b</w:instrText>",
        '<w:fldSimple w:instr=" INCLUDETEXT a "/>',
    ],
)
def test_fields_that_reach_outside_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.docx"
    parts = {"[Content_Types].xml": "<Types/>", "word/document.xml": f"{HEAD}<document>{text}</document>"}
    path.write_bytes(pack(parts))
    with pytest.raises(UploadRefused) as caught:
        scan_package(path)
    assert [problem.code for problem in caught.value.problems] == ["external-link"]
