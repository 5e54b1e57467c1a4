"""A chart as an Apache ECharts option: plain JSON without functions, for the browser."""

from __future__ import annotations

from typing import Any

from yici.core.charts.colours import RAMP, series_colour
from yici.core.charts.model import UNKNOWN_LABEL, Chart, Number, describe
from yici.core.charts.tiles import lay_tiles

Option = dict[str, Any]
_FONT = "Noto Sans CJK SC, Microsoft YaHei, PingFang SC, SimSun, sans-serif"


def option_of(chart: Chart) -> Option:
    """The option. A map with shapes names the map it needs; maps_of() has the GeoJSON to register under that name."""
    ink, soft = {"color": chart.palette.ink}, {"color": chart.palette.soft_ink}
    title: Option = {"text": chart.title, "subtext": _below_title(chart), "left": "center"}
    option: Option = {
        "backgroundColor": chart.palette.ground,
        "textStyle": {"fontFamily": _FONT, **ink},
        "title": {**title, "textStyle": {"fontSize": 16, **ink}, "subtextStyle": soft},
        "aria": {"enabled": True, "label": {"description": describe(chart)}, "decal": {"show": len(chart.series) > 1}},
        "tooltip": {"trigger": "item" if chart.kind == "map" else "axis", **_plate(chart)},
    }
    if chart.kind != "map":
        return option | _axes(chart) | {"legend": {"bottom": 0, "show": len(chart.series) > 1, "textStyle": ink}}
    return option | (_shaped(chart) if chart.shapes else _tiled(chart))


def _plate(chart: Chart) -> Option:
    """What a tooltip is written on."""
    return {"backgroundColor": chart.palette.ground, "textStyle": {"color": chart.palette.ink}}


def maps_of(chart: Chart) -> dict[str, Option]:
    """The maps an option needs: name → GeoJSON, for echarts.registerMap."""
    if not chart.shapes:
        return {}
    features = [
        {
            "type": "Feature",
            "properties": {"name": shape.name},
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [[[list(p) for p in ring] for ring in rings] for rings in shape.polygons],
            },
        }
        for shape in chart.shapes
    ]
    return {chart.title: {"type": "FeatureCollection", "features": features}}


def _below_title(chart: Chart) -> str:
    """The note, and whose number is unknown: an axis shows nothing there, which must not read as 0."""
    missing = [
        label if len(chart.series) == 1 else f"{label}（{series.name}）"
        for series in chart.series
        for label, value in zip(chart.labels, series.values, strict=True)
        if value is None
    ]
    more = f"等{len(missing)}项" if len(missing) > 5 else ""
    unknown = f"{UNKNOWN_LABEL}：{'、'.join(missing[:5])}{more}" if missing else ""
    return "　".join(part for part in (chart.note, unknown) if part)


def _plain(value: Number | None) -> int | float | None:
    return value if value is None or isinstance(value, int) else float(value)


def _axes(chart: Chart) -> Option:
    soft = {"color": chart.palette.soft_ink}
    line = {"lineStyle": {"color": chart.palette.grid}}
    written = {"axisLabel": soft, "axisLine": line, "nameTextStyle": soft}
    names: Option = {"type": "category", "data": list(chart.labels), "axisTick": {"show": False}, **written}
    numbers: Option = {"type": "value", "name": chart.unit, "splitLine": line, **written}
    if chart.kind == "line":
        numbers["scale"] = True
    series = [
        {
            "type": chart.kind,
            "name": row.name,
            "data": [_plain(value) for value in row.values],
            "itemStyle": {"color": series_colour(index)},
            **({"barMaxWidth": 40} if chart.kind == "bar" else {"symbolSize": 7, "connectNulls": False}),
            "label": {"show": len(chart.series) == 1, "position": "right" if chart.lying else "top", **soft},
        }
        for index, row in enumerate(chart.series)
    ]
    grid = {"containLabel": True, "left": 16, "right": 48, "top": 80, "bottom": 40}
    if chart.lying:
        return {"grid": grid, "xAxis": numbers, "yAxis": {**names, "inverse": True}, "series": series}
    return {"grid": grid, "xAxis": names, "yAxis": numbers, "series": series}


def _scale(chart: Chart) -> Option:
    known = [float(value) for value in chart.known] or [0.0]
    low, high = min(known), max(known)
    return {
        "min": low,
        "max": high if high > low else low + 1,
        "text": [f"高（{chart.unit}）" if chart.unit else "高", "低"],
        "inRange": {"color": list(RAMP)},
        "textStyle": {"color": chart.palette.ink},
        "calculable": True,
        "orient": "horizontal",
        "left": "center",
        "bottom": 0,
    }


def _tiled(chart: Chart) -> Option:
    layout = lay_tiles(chart.labels, chart.groups)
    cells, missing = [], []
    for tile, value in zip(layout.tiles, chart.series[0].values, strict=True):
        where = [tile.column, tile.row]
        if value is None:
            missing.append({"name": tile.label, "value": [*where, 0]})
        else:
            cells.append({"name": tile.label, "value": [*where, _plain(value)]})
    border = {"borderColor": chart.palette.ground, "borderWidth": 4}
    label = {"show": True, "formatter": "{b}\n{@[2]}"}
    grey = {"color": [chart.palette.missing] * 2}
    hidden = {"axisLine": {"show": False}, "axisTick": {"show": False}, "splitLine": {"show": False}}
    return {
        "tooltip": {"trigger": "item", "formatter": "{b}", **_plate(chart)},
        "grid": {"containLabel": True, "left": 16, "right": 16, "top": 80, "bottom": 60},
        "xAxis": {"type": "category", "data": list(range(layout.columns)), "axisLabel": {"show": False}, **hidden},
        "yAxis": {
            "type": "category",
            "data": [{"value": f"{row}"} for row in layout.rows],
            "inverse": True,
            "axisLabel": {"interval": 0, "color": chart.palette.soft_ink},
            **hidden,
        },
        # A heat map refuses to draw without a scale, so what is unknown gets one of a single grey.
        "visualMap": [
            {**_scale(chart), "dimension": 2, "seriesIndex": 0},
            {"show": False, "min": 0, "max": 1, "dimension": 2, "seriesIndex": 1, "inRange": grey},
        ],
        "series": [
            {"type": "heatmap", "name": chart.series[0].name, "data": cells, "label": label, "itemStyle": border},
            {
                "type": "heatmap",
                "name": UNKNOWN_LABEL,
                "data": missing,
                "label": {**label, "formatter": f"{{b}}\n{UNKNOWN_LABEL}"},
                "itemStyle": border,
            },
        ],
    }


def _shaped(chart: Chart) -> Option:
    data = [
        {"name": label, "value": _plain(value)}
        if value is not None
        else {"name": label, "label": {"formatter": f"{{b}}\n{UNKNOWN_LABEL}"}}
        for label, value in zip(chart.labels, chart.series[0].values, strict=True)
    ]
    style = {"areaColor": chart.palette.missing, "borderColor": chart.palette.soft_ink}
    series = {"type": "map", "map": chart.title, "name": chart.series[0].name, "data": data, "itemStyle": style}
    return {
        "visualMap": _scale(chart),
        "series": [{**series, "label": {"show": True, "color": chart.palette.ink, "formatter": "{b}\n{c}"}}],
    }
