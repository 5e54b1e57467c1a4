"""From a template and the subjects' values to a fill plan: what goes into which cell, and why the rest stays empty."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from yici.core.elements import Registry
from yici.core.fillplan import FillValue, Gap, GapReason, RowsFill
from yici.core.grid import address
from yici.core.notation import Empty, Refused, complete, complete_cell, read_notation, render, tick
from yici.core.recognition.roles import Role, role_of
from yici.core.recognition.template import Area, Slot
from yici.core.values import measure_of

Known = str | int | Decimal | bool | None
Row = Mapping[str, Known]
Facts = Mapping[str, str | date]
Writer = Callable[[Known], "FillValue | GapReason | None"]
ASKED = (GapReason.NOBODY_HAS_IT, GapReason.UNKNOWN_LABEL, GapReason.CONFLICT)


@dataclass(slots=True)
class Tally:
    """What became of the data cells of a form."""

    filled: int = 0
    gaps: list[Gap] = field(default_factory=list)

    @property
    def asked(self) -> int:
        return sum(gap.reason in ASKED for gap in self.gaps)

    @property
    def refused(self) -> int:
        return sum(gap.reason is GapReason.REFUSED_VALUE for gap in self.gaps)


def field_of(slot: Slot) -> str:
    """The key under which a slot's value stands in a row: the element id. A person's element asked for a household
    is its head's."""
    return str(slot.binding.element)


def bound(slot: Slot) -> bool:
    """Whether a slot is filled without asking."""
    return slot.binding.certain and slot.binding.element is not None


def writer_for(slot: Slot, registry: Registry, above: Sequence[str] = ()) -> Writer:
    """A function that turns a value into what the slot's own notation wants, a reason to leave it, or None for
    "known, and nothing is to be written" (the √ column of a no). `above` are texts that hold for the whole sheet
    (金额单位：万元); the labels that lead to the slot count before them."""
    element = registry.elements[str(slot.binding.element)]
    notation = read_notation(
        slot.path[-1],
        element,
        registry,
        options=slot.options,
        number_format=slot.number_format,
        context="\n".join((*reversed(slot.path[:-1]), *above)),
    )
    role = role_of(slot.text)
    known: dict[Known, FillValue | GapReason | None] = {}

    def fresh(value: Known) -> FillValue | GapReason | None:
        if value is None:
            return GapReason.NOBODY_HAS_IT
        if role is Role.CHOICE:
            ticked = tick(slot.text, value, element, registry)
            return ticked if ticked is not None else GapReason.REFUSED_VALUE
        if role is Role.PLACEHOLDER:
            if (completed := complete_cell(slot.text, value, element, registry)) is not None:
                return completed
            if isinstance(value, int | Decimal) and measure_of(slot.text):
                # A unit is printed in which the value cannot be given.
                return GapReason.REFUSED_VALUE
        written = render(value, element, notation, registry)
        if isinstance(written, Refused):
            return GapReason.REFUSED_VALUE
        return None if isinstance(written, Empty) else written

    def write(value: Known) -> FillValue | GapReason | None:
        if value not in known:
            if len(known) > 5000:
                known.clear()
            known[value] = fresh(value)
        return known[value]

    return write


Maker = Callable[[Slot, Registry, Sequence[str]], Writer]


def plan_rows(
    area: Area,
    rows: Sequence[Row],
    registry: Registry,
    tally: Tally,
    move: Callable[[int], int],
    above: Sequence[str] = (),
    make: Maker = writer_for,
) -> RowsFill:
    """The rows of a roster, in order. `move` tells where a row of the blank form will stand in the filled one; `above`
    are texts that hold for the whole sheet; `make` makes the writers, once for many cards of one form."""
    size = len(area.slots) // area.repeat
    halves = [area.slots[i * size : (i + 1) * size] for i in range(area.repeat)]
    lines = -(-len(rows) // area.repeat)
    columns = tuple(sorted({*area.counters, *(slot.col for slot in area.slots if bound(slot))}))
    writers = {slot.col: make(slot, registry, above) for slot in area.slots if bound(slot)}
    first = move(area.first_row)

    def line(number: int) -> list[FillValue | None]:
        cells: dict[int, FillValue | None] = {}
        for half, slots in enumerate(halves):
            index = number * area.repeat + half
            if index >= len(rows):
                break
            if half < len(area.counters):
                cells[area.counters[half]] = index + 1
            for slot in slots:
                cells[slot.col] = _cell(slot, rows[index], writers, area, first + number, tally)
        return [cells.get(column) for column in columns]

    def every() -> Iterator[list[FillValue | None]]:
        return (line(number) for number in range(lines))

    return RowsFill(area.first_row, area.blank_rows, columns, every(), lines)


def _cell(slot: Slot, row: Row, writers: Mapping[int, Writer], area: Area, at: int, tally: Tally) -> FillValue | None:
    if slot.col not in writers:
        if not slot.binding.human:
            tally.gaps.append(_gap(area, at, slot, row, GapReason.UNKNOWN_LABEL))
        return None
    written = writers[slot.col](row.get(field_of(slot)))
    if isinstance(written, GapReason):
        tally.gaps.append(_gap(area, at, slot, row, written))
        return None
    tally.filled += written is not None
    return written


def plan_card(
    area: Area,
    row: Row | None,
    facts: Facts,
    registry: Registry,
    tally: Tally,
    move: Callable[[int], int],
    above: Sequence[str] = (),
    make: Maker = writer_for,
) -> dict[tuple[int, int], FillValue]:
    """The cells of a card about one subject (`row`), or with no subject only its facts about the request."""
    cells: dict[tuple[int, int], FillValue] = {}
    for slot in area.slots:
        if slot.binding.human or slot.binding.figure is not None:
            continue
        written = _card_cell(slot, row, facts, registry, above, make)
        if isinstance(written, GapReason):
            tally.gaps.append(_gap(area, move(slot.row), slot, row or {}, written))
        elif written is not None:
            cells[slot.row, slot.col] = written
            tally.filled += 1
    return cells


def _card_cell(
    slot: Slot, row: Row | None, facts: Facts, registry: Registry, above: Sequence[str], make: Maker
) -> FillValue | GapReason | None:
    if slot.binding.fact is not None:
        fact = facts.get(slot.binding.fact)
        return fact_text(fact) if fact else GapReason.NOT_APPLICABLE
    if not bound(slot):
        return GapReason.UNKNOWN_LABEL
    if row is None:
        return GapReason.NOT_APPLICABLE
    return make(slot, registry, above)(row.get(field_of(slot)))


def fact_text(fact: str | date) -> str:
    """A fact about the request as a clerk writes it: 2025年12月31日."""
    return fact if isinstance(fact, str) else f"{fact.year}年{fact.month}月{fact.day}日"


def plan_heading(text: str, facts: Facts) -> str | None:
    """The text of a heading cell with the facts about the request put in, or None when it asks for none of them."""
    return complete(text, facts)


def _gap(area: Area, at: int, slot: Slot, row: Row, reason: GapReason) -> Gap:
    key, element = str(row.get("key") or ""), field_of(slot) if bound(slot) else ""
    own = element.split(".")[0] in ("", area.subject)
    owner = key if own else str(row.get("household") or "")
    return Gap(area.sheet, address(at, slot.col), slot.label, key, reason, element, owner)


def with_refusals(gaps: Sequence[Gap], refused: Container[tuple[str, str]]) -> list[Gap]:
    """The gaps, with "nobody has it" made "refused value" where a ledger had something that could not be read.

    `refused` holds (subject's key, element id) of such cells.
    """
    return [
        replace(gap, reason=GapReason.REFUSED_VALUE)
        if gap.reason is GapReason.NOBODY_HAS_IT and (gap.owner, gap.element) in refused
        else gap
        for gap in gaps
    ]
