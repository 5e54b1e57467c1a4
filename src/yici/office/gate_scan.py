"""The look through the parts of a package before a parser sees them; runs in the guarded child.

Counts what really comes out of the compressed data, and refuses what parsers choke on (entities, merges and styles by
the million, one cell at the far corner) or what reaches outside (DDE, links), each with its reason.
"""

from __future__ import annotations

import html
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NoReturn
from xml.parsers import expat

from yici.core.errors import Place, Problem, UploadRefused
from yici.core.grid import column_number

MAX_XFS = 131_072
MAX_MERGES = 500_000
MAX_MERGED_AREA = 4 << 20
MAX_BOX = 32 << 20
_CHUNK = 1 << 20
_OVERLAP = 512
_XML_ENDINGS = (".xml", ".rels", ".vml")
_ENCODINGS = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252", b"gbk", b"gb2312"})
_SAVE_AGAIN = "请用 Excel 或 WPS 打开，另存为新的文件后再上传。"
_LESS = "请删去多余的空白行列和格式，或拆成几个文件后再上传。"

_DECLARED = re.compile(rb"""<\?xml[^>]*encoding=["']([^"']+)""")
_FAR_CELL = re.compile(rb'<c r="([A-Z]{3,})(\d+)"[^>]*(?<!/)>\s*<(?:v|f|is)\b')
_ROW = re.compile(rb'<row [^>]*?\br="(\d+)"')
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_PIPED_FORMULA = re.compile(rb"<(?:\w+:)?(?:f|definedName|formula\d?)\b[^>]*>([^<]*\|[^<]*)<")
_QUOTED = re.compile(r'"[^"]*"')
_FIELD = re.compile(rb"""<(?:\w+:)?instrText[^>]*>([^<]*)|\w+:instr=["']([^"']*)""")
_REACHING_FIELD = re.compile(rb"\b(?:DDE|DDEAUTO|INCLUDETEXT)\b")
_LOCAL_TARGET = re.compile(r"(?:file:/{0,3})?[A-Za-z]:|(?!.*//)(?!\\\\)[^:]*$")


def scan_package(path: Path) -> None:
    """Looks through every XML part of the package at `path`. Raises UploadRefused with what is wrong in it."""
    with zipfile.ZipFile(path) as package:
        entries = package.infolist()
    with path.open("rb") as file:
        for entry in entries:
            name = entry.filename.lower()
            if name.endswith(_XML_ENDINGS):
                _PartScan(name).run(inflate(file, entry))
            if name.endswith(".rels") or name == "[content_types].xml":
                _look_at_relations(entry.filename, b"".join(inflate(file, entry)))


def inflate(file: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The contents of an entry piece by piece. Raises UploadRefused when they are longer than the entry declares."""
    file.seek(entry.header_offset + 26)
    name_length, extra_length = struct.unpack("<HH", file.read(4))
    file.seek(name_length + extra_length, 1)
    left, total = entry.compress_size, 0
    engine = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    waiting = b""
    while left or waiting:
        if not waiting:
            waiting = file.read(min(left, _CHUNK))
            if not waiting:
                break
            left -= len(waiting)
        piece, waiting = _next_piece(engine, waiting)
        total += len(piece)
        if total > entry.file_size:
            _refuse("bomb", "文件展开后比它声明的更大（疑似压缩炸弹）。", _SAVE_AGAIN)
        yield piece
    if total != entry.file_size:
        _refuse("broken", "文件不完整或已损坏。", _SAVE_AGAIN)


def _next_piece(engine: zlib._Decompress | None, waiting: bytes) -> tuple[bytes, bytes]:
    if engine is None:
        return waiting, b""
    try:
        piece = engine.decompress(waiting, _CHUNK)
    except zlib.error:
        _refuse("broken", "文件不完整或已损坏。", _SAVE_AGAIN)
    return piece, engine.unconsumed_tail


class _PartScan:
    """The look through one part, piece by piece, each with the end of the one before so that nothing hides in a cut."""

    def __init__(self, name: str) -> None:
        self.is_sheet = name.startswith("xl/worksheets/") and name.endswith(".xml")
        self.is_styles = name.endswith("styles.xml")
        self.is_text = name.startswith("word/")
        self.xfs = self.merges = self.last_row = 0
        self.fields: list[bytes] = []

    def run(self, pieces: Iterator[bytes]) -> None:
        """Raises UploadRefused at the first thing that is wrong."""
        tail = b""
        for number, piece in enumerate(pieces):
            if number == 0:
                _check_encoding(piece)
            self._look(tail + piece)
            tail = piece[-_OVERLAP:]
        if _REACHING_FIELD.search(b"".join(self.fields)):
            _refuse("external-link", "文档里有 DDE 等引用外部内容的域。", "请删去这些域后另存再上传。")

    def _look(self, data: bytes) -> None:
        if b"<!" in data and re.search(rb"<!(?:DOCTYPE|ENTITY)", data, re.IGNORECASE):
            _refuse("entity", "文件里有自定义实体（DTD），不能读取。", _SAVE_AGAIN)
        if b"|" in data and not self.is_text:
            self._look_for_dde(data)
        if self.is_sheet:
            self._look_at_sheet(data)
        if self.is_styles:
            self.xfs += data.count(b"<xf ")
            if self.xfs > MAX_XFS:
                _refuse("too-many-styles", "文件里的单元格样式过多。", _SAVE_AGAIN)
        if self.is_text:
            self.fields += [a or b for a, b in _FIELD.findall(data)]

    def _look_for_dde(self, data: bytes) -> None:
        for formula in _PIPED_FORMULA.findall(data):
            if "|" in _QUOTED.sub("", html.unescape(formula.decode("utf-8", "replace"))):
                _refuse("external-link", "文件里有调用外部程序的公式（DDE）。", "请删去这个公式后另存再上传。")

    def _look_at_sheet(self, data: bytes) -> None:
        rows = _last_row(data)
        self.last_row = max(self.last_row, rows)
        for column, row in _FAR_CELL.findall(data):
            self.last_row = max(self.last_row, int(row[:9]))
            if len(column) > 3 or column_number(column.decode()) * self.last_row > MAX_BOX:
                cell = f"{column.decode()}{row.decode()}"[:20]
                _refuse(
                    "too-wide", f"数据范围过大：很远的单元格 {cell} 里还有内容。", "请删去它后另存再上传。", cell=cell
                )
        if b"mergeCell " in data:
            self._look_at_merges(data)

    def _look_at_merges(self, data: bytes) -> None:
        self.merges += data.count(b"mergeCell ")
        if self.merges > MAX_MERGES:
            _refuse("too-many-merges", f"合并单元格过多（超过 {MAX_MERGES} 处）。", "请取消多余的合并后另存再上传。")
        for left, top, right, bottom in _MERGE.findall(data):
            height = int(bottom[:9]) - int(top[:9]) + 1
            width = column_number(right[:4].decode()) - column_number(left[:4].decode()) + 1
            if height * width > MAX_MERGED_AREA:
                span = b"%s%s:%s%s" % (left, top, right, bottom)
                _refuse("too-wide", f"合并区域过大：{span.decode()[:40]}。", "请取消这处合并后另存再上传。")


def _last_row(data: bytes) -> int:
    """The number of the last row that begins in this piece, 0 when none does."""
    start = data.rfind(b"<row ")
    match = _ROW.match(data, start) if start >= 0 else None
    return int(match[1][:9]) if match else 0


def _check_encoding(start: bytes) -> None:
    # In a wide encoding the look for entities would see nothing.
    declared = _DECLARED.match(start.removeprefix(b"\xef\xbb\xbf")[:200])
    if b"\0" in start[:4] or start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        _refuse("broken", "文件内部的文字编码异常。", _SAVE_AGAIN)
    if declared and declared[1].lower() not in _ENCODINGS:
        _refuse("broken", "文件内部的文字编码异常。", _SAVE_AGAIN)


def _look_at_relations(name: str, data: bytes) -> None:
    """Links a person clicks on are kept; what is loaded by itself from elsewhere is refused.

    Remains of local paths (a template once on somebody's drive C) load nothing here and are common: kept.
    """

    def start(_: str, attributes: dict[str, str]) -> None:
        if "macroEnabled" in attributes.get("ContentType", ""):
            _refuse("macro", "这是启用宏的文件。", "请另存为不含宏的 .xlsx（或 .docx）后再上传。")
        target = attributes.get("Target", "")
        reaches = attributes.get("TargetMode", "").lower() == "external" and not _LOCAL_TARGET.match(target)
        if reaches and not attributes.get("Type", "").endswith("/hyperlink"):
            _refuse("external-link", f"文件里引用了外部内容：{target[:80]}。", "请删去或断开这个引用后另存再上传。")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        _refuse("broken", f"文件不完整或已损坏（{name}）。", _SAVE_AGAIN)


def _refuse(code: str, message: str, hint: str, cell: str | None = None) -> NoReturn:
    raise UploadRefused(Problem(code, message, hint, Place(cell=cell)))
