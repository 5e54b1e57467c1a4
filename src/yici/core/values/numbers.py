"""Integers and decimals: thousands separators, full-width digits, units in the cell or in the heading."""

from __future__ import annotations

import re
from decimal import Context, Decimal

from yici.core.values.model import Cleaned, Value, ValueKind, ok, refused
from yici.core.values.spelling import EXACT_DIGITS, plain_number, squash
from yici.core.values.units import Measure, measure_of, ratio, scaled, trimmed

_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
_QUANTITY = re.compile(
    r"(?:[¥￥$]|RMB|人民币|共计?|合计)?([+\-−－]?\d[\d,，]*(?:\.\d*)?|[+\-−－]?\.\d+)(.*)", re.ASCII | re.IGNORECASE
)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_APPROXIMATE = re.compile(r"^约|^近|^大约|左右$|以上$|以下$|以内$|余|多|不足|\d[-~—–至到]\d|^[<>≥≤＞＜]")
_MU_FEN = re.compile(r"(\d+)亩(\d)分(?:地)?", re.ASCII)
_SHOWN = Context(prec=EXACT_DIGITS)
_LARGEST = Decimal(10) ** 18
_LONGEST_UNIT = 8
_PERIOD_IN_NAME = {"月": "月", "年": "年"}


class DecimalKind(ValueKind):
    """An amount in the element's unit. `heading` is the unit the column's heading states, if it differs.

    A bare number is in the heading's unit; a unit in the cell wins. Raises nothing: a heading that does not fit refuses
    every bare value.
    """

    def __init__(self, unit: str | None = None, *, heading: str = "", name: str = "") -> None:
        self.unit = unit or ""
        periods = frozenset(word for word in _PERIOD_IN_NAME if word in name)
        target = measure_of(self.unit) if self.unit else None
        # 年收入 in 元 is per year although its unit does not say so.
        self._target = (
            Measure(target.dimension, target.numerator, target.denominator, target.per or periods) if target else None
        )
        self._heading = measure_of(heading) if heading and heading != self.unit else None
        self._bare = self._ratio(self._heading) if heading and heading != self.unit else (1, 1)
        self._bare_reason = "unit_mismatch" if self._heading else "unit_unknown"
        self._ratios: dict[str, tuple[int, int] | str] = {"": self._bare or self._bare_reason}

    def _ratio(self, source: Measure | None) -> tuple[int, int] | None:
        if source is None:
            return None
        if self._target is None:
            return None if self.unit else (source.numerator, source.denominator)
        # 元/月 is not an amount in plain 元, although plain 元 in a column of 元/月 is per month.
        return None if source.per and not self._target.per else ratio(source, self._target)

    def of_text(self, text: str) -> Cleaned:
        if _PLAIN.fullmatch(text):
            return self._number(Decimal(text), "")
        text = squash(text)
        found = _QUANTITY.fullmatch(text)
        if found is None:
            return _unread(text, "not_a_number")
        digits, unit = found[1], found[2]
        if not digits.isdecimal():
            digits = digits.replace("，", ",").replace("−", "-").replace("－", "-").rstrip(".")
            if "," in digits and not _GROUPED.fullmatch(digits):
                return refused("not_a_number")
            digits = digits.replace(",", "")
        elif mu_fen := _MU_FEN.fullmatch(text):
            digits, unit = f"{mu_fen[1]}.{mu_fen[2]}", "亩"
        return self._number(Decimal(digits), unit)

    def of_number(self, text: str) -> Cleaned:
        plain = plain_number(text)
        if plain is None:
            return refused("not_a_number")
        number = Decimal(plain)
        # Digits past the fifteenth are noise of binary fractions.
        return self._number(_SHOWN.plus(number) if len(plain) > EXACT_DIGITS and "." in plain else number, "")

    def _number(self, number: Decimal, unit: str) -> Cleaned:
        by = self._ratios.get(unit)
        if by is None:
            by = self._stated(unit)
            if len(unit) < _LONGEST_UNIT:
                self._ratios[unit] = by
        if isinstance(by, str):
            return _unread(f"{number}{unit}", by) if unit else refused(by)
        if -_LARGEST < number < _LARGEST:
            number = scaled(trimmed(number), by)
        return self._accept(number) if -_LARGEST < number < _LARGEST else refused("too_large")

    def _stated(self, unit: str) -> tuple[int, int] | str:
        """By what a value in that unit is multiplied, or the reason why it cannot be read."""
        stated = measure_of(unit)
        if stated is None:
            return "unit_unknown" if re.fullmatch(r"\D{1,8}", unit) else "not_a_number"
        return self._ratio(stated) or "unit_mismatch"

    def _accept(self, number: Decimal) -> Cleaned:
        return ok(number)

    def likeness(self, a: Value, b: Value) -> float:
        left, right = Decimal(str(a)), Decimal(str(b))
        largest = max(abs(left), abs(right))
        return min(0.99, max(0.0, float(1 - abs(left - right) / largest))) if largest else 0.0

    def show(self, value: Value) -> str:
        return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _unread(text: str, reason: str) -> Cleaned:
    """Refused: as a figure that is only about right when it says so, else for that reason."""
    return refused("approximate" if _APPROXIMATE.search(text) and re.search(r"\d", text) else reason)


class IntegerKind(DecimalKind):
    """A count or an age in whole numbers, not negative."""

    def _accept(self, number: Decimal) -> Cleaned:
        whole = int(number)
        if number != whole:
            return refused("not_an_integer")
        return refused("negative") if whole < 0 else ok(whole)
