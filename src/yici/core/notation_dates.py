"""How dates are to be written: from an example in the heading, from words in it, from a cell's number format."""

from __future__ import annotations

import re
from collections.abc import Sequence

from yici.core.notation_legends import bracketed
from yici.core.notation_model import Notation
from yici.core.values.spelling import half_width, squash

_CUE = re.compile(r"如|例|格式|样式|形式|示例|按|填写|样本|写成|范例")
_EXAMPLE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*([.\-/年])\s*(\d{1,2})(?:\s*([.\-/月])\s*(\d{1,2})(\s*日)?(?!\d)|(\s*月)?(?![\d.\-/]))"
)
_DIGITS = re.compile(r"(?<!\d)(?:19|20)\d\d(?:0[1-9]|1[0-2])((?:0[1-9]|[12]\d|3[01])?)(?!\d)")
_YEAR = r"(?:[yY]{4}|[xX×*]{4}|(?:19|20)[xX×*]{2})"
_TWO = r"[xX×*]{1,2}"
_LETTERS = re.compile(
    rf"{_YEAR}\s*([.\-/年]?)\s*(?:[mM]{{1,2}}|{_TWO})(?:\s*([.\-/月]?)\s*(?:[dD]{{1,2}}|{_TWO})(日)?(?![xX×*])|(月))?"
)
_WORDS = re.compile(r"^年([.\-/]?)月(?:([.\-/]?)日)?$")
_EIGHT = re.compile(r"[8八]位")
_SIX = re.compile(r"[6六]位")


def date_notation(label: str, number_format: str = "", above: Sequence[str] = ()) -> Notation:
    """The notation of a date slot from its heading, else from a heading above, else from the cell's number format."""
    texts = [*_prescribing(label), *(text for line in above for text in bracketed(line) if _CUE.search(text))]
    for text in texts:
        if pattern := _by_example(text):
            return Notation("date", pattern=pattern, precision=_precision(pattern), strict=True)
    if pattern := _by_number_format(number_format):
        return Notation("date", pattern=pattern, precision=_precision(pattern))
    return _by_words(squash(label))


def _prescribing(label: str) -> list[str]:
    """Brackets that speak about the writing or hold nothing but an example, and what follows 如, 格式 elsewhere."""
    found = [text for text in bracketed(label) if _CUE.search(text) or _is_example(text)]
    tail = _CUE.split(half_width(label), maxsplit=1)
    return found + ([tail[1]] if len(tail) > 1 else [])


def _is_example(text: str) -> bool:
    """Nothing but an example of a date: 1990.05, yyyy-mm-dd, 年/月/日, 8位数字."""
    rest = re.sub(r"[\dxXyYmMdD×*.\-/\s年月日位八六数字]", "", text)
    return not rest


def _by_example(text: str) -> str:
    if found := _EXAMPLE.search(text):
        _, first, month, second, day, day_word, month_word = found.groups()
        padded = (
            month.startswith("0") or (day or "").startswith("0") or (int(month) > 9 and (day is None or int(day) > 9))
        )
        return _pattern(first, second, day is not None, padded, bool(day_word), bool(month_word))
    if found := _DIGITS.search(text):
        return "{y:04}{m:02}{d:02}" if found[1] else "{y:04}{m:02}"
    if found := _LETTERS.search(text):
        first, second, day_word, month_word = found.groups()
        has_day = second is not None
        return _pattern(first, second or "", has_day, True, bool(day_word), bool(month_word))
    if found := _WORDS.match(squash(text)):
        if found[1]:
            return _pattern(found[1], found[2] or "", found[2] is not None, True, False, False)
        return ""
    if _EIGHT.search(text):
        return "{y:04}{m:02}{d:02}"
    return "{y:04}{m:02}" if _SIX.search(text) else ""


def _pattern(first: str, second: str | None, has_day: bool, padded: bool, day_word: bool, month_word: bool) -> str:
    width = ":02" if padded else ""
    if not has_day:
        return f"{{y:04}}{first}{{m{width}}}" + ("月" if month_word or first == "年" else "")
    return f"{{y:04}}{first}{{m{width}}}{second or ''}{{d{width}}}" + ("日" if day_word or second == "月" else "")


def _by_number_format(number_format: str) -> str:
    """The pattern of a date format that begins with the year (yyyy/m/d); other formats prescribe nothing."""
    plain = re.sub(r'\[[^\]]*\]|["\\@;]', "", number_format.lower())
    found = re.fullmatch(r"(?:yyyy|yy|e)([.\-/年]?)(m{1,2})(?:([.\-/月])(d{1,2})(日?)|(月)?)", plain.strip("_ "))
    if not found:
        return ""
    first, month, second, day, day_word, month_word = found.groups()
    month_width = ":02" if month == "mm" else ""
    head = f"{{y:04}}{first}{{m{month_width}}}"
    if day is None:
        return head + (month_word or "")
    return head + f"{second}{{d{':02' if day == 'dd' else ''}}}{day_word}"


def _by_words(label: str) -> Notation:
    if "年月日" in label or "精确到日" in label:
        return Notation("date", precision="day")
    if "年月" in label or "精确到月" in label or label.endswith("月份"):
        return Notation("date", precision="month")
    if re.search(r"年份$|年份[(]|精确到年", label):
        return Notation("date", precision="year")
    return Notation("date")


def _precision(pattern: str) -> str:
    return "day" if "{d" in pattern else "month"


def write_date(iso: str, notation: Notation) -> str | None:
    """An ISO date of any precision in that notation; None when the notation demands more than is known."""
    parts = iso.split("-")
    if notation.pattern:
        if len(parts) < (3 if notation.precision == "day" else 2):
            return None if notation.strict else _as_known(parts, notation.pattern)
        numbers = [int(part) for part in parts]
        return notation.pattern.format(y=numbers[0], m=numbers[1], d=numbers[2] if len(numbers) > 2 else 0)
    kept = {"year": 1, "month": 2}.get(notation.precision, 3)
    return "-".join(parts[:kept])


def _as_known(parts: list[str], pattern: str) -> str:
    """Less than the pattern has, in its style: 1950/3 for 1950/3/7."""
    if len(parts) == 1:
        return parts[0]
    head, _, _ = pattern.partition("{d")
    head = head if head.endswith("月") else head.rstrip(".-/")
    return head.format(y=int(parts[0]), m=int(parts[1]))
