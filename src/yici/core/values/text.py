"""Text: free text, addresses, areas, and numbers that are names (账号, 证号, 编号)."""

from __future__ import annotations

import re

from rapidfuzz.fuzz import ratio

from yici.core.values.model import Cleaned, Status, Value, ValueKind, ok, refused
from yici.core.values.spelling import (
    EXACT_DIGITS,
    close_cjk,
    half_width,
    half_width_alnum,
    one_blank,
    plain_number,
    squash,
    tidy,
)


class TextKind(ValueKind):
    """Free text. Only spelling without meaning is mended; 无 is an answer and stays."""

    none_is_empty = False

    def of_text(self, text: str) -> Cleaned:
        return ok(one_blank(half_width_alnum(text)))

    def of_number(self, text: str) -> Cleaned:
        return self._of_tidy(plain_number(text) or tidy(text))

    def of_date(self, text: str) -> Cleaned:
        return self._of_tidy(tidy(text.removesuffix("T00:00:00").replace("T", " ")))

    def of_bool(self, value: bool) -> Cleaned:
        return ok("是" if value else "否")

    def likeness(self, a: Value, b: Value) -> float:
        left, right = squash(str(a)), squash(str(b))
        return 0.99 if left == right else min(0.98, ratio(left, right) / 100)


class AddressKind(TextKind):
    """An address: like text, without blanks between Chinese characters."""

    none_is_empty = True

    def of_text(self, text: str) -> Cleaned:
        return ok(close_cjk(half_width_alnum(text)))

    def of_date(self, text: str) -> Cleaned:
        return refused("date_cell")

    def of_bool(self, value: bool) -> Cleaned:
        return refused("bool_cell")


class TitleKind(AddressKind):
    """A name of an area, an organisation, a company: no blanks between Chinese characters, brackets in one form."""

    def of_text(self, text: str) -> Cleaned:
        text = close_cjk(half_width_alnum(text))
        return ok(text.replace("(", "（").replace(")", "）") if not text.isascii() else text)


_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{1,2}")


class NumberedKind(ValueKind):
    """A number that is a name (bank account, certificate, household number): kept as text, digit for digit."""

    def of_text(self, text: str) -> Cleaned:
        code = squash(text).upper()
        if _SCIENTIFIC.fullmatch(code):
            return Cleaned(None, Status.LOST, "digits_lost")
        if "*" in code:
            return refused("masked")
        if not any(char.isdigit() for char in code):
            return refused("no_digits")
        return ok(code.removesuffix(".0") if code.removesuffix(".0").isdecimal() else code)

    def of_number(self, text: str) -> Cleaned:
        digits = plain_number(half_width(text))
        if digits is None:
            return refused("not_a_number")
        if len(digits) > EXACT_DIGITS:
            return Cleaned(None, Status.LOST, "digits_lost")
        return ok(digits)

    def likeness(self, a: Value, b: Value) -> float:
        return 0.9 if str(a).lstrip("0") == str(b).lstrip("0") else 0.0
