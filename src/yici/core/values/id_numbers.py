"""Citizens' ID numbers (公民身份号码), GB 11643-1999: 6 digits area, 8 birth date, 3 sequence, 1 check character.

The area is not looked up: county codes are abolished and reused, and old numbers stay valid for life.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from operator import mul

from yici.core.values.model import EMPTY_MARK, Cleaned, Status, Value, ValueKind, ok, refused
from yici.core.values.spelling import EXACT_DIGITS, half_width, plain_number, squash

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_ZEROS = 48 * sum(_WEIGHTS)
_SHAPE = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
_SHORT = re.compile(r"[1-9]\d{14}", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d{1,2}", re.ASCII)
_OTHER_DOCUMENT = re.compile(r"(?:[A-Z]{1,3}\d{6,10}|[HM]\d{8,10}|\d{8})", re.ASCII)
_NOTE = re.compile(r"^([^(]+)\(.*\)$|^(?:公民)?身份证?(?:号码?|件号)?[:：]?(.+)$")
_CENTENARIANS = ("996", "997", "998", "999")
EARLIEST, LATEST = 1880, 2099


def check_character(first17: str) -> str:
    """The eighteenth character for the first seventeen digits (ISO 7064 MOD 11-2)."""
    return _CHECKS[(sum(map(mul, _WEIGHTS, first17.encode("ascii"))) - _ZEROS) % 11]


@lru_cache(maxsize=65536)
def _iso_date(digits: str) -> str | None:
    """ "19900507" → "1990-05-07"; None when there is no such day or the year is absurd."""
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    if not EARLIEST <= year <= LATEST:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


class IdNumberKind(ValueKind):
    """A citizen's ID number: 18 characters, the check character holds and the birth date exists."""

    def of_text(self, text: str) -> Cleaned:
        if _SHAPE.fullmatch(text):
            return self._eighteen(text)
        code = squash(text).upper()
        if found := _NOTE.match(code):
            inner = self._code(found[1] or found[2])
            return Cleaned(inner.value, Status.FIXED, "note_removed") if inner.status == Status.OK else inner
        return self._code(code)

    def of_number(self, text: str) -> Cleaned:
        digits = plain_number(half_width(text)) or ""
        if digits == "0":
            return EMPTY_MARK
        if digits.isdecimal() and len(digits) > EXACT_DIGITS:
            return Cleaned(None, Status.LOST, "digits_lost")
        return self._code(digits)

    def _code(self, code: str) -> Cleaned:
        code = code.replace("-", "").replace("'", "").removesuffix(".0").replace("Ⅹ", "X").replace("×", "X")
        if _SHAPE.fullmatch(code):
            return self._eighteen(code)
        if _SHORT.fullmatch(code):
            return self._fifteen(code)
        if code == "0":
            return EMPTY_MARK
        if "*" in code:
            return refused("masked")
        if _SCIENTIFIC.fullmatch(code):
            return Cleaned(None, Status.LOST, "digits_lost")
        if _OTHER_DOCUMENT.fullmatch(code):
            return refused("id_other_document")
        plain = code.removesuffix("X")
        return refused("id_length" if plain.isdecimal() and plain.isascii() else "id_characters")

    def _eighteen(self, code: str) -> Cleaned:
        holds = check_character(code[:17]) == code[17]
        if code.endswith("000"):
            # Digits lost in a number leave zeros, also after they were saved as text.
            return Cleaned(code, Status.DOUBTFUL, "maybe_lost") if holds and _iso_date(code[6:14]) else _LOST
        if _iso_date(code[6:14]) is None:
            return refused("id_date")
        return ok(code) if holds else refused("id_check_digit")

    def _fifteen(self, code: str) -> Cleaned:
        century = "18" if code[12:] in _CENTENARIANS else "19"
        first17 = code[:6] + century + code[6:]
        if _iso_date(first17[6:14]) is None:
            return refused("id_date")
        return Cleaned(first17 + check_character(first17), Status.FIXED, "id_upgraded")

    def likeness(self, a: Value, b: Value) -> float:
        return 0.8 if str(a)[:15] == str(b)[:15] else 0.0


_LOST = Cleaned(None, Status.LOST, "digits_lost")


def lost_prefix(raw: str | None) -> str | None:
    """The first 15 digits of an 18-digit number that was stored as a number, to match with a name; else None."""
    if not raw or raw[0] not in "ns":
        return None
    text = squash(raw[1:]).lower().lstrip("'")
    digits = plain_number(text)
    if digits is None or len(digits) != 18 or not digits.isdecimal():
        return None
    mantissa, exponent, _ = text.partition("e")
    # As text, an exponent may be all that was displayed, and eighteen digits are lost ones only if they end in zeros.
    shown = len(mantissa.replace(".", "")) >= EXACT_DIGITS if exponent else text.endswith("000")
    return digits[:EXACT_DIGITS] if (raw[0] == "n" or shown) and _iso_date(digits[6:14]) else None


def birth_date_of(id_number: str) -> str:
    """The birth date, ISO, in a valid 18-character ID number."""
    return f"{id_number[6:10]}-{id_number[10:12]}-{id_number[12:14]}"


def sex_of(id_number: str) -> str:
    """男 or 女, from the seventeenth digit (odd: male) of a valid ID number."""
    return "男" if int(id_number[16]) % 2 else "女"
