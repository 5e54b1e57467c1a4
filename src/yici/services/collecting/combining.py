"""What several units answered to one slot, brought into the one cell of a roll-up: a sum, a text all agree on, or
nothing, with words for the list of gaps. A part must never stand for the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from yici.core.fillplan import FillValue
from yici.core.recognition.template import Slot
from yici.services.collecting.slot_kinds import is_additive, is_code, is_numeric, is_ratio, plain_number


@dataclass(frozen=True, slots=True)
class Combined:
    """The value of a cell, or None with the reason in words and what each unit said."""

    value: FillValue | None
    words: str = ""


def combine(slot: Slot, units: Sequence[str], told: Mapping[str, str]) -> Combined:
    """One value for all `units` from what each of them told.

    Numbers are added only where every unit gave one and the caption may be added up; a text counts only when every
    unit said the same.
    """
    answers = [told[unit] for unit in units if unit in told]
    if len(units) == 1 and answers:
        return Combined(written(slot, answers[0]))
    if not answers:
        return Combined(None, "没有单位填写。")
    if len(answers) < len(units):
        return Combined(None, f"{_missing(units, told)}{said(units, told)}。")
    numbers = [plain_number(text) for text in answers]
    if _adds(slot):
        known = [number for number in numbers if number is not None]
        if len(known) == len(answers):
            return Combined(_sum(known))
        return Combined(None, f"有的不是数，没有相加。{said(units, told)}。")
    if is_ratio(slot.path) or is_code(slot.path) or any(number is not None for number in numbers):
        # Two villages that both say 5 make 5 for a rate of interest, 10 for a count: the caption does not tell.
        return Combined(None, f"不能相加，请逐村核对。{said(units, told)}。")
    if len(set(answers)) == 1:
        return Combined(answers[0])
    return Combined(None, f"各村填的不一样。{said(units, told)}。")


def written(slot: Slot, text: str) -> FillValue:
    """An answer as it goes into its cell: a number where the slot plainly takes one, so that sums over it count it."""
    number = plain_number(text) if is_numeric(slot.path, slot.number_format) else None
    return text if number is None else number


def _adds(slot: Slot) -> bool:
    figure = slot.binding.figure
    if figure is not None and figure.text and not figure.text.startswith(("count(", "sum(")):
        return False
    return is_additive(slot.path, slot.number_format)


def _sum(numbers: Sequence[int | Decimal]) -> int | Decimal:
    total: int | Decimal = 0
    for number in numbers:
        total += number
    return total


def _missing(units: Sequence[str], told: Mapping[str, str]) -> str:
    return f"没有填的：{'、'.join(unit for unit in units if unit not in told)}。已填的："


def said(units: Sequence[str], told: Mapping[str, str]) -> str:
    """What each unit answered: 柳东村：3；柳西村：4."""
    return "；".join(f"{unit}：{told[unit]}" for unit in units if unit in told)
