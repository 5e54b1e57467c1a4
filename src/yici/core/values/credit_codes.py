"""Unified social credit codes (统一社会信用代码), GB 32100-2015: 18 characters, the last one checks."""

from __future__ import annotations

import re

from yici.core.values.model import EMPTY_MARK, Cleaned, Status, ValueKind, ok, refused
from yici.core.values.spelling import EXACT_DIGITS, plain_number, squash

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORDER = {char: number for number, char in enumerate(_ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_SHAPE = re.compile(rf"[1-9A-GNY][{_ALPHABET}]\d{{6}}[{_ALPHABET}]{{10}}", re.ASCII)
_OLD = re.compile(r"\d{13}|\d{15}", re.ASCII)
_LOOKALIKES = str.maketrans("OI", "01")


def uscc_check(first17: str) -> str:
    """The eighteenth character for the first seventeen. Raises KeyError for a character the standard does not use."""
    total = sum(_ORDER[char] * weight for char, weight in zip(first17, _WEIGHTS, strict=True))
    return _ALPHABET[-total % 31]


class UsccKind(ValueKind):
    """A credit code. One whose check character fails is kept with a doubt: some were issued that way."""

    def of_text(self, text: str) -> Cleaned:
        code = squash(text).upper().replace("-", "").removesuffix(".0")
        if code == "0":
            return EMPTY_MARK
        if "*" in code:
            return refused("masked")
        if _OLD.fullmatch(code):
            return refused("uscc_old_number")
        if len(code) != 18:
            return refused("uscc_length")
        if _SHAPE.fullmatch(code):
            return ok(code) if uscc_check(code[:17]) == code[17] else Cleaned(code, Status.DOUBTFUL, "uscc_check_digit")
        mended = code.translate(_LOOKALIKES)
        if _SHAPE.fullmatch(mended) and uscc_check(mended[:17]) == mended[17]:
            return Cleaned(mended, Status.FIXED, "uscc_letters")
        return refused("uscc_characters")

    def of_number(self, text: str) -> Cleaned:
        digits = plain_number(text)
        if digits is None:
            return refused("uscc_characters")
        return Cleaned(None, Status.LOST, "digits_lost") if len(digits) > EXACT_DIGITS else self.of_text(digits)
