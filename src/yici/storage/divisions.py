"""Reading administrative divisions: those that come with Yici, or a full table that the user has."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from yici.core.divisions import Division, divisions_of, short_code
from yici.core.errors import NotFound, PackError, Place, Problem
from yici.storage.packs import BASE_PACK

_CODE_HEADINGS = ("code", "代码", "编码", "区划代码", "行政区划代码", "统计用区划代码")
_NAME_HEADINGS = ("name", "名称", "区划名称", "行政区划名称", "单位名称")


def load_divisions(file: Path | None = None) -> dict[str, Division]:
    """Divisions by code without filling zeros: province, city and county (as of 2023), or those of the user's own CSV.

    The CSV (UTF-8 or GB18030) needs a column of codes (2 to 12 digits) and one of names; any depth down to villages.
    Raises NotFound when there is no such file, PackError with every line that cannot be read.
    """
    path = file or BASE_PACK / "divisions.csv"
    if not path.is_file():
        raise NotFound(Problem("divisions-missing", f"找不到文件 {path}。", "请检查文件名。"))
    rows = list(csv.reader(io.StringIO(_text(path.read_bytes()))))
    columns = _columns(rows[0] if rows else [], path)
    return divisions_of(_pairs(rows[1:], columns, path))


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def _columns(header: Sequence[str], path: Path) -> tuple[int, int]:
    headings = [heading.strip().lower() for heading in header]
    found = [
        next((headings.index(word) for word in words if word in headings), -1)
        for words in (_CODE_HEADINGS, _NAME_HEADINGS)
    ]
    if -1 in found:
        message = f"表头里没有代码列或名称列：{'、'.join(header) or '（空）'}。"
        raise PackError(Problem("divisions-header", message, "请把两列命名为 代码 和 名称。", Place(file=str(path))))
    return found[0], found[1]


def _pairs(rows: Sequence[Sequence[str]], columns: tuple[int, int], path: Path) -> list[tuple[str, str]]:
    pairs: dict[str, str] = {}
    problems: list[Problem] = []
    for line, row in enumerate(rows, start=2):
        code, name = (row[column].strip() if column < len(row) else "" for column in columns)
        if not code and not name:
            continue
        short = short_code(code)
        # A city without counties stands in some tables twice, as the city and as its own county.
        if short is None or not name or pairs.get(short, name) != name:
            message = f"第{line}行“{code} {name}”不是有效的区划，或代码重复。"
            hint = "代码应为2、4、6、9或12位数字，名称不能为空。"
            problems.append(Problem("divisions-line", message, hint, Place(file=str(path))))
            continue
        pairs[short] = name
    if problems:
        raise PackError(problems)
    return list(pairs.items())
