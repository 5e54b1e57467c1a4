"""Raw cells as they come from a ledger: None, or a tagged string (s text, n number, d date, b bool, e error)."""

from __future__ import annotations

import re

from yici.core.recognition.labels import read_label, squash

Raw = str | None

_LONG_DIGITS = re.compile(r"'?\d{6}\s?(?:\d\s?){8}\s?\d{3}[\dXx]?|1[3-9]\d{9}|\d{7,}")
_DATE_LIKE = re.compile(r"(?:19|20)\d{2}[-./年]\d{1,2}.{0,6}|\d{1,2}[-./]\d{1,2}")


def kind_of_raw(raw: Raw) -> str:
    """The tag of a raw cell; "" when it is empty or holds only blanks."""
    if raw is None or len(raw) < 2:
        return ""
    if raw[0] == "s" and not squash(raw[1:]):
        return ""
    return raw[0]


def is_filled(raw: Raw) -> bool:
    """Whether the eye sees something in the cell."""
    return kind_of_raw(raw) != ""


def words_of(raw: Raw) -> str:
    """The text of a raw cell without its tag, blanks and full-width forms (姓 名 → 姓名)."""
    return squash(raw[1:]) if raw else ""


def bare_label(text: str) -> str:
    """A heading without its hints: 家庭年收入\\n(万元) → 家庭年收入, 其中:流转面积 → 流转面积."""
    label = read_label(text)
    return label.core.removeprefix("其中:") or label.full


def is_value_like(raw: Raw) -> bool:
    """A cell that can only be a value, never a heading: a number, a date, long digits."""
    kind = kind_of_raw(raw)
    if kind in ("n", "d", "b", "e"):
        return True
    text = words_of(raw)
    return bool(text) and (_LONG_DIGITS.fullmatch(text) is not None or _DATE_LIKE.fullmatch(text) is not None)
