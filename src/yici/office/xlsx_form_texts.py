"""Texts as workbooks hold them: shared strings, rich text, characters written as _x000D_."""

from __future__ import annotations

import io
import re

from lxml import etree

from yici.office.xlsx_form_styles import Palette
from yici.office.xlsx_package import Package, broken, child, local

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def decoded(text: str) -> str:
    """The text without the _xHHHH_ notation of ECMA-376 part 1, 22.9.2.19, and with line feeds for line ends."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def rich_text(item: etree._Element, palette: Palette | None = None) -> tuple[str, str]:
    """The text of a string item, runs joined and phonetic guides left out, and the colour all its runs share or ""."""
    pieces: list[str] = []
    colours: set[str] = set()
    for part in item:
        name = local(part.tag)
        if name == "t":
            pieces.append(part.text or "")
        elif name == "r":
            text = child(part, "t")
            if text is None or not text.text:
                continue
            pieces.append(text.text)
            if palette is not None and text.text.strip():
                looks = child(part, "rPr")
                colours.add(palette.rgb(child(looks, "color"), "000000") if looks is not None else "")
    return decoded("".join(pieces)), colours.pop() if len(colours) == 1 else ""


def read_shared_strings(package: Package, palette: Palette) -> list[tuple[str, str]]:
    """The shared strings of a workbook in order, each with the colour of its runs."""
    parts = package.related(package.workbook, "sharedStrings")
    if not parts:
        return []
    shared = []
    items = etree.iterparse(
        io.BytesIO(package.read(parts[0])), events=("end",), tag="{*}si", resolve_entities=False, no_network=True,
        remove_comments=True,
    )  # fmt: skip
    try:
        for _, item in items:
            shared.append(rich_text(item, palette))
            item.clear()
            while item.getprevious() is not None:
                del item.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise broken(parts[0]) from error
    return shared
