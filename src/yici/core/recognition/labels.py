"""The text of a label: normalised, split into its core and the hints in brackets."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_ZERO_WIDTH = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_BLANKS = re.compile(r"\s+")
_LATIN_GAP = re.compile(r"(?<=[A-Za-z])\s+(?=[A-Za-z])")
_BRACKET = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")
_NUMBERING = re.compile(
    r"^(?:\d{1,3}(?=[.、．)）])[.、．)）]+|[(（][一二三四五六七八九十\d]{1,3}[)）]、?|[一二三四五六七八九十]{1,3}[、.．]|[①-⑳]|\d{3,4}(?=[（(一-龥]))"
)
_TAIL = re.compile(r"[:：;；,，、。*＊#]+$")
_HEAD = re.compile(r"^[*＊#★▲※:：]+")


@lru_cache(maxsize=1 << 15)
def squash(text: str) -> str:
    """NFKC with all blanks removed between CJK characters and a single one kept between Latin words.

    >>> squash(" 姓　名 "), squash("家\\n庭\\n成\\n员"), squash("QQ  number")
    ('姓名', '家庭成员', 'QQ number')
    """
    text = _ZERO_WIDTH.sub("", unicodedata.normalize("NFKC", text))
    text = _LATIN_GAP.sub("\x00", text)
    return _BLANKS.sub("", text).replace("\x00", " ")


@dataclass(frozen=True, slots=True)
class Label:
    """A label as read: `core` without numbering, marks and brackets; `hints` what stood in brackets, in order."""

    core: str
    hints: tuple[str, ...]
    full: str


def read_label(text: str) -> Label:
    """Split a label into its core and its bracketed hints.

    >>> read_label("1. 家庭年收入\\n（万元）：")
    Label(core='家庭年收入', hints=('万元',), full='1.家庭年收入(万元):')
    """
    full = squash(text)
    core = full
    hints: list[str] = []
    numbered = _NUMBERING.match(core)
    if numbered and len(core) > numbered.end():
        core = core[numbered.end() :]
    while match := _BRACKET.search(core):
        hints.append(match[1])
        core = core[: match.start()] + core[match.end() :]
    core = _TAIL.sub("", _HEAD.sub("", core))
    numbered = _NUMBERING.match(core)
    if numbered and len(core) > numbered.end() + 1:
        core = core[numbered.end() :]
    return Label(core.strip("\"'“”‘’"), tuple(hint for hint in hints if hint), full)
