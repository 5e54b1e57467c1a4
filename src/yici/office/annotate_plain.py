"""A ledger that did not come as .xlsx written as a plain one: the same sheets and cells, no more."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import escape

from yici.core.grid import column_name
from yici.office.ledgers import LedgerFile, LedgerSheet

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="1">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]|^'|'$")
_MAX_TITLE = 31
_MAX_TEXT = 32_767
_CHUNK_ROWS = 4096


def sheet_titles(names: Iterable[str]) -> dict[str, str]:
    """Name → a title Excel accepts: at most 31 characters, none of []:*?/\\, no two alike."""
    titles: dict[str, str] = {}
    for name in names:
        title = _NOT_IN_TITLES.sub("_", _NOT_IN_XML.sub("", name))[:_MAX_TITLE] or "Sheet"
        number, first = 1, title
        while title.casefold() in {used.casefold() for used in titles.values()}:
            number += 1
            title = f"{first[: _MAX_TITLE - len(str(number)) - 1]}~{number}"
        titles[name] = title
    return titles


def write_plain_workbook(ledger: LedgerFile, out: Path) -> None:
    """Writes all sheets of a ledger to an .xlsx: texts as texts, short numbers as numbers, dates as they read."""
    titles = sheet_titles(sheet.name for sheet in ledger.sheets)
    count = len(ledger.sheets)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as package:
        package.writestr("[Content_Types].xml", _content_types(count))
        package.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        package.writestr("xl/workbook.xml", _workbook(ledger, titles))
        targets = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, count + 1)]
        package.writestr("xl/_rels/workbook.xml.rels", _relations([*targets, ("styles", "styles.xml")]))
        package.writestr("xl/styles.xml", _STYLES)
        for number, sheet in enumerate(ledger.sheets, start=1):
            _write_sheet(package, f"xl/worksheets/sheet{number}.xml", sheet)


def _content_types(count: int) -> str:
    parts = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    parts += [(f"/xl/worksheets/sheet{n}.xml", "worksheet") for n in range(1, count + 1)]
    overrides = "".join(f'<Override PartName="{name}" ContentType="{_TYPE}.{kind}+xml"/>' for name, kind in parts)
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="{relations}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(targets: list[tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


def _workbook(ledger: LedgerFile, titles: dict[str, str]) -> str:
    sheets = "".join(
        f'<sheet name="{escape(titles[sheet.name], {chr(34): "&quot;"})}" sheetId="{n}"'
        f'{" state=" + chr(34) + "hidden" + chr(34) if sheet.state == "hidden" else ""} r:id="rId{n}"/>'
        for n, sheet in enumerate(ledger.sheets, start=1)
    )
    return f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'


def _write_sheet(package: zipfile.ZipFile, name: str, sheet: LedgerSheet) -> None:
    letters = [column_name(col) for col in range(1, sheet.n_cols + 1)]
    with package.open(name, "w", force_zip64=True) as part:
        part.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
        waiting: list[str] = []
        for row, cells in sheet.rows():
            written = "".join(cell_xml(f"{a}{row}", raw) for a, raw in zip(letters, cells, strict=True) if raw)
            waiting.append(f'<row r="{row}">{written}</row>')
            if len(waiting) == _CHUNK_ROWS:
                part.write("".join(waiting).encode())
                waiting.clear()
        part.write("".join(waiting).encode())
        merges = "".join(f'<mergeCell ref="{span}"/>' for span in sheet.merges)
        after = f'<mergeCells count="{len(sheet.merges)}">{merges}</mergeCells>' if merges else ""
        part.write(f"</sheetData>{after}</worksheet>".encode())


def cell_xml(at: str, raw: str) -> str:
    """The XML of one raw cell. Texts are inline strings, so that nothing in them can become a formula."""
    kind, value = raw[0], raw[1:]
    if kind == "n" and len(value) <= 15:
        return f'<c r="{at}"><v>{value}</v></c>'
    if kind == "b":
        return f'<c r="{at}" t="b"><v>{value}</v></c>'
    text = escape(_NOT_IN_XML.sub("", value[:_MAX_TEXT]))
    return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
