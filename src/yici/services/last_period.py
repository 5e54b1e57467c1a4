"""Last period's filled copy of a statistics form decides between figures a caption may mean: the one that gives its
numbers again is meant."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from yici.core.captions.forms import binding_of, with_last
from yici.core.captions.writing import as_number
from yici.core.expressions import Moment
from yici.core.recognition.template import Area, Slot, Template
from yici.office.forms import read_form
from yici.services.figures import Scope, ask_numbers
from yici.services.pool import Pool

_TOLERANCE = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class Settled:
    """What last period's copy decided: the doubtful word, the figure of the first cell it settles, and how many."""

    word: str
    text: str
    cells: int


def settle_by_last(
    template: Template, filled: Path, *, pool: Pool, as_of: date, unit: str | None = None, where: str | None = None
) -> list[Settled]:
    """Settle doubtful statistics cells of a template by last period's filled copy, as of that period's end.

    A way to read a word is taken when it alone gives every number of the copy again, at least one of them not 0.
    The bindings of the template are changed in place. Raises UploadRefused when the copy cannot be read.
    """
    grid = read_form(filled)
    settled: list[Settled] = []
    for word, cells in _doubtful(template).items():
        seen = [(area, slot, as_number(grid.sheet(area.sheet).at(slot.row, slot.col).text)) for area, slot in cells]
        told = [(area, slot, number) for area, slot, number in seen if number is not None]
        if not any(number for _, _, number in told):
            continue
        right = [choice for choice in range(_ways(cells)) if _gives_again(told, choice, pool, as_of, unit, where)]
        if len(right) != 1:
            continue
        for _, slot in cells:
            figure = slot.binding.figure
            assert figure is not None
            slot.binding = binding_of(with_last(figure, figure.candidates[right[0]]))
        first = cells[0][1].binding.figure
        settled.append(Settled(word, first.text if first is not None else "", len(cells)))
    return settled


def _doubtful(template: Template) -> dict[str, list[tuple[Area, Slot]]]:
    """The cells that may mean several figures, by the word that is in doubt."""
    found: dict[str, list[tuple[Area, Slot]]] = defaultdict(list)
    for area in template.areas:
        for slot in area.slots:
            figure = slot.binding.figure
            if figure is not None and not figure.certain and len(figure.candidates) > 1 and not area.places:
                found[figure.word or slot.path[-1]].append((area, slot))
    return found


def _ways(cells: list[tuple[Area, Slot]]) -> int:
    return min(len(slot.binding.figure.candidates) for _, slot in cells if slot.binding.figure is not None)


def _gives_again(
    told: list[tuple[Area, Slot, Decimal]], choice: int, pool: Pool, as_of: date, unit: str | None, where: str | None
) -> bool:
    """Whether the cells, read one way, have the numbers of the copy."""
    areas: dict[int, Area] = {}
    for area, slot, _ in told:
        figure = slot.binding.figure
        assert figure is not None
        copy = areas.setdefault(id(area), Area(area.kind, area.sheet, area.span, []))
        binding = binding_of(with_last(figure, figure.candidates[choice]))
        copy.slots.append(
            Slot(slot.row, slot.col, slot.path, slot.text, slot.options, slot.number_format, slot.width, binding)
        )
    units = tuple(pool.units_below(unit)) if unit else None
    with pool.projection(as_of) as projection:
        scope = Scope(pool, projection, Moment(as_of), units, where)
        numbers = ask_numbers(Template("", "", list(areas.values())), scope)
    wanted = {(area.sheet, slot.row, slot.col): number for area, slot, number in told}
    return all(
        (value := as_number(str(number.written))) is not None
        and abs(value - wanted[number.area.sheet, number.slot.row, number.slot.col]) <= _TOLERANCE
        for number in numbers.cells
    )
