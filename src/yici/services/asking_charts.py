"""The answer to a question as a picture."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from yici.core.charts.model import Chart, ChartKind, Number, Series
from yici.office.charts import render_chart
from yici.services.asking import Asked

TOTAL = "全部"


def draw(asked: Asked, path: Path, *, kind: ChartKind | None = None, dark: bool = False) -> None:
    """Write the picture of an answer to a .svg, .png or .json (ECharts) file.

    Groups are bars, a line where they follow one another in number (年龄, 年份), a map on demand. With two groupings
    the second one makes the series. Raises YiciError where there is nothing to draw.
    """
    labels, series = _table(asked)
    groups = tuple(asked.regions.get(label, "") for label in labels) if kind == "map" else ()
    chosen: ChartKind = kind or ("line" if len(labels) > 2 and all(_is_number(label) for label in labels) else "bar")
    note = f"截至{asked.moment.as_of}" + (f"；{asked.where}" if asked.where else "")
    if asked.total.unknown:
        note += f"；无法判断 {asked.total.unknown}，没有计入"
    unit = "%" if asked.is_share else asked.unit
    render_chart(Chart(chosen, asked.words, labels, series, unit, note, groups), path, dark=dark)


def _table(asked: Asked) -> tuple[tuple[str, ...], tuple[Series, ...]]:
    if not asked.rows:
        return (TOTAL,), (Series(asked.words, (_number(asked, asked.total.value),)),)
    labels = tuple(dict.fromkeys(row.keys[0] for row in asked.rows))
    names = tuple(dict.fromkeys(row.keys[1:] for row in asked.rows))
    found = {row.keys: _number(asked, row.answer.value) for row in asked.rows}
    return labels, tuple(
        Series("、".join(name) or asked.words, tuple(found.get((label, *name)) for label in labels)) for name in names
    )


def _number(asked: Asked, value: object) -> Number | None:
    """What is drawn: shares in percent."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return value * 100 if asked.is_share else value


def _is_number(label: str) -> bool:
    return label.lstrip("-").replace(".", "", 1).isdigit()
