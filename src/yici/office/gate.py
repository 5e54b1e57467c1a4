"""The gate before anything of an upload is parsed: its real kind by content, and what is refused on sight.

What the gate lets through is still parsed in a limited child process (`yici.office.guard`), which first looks through
the contents (`yici.office.gate_scan`). Rules: the list of hostile workbooks and of active content that is refused
(macros, OLE, ActiveX, DDE, external links), with the reason shown.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from yici.core.errors import Place, Problem, UploadRefused
from yici.office.gate_ole import ole_kind, ole_problems
from yici.office.gate_zip import open_strictly, package_kind, package_problems

MAX_UPLOAD = 512 << 20
FORM_KINDS = frozenset({"xlsx", "docx", "xls", "doc", "ods", "odt"})
LEDGER_KINDS = frozenset({"xlsx", "xls", "ods", "csv"})
CONVERTIBLE = frozenset({"xls", "doc", "ods", "odt"})

_EXTENSIONS = {
    "xlsx": {".xlsx", ".xltx", ".et", ".ett"},
    "docx": {".docx", ".dotx", ".wps", ".wpt"},
    "xls": {".xls", ".xlt", ".et", ".ett"},
    "doc": {".doc", ".dot", ".wps", ".wpt"},
    "ods": {".ods"},
    "odt": {".odt"},
    "csv": {".csv", ".txt", ".tsv"},
}
_TITLES = {
    "xlsx": "Excel 工作簿（.xlsx）",
    "docx": "Word 文档（.docx）",
    "xls": "旧版 Excel 工作簿（.xls）",
    "doc": "旧版 Word 文档（.doc）",
    "ods": "OpenDocument 表格（.ods）",
    "odt": "OpenDocument 文档（.odt）",
    "csv": "文本表格（.csv）",
    "xlsb": "Excel 二进制工作簿（.xlsb）",
    "pptx": "演示文稿（.pptx）",
    "zip": "压缩包（.zip）",
    "rtf": "RTF 文档（.rtf）",
    "pdf": "PDF 文档（.pdf）",
    "html": "网页（HTML）",
    "xml": "XML 文件",
    "picture": "图片",
    "archive": "压缩包",
    "ole": "不认识的旧版 Office 文件",
    "binary": "不认识的二进制文件",
}
_MAGICS = (
    (b"%PDF", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
)
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the gate found out about an upload: its kind ("xlsx", "docx", "xls", …, "csv") and size in bytes."""

    kind: str
    size: int


def pass_gate(path: Path, wanted: Collection[str]) -> Facts:
    """Lets an upload of one of the wanted kinds through.

    Raises UploadRefused with all that is wrong: no such file, empty, too big, another kind than its name says, a kind
    not wanted, locked with a password, a broken or hostile package, macros, embedded objects, external links.
    """
    size = _size(path)
    with path.open("rb") as file:
        head = file.read(4096)
    problems: list[Problem] = []
    if head.startswith(b"PK"):
        package = open_strictly(path)
        kind, problems = package_kind(package), package_problems(package)
    elif head.startswith(_OLE_MAGIC):
        kind, problems = ole_kind(path), ole_problems(path)
    else:
        kind = _plain_kind(head)
    if problems:
        raise UploadRefused([_placed(problem, path) for problem in problems])
    _check_name(path, kind, wanted)
    return Facts(kind, size)


def _size(path: Path) -> int:
    if not path.is_file():
        raise UploadRefused(Problem("no-file", "找不到这个文件。", "请检查文件名和路径。", Place(file=path.name)))
    size = path.stat().st_size
    if size == 0:
        raise UploadRefused(Problem("empty-file", "这是一个空文件。", "请重新导出后再上传。", Place(file=path.name)))
    if size > MAX_UPLOAD:
        message = f"文件有 {size >> 20} MB，超过了 {MAX_UPLOAD >> 20} MB 的上限。"
        raise UploadRefused(Problem("too-big", message, "请拆成几个文件后再上传。", Place(file=path.name)))
    return size


def _plain_kind(head: bytes) -> str:
    for magic, kind in _MAGICS:
        if head.startswith(magic) and (kind != "picture" or b"\0" in head):
            return kind
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<style", b"<div")):
        return "html"
    if text.startswith(b"<?xml"):
        return "html" if b"<html" in text else "xml"
    zeros = head[0::2].count(0), head[1::2].count(0)
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or (max(zeros) > 0 and min(zeros) == 0)
    return "csv" if wide or not sum(zeros) else "binary"


def _check_name(path: Path, kind: str, wanted: Collection[str]) -> None:
    suffix = path.suffix.lower()
    place, title = Place(file=path.name), _TITLES[kind]
    advice = "请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"
    if kind not in _EXTENSIONS:
        named = f"文件名是 {suffix}，内容却是{title}，不能读取。" if suffix else f"这是{title}，不能读取。"
        raise UploadRefused(Problem("wrong-kind", named, advice, place))
    if suffix not in _EXTENSIONS[kind]:
        right = min(_EXTENSIONS[kind], key=lambda extension: extension != f".{kind}")
        hint = f"请把扩展名改为 {right}，或用 Excel、WPS 打开后另存为正确的格式。"
        message = f"扩展名与内容不符：文件名是 {suffix or '没有扩展名'}，内容却是{title}。"
        raise UploadRefused(Problem("wrong-extension", message, hint, place))
    if kind not in wanted:
        raise UploadRefused(Problem("wrong-kind", f"这里不能用{title}。", advice, place))


def _placed(problem: Problem, path: Path) -> Problem:
    return Problem(problem.code, problem.message, problem.hint, Place(file=path.name))
