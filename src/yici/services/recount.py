"""Statistics forms after they were filled: recompute them, and list who is behind a number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from yici.core.captions.periods import Past
from yici.core.captions.writing import as_number
from yici.core.elements import Registry
from yici.core.errors import Conflict, NotFound, Place, Problem
from yici.core.expressions import Moment, in_words, parse_figure, text_of
from yici.core.expressions.nodes import Aggregate
from yici.core.fillplan import FillValue
from yici.core.grid import Grid, address, parse_address
from yici.engine.figures import items_of
from yici.office.forms import read_form
from yici.services.figures import Number
from yici.services.form_values import FormRequest, Planned, plan_form
from yici.services.forms import recognise_form
from yici.services.pool import open_pool

_TOLERANCE = Decimal("0.005")
# Of a form's own texts at least so many stand in a copy of it.
_SAME_FORM = 0.9


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell of a filled form that the pool does not confirm: what stands there, what the pool has (None: nobody
    knows), by how much they differ when both are numbers, and the figure in words (口径)."""

    sheet: str
    cell: str
    label: str
    found: str
    wanted: FillValue | None
    by: Decimal | None
    words: str


@dataclass(frozen=True, slots=True)
class Recount:
    """What recomputing a filled form came to: the cells compared, and those that disagree. `other_day` are those that
    were not compared because their title names a period that was over: their number is not of the day asked for."""

    compared: int
    differences: list[Difference]
    other_day: list[Past]


@dataclass(frozen=True, slots=True)
class Behind:
    """The subjects behind an aggregate of a number: its text, what they are, and one dict each."""

    text: str
    words: str
    value: FillValue | None
    subject: str
    items: list[dict[str, Any]]


def recount_form(
    *, home: Path, form: Path, filled: Path, unit: str | None = None, where: str | None = None, as_of: date
) -> Recount:
    """Recompute a filled statistics form from the pool. `form` is the blank it was made from.

    Raises UploadRefused, ExpressionError, NotFound as filling does, and Conflict for a copy of another form.
    """
    pool = open_pool(home)
    recognised = recognise_form(home=home, form=form, pool=pool)
    grid = read_form(filled)
    _check_same_form(recognised.grid, grid, filled)
    planned = plan_form(recognised.template, FormRequest(unit, where, None, as_of), pool)
    compared, differences = 0, []
    for number in planned.numbers.cells:
        if number.ask is None:
            continue
        row = _row_in(number, planned, grid)
        if row is None:
            continue
        compared += 1
        found = grid.sheet(number.area.sheet).at(row, number.slot.col).text
        if not _agrees(found, number.written, grid.sheet(number.area.sheet).at(row, number.slot.col).number_format):
            differences.append(_difference(number, row, found, pool.registry))
    other_day = [number.past for number in planned.numbers.cells if number.past is not None]
    return Recount(compared, differences, other_day)


def _check_same_form(blank: Grid, filled: Grid, file: Path) -> None:
    """Numbers of another form would only be compared by where they happen to stand."""
    wanted, found = _labels(blank), _labels(filled)
    if wanted and len(wanted & found) < _SAME_FORM * len(wanted):
        missing = "、".join(sorted(wanted - found)[:3])
        message = f"这不是同一张表填好的：少了“{missing}”等 {len(wanted - found)} 处文字。"
        raise Conflict(Problem("other-form", message, "请给出由这张空白表填成的文件。", Place(file=file.name)))


def _labels(grid: Grid) -> set[str]:
    """The texts of a form that filling leaves alone: no numbers, no headings to be completed."""
    texts = ("".join(cell.text.split()) for sheet in grid.sheets for cell in sheet.cells.values())
    return {text for text in texts if text and as_number(text) is None and not set(text) & set("：:")}


def _row_in(number: Number, planned: Planned, grid: Grid) -> int | None:
    """Where a number stands in a filled copy: villages by their name, all else where the blank form has it moved."""
    try:
        sheet = grid.sheet(number.area.sheet)
    except KeyError:
        return None
    if number.unit:
        place = number.area.slots[0].col
        rows = range(number.area.first_row, sheet.n_rows + 1)
        return next((row for row in rows if sheet.at(row, place).text.strip() == number.unit), None)
    fill = next(fill for fill in planned.fill.sheets if fill.sheet == number.area.sheet)
    return fill.moved(number.slot.row)


def _agrees(found: str, wanted: FillValue | None, number_format: str) -> bool:
    number = as_number(found)
    if wanted is None or number is None:
        return wanted is None and not found.strip()
    meant = as_number(str(wanted)) or Decimal(0)
    if "%" in number_format and found.strip().endswith("%"):
        meant *= 100
    return abs(number - meant) <= _TOLERANCE


def _difference(number: Number, row: int, found: str, registry: Registry) -> Difference:
    value = as_number(found)
    meant = as_number(str(number.written)) if number.written is not None else None
    by = value - meant if value is not None and meant is not None else None
    place = address(row, number.slot.col)
    return Difference(
        number.area.sheet, place, number.slot.label, found, number.written, by, words_of(number, registry)
    )


def words_of(number: Number, registry: Registry) -> str:
    """The figure of a cell in words (口径), with the units it is about."""
    if not number.figure.text:
        return ""
    figure = number.ask.figure if number.ask is not None else parse_figure(number.figure.text, registry)
    units = (number.unit,) if number.unit else number.figure.units
    return f"{'、'.join(units)}：{in_words(figure.expr)}" if units else in_words(figure.expr)


def who_counts(
    *, home: Path, form: Path, cell: str, unit: str | None = None, where: str | None = None, as_of: date
) -> list[Behind]:
    """Who is behind a number of a statistics form: the people, households or enterprises of each of its aggregates.

    `cell` is an address ("C5") or sheet and address ("Sheet1!C5") of the blank form. Raises NotFound for a cell without
    a figure.
    """
    pool = open_pool(home)
    template = recognise_form(home=home, form=form, pool=pool).template
    planned = plan_form(template, FormRequest(unit, where, None, as_of), pool)
    number = _number_at(planned, cell, form)
    if number.past is not None:
        hint = f"请加 --as-of {number.past.day.isoformat()} 再查。"
        raise NotFound(Problem("other_day", f"{cell}：{number.past.words}。", hint, Place(form.name, cell=cell)))
    if number.ask is None:
        raise NotFound(_no_figure(cell, form, "；".join(number.figure.doubts)))
    aggregates = list(dict.fromkeys(number.ask.figure.aggregates))
    with pool.projection(as_of) as projection:
        return [
            Behind(
                text_of(aggregate), in_words(aggregate), number.written, aggregate.subject,
                items_of(projection, pool.registry, number.ask, aggregate, moment=Moment(as_of)),
            )
            for aggregate in aggregates if isinstance(aggregate, Aggregate)
        ]  # fmt: skip


def _number_at(planned: Planned, cell: str, form: Path) -> Number:
    sheet, _, place = cell.rpartition("!")
    try:
        row, col = parse_address(place.upper())
    except ValueError:
        row, col = 0, 0
    for number in planned.numbers.cells:
        if sheet and number.area.sheet != sheet:
            continue
        units = list(dict.fromkeys(n.unit for n in planned.numbers.of(number.area)))
        at = number.area.first_row + units.index(number.unit) if number.unit else number.slot.row
        if (at, number.slot.col) == (row, col):
            return number
    raise NotFound(_no_figure(cell, form, ""))


def _no_figure(cell: str, form: Path, why: str) -> Problem:
    message = f"{cell} 不是统计格，或者口径还不清楚{f'（{why}）' if why else ''}。"
    return Problem("no_figure", message, "用 yici recognise 查看各统计格的口径。", Place(form.name, cell=cell))
