"""Values as cell elements: text is always text, numbers are numbers, nothing becomes a formula."""

from __future__ import annotations

import re
from decimal import Decimal

from yici.core.errors import Problem, YiciError
from yici.core.fillplan import FillValue

MAX_TEXT = 32_767
EXACT = 10**15
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_SPECIAL = re.compile(r"[&<>]|_x|^ | $")
_LIKE_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class Spaced(str):
    """A cell text, already escaped, whose blanks at the ends must be kept."""

    __slots__ = ()


def escaped(text: str) -> str:
    """A text as XML holds it; characters XML does not allow are left out. `Spaced` when it begins or ends blank.

    Raises YiciError for a text longer than a cell can hold (32,767 characters).
    """
    if text.isprintable() and len(text) <= MAX_TEXT and _SPECIAL.search(text) is None:
        return text
    if len(text) > MAX_TEXT:
        raise YiciError(Problem("text-too-long", f"内容超过单元格上限 {MAX_TEXT} 字：{text[:20]}…", "请缩短后重试。"))
    text = _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    spaced = text[:1].isspace() or text[-1:].isspace()
    text = _LIKE_ESCAPE.sub("_x005F_", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Spaced(text) if spaced else text


def writable(value: FillValue | None) -> str | int | float | Decimal | None:
    """The value as the row templates take it: escaped text, a number a workbook holds exactly, or None.

    Whole numbers of 16 digits and more, and what is no finite number, become text: a workbook would lose digits.
    """
    if value is None:
        return None
    if isinstance(value, str):
        return escaped(str(value))
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal):
        return value if value.is_finite() and -EXACT < value < EXACT else str(value)
    if isinstance(value, (int, float)):
        return value if -EXACT < value < EXACT else str(value)
    raise TypeError(f"not a cell value: {type(value).__name__}")


class CellWriter:
    """Makes cell elements under the namespace prefix of a worksheet (b"" or b"x:")."""

    def __init__(self, prefix: bytes) -> None:
        self.prefix = prefix.decode()
        self.closing = self.shape(str, "")[1].encode()
        self._shapes: dict[tuple[type, str], tuple[str, str]] = {}

    def shape(self, kind: type, style: str) -> tuple[str, str]:
        """What stands around the value of a cell of that kind, after its address: `" s="3"><v>`, `</v></c>`."""
        p = self.prefix
        mark = f' s="{style}"' if style else ""
        if kind is type(None):
            return f'"{mark}/>', ""
        if issubclass(kind, str):
            space = ' xml:space="preserve"' if kind is Spaced else ""
            return f'"{mark} t="inlineStr"><{p}is><{p}t{space}>', f"</{p}t></{p}is></{p}c>"
        return f'"{mark}><{p}v>', f"</{p}v></{p}c>"

    def cell(self, address: str, style: str, value: FillValue | None) -> bytes:
        """One cell element; an empty text makes a blank cell."""
        shown = writable(value)
        if shown == "":
            shown = None
        key = type(shown), style
        known = self._shapes.get(key)
        if known is None:
            known = self._shapes[key] = self.shape(*key)
        before, after = known
        text = "" if shown is None else f"{shown:f}" if isinstance(shown, Decimal) else str(shown)
        return f'<{self.prefix}c r="{address}{before}{text}{after}'.encode()
