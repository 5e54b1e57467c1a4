"""Maps coloured by unit, drawn with matplotlib: as tiles, or with the units' own outlines."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, radians
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline

from yici.core.charts.colours import ink_on, ramp_colour
from yici.core.charts.model import Chart, Number, Shape, shown, text_width
from yici.core.charts.tiles import lay_tiles


def _colour(chart: Chart, value: Number | None) -> str:
    if value is None:
        return chart.palette.missing
    low, high = min(chart.known), max(chart.known)
    return ramp_colour(float((value - low) / (high - low)) if high > low else 0.5)


def draw_tiles(chart: Chart, axes: Axes) -> None:
    """Draws every unit as a tile; unknown ones are grey and hatched."""
    layout = lay_tiles(chart.labels, chart.groups)
    for tile, value in zip(layout.tiles, chart.series[0].values, strict=True):
        colour = _colour(chart, value)
        box = Rectangle((tile.column + 0.03, tile.row + 0.04), 0.94, 0.92, facecolor=colour, edgecolor="none")
        if value is None:
            box.set(hatch="///", edgecolor="#BBBBBB", linewidth=0)
        axes.add_patch(box)
        ink = ink_on(colour)
        middle = tile.column + 0.5
        size = min(10.0, 90 / max(text_width(tile.label), 1))
        axes.text(middle, tile.row + 0.36, tile.label, ha="center", va="center", color=ink, fontsize=size)
        axes.text(middle, tile.row + 0.7, shown(value) + (chart.unit if value is not None else ""), ha="center",
                  va="center", color=ink, fontsize=9)  # fmt: skip
    for row, group in enumerate(layout.rows):
        axes.text(-0.1, row + 0.5, group, ha="right", va="center", color=chart.palette.soft_ink, fontsize=10)
    axes.set(xlim=(0, layout.columns), ylim=(len(layout.rows), 0))
    axes.axis("off")


def draw_shapes(chart: Chart, axes: Axes) -> None:
    """Draws the units' outlines; units without one are named below."""
    values = dict(zip(chart.labels, chart.series[0].values, strict=True))
    for shape in chart.shapes:
        colour = _colour(chart, values.get(shape.name))
        patch = PathPatch(_outline(shape), facecolor=colour, edgecolor=chart.palette.soft_ink, linewidth=0.6)
        if values.get(shape.name) is None:
            patch.set_hatch("///")
        axes.add_patch(patch)
        x, y = _middle(shape)
        text = (
            f"{shape.name}\n{shown(values.get(shape.name))}{chart.unit if values.get(shape.name) is not None else ''}"
        )
        axes.text(x, y, text, ha="center", va="center", color=ink_on(colour), fontsize=8)
    missing = [label for label in chart.labels if label not in {shape.name for shape in chart.shapes}]
    if missing:
        axes.text(0, 0, "没有图形：" + "、".join(f"{label} {shown(values[label])}" for label in missing[:8]),
                  transform=axes.transAxes, fontsize=8, color=chart.palette.soft_ink, va="top")  # fmt: skip
    axes.autoscale_view()
    low, high = axes.get_ylim()
    # Degrees of longitude are shorter away from the equator.
    axes.set_aspect(1 / max(cos(radians(min(abs(low + high) / 2, 80))), 0.1))
    axes.axis("off")


def _outline(shape: Shape) -> Outline:
    points: list[tuple[float, float]] = []
    codes: list[Any] = []
    for rings in shape.polygons:
        for ring in rings:
            points += [*ring, ring[0]]
            codes += [Outline.MOVETO, *[Outline.LINETO] * (len(ring) - 1), Outline.CLOSEPOLY]
    return Outline(points, codes)


def _middle(shape: Shape) -> tuple[float, float]:
    """The centroid of the largest polygon's outer ring."""
    ring = max((rings[0] for rings in shape.polygons), key=lambda points: abs(_area(points)))
    area = _area(ring)
    if not area:
        return ring[0]
    x = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in zip(ring, (*ring[1:], ring[0]), strict=True))
    y = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in zip(ring, (*ring[1:], ring[0]), strict=True))
    return x / (6 * area), y / (6 * area)


def _area(ring: Sequence[tuple[float, float]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, (*ring[1:], ring[0]), strict=True)) / 2
