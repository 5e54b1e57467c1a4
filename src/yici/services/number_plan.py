"""Statistics numbers laid out in the form: single cells, and rosters that list villages."""

from __future__ import annotations

from collections.abc import Callable

from yici.core.filling import Tally
from yici.core.fillplan import FillValue, Gap, GapReason, RowsFill
from yici.core.grid import address
from yici.core.recognition.template import Area
from yici.services.figures import Number, Numbers


def plan_numbers(
    area: Area, numbers: Numbers, tally: Tally, move: Callable[[int], int]
) -> dict[tuple[int, int], FillValue]:
    """The cells of a cross table or card that hold numbers; what is not known becomes a gap."""
    cells: dict[tuple[int, int], FillValue] = {}
    for number in numbers.of(area):
        number.row = move(number.slot.row)
        if number.written is None:
            tally.gaps.append(_gap(number, number.row))
            continue
        cells[number.slot.row, number.slot.col] = number.written
        tally.filled += 1
    return cells


def plan_places(area: Area, numbers: Numbers, tally: Tally, move: Callable[[int], int]) -> RowsFill:
    """The rows of a roster of villages: a running number, the village, its numbers."""
    units = list(dict.fromkeys(number.unit for number in numbers.of(area)))
    place = area.slots[0].col
    columns = tuple(sorted({*area.counters, place, *(n.slot.col for n in numbers.of(area))}))
    first = move(area.first_row)
    rows: list[list[FillValue | None]] = []
    for index, unit in enumerate(units):
        cells: dict[int, FillValue | None] = {place: unit, **dict.fromkeys(area.counters, index + 1)}
        for number in numbers.of(area):
            if number.unit != unit:
                continue
            cells[number.slot.col] = number.written
            number.row = first + index
            if number.written is None:
                tally.gaps.append(_gap(number, first + index))
        tally.filled += sum(value is not None for value in cells.values()) - len(area.counters)
        rows.append([cells.get(column) for column in columns])
    return RowsFill(area.first_row, area.blank_rows, columns, iter(rows), len(rows))


def _gap(number: Number, row: int) -> Gap:
    reason = number.reason or GapReason.NOBODY_HAS_IT
    place, figure = address(row, number.slot.col), number.figure
    if reason is not GapReason.UNKNOWN_LABEL:
        return Gap(number.area.sheet, place, number.slot.label, number.unit, reason)
    doubt, day = "；".join(figure.doubts), number.past.day if number.past is not None else None
    return Gap(
        number.area.sheet, place, number.slot.label, number.unit, reason, doubt=doubt, word=figure.word, day=day
    )  # fmt: skip
