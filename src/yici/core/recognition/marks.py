"""The marks a lawful statistical form carries (统计法): 表号, 制定机关, 批准或备案文号, 有效期至."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from yici.core.grid import Grid, Sheet

_LABELS = {
    "number": r"表\s*号",
    "maker": r"(?:制\s*(?:定|表)|制\s*发|发\s*文)\s*(?:机\s*关|部\s*门)",
    "approval": r"(?:批\s*准|备\s*案)(?:\s*或\s*备\s*案)?\s*(?:文\s*号|机\s*关\s*文\s*号)",
    "valid": r"有\s*效\s*期\s*(?:至|限|到|截止)?",
}
_MARKS = {name: re.compile(rf"^\s*{label}\s*[:：]\s*(.*?)\s*$") for name, label in _LABELS.items()}
_ANY = re.compile("|".join(_LABELS.values()))
_DAY = re.compile(r"(\d{4})\s*[年.\-/]\s*(\d{1,2})\s*(?:[月.\-/]\s*(\d{1,2})?)?")


@dataclass(frozen=True, slots=True)
class Marks:
    """What the form says of itself; "" and None where it does not."""

    number: str = ""
    maker: str = ""
    approval: str = ""
    valid_until: date | None = None


def marks_of(grid: Grid) -> Marks:
    """The marks of a form: in one cell with their label, in the cell beside it, or in a paragraph around a table."""
    found: dict[str, str] = {}
    for sheet in grid.sheets:
        for text, beside in _texts(sheet):
            for name, pattern in _MARKS.items():
                if (match := pattern.match(text)) and name not in found and (value := match[1] or beside):
                    found[name] = value
    return Marks(
        found.get("number", ""), found.get("maker", ""), found.get("approval", ""), _last_day(found.get("valid", ""))
    )  # fmt: skip


def _texts(sheet: Sheet) -> list[tuple[str, str]]:
    """Every line of text with what stands in the cell to its right; several marks in one line are taken apart."""
    found: list[tuple[str, str]] = []
    for (row, col), cell in sorted(sheet.cells.items()):
        beside = next((sheet.at(row, c).text.strip() for c in range(col + 1, col + 4) if sheet.at(row, c).text), "")
        found += [(part, "" if _ANY.search(beside) else beside) for part in _parts(cell.text)]
    for text in (*sheet.before, *sheet.after):
        found += [(part, "") for part in _parts(text)]
    return found


def _parts(text: str) -> list[str]:
    lines = []
    for line in text.splitlines():
        starts = [match.start() for match in _ANY.finditer(line)]
        lines += [line[start:end] for start, end in pairwise([*starts, len(line)])]
    return lines


def _last_day(text: str) -> date | None:
    """The day a text names; the last day of a month without one."""
    found = _DAY.search(text)
    if found is None:
        return None
    year, month = int(found[1]), int(found[2])
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(int(found[3] or last), last) or last)
