"""Writing a value as the form prescribes."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from yici.core.elements import Element, Kind, Registry
from yici.core.fillplan import FillValue
from yici.core.notation_dates import write_date
from yici.core.notation_model import Empty, Notation, Refused
from yici.core.values import Value, convert
from yici.core.values.units import exact, measure_of, trimmed

_CENT = Decimal("0.01")


def render(
    value: Value | float, element: Element, notation: Notation, registry: Registry
) -> FillValue | Empty | Refused:
    """What is written into a slot for a known value, or why it cannot be.

    `value` is canonical (see `core.values`): ISO text for dates, bool, int, Decimal (or a computed float), a code's
    label, text. None, the unknown, is the caller's to leave empty; it gives `Empty`.
    """
    if value is None:
        return Empty()
    if notation.kind == "tick":
        return "√" if value is True else Empty()
    if notation.kind == "words":
        return _in_words(value, element, notation)
    if element.kind == Kind.BOOL or isinstance(value, bool):
        return "是" if value else "否"
    if element.kind == Kind.DATE:
        written = write_date(str(value), notation)
        return (
            Refused("form_needs_day" if notation.precision == "day" else "form_needs_month")
            if written is None
            else written
        )
    if element.kind in (Kind.INTEGER, Kind.DECIMAL) and isinstance(value, int | float | Decimal):
        return _number(value, element, notation)
    return str(value)


def _in_words(value: Value | float, element: Element, notation: Notation) -> FillValue | Refused:
    key = ("是" if value else "否") if isinstance(value, bool) else str(value)
    for label, word in notation.words:
        if label == key:
            # A mark such as 1 is a number to an office program; 01 is not.
            return int(word) if word.isdecimal() and word.isascii() and str(int(word)) == word else word
    return Refused("form_no_option")


def _number(value: int | float | Decimal, element: Element, notation: Notation) -> FillValue | Refused:
    number = value if isinstance(value, Decimal) else trimmed(Decimal(repr(value)))
    if notation.decimals is None and _is_plain_money(element):
        # Computed averages have endless decimals; money has two.
        number = number.quantize(_CENT, rounding=ROUND_HALF_UP)
    if notation.unit and element.unit:
        converted = convert(number, element.unit, notation.unit)
        if converted is None:
            return Refused("form_unit")
        number = converted
    if notation.decimals is not None:
        number = number.quantize(Decimal(1).scaleb(-notation.decimals), rounding=ROUND_HALF_UP)
    number = exact(number)
    return int(number) if number == number.to_integral_value() else number


def _is_plain_money(element: Element) -> bool:
    measure = measure_of(element.unit) if element.unit else None
    return measure is not None and measure.dimension == "money" and measure.numerator == measure.denominator
