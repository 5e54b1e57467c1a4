"""A chart (统计图) as data: bars, lines, or a map coloured by unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Literal as Choice

from yici.core.charts.colours import PAPER, Palette
from yici.core.errors import Problem

Number = int | Decimal
ChartKind = Choice["bar", "line", "map"]
KIND_NAMES: dict[ChartKind, str] = {"bar": "柱状图", "line": "折线图", "map": "分区图"}

UNKNOWN_LABEL = "缺数据"
"""How a number nobody knows is shown. It is never drawn as 0."""

# Rounding must not fail for sums of any size the engine keeps (DECIMAL(38, 6)).
_DIGITS = 60

Ring = tuple[tuple[float, float], ...]
"""A closed line of (longitude, latitude)."""


@dataclass(frozen=True, slots=True)
class Series:
    """One row of numbers, as many as the chart has labels; None is unknown."""

    name: str
    values: tuple[Number | None, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a unit lies: polygons, each an outer ring followed by its holes."""

    name: str
    polygons: tuple[tuple[Ring, ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What a picture shows. `labels` are the categories, periods or units; every series has a value for each.

    `unit` is the unit of the numbers, `note` one line about source and date. A map has one series; `groups` names the
    unit each label lies in (drawn together), `shapes` the outlines by label. Without shapes it is drawn as tiles.
    """

    kind: ChartKind
    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    note: str = ""
    groups: tuple[str, ...] = ()
    shapes: tuple[Shape, ...] = ()
    palette: Palette = PAPER

    @property
    def lying(self) -> bool:
        """Bars lie on their side when the names below them would not fit."""
        return self.kind == "bar" and sum(text_width(label) + 1 for label in self.labels) > 60

    @property
    def known(self) -> list[Number]:
        """Every number that is known."""
        return [value for series in self.series for value in series.values if value is not None]


def text_width(text: str) -> int:
    """How wide a text is in Latin characters; a Chinese character takes two."""
    return sum(2 if ord(character) > 0x2E80 else 1 for character in text)


def check_chart(chart: Chart) -> list[Problem]:
    """What keeps a chart from being drawn."""
    found = [
        Problem("chart_uneven", f"“{series.name}”有{len(series.values)}个数，标签有{len(chart.labels)}个。")
        for series in chart.series
        if len(series.values) != len(chart.labels)
    ]
    if not chart.labels or not chart.series:
        found.append(Problem("chart_empty", "没有可画的数据。", "先不带 --chart 看一看结果。"))
    if chart.kind == "map" and len(chart.series) > 1:
        found.append(Problem("chart_map_series", "分区图只能画一个指标。", "请只留一个，或改画柱状图。"))
    if chart.groups and len(chart.groups) != len(chart.labels):
        found.append(Problem("chart_groups", "分区图的上级单位与单位数目不一致。"))
    return found


def shown(value: Number | None, decimals: int = 2) -> str:
    """A number as people read it: at most so many decimals, no idle zeros; the word for unknown when it is unknown."""
    if value is None:
        return UNKNOWN_LABEL
    with localcontext(prec=_DIGITS):
        text = f"{round(Decimal(value), decimals):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def describe(chart: Chart) -> str:
    """The text alternative: what kind of picture, its extremes per series, and what is unknown."""
    parts = [f"{KIND_NAMES[chart.kind]}：{chart.title}。{len(chart.labels)}项"]
    parts += [_extremes(chart, series) for series in chart.series]
    if chart.note:
        parts.append(chart.note)
    return "；".join(parts) + "。"


def _extremes(chart: Chart, series: Series) -> str:
    known = [(value, label) for value, label in zip(series.values, chart.labels, strict=True) if value is not None]
    missing = len(series.values) - len(known)
    tail = f"，{missing}项{UNKNOWN_LABEL}" if missing else ""
    if not known:
        return f"{series.name}全部{UNKNOWN_LABEL}"
    if len(known) <= 3:
        return f"{series.name}：" + "、".join(f"{label} {shown(value)}{chart.unit}" for value, label in known) + tail
    high, low = max(known, key=_first), min(known, key=_first)
    return (
        f"{series.name}最高为{high[1]} {shown(high[0])}{chart.unit}，最低为{low[1]} {shown(low[0])}{chart.unit}{tail}"
    )


def _first(pair: Sequence[object]) -> Decimal:
    return Decimal(str(pair[0]))
