"""Telephone numbers of the mainland: mobile, landline with area code and extension, service numbers."""

from __future__ import annotations

import re

from yici.core.values.model import EMPTY_MARK, Cleaned, Status, Value, ValueKind, ok, refused
from yici.core.values.spelling import half_width, plain_number

_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"(0(?:10|2\d|[3-9]\d\d))([2-9]\d{6,7})(?:(?:转|EXT\.?|X|#)(\d{1,6}))?", re.ASCII)
_EXTENDED = re.compile(r"(0(?:10|2\d|[3-9]\d\d))-([2-9]\d{6,7})-(\d{1,6})", re.ASCII)
_LOCAL = re.compile(r"[2-8]\d{6,7}", re.ASCII)
_SERVICE = re.compile(r"[48]00\d{7}", re.ASCII)
_COUNTRY = re.compile(r"^(?:\+|00)?86-?(?=1[3-9]\d{9}$|0\d{9,11}$|[1-9]\d{9,10}$)", re.ASCII)
_LABEL = re.compile(r"^(?:联系)?(?:手机|电话|移动电话|联系方式|固话|座机)(?:号码?)?:?", re.ASCII)
_NOTE = re.compile(r"\([^()\d]*\)$")
_SEPARATORS = re.compile(r"[/、,;|或和及]+|\s{1,}")
_JOINERS = re.compile(r"[\s\-()._·—–－]+")
_ZERO_LOST = re.compile(r"(10|2\d)([2-9]\d{7})|([3-9]\d\d)([2-9]\d{6,7})", re.ASCII)


class PhoneKind(ValueKind):
    """A telephone number: 13800138000, 0373-1234567, 0373-1234567-801, 1234567 (local), 4001234567."""

    def of_text(self, text: str) -> Cleaned:
        if _MOBILE.fullmatch(text):
            return ok(text)
        text = half_width(text).upper().removesuffix(".0")
        if "*" in text:
            return refused("masked")
        if text == "0":
            return EMPTY_MARK
        noted = _NOTE.sub("", _LABEL.sub("", text)).strip()
        number = _number(noted)
        if number:
            return ok(number) if noted == text else Cleaned(number, Status.FIXED, "note_removed")
        parts = [_number(part) for part in _SEPARATORS.split(noted) if part]
        if len(parts) > 1 and parts[0] and all(parts):
            return Cleaned(parts[0], Status.FIXED, "phone_several")
        return refused("phone_length" if _JOINERS.sub("", noted).isdecimal() else "phone_characters")

    def of_number(self, text: str) -> Cleaned:
        digits = plain_number(text) or ""
        if digits == "0":
            return EMPTY_MARK
        if _SERVICE.fullmatch(digits) or not (found := _ZERO_LOST.fullmatch(digits)):
            return self.of_text(digits) if digits else refused("phone_characters")
        area, number = (found[1], found[2]) if found[1] else (found[3], found[4])
        return Cleaned(f"0{area}-{number}", Status.FIXED, "phone_zero")

    def likeness(self, a: Value, b: Value) -> float:
        left, right = str(a).replace("-", ""), str(b).replace("-", "")
        return 0.9 if left.endswith(right) or right.endswith(left) else 0.0


def _number(text: str) -> str | None:
    """One number in its official notation, or None."""
    if extended := _EXTENDED.fullmatch(text.replace(" ", "")):
        return "-".join(extended.groups())
    digits = _COUNTRY.sub("", _JOINERS.sub("", text).removeprefix("+"))
    if _MOBILE.fullmatch(digits) or _SERVICE.fullmatch(digits) or _LOCAL.fullmatch(digits):
        return digits
    if found := _LANDLINE.fullmatch(digits):
        return "-".join(part for part in found.groups() if part)
    return None
