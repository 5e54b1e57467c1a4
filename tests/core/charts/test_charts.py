"""Charts as data: checks, text alternatives, colours, tiles, outlines and ECharts options."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yici.core.charts.colours import NIGHT, PAPER, RAMP, SERIES, contrast, ink_on, ramp_colour
from yici.core.charts.echarts import maps_of, option_of
from yici.core.charts.geojson import shapes_of
from yici.core.charts.model import Chart, Series, check_chart, describe, shown
from yici.core.charts.tiles import lay_tiles
from yici.core.errors import UploadRefused

VILLAGES = ("张青村", "魏庄村", "苗庄村", "李家台")
SQUARE = [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]


def chart(kind: str = "bar", *values: int | None, **more: object) -> Chart:
    return Chart(kind, "人口", VILLAGES[: len(values)], (Series("人数", values),), "人", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (Decimal("3.10"), "3.1"),
        (Decimal("0.126"), "0.13"),
        (None, "缺数据"),
        (Decimal("1E+3"), "1000"),
        (Decimal("9" * 32 + ".126"), "9" * 32 + ".13"),
    ],
)
def test_numbers_read_as_people_write_them(value: Decimal | None, text: str) -> None:
    assert shown(value) == text


def test_the_text_alternative_names_extremes_and_what_is_unknown() -> None:
    text = describe(chart("bar", 5, 9, None, 2))
    assert text == "柱状图：人口。4项；人数：张青村 5人、魏庄村 9人、李家台 2人，1项缺数据。"
    longer = Chart("line", "满意率", ("1月", "2月", "3月", "4月"), (Series("甲镇", (80, 85, 70, 90)),), "%")
    assert describe(longer) == "折线图：满意率。4项；甲镇最高为4月 90%，最低为3月 70%。"


def test_charts_that_cannot_be_drawn_say_everything_that_is_wrong() -> None:
    broken = Chart("map", "人口", VILLAGES, (Series("a", (1,)), Series("b", (1, 2, 3, 4))), groups=("甲镇",))
    assert [p.code for p in check_chart(broken)] == ["chart_uneven", "chart_map_series", "chart_groups"]
    assert [p.code for p in check_chart(Chart("bar", "", (), ()))] == ["chart_empty"]


def test_colours_can_be_told_from_the_ground_and_letters_from_colours() -> None:
    assert all(contrast(colour, one.ground) >= 2 for one in (PAPER, NIGHT) for colour in SERIES)
    shares = [n / 50 for n in range(51)]
    assert all(contrast(ramp_colour(s), ink_on(ramp_colour(s))) >= 4.5 for s in shares)
    grey = [contrast(PAPER.ground, ramp_colour(s)) for s in shares]
    assert grey == sorted(grey), "darker is more, in grey print too"
    assert (ramp_colour(0), ramp_colour(1)) == (RAMP[0], RAMP[-1])


@given(st.lists(st.sampled_from(["甲镇", "乙镇", "丙镇"]), min_size=1, max_size=60))
def test_every_unit_has_a_tile_of_its_own_and_groups_do_not_mix(groups: list[str]) -> None:
    layout = lay_tiles([str(n) for n in range(len(groups))], groups)
    places = [(tile.row, tile.column) for tile in layout.tiles]
    assert len(set(places)) == len(groups)
    assert all(0 <= column < layout.columns for _, column in places)
    for row in range(len(layout.rows)):
        assert len({group for group, tile in zip(groups, layout.tiles, strict=True) if tile.row == row}) == 1


def feature(geometry: object, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def test_outlines_are_found_by_name_or_code() -> None:
    polygon = {"type": "Polygon", "coordinates": SQUARE}
    several = {"type": "MultiPolygon", "coordinates": [SQUARE, SQUARE]}
    collection = {
        "type": "FeatureCollection",
        "features": [
            feature(several, name="别处", adcode=410721104201),
            feature(polygon, name="张青村"),
            feature(polygon, name="无关"),
            feature({"type": "Point", "coordinates": [0, 0]}, name="苗庄村"),
        ],
    }
    shapes = shapes_of(collection, {"张青村": "", "魏庄村": "410721104201", "苗庄村": ""})
    assert [(shape.name, len(shape.polygons)) for shape in shapes] == [("张青村", 1), ("魏庄村", 2)]


@pytest.mark.parametrize(
    "content",
    [
        [],
        {"type": "Feature"},
        {"type": "FeatureCollection", "features": []},
        {"type": "FeatureCollection", "features": [7, feature(None, name="张青村"), feature({}, name="张青村")]},
        {"type": "FeatureCollection", "features": [feature({"type": "Polygon", "coordinates": 3}, name="张青村")]},
        {
            "type": "FeatureCollection",
            "features": [feature({"type": "Polygon", "coordinates": [[["x"]]]}, name="张青村")],
        },
    ],
)
def test_other_files_are_refused(content: object) -> None:
    with pytest.raises(UploadRefused):
        shapes_of(content, {"张青村": ""})


@pytest.mark.parametrize("kind", ["bar", "line", "map"])
def test_options_are_plain_json_and_unknown_is_not_zero(kind: str) -> None:
    option = option_of(chart(kind, 5, 9, None, 2, groups=("甲镇", "甲镇", "乙镇", "乙镇")))
    again = json.loads(json.dumps(option, ensure_ascii=False))
    assert again == option
    assert "缺数据：苗庄村" in option["title"]["subtext"]
    assert "缺数据" in option["aria"]["label"]["description"]
    values = [item["name"] if isinstance(item, dict) else item for item in option["series"][0]["data"]]
    assert values == (["张青村", "魏庄村", "李家台"] if kind == "map" else [5, 9, None, 2])


def test_a_map_with_outlines_names_the_map_it_needs() -> None:
    collection = {
        "type": "FeatureCollection",
        "features": [feature({"type": "Polygon", "coordinates": SQUARE}, name="张青村")],
    }
    shapes = shapes_of(collection, {"张青村": ""})
    drawn = chart("map", 5, None, shapes=shapes)
    assert option_of(drawn)["series"][0]["map"] in maps_of(drawn)
    assert maps_of(drawn)["人口"]["features"][0]["geometry"]["coordinates"] == [[[list(p) for p in SQUARE[0]]]]
