"""Binding the statistics cells of a form: cross tables, rosters of villages, and single numbers above other tables."""

from __future__ import annotations

import re
from dataclasses import replace

from yici.core.binding.result import Binding
from yici.core.captions import vocabulary as v
from yici.core.captions.checks import checks_of
from yici.core.captions.compiling import Table, figure_at, read_table
from yici.core.captions.lexicon import Lexicon
from yici.core.captions.model import Figured
from yici.core.grid import Grid, Span
from yici.core.recognition.cross import Cross, Line
from yici.core.recognition.labels import read_label, squash
from yici.core.recognition.roles import is_human, is_total
from yici.core.recognition.template import Area, Slot

_REGIONS = frozenset(squash(word) for word in v.REGION_HEADS) - {"单位", "单位名称"}
_EACH = 0
# Titles of forms that one household, person or enterprise is asked to fill, unless they say 统计 or 汇总.
_ONE = re.compile(
    r"^(?!.*(?:统计|汇总|报表)).*(?:调查表|登记表|采集表|明白卡|信息卡|登记卡|档案|申请表|审批表|问卷|认定表|信息表|核查表)"
)


def bind_figures(areas: list[Area], grid: Grid, lexicon: Lexicon) -> list[Area]:
    """Give every statistics cell the figure its captions ask for. Returns the areas, with the total rows of village
    rosters as areas of their own."""
    found: list[Area] = []
    owner = any(area.kind == "cells" and area.subject for area in areas)
    for area in areas:
        found.append(area)
        if area.kind == "matrix" and area.cross is not None:
            _bind_matrix(area, lexicon, "" if not owner else "这张表是填一个对象的")
        elif area.kind == "rows" and not area.members and _lists_places(area):
            total = _bind_places(area, grid, lexicon)
            if total is not None:
                found.append(total)
        elif area.kind == "cells" and not area.subject:
            _bind_card(area, lexicon)
    return found


def binding_of(figure: Figured) -> Binding:
    """The binding of a slot to a figure: certain when every word of its captions is explained."""
    evidence = figure.doubts if figure.doubts else ((figure.text,) if figure.text else ())
    return Binding(
        certain=figure.certain, confidence=1.0 if figure.certain else 0.4 if figure.text else 0.0,
        evidence=evidence, figure=figure,
    )  # fmt: skip


def _bind_matrix(area: Area, lexicon: Lexicon, doubt: str) -> None:
    assert area.cross is not None
    area.cross.above, area.cross.below = (*area.above, *area.context), area.below
    table = read_table(area.cross, lexicon)
    area.checks = checks_of(table)
    for slot in area.slots:
        if slot.binding.human or slot.row not in table.by_row or slot.col not in table.by_column:
            continue
        figure = figure_at(table, slot.row, slot.col, lexicon)
        single = doubt or (_ONE.search(" ".join(table.context.titles)) and _one_number(table, slot, figure))
        if single:
            figure = replace(figure, doubts=(*figure.doubts, doubt or "像是填一个对象的表"))
        slot.binding = binding_of(figure)


def _one_number(table: Table, slot: Slot, figure: Figured) -> bool:
    """Whether a cell stands in a plain list of indicators: a questionnaire about one household looks the same."""
    return table.by_column[slot.col].reading.now and figure.units is None


def _lists_places(area: Area) -> bool:
    """Whether the first column of a roster is for villages, and nobody is named beside them."""
    return not area.subject and bool(area.slots) and squash(area.slots[0].path[-1]).rstrip(":") in _REGIONS


def _bind_places(area: Area, grid: Grid, lexicon: Lexicon) -> Area | None:
    """A roster of villages: each row is a unit of the request, each further column a figure of it."""
    slots = area.slots[1:]
    cross = Cross(above=(*area.above, *area.context), below=area.below)
    cross.rows = [Line(_EACH, ("",))]
    cross.columns = [Line(slot.col, slot.path[len(area.context) :]) for slot in slots]
    table = read_table(cross, lexicon)
    figures = {slot.col: figure_at(table, _EACH, slot.col, lexicon) for slot in slots if not slot.binding.human}
    if not any(figure.certain for figure in figures.values()):
        return None
    area.places = True
    for slot in slots:
        if slot.col in figures:
            slot.binding = binding_of(figures[slot.col])
    return _total_row(area, grid, figures)


def _total_row(area: Area, grid: Grid, figures: dict[int, Figured]) -> Area | None:
    sheet = grid.sheet(area.sheet)
    blank = range(area.first_row, area.first_row + max(area.blank_rows, 1))
    for row in range(area.first_row - 1, area.span.bottom + 2):
        texts = [squash(sheet.at(row, col).text) for col in range(area.span.left, area.slots[0].col + 1)]
        if row in blank or not any(is_total(text) for text in texts):
            continue
        slots = [
            Slot(row, slot.col, ("合计", *slot.path), "", (), slot.number_format, binding=binding_of(figures[slot.col]))
            for slot in area.slots[1:]
            if slot.col in figures and not sheet.at(row, slot.col).text and not sheet.at(row, slot.col).formula
        ]
        span = Span(row, area.span.left, row, area.span.right)
        return Area("matrix", area.sheet, span, slots, area.context) if slots else None
    return None


def _bind_card(area: Area, lexicon: Lexicon) -> None:
    """Single numbers in cells beside their labels (高龄老人总数（人）), where the cells are not about one subject."""
    slots = [slot for slot in area.slots if slot.binding.fact is None and not slot.binding.human]
    slots = [slot for slot in slots if not is_human(slot.path[-1]) and "备注" not in slot.path[-1]]
    if not slots:
        return
    cross = Cross(above=(*area.above, *area.context), below=area.below, columns=[Line(1, ("数值",))])
    cross.rows = [Line(number, slot.path[len(area.context) :]) for number, slot in enumerate(slots, 1)]
    table = read_table(cross, lexicon)
    figures = [figure_at(table, number, 1, lexicon) for number in range(1, len(slots) + 1)]
    counted = [figure for figure in figures if figure.certain and figure.text.startswith("count(")]
    if not counted or sum(figure.certain for figure in figures) < 0.5 * len(figures):
        return
    for slot, figure in zip(slots, figures, strict=True):
        if not _asks_number(table, slot):
            continue
        slot.binding = binding_of(figure)


def _asks_number(table: Table, slot: Slot) -> bool:
    """A label that begins with 是否 or asks for a name or a date is no number."""
    label = read_label(slot.path[-1]).core
    return not label.startswith(("是否", "有无")) and not label.endswith(("姓名", "日期", "时间", "电话", "地址"))


def with_last(figure: Figured, text: str) -> Figured:
    """A figure settled by evidence: its expression is certain now."""
    return replace(figure, text=text, doubts=(), candidates=())
