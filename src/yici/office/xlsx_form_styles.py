"""The looks of cells in a workbook: what a style index means to the eye."""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from lxml import etree

from yici.core.grid import BOTTOM, DIAGONAL, LEFT, RIGHT, TOP
from yici.office.xlsx_form_numbers import BUILTIN_FORMATS
from yici.office.xlsx_package import Package, child, children, local

# ECMA-376 part 1, 18.8.27: the indexed colours 8 to 63 (0 to 7 repeat 8 to 15).
_INDEXED: list[str] = re.findall(
    r"\w+",
    "000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF 800000 008000 000080 808000 800080 008080 C0C0C0 808080 "
    "9999FF 993366 FFFFCC CCFFFF 660066 FF8080 0066CC CCCCFF 000080 FF00FF FFFF00 00FFFF 800080 800000 008080 0000FF "
    "00CCFF CCFFFF CCFFCC FFFF99 99CCFF FF99CC CC99FF FFCC99 3366FF 33CCCC 99CC00 FFCC00 FF9900 FF6600 666699 969696 "
    "003366 339966 003300 333300 993300 993366 333399 333333",
)
_INDEXED_FROM = 8
# The theme index of a colour counts the scheme with its first two pairs swapped (light before dark).
_THEME_ORDER = (1, 0, 3, 2, 4, 5, 6, 7, 8, 9, 10, 11)
_OFFICE_THEME: list[str] = re.findall(
    r"\w+",
    "000000 FFFFFF 44546A E7E6E6 4472C4 ED7D31 A5A5A5 FFC000 5B9BD5 70AD47 0563C1 954F72",
)
_SIDES = {"left": LEFT, "start": LEFT, "right": RIGHT, "end": RIGHT, "top": TOP, "bottom": BOTTOM}


@dataclass(frozen=True, slots=True)
class Style:
    """The looks of one cell format; the fields are those of `core.grid.Cell`."""

    border: int = 0
    bold: bool = False
    size: float = 11.0
    align: str = ""
    indent: int = 0
    fill: str = ""
    colour: str = ""
    number_format: str = "General"


PLAIN = Style()
_T = TypeVar("_T")


class Palette:
    """The colours of a workbook: its theme and the indexed ones. Black and "automatic" text is ""."""

    def __init__(self, theme: etree._Element | None) -> None:
        named = _theme_colours(theme) if theme is not None else []
        self.theme = named if len(named) >= len(_OFFICE_THEME) else _OFFICE_THEME

    def rgb(self, colour: etree._Element | None, nothing: str) -> str:
        """The RGB of a colour element as "FF0000"; `nothing` (the colour of no statement) becomes ""."""
        if colour is None or colour.get("auto") in ("1", "true"):
            return ""
        text = self._named(colour)
        tint = float(colour.get("tint", "0"))
        if text and tint:
            text = _tinted(text, tint)
        return "" if text == nothing else text

    def _named(self, colour: etree._Element) -> str:
        if colour.get("rgb"):
            return colour.get("rgb", "")[-6:].upper()
        if (theme := colour.get("theme", "")).isdigit() and int(theme) < len(_THEME_ORDER):
            return self.theme[_THEME_ORDER[int(theme)]]
        if (indexed := colour.get("indexed", "")).isdigit() and int(indexed) < _INDEXED_FROM + len(_INDEXED):
            return _INDEXED[
                int(indexed) % _INDEXED_FROM if int(indexed) < _INDEXED_FROM else int(indexed) - _INDEXED_FROM
            ]
        return ""


def read_styles(package: Package) -> tuple[list[Style], Palette]:
    """The styles of a workbook by index, and its colours."""
    themes = package.related(package.workbook, "theme")
    palette = Palette(package.xml(themes[0]) if themes else None)
    parts = package.related(package.workbook, "styles")
    if not parts:
        return [PLAIN], palette
    root = package.xml(parts[0])
    formats = BUILTIN_FORMATS | {
        int(item.get("numFmtId", "0")): item.get("formatCode", "General") for item in _items(root, "numFmts", "numFmt")
    }
    fonts = [_font(item, palette) for item in _items(root, "fonts", "font")]
    fills = [_fill(item, palette) for item in _items(root, "fills", "fill")]
    borders = [_border(item) for item in _items(root, "borders", "border")]
    styles = []
    for xf in _items(root, "cellXfs", "xf"):
        bold, size, colour = _at(fonts, xf.get("fontId"), (False, 11.0, ""))
        align, indent = _alignment(child(xf, "alignment"))
        code = formats.get(int(xf.get("numFmtId") or 0), "General")
        border, fill = _at(borders, xf.get("borderId"), 0), _at(fills, xf.get("fillId"), "")
        styles.append(Style(border, bold, size, align, indent, fill, colour, code))
    return styles or [PLAIN], palette


def _items(root: etree._Element, group: str, name: str) -> list[etree._Element]:
    holder = child(root, group)
    return [] if holder is None else list(children(holder, name))


def _at(items: list[_T], index: str | None, default: _T) -> _T:
    number = int(index or 0)
    return items[number] if 0 <= number < len(items) else default


def is_on(element: etree._Element | None) -> bool:
    """Whether a boolean property such as <b/> is stated and not switched off."""
    return element is not None and element.get("val", "1") not in ("0", "false")


def _font(font: etree._Element, palette: Palette) -> tuple[bool, float, str]:
    size = child(font, "sz")
    return (
        is_on(child(font, "b")),
        float(size.get("val", "11")) if size is not None else 11.0,
        palette.rgb(child(font, "color"), "000000"),
    )


def _fill(fill: etree._Element, palette: Palette) -> str:
    pattern = child(fill, "patternFill")
    if pattern is None:
        stops = [stop for stop in fill.iter() if local(stop.tag) == "color"]
        return palette.rgb(stops[0], "FFFFFF") if stops else ""
    if pattern.get("patternType", "none") == "none":
        return ""
    return palette.rgb(child(pattern, "fgColor"), "FFFFFF")


def _border(border: etree._Element) -> int:
    bits = 0
    for side in border:
        name = local(side.tag)
        if side.get("style", "none") == "none":
            continue
        if name in _SIDES:
            bits |= _SIDES[name]
        elif name == "diagonal" and {border.get("diagonalUp"), border.get("diagonalDown")} & {"1", "true"}:
            bits |= DIAGONAL
    return bits


def _alignment(alignment: etree._Element | None) -> tuple[str, int]:
    if alignment is None:
        return "", 0
    align = alignment.get("horizontal", "")
    indent = alignment.get("indent", "0")
    return "" if align == "general" else align, int(indent) if indent.isdigit() else 0


def _theme_colours(theme: etree._Element) -> list[str]:
    scheme = next((item for item in theme.iter() if local(item.tag) == "clrScheme"), None)
    if scheme is None:
        return []
    stated = [next(iter(entry), None) for entry in scheme]
    return [(c.get("lastClr") or c.get("val") or "")[-6:].upper() if c is not None else "" for c in stated]


@lru_cache(maxsize=1024)
def _tinted(rgb: str, tint: float) -> str:
    """A colour made lighter (tint above 0) or darker, as ECMA-376 part 1, 18.8.19 says."""
    hue, light, saturation = colorsys.rgb_to_hls(*(int(rgb[i : i + 2], 16) / 255 for i in (0, 2, 4)))
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    return "".join(f"{round(part * 255):02X}" for part in colorsys.hls_to_rgb(hue, light, saturation))
