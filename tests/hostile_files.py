"""Hostile and broken office files, made on the spot: nothing harmful is kept in the project."""

from __future__ import annotations

import copy
import io
import struct
import zipfile
from collections.abc import Callable, Mapping

SHEET_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL_NS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_NS = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
ROWS = "".join(
    f'<row r="{r}"><c r="A{r}" t="inlineStr"><is><t>姓名{r}</t></is></c><c r="B{r}"><v>{r}</v></c></row>'
    for r in (1, 2, 3)
)
Parts = dict[str, str | bytes]


def sheet_xml(rows: str = ROWS, after: str = "", before: str = "") -> str:
    return f'{HEAD}{before}<worksheet xmlns="{SHEET_NS}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def workbook_parts(**parts: str | bytes) -> Parts:
    """The parts of a small sound workbook, with some replaced: `sheet`, `styles`, `strings`, `types`, `sheets`."""
    office = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = {
        "/xl/workbook.xml": f"{office}.sheet.main+xml",
        "/xl/worksheets/sheet1.xml": f"{office}.worksheet+xml",
        "/xl/styles.xml": f"{office}.styles+xml",
        "/xl/sharedStrings.xml": f"{office}.sharedStrings+xml",
    }
    listed = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in overrides.items())
    parts_of_book = "".join(
        f'<Relationship Id="rId{n}" Type="{REL_NS}/{kind}" Target="{target}"/>'
        for n, kind, target in (
            (1, "worksheet", "worksheets/sheet1.xml"),
            (2, "styles", "styles.xml"),
            (3, "sharedStrings", "sharedStrings.xml"),
        )
    )
    named = parts.get("sheets", '<sheet name="表" sheetId="1" r:id="rId1"/>')
    return {
        "[Content_Types].xml": parts.get(
            "types",
            f'{HEAD}<Types xmlns="{PACKAGE_NS}/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>',
        ),
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE_NS}/relationships"><Relationship Id="rId1" '
        f'Type="{REL_NS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{SHEET_NS}" xmlns:r="{REL_NS}"><sheets>{named}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE_NS}/relationships">{parts_of_book}'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": parts.get("sheet", sheet_xml()),
        "xl/styles.xml": parts.get("styles", _styles("<xf/>")),
        "xl/sharedStrings.xml": parts.get("strings", _strings("<si><t>共享</t></si>")),
    }


def pack(parts: Mapping[str, str | bytes], level: int = 1) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return buffer.getvalue()


def workbook(**parts: str | bytes) -> bytes:
    return pack(workbook_parts(**parts))


def workbook_with(extra: Mapping[str, str | bytes]) -> bytes:
    return pack({**workbook_parts(), **extra})


def _styles(xfs: str) -> str:
    return (
        f'{HEAD}<styleSheet xmlns="{SHEET_NS}"><fonts><font/></fonts><fills><fill/></fills><borders><border/></borders>'
        f"<cellStyleXfs><xf/></cellStyleXfs><cellXfs>{xfs}</cellXfs></styleSheet>"
    )


def _strings(items: str) -> str:
    return f'{HEAD}<sst xmlns="{SHEET_NS}">{items}</sst>'


def relations(kind: str, target: str, mode: str = "External") -> dict[str, str | bytes]:
    """The relationships of the sheet: one of that kind."""
    return {
        "xl/worksheets/_rels/sheet1.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE_NS}/relationships"><Relationship '
        f'Id="rId1" Type="{REL_NS}/{kind}" Target="{target}" TargetMode="{mode}"/></Relationships>'
    }


def ole(*names: str, head: bytes = b"") -> bytes:
    """A minimal OLE2 file with streams of those names; each stream begins with `head`."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<5H", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<9L", header, 40, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    struct.pack_into("<109L", header, 76, 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<4L", 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFE, 0xFFFFFFFF) + b"\xff" * (512 - 16)
    entries = b"".join(_ole_entry(name, kind) for name, kind in [("Root Entry", 5), *((name, 2) for name in names)])
    return bytes(header) + table + entries.ljust(512, b"\0")[:512] + head.ljust(512, b"\0")


def _ole_entry(name: str, kind: int) -> bytes:
    entry = bytearray(128)
    encoded = name.encode("utf-16-le")
    entry[: len(encoded)] = encoded
    struct.pack_into("<HB", entry, 64, len(encoded) + 2, kind)
    struct.pack_into("<LL", entry, 116, 2, 512)
    return bytes(entry)


def entity_bomb(kind: str) -> bytes:
    """An XML bomb in the sheet: "laughs" (exponential), "quadratic", or "outside" (reads a file of the server)."""
    laughs = '<!ENTITY a0 "哈">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    definitions = {
        "laughs": (laughs, "&a11;"),
        "quadratic": (f'<!ENTITY q "{"哈" * 50_000}">', "&q;" * 50_000),
        "outside": ('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;"),
    }
    entities, use = definitions[kind]
    row = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{use}</t></is></c></row>'
    return workbook(sheet=sheet_xml(row, before=f"<!DOCTYPE worksheet [{entities}]>"))


def overlapping() -> bytes:
    """Two hundred entries of the directory that all point at one piece of compressed data."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in workbook_parts().items():
            package.writestr(name, content)
        for n in range(200):
            twin = copy.copy(package.getinfo("xl/worksheets/sheet1.xml"))
            twin.filename = f"xl/worksheets/sheet{n + 2}.xml"
            package.filelist.append(twin)
    return buffer.getvalue()


def lying_about_size() -> bytes:
    """A part of 40 MB that is declared to be of 1,000 bytes."""
    data = bytearray(workbook(sheet=sheet_xml(" " * 40_000_000)))
    real = struct.pack("<L", len(sheet_xml(" " * 40_000_000).encode()))
    return bytes(data.replace(real, struct.pack("<L", 1000)))


def corner_cells() -> bytes:
    cell = '<row r="{r}"><c r="{a}"><v>1</v></c></row>'
    return workbook(sheet=sheet_xml(cell.format(r=1, a="A1") + cell.format(r=1_048_576, a="XFD1048576")))


def merge_bomb() -> bytes:
    merges = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 1_000_001))
    return workbook(sheet=sheet_xml(after=f"<mergeCells>{merges}</mergeCells>"))


def string_bomb() -> bytes:
    """One text of a megabyte shared by twenty thousand cells."""
    rows = "".join(f'<row r="{r}"><c r="A{r}" t="s"><v>0</v></c></row>' for r in range(1, 20_001))
    return workbook(sheet=sheet_xml(rows), strings=_strings(f"<si><t>{'长' * 350_000}</t></si>"))


def blank_formatted_rows() -> bytes:
    """A sound form dragged down to the last row of the sheet, as WPS users do."""
    rows = "".join(f'<row r="{r}" s="1" customFormat="1" ht="18" customHeight="1"/>' for r in range(4, 1_048_577))
    return workbook(sheet=sheet_xml(ROWS + rows), styles=_styles("<xf/><xf/>"))


def blank_formatted_cells(columns: str = "ABCDEF", last: int = 200_000) -> bytes:
    """The same with every cell formatted."""
    rows = "".join(
        f'<row r="{r}">' + "".join(f'<c r="{c}{r}" s="1"/>' for c in columns) + "</row>" for r in range(4, last)
    )
    return workbook(sheet=sheet_xml(ROWS + rows), styles=_styles("<xf/><xf/>"))


def many_sheets(count: int = 20_000) -> bytes:
    parts = workbook_parts()
    return pack({**parts, **{f"xl/worksheets/sheet{n}.xml": sheet_xml("") for n in range(2, count)}})


def one_cell(cell: str, **parts: str | bytes) -> bytes:
    return workbook(sheet=sheet_xml(f'<row r="1">{cell}</row>'), **parts)


def blanks_inside(size: int) -> bytes:
    return workbook(sheet=sheet_xml(" " * size))


HOSTILE: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "zip bomb": (lambda: blanks_inside(100_000_000), {"bomb"}),
    "size that lies": (lying_about_size, {"bomb", "broken"}),
    "package in a package": (lambda: pack({"a.xlsx": workbook()}), {"wrong-kind"}),
    "overlapping entries": (overlapping, {"overlap"}),
    "entries before the first": (lambda: b"PK" + b"\0" * 50 + workbook(), {"overlap", "broken"}),
    "20,000 sheets": (many_sheets, {"too-many-sheets", "too-many-parts"}),
    "billion laughs": (lambda: entity_bomb("laughs"), {"entity"}),
    "quadratic entities": (lambda: entity_bomb("quadratic"), {"entity"}),
    "entity from outside": (lambda: entity_bomb("outside"), {"entity"}),
    "entities in a wide encoding": (
        lambda: workbook(sheet=sheet_xml(before="<!DOCTYPE x>").replace("UTF-8", "UTF-16").encode("utf-16")),
        {"broken"},
    ),
    "corner cells": (corner_cells, {"too-wide"}),
    "column beyond the sheet": (lambda: one_cell('<c r="AAAAAAA1"><v>1</v></c>'), {"too-wide", "broken"}),
    "a million merges": (merge_bomb, {"too-many-merges"}),
    "merge of the whole sheet": (
        lambda: workbook(sheet=sheet_xml(after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')),
        {"too-wide"},
    ),
    "two million styles": (lambda: workbook(styles=_styles('<xf numFmtId="0" fontId="0"/>' * 2_000_000)), {"bomb"}),
    "many styles": (lambda: workbook(styles=_styles('<xf numFmtId="0"/>' * 400_000)), {"too-many-styles"}),
    "macro": (lambda: workbook_with({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), {"macro"}),
    "macro by its type": (
        lambda: workbook(types=str(workbook_parts()["[Content_Types].xml"]).replace(
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        )),
        {"macro"},
    ),
    "Excel 4 macro sheet": (lambda: workbook_with({"xl/macrosheets/sheet1.xml": sheet_xml()}), {"macro"}),
    "OLE object": (lambda: workbook_with({"xl/embeddings/oleObject1.bin": b"\xd0\xcf"}), {"embedded-object"}),
    "ActiveX": (lambda: workbook_with({"xl/activeX/activeX1.xml": "<a/>"}), {"embedded-object"}),
    "external workbook": (lambda: workbook_with({"xl/externalLinks/externalLink1.xml": "<a/>"}), {"external-link"}),
    "data connection": (lambda: workbook_with({"xl/connections.xml": "<connections/>"}), {"external-link"}),
    "picture from the network": (lambda: workbook_with(relations("image", "http://e.example/a")), {"external-link"}),
    "picture from a share": (lambda: workbook_with(relations("image", r"\\e.example\a\b.png")), {"external-link"}),
    "DDE formula": (lambda: one_cell("<c r=\"A1\"><f>cmd|'/C calc'!A0</f><v>0</v></c>"), {"external-link"}),
    "path out of the package": (lambda: workbook_with({"../../evil.xml": "<a/>"}), {"broken"}),
    "part of the root": (lambda: workbook_with({"/etc/evil.xml": "<a/>"}), {"broken"}),
    "locked package": (lambda: ole("EncryptionInfo", "EncryptedPackage"), {"locked"}),
    "torn XML": (lambda: workbook(sheet=sheet_xml()[:300]), {"broken", "broken-workbook"}),
    "no workbook part": (
        lambda: pack({k: v for k, v in workbook_parts().items() if k != "xl/workbook.xml"}),
        {"broken", "not-a-workbook"},
    ),
    "directory only": (lambda: b"PK\x05\x06" + b"\0" * 18, {"broken", "wrong-kind"}),
    "nonsense": (lambda: b"\x00\x01\x02" * 1000, {"wrong-kind"}),
    "nothing": (lambda: b"", {"empty-file"}),
}  # fmt: skip
"""Name → (maker of the file, the codes one of which the refusal must have)."""

HEAVY: dict[str, Callable[[], bytes]] = {
    "shared string bomb": string_bomb,
    "1,048,576 blank formatted rows": blank_formatted_rows,
    "blank formatted cells": blank_formatted_cells,
    "string index out of range": lambda: one_cell('<c r="A1" t="s"><v>99</v></c>'),
    "a tower of elements": lambda: workbook(sheet=sheet_xml(after="<a>" * 200_000 + "</a>" * 200_000)),
    "one text of ten million": lambda: one_cell(f'<c r="A1" t="inlineStr"><is><t>{"长" * 3_000_000}</t></is></c>'),
    "rows in disorder": lambda: workbook(sheet=sheet_xml('<row r="9"/><row r="2"/>' + ROWS)),
    "numbers out of all bounds": lambda: one_cell(
        '<c r="A1"><v>1e999999</v></c><c r="B1" t="d"><v>99999-99-99</v></c>'
    ),
}
"""Name → maker of a file that may be read or refused, but must not harm."""
