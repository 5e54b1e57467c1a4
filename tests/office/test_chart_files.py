"""Charts as files: the text of an SVG stays text, a PNG is a PNG, an option is JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree
from matplotlib.font_manager import FontManager

from yici.core.charts.model import Chart, Series, Shape
from yici.core.errors import NotFound, UploadRefused, YiciError
from yici.office import chart_pictures
from yici.office.charts import chart_bytes, read_shapes, render_chart

NAMES = ("张青村", "魏庄村", "苗庄村")
SQUARE = ((0.0, 30.0), (1.0, 30.0), (1.0, 31.0), (0.0, 31.0))
CHARTS = [
    Chart("bar", "人口", NAMES, (Series("男", (3, 5, None)), Series("女", (1, -2, 4))), "人", "截至2025-12-31"),
    Chart("bar", "人口", NAMES * 5, (Series("男", (3, 5, None) * 5),), "人"),
    Chart("line", "满意率", NAMES, (Series("甲镇", (80, None, 90)),), "%"),
    Chart("map", "户数", NAMES, (Series("户数", (3, 5, None)),), "户", groups=("甲镇", "甲镇", "乙镇")),
    Chart("map", "户数", NAMES, (Series("户数", (3, 5, None)),), "户", shapes=(Shape("张青村", (((SQUARE,)),)),)),
]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda c: f"{c.kind}{len(c.labels)}{len(c.shapes)}")
def test_svg_keeps_text_as_text_and_describes_itself(chart: Chart) -> None:
    svg = chart_bytes(chart, ".svg")
    root = etree.fromstring(svg)
    texts = {"".join(node.itertext()).strip() for node in root.iter("{*}text", "{*}tspan")}
    assert chart.title in texts
    assert any("缺数据" in text for text in texts)
    assert any("张青村" in text for text in texts)
    assert root.get("role") == "img"
    assert root.findtext("{*}title") == chart.title
    assert "张青村" in (root.findtext("{*}desc") or "")
    assert chart_bytes(chart, ".svg") == svg, "the same chart gives the same bytes"


def test_files_by_their_ending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    render_chart(CHARTS[4], tmp_path / "a.json")
    assert set(json.loads((tmp_path / "a.json").read_text("utf-8"))["maps"]) == {"户数"}
    with pytest.raises(UploadRefused, match="chart_suffix"):
        render_chart(CHARTS[0], tmp_path / "a.pdf")
    with pytest.raises(YiciError, match="chart_empty"):
        render_chart(Chart("bar", "", (), ()), tmp_path / "b.svg")
    monkeypatch.setattr(chart_pictures, "_fonts_here", list)
    with pytest.raises(NotFound, match="chart_no_font"):
        render_chart(CHARTS[0], tmp_path / "a.png")
    render_chart(CHARTS[0], tmp_path / "c.svg")
    assert "张青村" in (tmp_path / "c.svg").read_text("utf-8")


def test_png_where_there_is_a_font(tmp_path: Path) -> None:
    if {font.name for font in FontManager().ttflist} & set(chart_pictures.FONTS):
        assert chart_bytes(CHARTS[0], ".png").startswith(b"\x89PNG")


def test_geojson_files(tmp_path: Path) -> None:
    file = tmp_path / "villages.geojson"
    feature = {"type": "Feature", "properties": {"name": "张青村"},
               "geometry": {"type": "Polygon", "coordinates": [[list(p) for p in SQUARE]]}}  # fmt: skip
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
    assert read_shapes(file, {"张青村": ""}) == (Shape("张青村", ((SQUARE,),)),)
    for broken in ("not json", "[" * 100_000):
        file.write_text(broken, "utf-8")
        with pytest.raises(UploadRefused):
            read_shapes(file, {"张青村": ""})
