"""An emblem put into a drawn workbook: drawing part, picture and relations, written without a picture library."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

MAIN = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DRAWING = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:oneCellAnchor>'
    "<xdr:from><xdr:col>{col}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{row}</xdr:row><xdr:rowOff>0</xdr:rowOff>"
    '</xdr:from><xdr:ext cx="228600" cy="228600"/><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="1" name="徽标"/><xdr:cNvPicPr/>'
    f'</xdr:nvPicPr><xdr:blipFill><a:blip xmlns:r="{MAIN}" r:embed="rId1"/><a:stretch><a:fillRect/></a:stretch>'
    '</xdr:blipFill><xdr:spPr><a:prstGeom prst="rect"/></xdr:spPr></xdr:pic><xdr:clientData/></xdr:oneCellAnchor>'
    "</xdr:wsDr>"
)
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="{{id}}" Type="{MAIN}/{{kind}}" Target="{{target}}"/></Relationships>'
)


def emblem() -> bytes:
    """A red square of 24 × 24 pixels as PNG."""
    raw = b"".join(b"\0" + b"\xc8\x10\x2e" * 24 for _ in range(24))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 24, 24, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def _types(content: bytes, numbers: Sequence[int]) -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.drawing+xml"
    parts = "".join(f'<Override PartName="/xl/drawings/emblem{n}.xml" ContentType="{kind}"/>' for n in numbers)
    text = content.decode().replace("</Types>", parts + "</Types>")
    if 'Extension="png"' not in text:
        text = text.replace("<Override", '<Default Extension="png" ContentType="image/png"/><Override', 1)
    return text.encode()


def _sheet_xml(content: bytes) -> bytes:
    """The sheet part with the drawing named where the schema wants it: before legacyDrawing, else at the end."""
    tag = f'<drawing xmlns:r="{MAIN}" r:id="rIdEmblem"/>'
    text = content.decode()
    mark = "<legacyDrawing" if "<legacyDrawing" in text else "</worksheet>"
    return text.replace(mark, tag + mark, 1).encode()


def _sheet_relations(old: bytes | None, number: int) -> bytes:
    target = f"/xl/drawings/emblem{number}.xml"
    if old is None:
        return RELATIONS.format(id="rIdEmblem", kind="drawing", target=target).encode()
    own = f'<Relationship Id="rIdEmblem" Type="{MAIN}/drawing" Target="{target}"/>'
    return old.decode().replace("</Relationships>", own + "</Relationships>").encode()


def add_pictures(path: Path, pictures: Sequence[tuple[int, str]]) -> None:
    """Put the emblem at (sheet number, cell) of a workbook that openpyxl wrote, in place."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["[Content_Types].xml"] = _types(parts["[Content_Types].xml"], [number for number, _ in pictures])
    parts["xl/media/emblem.png"] = emblem()
    for number, cell in pictures:
        letters, row = coordinate_from_string(cell)
        col = column_index_from_string(letters)
        parts[f"xl/drawings/emblem{number}.xml"] = DRAWING.format(col=col - 1, row=row - 1).encode()
        relations = RELATIONS.format(id="rId1", kind="image", target="/xl/media/emblem.png")
        parts[f"xl/drawings/_rels/emblem{number}.xml.rels"] = relations.encode()
        sheet, rels = f"xl/worksheets/sheet{number}.xml", f"xl/worksheets/_rels/sheet{number}.xml.rels"
        parts[sheet] = _sheet_xml(parts[sheet])
        parts[rels] = _sheet_relations(parts.get(rels), number)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
