"""Workbook packages written by hand, for what openpyxl does not write or loses."""

from __future__ import annotations

import io
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_KINDS = {
    "worksheet": "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml",
    "workbook": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "styles": "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml",
    "sharedStrings": "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml",
    "calcChain": "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml",
    "comments": "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml",
    "drawing": "application/vnd.openxmlformats-officedocument.drawing+xml",
    "table": "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml",
    "chart": "application/vnd.openxmlformats-officedocument.drawingml.chart+xml",
}


def relationships(*entries: tuple[str, str, str]) -> str:
    """A relationships part from (id, kind, target)."""
    items = "".join(f'<Relationship Id="{i}" Type="{OFFICE}/{kind}" Target="{target}"/>' for i, kind, target in entries)
    return f'<Relationships xmlns="{_RELS}">{items}</Relationships>'


def package(
    sheets: dict[str, str],
    *,
    workbook_extra: str = "",
    states: dict[str, str] | None = None,
    parts: dict[str, str | bytes] | None = None,
    relations: dict[str, list[tuple[str, str, str]]] | None = None,
    workbook_relations: tuple[tuple[str, str, str], ...] = (),
    namespace: str = MAIN,
) -> bytes:
    """A workbook of whole worksheet parts by name; `parts` are further parts, `relations` those of a sheet."""
    files: dict[str, str | bytes] = {}
    names = list(sheets)
    tabs = "".join(
        f'<sheet name="{name}" sheetId="{i}" r:id="rId{i}" state="{(states or {}).get(name, "visible")}"/>'
        for i, name in enumerate(names, 1)
    )
    files["_rels/.rels"] = relationships(("rId1", "officeDocument", "xl/workbook.xml"))
    files["xl/workbook.xml"] = (
        f'<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="{namespace}" xmlns:r="{OFFICE}">'
        f"<sheets>{tabs}</sheets>{workbook_extra}</workbook>"
    )
    files["xl/_rels/workbook.xml.rels"] = relationships(
        *((f"rId{i}", "worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(names) + 1)), *workbook_relations
    )
    for i, name in enumerate(names, 1):
        files[f"xl/worksheets/sheet{i}.xml"] = sheets[name]
        if relations and name in relations:
            files[f"xl/worksheets/_rels/sheet{i}.xml.rels"] = relationships(*relations[name])
    files |= parts or {}
    files = {"[Content_Types].xml": _content_types(files)} | files
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return stream.getvalue()


def worksheet(rows: str, tail: str = "", head: str = "", namespace: str = MAIN) -> str:
    """A worksheet part around row elements."""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{namespace}" xmlns:r="{OFFICE}">'
        f"{head}<sheetData>{rows}</sheetData>{tail}</worksheet>"
    )


def _content_types(files: dict[str, str | bytes]) -> str:
    overrides = ""
    for name in files:
        folder, _, last = name.rpartition("/")
        word = folder.rpartition("/")[2]
        kind = {"worksheets": "worksheet", "drawings": "drawing", "tables": "table", "charts": "chart"}.get(word, "")
        kind = kind or last.removesuffix(".xml").rstrip("0123456789")
        if last.endswith(".xml") and kind in _KINDS:
            overrides += f'<Override PartName="/{name}" ContentType="{_KINDS[kind]}"/>'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="{_TYPES}">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
        f'<Default Extension="png" ContentType="image/png"/><Default Extension="xml" ContentType="application/xml"/>'
        f"{overrides}</Types>"
    )
