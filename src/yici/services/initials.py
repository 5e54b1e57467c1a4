"""Pinyin initials of names: which characters a letter may stand for (zs: 张三, 赵四)."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from functools import cache

from pypinyin.pinyin_dict import pinyin_dict

_FIRST, _LAST = 0x4E00, 0x9FFF
# The places before and after them stand for every other sign, which no letter begins.
BEFORE, AFTER = _FIRST - 1, _LAST + 1
NONE = "0" * (AFTER - BEFORE + 1)
# Readings that family names have and dictionaries give last or not at all.
_OF_NAMES = {
    "单": "s",
    "仇": "q",
    "解": "x",
    "查": "z",
    "曾": "z",
    "区": "o",
    "朴": "p",
    "盖": "g",
    "尉": "y",
    "乐": "y",
}


@cache
def signs_by_initial() -> dict[str, str]:
    """Letter → every character that is read with it in one of its readings. Made once a process."""
    found: dict[str, set[str]] = defaultdict(set)
    for code, readings in pinyin_dict.items():
        if _FIRST <= code <= _LAST:
            for reading in readings.split(","):
                found[unicodedata.normalize("NFD", reading)[:1]].add(chr(code))
    for sign, letter in _OF_NAMES.items():
        found[letter].add(sign)
    return {letter: "".join(sorted(signs)) for letter, signs in found.items()}


@cache
def bits_by_initial() -> dict[str, str]:
    """Letter → a 1 for each character from BEFORE to AFTER that is read with it, and a 0 for the others."""
    found = {}
    for letter, signs in signs_by_initial().items():
        known = set(signs)
        found[letter] = "".join("01"[chr(code) in known] for code in range(BEFORE, AFTER + 1))
    return found
