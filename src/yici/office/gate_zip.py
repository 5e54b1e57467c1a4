"""The directory of an office package, read strictly, and what is refused from its names and sizes alone."""

from __future__ import annotations

import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from yici.core.errors import Place, Problem, UploadRefused

MAX_DIRECTORY = 1 << 20
MAX_PARTS = 4000
MAX_SHEETS = 500
MAX_INFLATED = 3 << 30
RATIO_FROM = 16 << 20
MAX_RATIO = 100
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_END = b"PK\x05\x06"
_END64_LOCATOR = b"PK\x06\x07"
_SAVE_AGAIN = "请用 Excel 或 WPS 打开，另存为新的 .xlsx（或 .docx）后再上传。"
_LESS = "请删去多余的空白行列和格式，或拆成几个文件后再上传。"

# Part of a name → what it is and how it is removed. Charts keep their data as embedded .xlsx, which stays allowed.
_ACTIVE = (
    ("vbaproject", "macro", "文件里有宏（VBA）。", "请另存为不含宏的 .xlsx 后再上传。"),
    ("vbadata", "macro", "文件里有宏（VBA）。", "请另存为不含宏的 .docx 后再上传。"),
    ("macrosheets/", "macro", "文件里有宏表。", "请删去宏表，另存为 .xlsx 后再上传。"),
    ("dialogsheets/", "macro", "文件里有对话框工作表。", "请删去对话框工作表，另存为 .xlsx 后再上传。"),
    ("customui/", "macro", "文件里有自定义功能区。", "请另存为新的 .xlsx 后再上传。"),
    ("activex/", "embedded-object", "文件里有 ActiveX 控件。", "请删去控件后另存再上传。"),
    ("oleobject", "embedded-object", "文件里嵌入了其他程序的对象（OLE）。", "请删去嵌入的对象后另存再上传。"),
    (
        "xl/connections.xml",
        "external-link",
        "文件里有外部数据连接。",
        "请在“数据→查询和连接”里删去连接，保存后再上传。",
    ),
    (
        "externallinks/",
        "external-link",
        "文件里有指向其他工作簿的外部链接。",
        "请在“数据→编辑链接”里断开链接，保存后再上传。",
    ),
)


@dataclass(frozen=True, slots=True)
class Package:
    """A zip file whose directory was found consistent: its path and its entries in the order of the directory."""

    path: Path
    entries: tuple[zipfile.ZipInfo, ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(entry.filename for entry in self.entries)


def open_strictly(path: Path) -> Package:
    """Reads the directory of a zip file and compares it with what lies in the file.

    Raises UploadRefused when it is cut short, too long, or at odds with the file: entries that overlap, names that
    differ, entries hidden before the first one (CVE-2024-0450 and archive polyglots).
    """
    try:
        with path.open("rb") as file:
            _check_end(file, path.stat().st_size)
        with zipfile.ZipFile(path) as package:
            entries = tuple(package.infolist())
            start_of_directory = package.start_dir
        with path.open("rb") as file:
            _check_layout(file, entries, start_of_directory)
    except UploadRefused as refused:
        raise UploadRefused(
            [Problem(p.code, p.message, p.hint, Place(file=path.name)) for p in refused.problems]
        ) from None
    except (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError, EOFError):
        message = "文件不完整或已损坏（压缩结构读不出来）。"
        raise UploadRefused(Problem("broken", message, _SAVE_AGAIN, Place(file=path.name))) from None
    return Package(path, entries)


def _check_end(file: BinaryIO, size: int) -> None:
    # Python's own reader would first take in a directory of any length.
    file.seek(max(0, size - 65_557 - 76))
    tail = file.read()
    end = tail.rfind(_END)
    if end < 0 or len(tail) - end < 22:
        raise zipfile.BadZipFile
    (directory,) = struct.unpack_from("<L", tail, end + 12)
    if tail[max(0, end - 20) : end].startswith(_END64_LOCATOR) and end >= 76:
        (directory,) = struct.unpack_from("<Q", tail, end - 76 + 40)
    if directory > MAX_DIRECTORY:
        raise UploadRefused(Problem("too-many-parts", "文件里的部件过多。", _SAVE_AGAIN))


def _check_layout(file: BinaryIO, entries: tuple[zipfile.ZipInfo, ...], start_of_directory: int) -> None:
    """Every entry must lie between its neighbours, the first at the very start, under the name the directory says."""
    position = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        if entry.header_offset < position or (position == 0 and entry.header_offset != 0):
            raise UploadRefused(Problem("overlap", "文件的压缩结构异常（部件互相重叠）。", _SAVE_AGAIN))
        file.seek(entry.header_offset)
        header = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
        name = file.read(header[9])
        encoding = "utf-8" if entry.flag_bits & 0x800 else "cp437"
        if header[0] != b"PK\x03\x04" or name.decode(encoding) != entry.orig_filename:
            raise UploadRefused(Problem("overlap", "文件的压缩结构异常（目录与内容不符）。", _SAVE_AGAIN))
        position = entry.header_offset + _LOCAL_HEADER.size + header[9] + header[10] + entry.compress_size
    if position > start_of_directory:
        raise UploadRefused(Problem("overlap", "文件的压缩结构异常（部件互相重叠）。", _SAVE_AGAIN))


def package_kind(package: Package) -> str:
    """The kind of an office package by its parts: xlsx, docx, ods, odt, xlsb, pptx, or "zip" for any other archive."""
    names = package.names
    if "mimetype" in names and "content.xml" in names:
        return {b"s": "ods", b"t": "odt"}.get(_open_document_letter(package), "zip")
    if "[Content_Types].xml" not in names:
        return "zip"
    if "xl/workbook.bin" in names:
        return "xlsb"
    for folder, kind in (("xl/", "xlsx"), ("word/", "docx"), ("ppt/", "pptx")):
        if any(name.startswith(folder) for name in names):
            return kind
    return "zip"


def _open_document_letter(package: Package) -> bytes:
    with zipfile.ZipFile(package.path) as file, file.open("mimetype") as part:
        mimetype = part.read(100)
    return mimetype.removeprefix(b"application/vnd.oasis.opendocument.")[:1]


def package_problems(package: Package) -> list[Problem]:
    """All that is refused from the names, flags and declared sizes of a package's entries, each reason once."""
    found: dict[str, Problem] = {}
    for problem in (*_shape_problems(package), *_entry_problems(package), *_active_problems(package)):
        found.setdefault(problem.code + problem.message, problem)
    return list(found.values())


def _shape_problems(package: Package) -> list[Problem]:
    problems = []
    names = [entry.filename.casefold() for entry in package.entries]
    if len(names) > MAX_PARTS:
        problems.append(Problem("too-many-parts", f"文件里的部件过多（{len(names)} 个）。", _SAVE_AGAIN))
    sheets = sum(name.startswith("xl/worksheets/") and name.endswith(".xml") for name in names)
    if sheets > MAX_SHEETS:
        problems.append(
            Problem("too-many-sheets", f"工作表过多（{sheets} 张，上限 {MAX_SHEETS} 张）。", "请拆成几个文件后再上传。")
        )
    if len(set(names)) < len(names):
        problems.append(Problem("broken", "文件里有同名的部件。", _SAVE_AGAIN))
    inflated = sum(entry.file_size for entry in package.entries)
    if inflated > MAX_INFLATED:
        problems.append(Problem("too-big", f"文件展开后有 {inflated >> 20} MB，超过了上限。", _LESS))
    return problems


def _entry_problems(package: Package) -> list[Problem]:
    problems = []
    for entry in package.entries:
        if entry.flag_bits & 0x1:
            problems.append(Problem("locked", "文件有密码保护。", "请去掉密码，另存后再上传。"))
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            problems.append(Problem("broken", "文件用了不常见的压缩方法。", _SAVE_AGAIN))
        if not _is_plain_name(entry.filename):
            problems.append(Problem("broken", "文件里有异常的部件名。", _SAVE_AGAIN))
        if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * entry.compress_size:
            problems.append(Problem("bomb", "文件的压缩比异常（疑似压缩炸弹）。", _LESS))
    return problems


def _is_plain_name(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return (
        bool(parts)
        and name.isprintable()
        and len(name) <= 255
        and not ({"..", "/"} & set(parts) or set(name) & set("\\:"))
    )


def _active_problems(package: Package) -> list[Problem]:
    names = [entry.filename.casefold() for entry in package.entries]
    return [
        Problem(code, message, hint) for mark, code, message, hint in _ACTIVE if any(mark in name for name in names)
    ]
