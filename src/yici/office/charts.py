"""Charts written to files: .svg and .png as pictures, .json as an ECharts option."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from yici.core.charts.colours import NIGHT
from yici.core.charts.echarts import maps_of, option_of
from yici.core.charts.geojson import shapes_of
from yici.core.charts.model import Chart, Shape, check_chart
from yici.core.errors import Place, Problem, UploadRefused, YiciError

SUFFIXES = (".svg", ".png", ".json")
_MAX_GEOJSON = 50_000_000


def render_chart(chart: Chart, path: Path, *, dark: bool = False) -> None:
    """Write a chart in the kind of file its name ends in.

    .json is the option; where it needs a map, the GeoJSON to register stands under "maps", which ECharts ignores.
    Raises YiciError when the chart cannot be drawn, UploadRefused for another ending.
    """
    problems = check_chart(chart)
    if problems:
        raise YiciError(problems)
    path.write_bytes(chart_bytes(chart, path.suffix, dark=dark))


def check_ending(path: Path) -> None:
    """Refuse a file name no chart can be written to. Raises UploadRefused naming the endings."""
    if path.suffix.lower() not in SUFFIXES:
        hint = f"文件名请以 {'、'.join(SUFFIXES)} 结尾。"
        raise UploadRefused(Problem("chart_suffix", f"不会写“{path.suffix or path.name}”图。", hint))


def chart_bytes(chart: Chart, suffix: str, *, dark: bool = False) -> bytes:
    """What render_chart writes for a suffix; `dark` for a page in its dark theme."""
    chart = replace(chart, palette=NIGHT) if dark else chart
    kind = suffix.lower()
    if kind == ".json":
        maps = maps_of(chart)
        option = option_of(chart) | ({"maps": maps} if maps else {})
        return json.dumps(option, ensure_ascii=False, indent=1).encode()
    check_ending(Path(f"chart{kind}"))
    # Loading matplotlib takes most of a second, which commands without pictures should not pay.
    from yici.office.chart_pictures import draw_png, draw_svg

    return draw_svg(chart) if kind == ".svg" else draw_png(chart)


def read_shapes(path: Path, units: dict[str, str]) -> tuple[Shape, ...]:
    """The outlines of units (name → division code or "") in a GeoJSON file. Raises UploadRefused saying why not."""
    place = Place(file=path.name)
    if path.stat().st_size > _MAX_GEOJSON:
        raise UploadRefused(Problem("geo_size", "文件超过 50 MB。", "请先简化图形。", place))
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise UploadRefused(Problem("geo_json", f"不是 JSON：{error}", "请给 GeoJSON 文件。", place)) from error
    return shapes_of(content, units)
