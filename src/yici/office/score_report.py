"""A run of an assessment as a workbook: the list, the calculations, the scheme, and the rows behind the figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import islice
from math import ceil
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from yici.core.charts.model import UNKNOWN_LABEL, shown, text_width
from yici.core.indicators.measured import ItemScore, Score
from yici.core.indicators.model import Purpose, Scheme
from yici.core.indicators.runs import Run

MOST_ROWS = 100_000
"""Rows behind figures that are written; the rest is only counted."""

_FONT = "宋体"
_LINE = Side(style="thin", color="BFBFBF")
_FRAME = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD = PatternFill("solid", fgColor="EAF3FA")
_WIDEST, _HEAD_WIDTH, _LINE_HEIGHT = 60, 12, 15

Cell = str | int | Decimal | None


def write_report(run: Run, scheme: Scheme, rows: Iterable[Sequence[str]], out: Path) -> None:
    """Write the workbook. `rows` are (thing, indicator, population, key, name, unit) of what the figures count."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    first.title = "得分"
    _list_sheet(first, run, scheme)
    _steps_sheet(book.create_sheet("计算"), run, scheme)
    _scheme_sheet(book.create_sheet("方案"), scheme)
    _rows_sheet(book.create_sheet("依据"), rows)
    book.save(out)


def _list_sheet(sheet: Worksheet, run: Run, scheme: Scheme) -> None:
    plain = scheme.purpose is Purpose.STATISTICS
    columns = ["名称"] if plain else ["名次", "名称", "总分", "等次"]
    for item in scheme.items:
        below = item.indicator.unit if plain else f"{_number(item.weight)}分"
        columns.append(f"{item.name}\n（{below}）")
    columns.append("说明")
    _title(sheet, f"{scheme.title}　{run.period}", len(columns))
    published = f"　公示 {run.published} 至 {run.published_until}" if run.published_until else ""
    corrected = f"　更正第 {run.previous} 批：{run.reason}" if run.previous else ""
    _write(sheet, 2, [f"第 {run.number} 批　{run.version} 版　截至 {run.as_of}{published}{corrected}"], frame=False)
    _write(sheet, 3, columns, head=True)
    at = 4
    for score in run.scores.scores:
        _write(sheet, at, _list_cells(score, scheme, plain))
        at += 1
    _fit(sheet, 3, at - 1)
    for note in run.scores.notes:
        _write(sheet, at, [f"注：{note}。"], frame=False)
        at += 1
    sheet.freeze_panes = "B4" if plain else "C4"


def _list_cells(score: Score, scheme: Scheme, plain: bool) -> list[Cell]:
    items = {item.item: item for item in score.items}
    if plain:
        return [score.thing.name, *(_value(items.get(i.id)) for i in scheme.items), ""]
    total: Cell = _two(score.total) if score.total is not None else score.thing.excluded or "待定"
    notes = list(score.notes)
    if score.total is None and score.items:
        notes.insert(0, f"已知 {_number(score.known)} 分，待定 {_number(score.open)} 分")
    return [score.rank, score.thing.name, total, score.grade or "", *(_points(items.get(i.id)) for i in scheme.items),
            "；".join(notes)]  # fmt: skip


def _points(item: ItemScore | None) -> Cell:
    if item is None:
        return ""
    return "不计" if not item.weight else UNKNOWN_LABEL if item.points is None else _two(item.points)


def _value(item: ItemScore | None) -> Cell:
    if item is None:
        return ""
    return UNKNOWN_LABEL if item.measured.value is None else _two(item.measured.value)


def _steps_sheet(sheet: Worksheet, run: Run, scheme: Scheme) -> None:
    _write(sheet, 1, ["名称", "指标", "值", "单位", "得分", "权重", "怎么算的", "缺什么", "未计入的项数"], head=True)
    at = 2
    named = {item.id: item for item in scheme.items}
    for score in run.scores.scores:
        for item in score.items:
            indicator = named[item.item].indicator
            measured = item.measured
            _write(sheet, at, [score.thing.name, indicator.name, _six(measured.value), indicator.unit,
                               _two(item.points) if item.points is not None else "", _two(item.weight), item.how,
                               "、".join(measured.missing), measured.unknown or None])  # fmt: skip
            at += 1
    sheet.freeze_panes = "C2"
    _fit(sheet, 1)


def _scheme_sheet(sheet: Worksheet, scheme: Scheme) -> None:
    _write(sheet, 1, ["指标", "组", "类别", "权重", "计分", "单位", "方向", "口径", "算式", "可提异议"], head=True)
    for at, item in enumerate(scheme.items, 2):
        indicator = item.indicator
        kind = f"{indicator.evidence}{'·潜绩' if indicator.latent else ''}"
        _write(sheet, at, [indicator.name, item.group, kind, _two(item.weight), item.scoring.method.value,
                           indicator.unit, indicator.direction.value, indicator.definition,
                           " ".join(indicator.expression.split()), "、".join(indicator.objectors)])  # fmt: skip
    at = len(scheme.items) + 3
    for parameter in scheme.parameters:
        values = "；".join(f"{dated.since} 起 {dated.value}" for dated in parameter.values)
        _write(sheet, at, [f"参数.{parameter.name}", values], frame=False)
        at += 1
    papers = [scheme.issuer, scheme.document, scheme.source, "示例" if scheme.example else ""]
    _write(sheet, at, ["出处", "　".join(part for part in papers if part)], frame=False)
    _fit(sheet, 1, len(scheme.items) + 1)


def _rows_sheet(sheet: Worksheet, rows: Iterable[Sequence[str]]) -> None:
    _write(sheet, 1, ["名称", "指标", "计的是", "编号", "名称、姓名或值", "单位"], head=True)
    several = iter(rows)
    at = 2
    for row in islice(several, MOST_ROWS):
        _write(sheet, at, list(row))
        at += 1
    left = sum(1 for _ in several)
    if left:
        _write(sheet, at, [f"还有 {left} 行没有列出。"], frame=False)
    sheet.freeze_panes = "A2"
    _fit(sheet, 1)


def _title(sheet: Worksheet, text: str, columns: int) -> None:
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=columns)
    _write(sheet, 1, [text], frame=False)
    cell = sheet.cell(1, 1)
    cell.font = Font(name=_FONT, size=16, bold=True)
    cell.alignment = Alignment(horizontal="center", vertical="center")
    sheet.row_dimensions[1].height = 28


def _write(sheet: Worksheet, row: int, values: Sequence[Cell], *, head: bool = False, frame: bool = True) -> None:
    for column, value in enumerate(values, 1):
        cell = sheet.cell(row, column, value)
        if isinstance(value, str):
            # Text that begins like a formula stays text.
            cell.data_type = "s"
        cell.font = Font(name=_FONT, size=11, bold=head)
        if frame:
            cell.border = _FRAME
            number = isinstance(value, int | Decimal)
            side = "right" if number else "center" if head else "left"
            cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True)
        if head:
            cell.fill = _HEAD


def _fit(sheet: Worksheet, first: int, last: int | None = None) -> None:
    """Columns as wide as their texts from the heading row `first` to `last`, within reason; rows as high as needed.

    A heading alone makes no column wider than a few characters: it is wrapped.
    """
    rows = range(first, min(last or sheet.max_row, first + 400) + 1)
    for column in range(1, sheet.max_column + 1):
        texts = [str(sheet.cell(row, column).value or "") for row in rows]
        widest = max((text_width(text) for text in texts[1:]), default=0)
        width = min(max(widest + 2, min(text_width(texts[0]) + 2, _HEAD_WIDTH), 8), _WIDEST)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row in rows:
        sheet.row_dimensions[row].height = _LINE_HEIGHT * max(
            _lines(sheet, row, c) for c in range(1, sheet.max_column + 1)
        )
    # Printed across, as wide as the paper, the heading on every page.
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
    sheet.print_title_rows = f"{first}:{first}"


def _lines(sheet: Worksheet, row: int, column: int) -> int:
    """How many lines a wrapped text takes."""
    width = sheet.column_dimensions[get_column_letter(column)].width
    parts = str(sheet.cell(row, column).value or "").split("\n")
    return sum(max(1, ceil(text_width(part) / max(width - 1, 1))) for part in parts)


def _number(value: Decimal) -> str:
    return shown(value)


def _two(value: Decimal) -> Decimal:
    return round(value, 2)


def _six(value: Decimal | None) -> Cell:
    return UNKNOWN_LABEL if value is None else round(value, 6)
