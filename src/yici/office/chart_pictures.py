"""A chart drawn as a still picture by matplotlib: SVG whose text stays text, or PNG."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from typing import Any

from lxml import etree
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.layout_engine import ConstrainedLayoutEngine

from yici.core.charts.colours import series_colour
from yici.core.charts.model import UNKNOWN_LABEL, Chart, Number, describe, shown, text_width
from yici.core.charts.tiles import lay_tiles
from yici.core.errors import NotFound, Problem
from yici.office.chart_maps import draw_shapes, draw_tiles

# Names a reader's machine may have; the first that this machine has also measures the layout.
FONTS = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "WenQuanYi Zen Hei", "SimHei")
_MARKERS = "osD^vP"
_HATCHES = ("", "//", "..", "xx", "\\\\", "--")
_SVG = "http://www.w3.org/2000/svg"


def draw_svg(chart: Chart) -> bytes:
    """The chart as SVG with title and description for those who cannot see it. The same chart gives the same bytes."""
    stream = io.BytesIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "yici"}):
        figure = _figure(chart)
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None, "Title": chart.title})
    return _with_description(stream.getvalue(), describe(chart))


def draw_png(chart: Chart) -> bytes:
    """The chart as PNG. Raises NotFound when this machine has no font with Chinese characters."""
    if not _fonts_here():
        hint = "请安装 Noto Sans CJK（思源黑体）；或改用 .svg，文字由看图的电脑显示。"
        raise NotFound(Problem("chart_no_font", "这台电脑没有中文字体，PNG 里的汉字会显示不出来。", hint))
    stream = io.BytesIO()
    with rc_context():
        _figure(chart).savefig(stream, format="png", dpi=150, metadata={"Description": describe(chart)})
    return stream.getvalue()


def _fonts_here() -> list[str]:
    here = {font.name for font in fontManager.ttflist}
    return [name for name in FONTS if name in here]


def _with_description(svg: bytes, text: str) -> bytes:
    root = etree.fromstring(svg)
    root.set("role", "img")
    description = etree.Element(f"{{{_SVG}}}desc")
    description.text = text
    title = root.find(f"{{{_SVG}}}title")
    root.insert(0 if title is None else root.index(title) + 1, description)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _figure(chart: Chart) -> Figure:
    """The drawn figure. Called inside a context that keeps matplotlib's settings from leaking."""
    import matplotlib  # the settings object is per context and must be read here

    matplotlib.rcParams.update(
        {
            "font.family": [*(_fonts_here() or FONTS), "DejaVu Sans"],
            "font.size": 10,
            "text.color": chart.palette.ink,
            "axes.labelcolor": chart.palette.soft_ink,
            "xtick.color": chart.palette.soft_ink,
            "ytick.color": chart.palette.soft_ink,
            "axes.facecolor": chart.palette.ground,
            "axes.edgecolor": chart.palette.grid,
            "axes.unicode_minus": False,
            "hatch.color": chart.palette.ground,
            "hatch.linewidth": 0.6,
        }
    )
    layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.12)
    figure = Figure(figsize=_size(chart), facecolor=chart.palette.ground, layout=layout)
    axes = figure.add_subplot()
    with warnings.catch_warnings():
        # Without a Chinese font here the SVG is measured with another one; its text is still text.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        draw = {"bar": _bars, "line": _lines, "map": draw_shapes if chart.shapes else draw_tiles}[chart.kind]
        draw(chart, axes)
        axes.set_title(chart.title, fontsize=14, pad=12)
        if chart.note:
            figure.supxlabel(chart.note, fontsize=8, color=chart.palette.soft_ink, x=0.99, ha="right")
        if len(chart.series) > 1:
            figure.legend(loc="outside upper right", ncols=min(len(chart.series), 6), frameon=False, fontsize=9)
        figure.draw_without_rendering()
    return figure


def _size(chart: Chart) -> tuple[float, float]:
    if chart.kind == "map" and not chart.shapes:
        layout = lay_tiles(chart.labels, chart.groups)
        return max(6.0, layout.columns * 1.3 + 1.5), max(3.2, len(layout.rows) * 0.85 + 1.8)
    if chart.lying:
        return 9.0, max(3.0, len(chart.labels) * max(0.3, 0.22 * len(chart.series)) + 1.4)
    return 9.0, 5.0


def _bars(chart: Chart, axes: Axes) -> None:
    count = len(chart.series)
    thick = 0.8 / count if len(chart.labels) > 3 else 0.5 / count
    for index, series in enumerate(chart.series):
        middles = [at + thick * (index + 0.5 - count / 2) for at in range(len(chart.labels))]
        sizes = [float(value or 0) for value in series.values]
        draw = axes.barh if chart.lying else axes.bar
        style: dict[str, Any] = {
            "color": series_colour(index),
            "hatch": _HATCHES[index % 6],
            "edgecolor": chart.palette.ground,
            "linewidth": 0.5,
        }
        draw(middles, sizes, thick * 0.92, label=series.name, **style)
        _bar_labels(chart, axes, middles, series.values)
    numbers, names = (axes.xaxis, axes.yaxis) if chart.lying else (axes.yaxis, axes.xaxis)
    names.set_ticks(range(len(chart.labels)), chart.labels)
    names.set_tick_params(length=0, labelcolor=chart.palette.ink)
    numbers.grid(visible=True, color=chart.palette.grid, linewidth=0.6)
    _name_unit(chart, axes)
    axes.set_axisbelow(True)
    axes.margins(*((0.12, None) if chart.lying else (None, 0.12)))
    if all(value >= 0 for value in chart.known):
        # Bars stand on zero, also where all of them are zero.
        top = None if any(chart.known) else 1
        (axes.set_xlim if chart.lying else axes.set_ylim)(0, top)
    if chart.lying:
        axes.invert_yaxis()
    _open_frame(axes)


def _name_unit(chart: Chart, axes: Axes) -> None:
    """The unit of the numbers, lying flat at the end of their axis."""
    if chart.unit:
        where, align = ((1.0, 0.0), ("right", "bottom")) if chart.lying else ((0.0, 1.0), ("right", "bottom"))
        axes.annotate(chart.unit, where, (-4, 4), xycoords="axes fraction", textcoords="offset points", ha=align[0],
                      va=align[1], color=chart.palette.soft_ink, fontsize=9)  # fmt: skip


def _bar_labels(chart: Chart, axes: Axes, middles: Sequence[float], values: Sequence[Number | None]) -> None:
    """The number at each bar's end, as long as the numbers of several series would not run into each other."""
    if len(chart.series) * len(chart.labels) > (60 if chart.lying else 24):
        return
    for middle, value in zip(middles, values, strict=True):
        where = (float(value or 0), middle) if chart.lying else (middle, float(value or 0))
        away = 4 if value is None or value >= 0 else -4
        shift, align = ((away, 0), ("left", "center")) if chart.lying else ((0, away), ("center", "bottom"))
        if away < 0:
            align = ("right", "center") if chart.lying else ("center", "top")
        style: dict[str, Any] = {
            "color": chart.palette.ink if value is not None else chart.palette.soft_ink,
            "fontsize": 8 if len(chart.series) > 1 else 9,
        }
        axes.annotate(shown(value), where, shift, textcoords="offset points", ha=align[0], va=align[1], **style)


def _lines(chart: Chart, axes: Axes) -> None:
    for index, series in enumerate(chart.series):
        heights = [float("nan") if value is None else float(value) for value in series.values]
        style: dict[str, Any] = {
            "marker": _MARKERS[index % 6],
            "color": series_colour(index),
            "linewidth": 2,
            "markersize": 6,
        }
        axes.plot(range(len(heights)), heights, label=series.name, **style)
        for at, value in enumerate(series.values):
            if value is not None and len(chart.series) == 1 and len(chart.labels) <= 24:
                axes.annotate(shown(value), (at, float(value)), (0, 7), textcoords="offset points", ha="center")
            if value is None:
                _mark_unknown(axes, at, index)
    axes.set_xticks(range(len(chart.labels)), chart.labels, rotation=0 if _fit_below(chart) else 45)
    axes.set_xlim(-0.5, len(chart.labels) - 0.5)
    axes.grid(visible=True, axis="y", color=chart.palette.grid, linewidth=0.6)
    _name_unit(chart, axes)
    axes.margins(y=0.15)
    _open_frame(axes)


def _mark_unknown(axes: Axes, at: int, index: int) -> None:
    """The word for unknown at the foot of the chart, one line per series, in the colour of its line."""
    style: dict[str, Any] = {"ha": "center", "fontsize": 8, "color": series_colour(index)}
    axes.annotate(UNKNOWN_LABEL, (at, 0), (0, 3 + 11 * index), ("data", "axes fraction"), "offset points", **style)


def _fit_below(chart: Chart) -> bool:
    return sum(text_width(label) + 1 for label in chart.labels) <= 90


def _open_frame(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
