"""What was answered for a form's own slots, put into the filled file of one unit or of several together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from yici.core.fillplan import FillValue, Gap, GapReason, RowsFill, SheetFill, WorkbookFill
from yici.core.grid import parse_address
from yici.core.recognition.labels import squash
from yici.core.recognition.template import Area, Slot, Template
from yici.office.patch import patch_form
from yici.services.collecting.combining import Combined, combine, said, written
from yici.services.collecting.trial import ASKED

Answers = Mapping[tuple[str, str, str, str], str]
_VILLAGE = "household.village"


@dataclass(frozen=True, slots=True)
class Left:
    """A cell of a roll-up that the units' answers leave empty: where, what it asks, and why in words."""

    sheet: str
    cell: str
    label: str
    words: str


@dataclass(slots=True)
class PutIn:
    """How many gaps of a file were closed, and those that were not although units were asked."""

    closed: int = 0
    left: list[Left] = field(default_factory=list)


@dataclass(slots=True)
class OwnSlots:
    """The answers of one collection, found by gap. `below` are the villages of every unit of the area tree."""

    template: Template
    answers: Answers
    below: Mapping[str, Sequence[str]]
    _slots: dict[tuple[str, str], tuple[Area, Slot]] = field(init=False)
    _of_subject: dict[tuple[str, str, str], str] = field(init=False)

    def __post_init__(self) -> None:
        self._slots = self.template.slots_by_place()
        # Who moved was answered for in two villages: the later one counts where neither is asked for by itself.
        self._of_subject = {(key, sheet, label): value for (_, key, sheet, label), value in self.answers.items() if key}

    def put_in(self, out: Path, gaps: Sequence[Gap], units: Sequence[str]) -> PutIn:
        """Put what these units answered into a filled file."""
        done, fills = PutIn(), dict[str, SheetFill]()
        listed: list[Gap] = []
        for gap in gaps:
            if len(units) > 1 and self._lists(gap):
                listed.append(gap)
                continue
            got = self._answer(gap, units)
            if got.value is not None:
                fill = fills.setdefault(gap.sheet, SheetFill(gap.sheet))
                fill.cells[parse_address(gap.cell)] = got.value
                done.closed += 1
            elif got.words and gap.reason in ASKED:
                done.left.append(Left(gap.sheet, gap.cell, gap.label, got.words))
        for area in self.template.areas:
            self._put_rows(area, [gap for gap in listed if self._area(gap) is area], units, fills, done)
        if fills:
            patch_form(out, WorkbookFill(list(fills.values())), out)
        return done

    def told_about(self, gap: Gap, units: Sequence[str]) -> str | None:
        """What was answered for a slot about the gap's subject: by the one unit asked for, else by whichever did."""
        about = (gap.subject, gap.sheet, gap.label)
        own = self.answers.get((units[0], *about)) if len(units) == 1 else None
        return self._of_subject.get(about) if own is None else own

    def _answer(self, gap: Gap, units: Sequence[str]) -> Combined:
        """What closes a gap: a subject's answer whatever the unit, a village's own, or what several make together."""
        found = self._slots.get((gap.sheet, gap.label))
        if gap.subject and gap.subject not in self.below:
            value = self.told_about(gap, units)
            return Combined(value if value is None or found is None else written(found[1], value))
        if found is None or not units:
            return Combined(None)
        if gap.subject:
            return self._together(gap, found[1], self.below[gap.subject], units)
        area, slot = found
        named = self._named(slot)
        if named is None or len(units) == 1:
            named = units
        got = self._together(gap, slot, named, units)
        if len(named) > 1 and got.value is not None and any(len(self._named(one) or ()) == 1 for one in area.slots):
            # Beside lines for each village, a village may have told its own number for the total, or everybody's.
            told = {unit: self.answers[unit, "", gap.sheet, gap.label] for unit in named}
            return Combined(None, f"表里各村另有一行，合计请核对。{said(named, told)}。")
        return got

    def _named(self, slot: Slot) -> Sequence[str] | None:
        """The villages of the unit that a caption names, None when it names none."""
        return next((self.below[part] for part in map(squash, slot.path) if part in self.below), None)

    def _together(self, gap: Gap, slot: Slot, about: Sequence[str], asked: Sequence[str]) -> Combined:
        """What the villages a cell is about answered, when they were all asked."""
        if not set(about) <= set(asked):
            return Combined(None, "没有派发到这里的全部村。")
        told = {}
        for unit in about:
            key = unit if gap.subject else ""
            if (value := self.answers.get((unit, key, gap.sheet, gap.label))) is not None:
                told[unit] = value
        return combine(slot, about, told)

    def _area(self, gap: Gap) -> Area | None:
        found = self._slots.get((gap.sheet, gap.label))
        return found[0] if found is not None else None

    def _lists(self, gap: Gap) -> bool:
        """Whether a gap stands in a list about nobody the pool knows: there each unit has its own row."""
        area = self._area(gap)
        if area is None or area.kind != "rows":
            return False
        return not (area.subject or area.places or area.members or gap.subject)

    def _put_rows(
        self, area: Area, gaps: Sequence[Gap], units: Sequence[str], fills: dict[str, SheetFill], done: PutIn
    ) -> None:
        """A row for each unit that answered, with its name where the list has a column for it."""
        told = {
            unit: {label: value for label in dict.fromkeys(gap.label for gap in gaps)
                   if (value := self.answers.get((unit, "", area.sheet, label))) is not None}
            for unit in units
        }  # fmt: skip
        rows = [unit for unit in units if told[unit]]
        if rows:
            fill = fills.setdefault(area.sheet, SheetFill(area.sheet))
            fill.rows.append(_rows(area, parse_address(gaps[0].cell)[0], rows, told))
        for gap in gaps:
            if gap.reason is GapReason.NOT_APPLICABLE:
                continue
            missing = [unit for unit in units if gap.label not in told[unit]]
            done.closed += not missing
            if missing:
                done.left.append(Left(gap.sheet, gap.cell, gap.label, f"没有填的：{'、'.join(missing)}。"))


def _rows(area: Area, first: int, units: Sequence[str], told: Mapping[str, Mapping[str, str]]) -> RowsFill:
    slots = area.slots[: len(area.slots) // area.repeat]
    counters = area.counters[:1]
    columns = tuple(sorted({*counters, *(slot.col for slot in slots)}))

    def line(place: int, unit: str) -> list[FillValue | None]:
        cells: dict[int, FillValue | None] = dict.fromkeys(counters, place)
        for slot in slots:
            value = told[unit].get(slot.label)
            if value is not None:
                cells[slot.col] = written(slot, value)
            elif slot.binding.element == _VILLAGE:
                cells[slot.col] = unit
        return [cells.get(column) for column in columns]

    lines: Iterable[Sequence[FillValue | None]] = [line(place, unit) for place, unit in enumerate(units, 1)]
    return RowsFill(first, area.blank_rows, columns, lines, len(units))
