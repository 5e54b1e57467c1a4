"""Writing a figure into its cell: unit, rounding, share as a percentage."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from yici.core.captions.model import Figured
from yici.core.elements import Registry
from yici.core.fillplan import FillValue
from yici.core.values import convert, measure_of
from yici.core.values.units import exact

_SHARE_DECIMALS = 2


def written(
    value: int | Decimal, figure: Figured, registry: Registry, *, number_format: str = "", text: str = ""
) -> FillValue | None:
    """What is written for a value of a figure; None when it cannot be given in the unit the cell asks for.

    `number_format` is the cell's: one in per cent shows a fraction. `text` is what the cell already holds (a printed
    unit), which stays behind the number.
    """
    number = Decimal(value)
    if figure.percent:
        if "%" in number_format:
            return exact(_rounded(number / 100, None if figure.decimals is None else figure.decimals + 2))
        return _plain(_rounded(number, _SHARE_DECIMALS if figure.decimals is None else figure.decimals), text)
    scaled = _in_unit(number, figure, registry)
    if scaled is None:
        return None
    average = figure.text.startswith("avg(") or "/" in figure.text
    decimals = figure.decimals if figure.decimals is not None else _SHARE_DECIMALS if average else None
    return _plain(_rounded(scaled, decimals), text)


def _in_unit(number: Decimal, figure: Figured, registry: Registry) -> Decimal | None:
    """The number in the unit of its cell. A monthly amount asked for in 元 is one of 元/月."""
    if not figure.unit:
        return number
    if figure.measure:
        kept = registry.elements[figure.measure].unit or ""
        if not kept or kept == figure.unit:
            return number
        return convert(number, kept, figure.unit)
    measure = measure_of(figure.unit)
    if measure is None or measure.numerator == measure.denominator:
        return number
    return number * measure.denominator / measure.numerator


def _rounded(number: Decimal, decimals: int | None) -> Decimal:
    if decimals is None:
        return number
    return number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _plain(number: Decimal, text: str) -> FillValue:
    number = exact(number)
    value: int | Decimal = int(number) if number == number.to_integral_value() else number
    return f"{value}{text.strip()}" if text.strip() else value


def as_number(text: str) -> Decimal | None:
    """A number as office programs show it (1,234.5 or 12.3%), None for anything else; a percentage at face value."""
    bare = text.replace(",", "").replace("，", "").strip().rstrip("%％户人名个家亩元")
    try:
        return Decimal(bare) if bare else None
    except InvalidOperation:
        return None
