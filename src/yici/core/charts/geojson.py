"""Outlines of units from GeoJSON (RFC 7946), matched to units by name or division code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yici.core.charts.model import Ring, Shape
from yici.core.divisions import short_code
from yici.core.errors import Problem, UploadRefused

_NAMES = ("name", "NAME", "名称", "单位", "fullname")
_CODES = ("adcode", "code", "id", "区划代码", "代码")


def shapes_of(geojson: object, units: Mapping[str, str]) -> tuple[Shape, ...]:
    """The outlines of the units (name → division code or ""); units without an outline are left out.

    Raises UploadRefused when it is no collection of polygons, or none of them belongs to a unit.
    """
    if not isinstance(geojson, dict) or geojson.get("type") != "FeatureCollection":
        raise UploadRefused(Problem("geo_kind", "这不是 GeoJSON 要素集合。", "请给 type 为 FeatureCollection 的文件。"))
    codes = {short_code(code): name for name, code in units.items() if code}
    found: dict[str, Shape] = {}
    for feature in geojson.get("features") or ():
        name = _unit(feature, units, codes) if isinstance(feature, dict) else None
        polygons = _polygons(feature.get("geometry")) if name else ()
        if name and polygons:
            found[name] = Shape(name, polygons)
    if not found:
        shown = "、".join(list(units)[:5])
        hint = f"要素的 name 应当是单位名称（如{shown}），或 adcode 是区划代码。"
        raise UploadRefused(Problem("geo_no_unit", "文件里没有一个区域对得上这些单位。", hint))
    return tuple(found[name] for name in units if name in found)


def _unit(feature: Mapping[str, object], units: Mapping[str, str], codes: Mapping[str | None, str]) -> str | None:
    raw = feature.get("properties")
    properties = {**raw, "id": feature.get("id", raw.get("id"))} if isinstance(raw, dict) else {"id": feature.get("id")}
    names = [str(properties[key]).strip() for key in _NAMES if properties.get(key) is not None]
    by_name = next((name for name in names if name in units), None)
    keys = [short_code(str(properties[key])) for key in _CODES if properties.get(key) is not None]
    return by_name or next((codes[key] for key in keys if key and key in codes), None)


def _polygons(geometry: object) -> tuple[tuple[Ring, ...], ...]:
    if not isinstance(geometry, dict):
        return ()
    coordinates = geometry.get("coordinates")
    kind = geometry.get("type")
    several = [coordinates] if kind == "Polygon" else coordinates if kind == "MultiPolygon" else []
    if not isinstance(several, list):
        return ()
    polygons = (tuple(_rings(polygon)) for polygon in several if isinstance(polygon, list))
    return tuple(polygon for polygon in polygons if polygon)


def _rings(polygon: Sequence[object]) -> list[Ring]:
    rings = [_ring(ring) for ring in polygon if isinstance(ring, list)]
    return [ring for ring in rings if len(ring) >= 3]


def _ring(points: Sequence[object]) -> Ring:
    good = [p for p in points if isinstance(p, list) and len(p) >= 2 and all(_is_number(n) for n in p[:2])]
    return tuple((float(p[0]), float(p[1])) for p in good)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 360
