"""Lists of matches and questions as a workbook for clerks: a summary, then one sheet a policy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from yici.core.elements import Registry
from yici.engine.policy_settling import CHOICE, ELIGIBLE, NOT_ELIGIBLE, UNKNOWN, YIELDS
from yici.services.match_lists import MOST_ROWS, Listed, list_matches
from yici.services.match_questions import Question
from yici.services.matching import Matching, MatchReport, PolicyMatch

_LINE = 15
_THIN = Border(*(Side("thin", "999999"),) * 4)
_HEAD = PatternFill("solid", "DDE7F0")
_SUMMARY = [
    "政策",
    "办理方式",
    "符合",
    "让位",
    "择一",
    "缺数据",
    "不符合",
    "差一点",
    "金额合计",
    "单位",
    "金额待定",
    "名单",
]
_LIST = ["序号", "姓名（名称）", "编号", "户编号", "村（社区）", "结论", "原因", "金额"]
_ASKED = ["序号", "向谁核实", "编号", "村（社区）", "要核实什么", "答复", "单独决定的政策", "有助于判断的政策"]
_NAMED = {"person": "公民身份号码", "household": "户编号", "enterprise": "统一社会信用代码"}


def write_lists(matching: Matching, report: MatchReport, out: Path, *, near_only: bool = False) -> dict[str, int]:
    """Write the lists of a report; how many lines each policy's list has."""
    book = Workbook(write_only=True)
    summary = book.create_sheet("汇总")
    lists = [(match, list(list_matches(matching, match, near_only=near_only))) for match in report.policies]
    titles = _sheet_titles([match.rule.policy.title for match, _ in lists])
    rows = [_summary(match, len(lines), title) for (match, lines), title in zip(lists, titles, strict=True)]
    note = f"截至 {report.day}。"
    _table(summary, f"政策匹配汇总　{note}", _SUMMARY, rows, [34, 10, 9, 8, 8, 9, 10, 9, 14, 8, 9, 34])
    for (match, lines), title in zip(lists, titles, strict=True):
        sheet = book.create_sheet(title)
        headings = [*_LIST]
        headings[2] = _NAMED.get(match.rule.subject, "编号")
        headings[7] = f"金额（{match.rule.policy.benefit.unit}）" if match.rule.policy.benefit.unit else "金额"
        cut = f"　只列前 {MOST_ROWS} 行。" if len(lines) == MOST_ROWS else ""
        _table(sheet, f"{match.rule.policy.title}　{note}{cut}", headings, _lines(lines),
               [6, 14, 22, 18, 16, 13, 60, 12])  # fmt: skip
    book.save(out)
    return {match.rule.id: len(lines) for match, lines in lists}


def write_questions(
    questions: Sequence[Question], registry: Registry, titles: dict[str, str], out: Path, *, day: str
) -> None:
    """Write the questions to ask, the most decisive first, with a column for the answers."""
    book = Workbook(write_only=True)
    rows = (
        [number, question.name, question.key, question.unit, registry.elements[question.element].name, "",
         "、".join(titles.get(one, one) for one in question.alone),
         "、".join(titles.get(one, one) for one in question.among)]
        for number, question in enumerate(questions[:MOST_ROWS], 1)
    )  # fmt: skip
    _table(book.create_sheet("待核实"), f"待核实事项　截至 {day}，越靠前越能定下结论", _ASKED, rows,
           [6, 14, 22, 16, 22, 18, 46, 46])  # fmt: skip
    book.save(out)


def _summary(match: PolicyMatch, listed: int, title: str) -> list[object]:
    policy, counts = match.rule.policy, match.counts
    numbers = [counts.get(outcome, 0) for outcome in (ELIGIBLE, YIELDS, CHOICE, UNKNOWN, NOT_ELIGIBLE)]
    money = [match.total, policy.benefit.unit, match.unpriced]
    return [policy.title, str(policy.mode), *numbers, match.near, *money, f"{title}（{listed}）"]


def _lines(lines: Iterable[Listed]) -> Iterable[list[object]]:
    for number, one in enumerate(lines, 1):
        yield [number, one.name, one.key, one.household, one.unit, one.outcome, one.reasons, one.amount]


def _table(
    sheet: object, title: str, headings: Sequence[str], rows: Iterable[Sequence[object]], widths: Sequence[int]
) -> None:
    """A titled table with frames, frozen headings, long texts wrapped, and everything that is no number as text."""
    for number, width in enumerate(widths):
        sheet.column_dimensions[chr(ord("A") + number)].width = width  # type: ignore[attr-defined]
    sheet.freeze_panes = "A3"  # type: ignore[attr-defined]
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0  # type: ignore[attr-defined]
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[attr-defined]
    sheet.print_title_rows = "2:2"  # type: ignore[attr-defined]
    heading = WriteOnlyCell(sheet, title)  # type: ignore[arg-type]
    heading.font = Font(bold=True, size=13)
    sheet.append([heading])  # type: ignore[attr-defined]
    sheet.append([_cell(sheet, text, head=True) for text in headings])  # type: ignore[attr-defined]
    for number, row in enumerate(rows, 3):
        # Rows grow with wrapped texts only when somebody types in them: here the height is said.
        sheet.row_dimensions[number].height = _LINE * _lines_of(row, widths)  # type: ignore[attr-defined]
        sheet.append([_cell(sheet, value) for value in row])  # type: ignore[attr-defined]


def _lines_of(row: Sequence[object], widths: Sequence[int]) -> int:
    """How many lines the longest text of a row takes; a Chinese character is two signs wide."""
    wide = [sum(2 if ord(sign) > 0xFF else 1 for sign in str(value)) for value in row if value is not None]
    held = [width for value, width in zip(row, widths, strict=True) if value is not None]
    return max((-(-text // max(1, width - 1)) for text, width in zip(wide, held, strict=True)), default=1)


def _cell(sheet: object, value: object, *, head: bool = False) -> Cell:
    cell: Cell = WriteOnlyCell(sheet, value)  # type: ignore[arg-type]
    cell.border = _THIN
    cell.alignment = Alignment(vertical="center", wrap_text=True, horizontal="center" if head else None)
    if head:
        cell.font, cell.fill = Font(bold=True), _HEAD
    elif isinstance(value, str):
        # What looks like a formula or a number stays the text it is.
        cell.data_type, cell.number_format = "s", "@"
    return cell


def _sheet_titles(titles: Sequence[str]) -> list[str]:
    """Sheet names: at most 31 signs, none that Excel forbids, no two alike."""
    found: list[str] = []
    for title in titles:
        name = plain = re.sub(r"[\[\]:*?/\\]", "", title)[:28].strip("'") or "政策"
        number = 2
        while name in found or name == "汇总":
            name, number = f"{plain[:25]}-{number}", number + 1
        found.append(name)
    return found
