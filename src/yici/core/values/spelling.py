"""Spelling that carries no meaning: blanks, full-width forms, invisible characters, marks for an empty cell."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_FULL_WIDTH_ALNUM = {code: half for code, half in _FULL_WIDTH.items() if chr(half).isalnum()} | {0x3000: 0x20}
_BLANKS = re.compile(r"\s+")
_CJK = r"\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_BLANK_IN_CJK = re.compile(rf"(?<=[{_CJK}0-9])\s+(?=[{_CJK}])|(?<=[{_CJK}])\s+(?=[0-9])")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


EMPTY_MARKS = words(
    "/ // \\ | — —— ——— - -- --- – – − ~ . .. … …… * ** ? ?? □ 、 : n/a #n/a null none nan nil "
    "无数据 暂无 暂无数据 暂缺 未知 不详 不明 未填 未填写 未登记 未采集 未录入 "
    "待核实 待查 待补 待补充 空 空白 缺 缺失 不清 不清楚 不知道"
)
"""How offices write that a cell is empty, in lower case and half-width, without blanks."""

DITTOS = frozenset(("同上", "〃", '"', "“", "”", "″", "同前"))


EXACT_DIGITS = 15
"""Office programs keep fifteen significant digits of a number; the rest becomes zeros."""


def tidy(text: str) -> str:
    """Text without blanks around it, invisible characters and line breaks (which become one blank)."""
    if not text.isprintable():
        text = text.replace("_x000D_", " ")
        text = "".join(map(_visible, text))
    # An apostrophe in front is how office programs are told to keep digits as text.
    text = text.strip().lstrip("'` ")
    return text[1:] if text[:1] in "‘’" and text[1:2].isdecimal() else text


def _visible(char: str) -> str:
    if char.isprintable():
        return char
    if char.isspace() or char in "\u0085\u2028\u2029":
        return "\u3000" if char == "\u3000" else " "
    # Private-use characters hold rare names in older systems; everything else here is invisible.
    return char if unicodedata.category(char) in ("Co", "Cn") else ""


def half_width(text: str) -> str:
    """Full-width letters, digits, punctuation and blanks as half-width ones."""
    return text if text.isascii() else text.translate(_FULL_WIDTH)


def half_width_alnum(text: str) -> str:
    """Full-width letters, digits and blanks as half-width ones; Chinese punctuation stays."""
    return text if text.isascii() else text.translate(_FULL_WIDTH_ALNUM)


def squash(text: str) -> str:
    """Half-width and without any blank: what is left to compare."""
    text = half_width(text)
    return text if text.isalnum() else "".join(text.split())


def one_blank(text: str) -> str:
    """Every run of blanks as one blank."""
    return _BLANKS.sub(" ", text).strip()


def close_cjk(text: str) -> str:
    """Blanks beside Chinese characters removed (张 可妍), those between Latin words kept."""
    return _BLANK_IN_CJK.sub("", one_blank(text))


def is_empty_mark(text: str) -> bool:
    """Is it a mark for an empty cell (/, —, 无数据)?"""
    return squash(text).lower() in EMPTY_MARKS


def is_ditto(text: str) -> bool:
    """Does it point to the cell above (同上)?"""
    return squash(text) in DITTOS


def plain_number(text: str) -> str | None:
    """A number's digits without exponent and without trailing ".0"; None when it is no number of sane size."""
    if text.isdecimal() and text.isascii():
        return text
    if not _NUMBER.fullmatch(text):
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if number and not -40 < number.adjusted() < 40:
        return None
    plain = format(number, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
