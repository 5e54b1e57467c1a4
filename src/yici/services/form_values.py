"""Whose values go into a form: the subjects each area asks for, read from the pool and laid out as a fill plan."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from yici.core.captions.periods import Past, past_period
from yici.core.elements import Registry
from yici.core.errors import ExpressionError, NotFound, Problem
from yici.core.expressions import Filter, Moment, in_words, parse_filter
from yici.core.filling import Row, Tally, Writer, bound, plan_card, plan_heading, plan_rows, writer_for
from yici.core.fillplan import Gap, GapReason, SheetFill, WorkbookFill
from yici.core.grid import address
from yici.core.recognition.template import Area, Slot, Template
from yici.engine.projection import Projection
from yici.engine.schema import subjects_of, table_of
from yici.engine.select import select_rows
from yici.services.figures import Numbers, Scope, ask_numbers, ever_told, somebody_known
from yici.services.number_plan import plan_numbers, plan_places
from yici.services.pool import Pool
from yici.services.unknowns import Unknown, unknowns_of

_WITHOUT_SELF = re.compile(r"不含本人|其他成员|其它成员|不含户主|除本人")


@dataclass(frozen=True, slots=True)
class FormRequest:
    """What is asked of a form: a unit, a filter, one subject, and the date "today" is. `units` are those it is
    restricted to where only some of the unit's are meant; the unit is then what the form's heading names."""

    unit: str | None
    where: str | None
    subject: str | None
    as_of: date
    units: tuple[str, ...] = ()

    def reach(self, pool: Pool) -> list[str] | None:
        """All units whose subjects are meant, None for everybody's. Raises NotFound."""
        named = self.units or ((self.unit,) if self.unit else ())
        return list(dict.fromkeys(below for unit in named for below in pool.units_below(unit))) or None


@dataclass(slots=True)
class Planned:
    """A fill plan with its tally; `rows` counts the roster rows written, `notes` say why a roster stays empty."""

    fill: WorkbookFill = field(default_factory=WorkbookFill)
    tally: Tally = field(default_factory=Tally)
    rows: int = 0
    numbers: Numbers = field(default_factory=Numbers)
    unknowns: list[Unknown] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def note(self, words: str) -> None:
        """Add a note, once."""
        if words and words not in self.notes:
            self.notes.append(words)


@dataclass(slots=True)
class Ready:
    """Rows read ahead for many cards or many villages: for each area (by its place in the template) the rows by
    subject's key, or by village; and the writers of the slots, made once."""

    cards: dict[int, dict[str, Row]] = field(default_factory=dict)
    members: dict[int, dict[str, list[Row]]] = field(default_factory=dict)
    rosters: dict[int, dict[str, list[Row]]] = field(default_factory=dict)
    writers: dict[int, Writer] = field(default_factory=dict)

    def writer(self, slot: Slot, registry: Registry, above: Sequence[str]) -> Writer:
        """The writer of a slot of the template, whose own text and texts above are the same on every card."""
        if id(slot) not in self.writers:
            self.writers[id(slot)] = writer_for(slot, registry, above)
        return self.writers[id(slot)]


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything needed to read rows for one form."""

    pool: Pool
    projection: Projection
    request: FormRequest
    units: Sequence[str] | None
    focus: dict[str, str]
    ready: Ready | None = None


def plan_form(template: Template, request: FormRequest, pool: Pool) -> Planned:
    """The fill plan of a recognised form. Raises ExpressionError for a filter no area understands, NotFound."""
    with pool.projection(request.as_of) as projection:
        return plan_in(template, request, pool, projection)


def plan_in(template: Template, request: FormRequest, pool: Pool, projection: Projection) -> Planned:
    """The same of golden records that are open. Raises ExpressionError, NotFound."""
    units = request.reach(pool)
    reading = Reading(pool, projection, request, units, find_focus(request.subject, projection, pool.registry))
    return plan_reading(template, reading, filters_of(template, request, pool))


def plan_reading(template: Template, reading: Reading, filters: dict[str, Filter | None]) -> Planned:
    """The fill plan of a form for one reading of the pool."""
    facts = _facts(reading)
    planned = Planned()
    planned.numbers, planned.unknowns = _numbers(template, reading)
    for name in dict.fromkeys([*(area.sheet for area in template.areas), *(h.sheet for h in template.headings)]):
        planned.fill.sheets.append(_plan_sheet(name, template, reading, filters, facts, planned))
    return planned


def _plan_sheet(
    name: str,
    template: Template,
    reading: Reading,
    filters: dict[str, Filter | None],
    facts: dict[str, str | date],
    planned: Planned,
) -> SheetFill:
    """One sheet: rosters from top to bottom first, since they move what stands below them."""
    fill = SheetFill(name)
    registry = reading.pool.registry
    make = reading.ready.writer if reading.ready is not None else writer_for
    areas = [area for area in template.areas if area.sheet == name]
    above = tuple(heading.text for heading in template.headings if heading.sheet == name)
    for area in sorted((a for a in areas if a.kind == "rows"), key=lambda a: a.first_row):
        if area.places:
            fill.rows.append(plan_places(area, planned.numbers, planned.tally, fill.moved))
            planned.rows += fill.rows[-1].n_rows
            continue
        if past := _past(area, template, reading):
            planned.note(past.words)
            _leave(area, planned.tally, fill.moved, GapReason.UNKNOWN_LABEL, past)
            continue
        rows = _roster(area, reading, filters)
        if rows is not None:
            fill.rows.append(plan_rows(area, rows, registry, planned.tally, fill.moved, above, make))
            planned.rows += len(rows)
            planned.note("" if rows else _untold(area, reading, filters))
        else:
            _leave(area, planned.tally, fill.moved, GapReason.NOT_APPLICABLE)
    for area in areas:
        if area.kind == "cells":
            card = _card(area, reading)
            fill.cells.update(plan_card(area, card, facts, registry, planned.tally, fill.moved, above, make))
        elif area.kind == "matrix" and not any(slot.binding.figure for slot in area.slots):
            _leave(area, planned.tally, fill.moved, GapReason.UNKNOWN_LABEL)
        if area.kind != "rows":
            fill.cells.update(plan_numbers(area, planned.numbers, planned.tally, fill.moved))
    for heading in template.headings:
        if heading.sheet == name and (text := plan_heading(heading.text, facts)) is not None:
            fill.cells[heading.row, heading.col] = text
    return fill


def _numbers(template: Template, reading: Reading) -> tuple[Numbers, list[Unknown]]:
    """The statistics cells, answered together, and what they leave out. A card about one subject is no statistics."""
    if not any(slot.binding.figure for area in template.areas for slot in area.slots):
        return Numbers(), []
    units = None if reading.units is None else tuple(reading.units)
    scope = Scope(reading.pool, reading.projection, Moment(reading.request.as_of), units, reading.request.where)
    numbers = ask_numbers(template, scope, _listed(reading))
    return numbers, unknowns_of(numbers, scope)


def _listed(reading: Reading) -> list[str]:
    """The units a roster of villages lists: those the request names, or those directly below the one asked for, or
    that one itself."""
    if reading.request.units:
        return list(reading.request.units)
    areas = reading.pool.areas()
    top = reading.request.unit or next((area.name for area in areas if not area.parent), None)
    below = [area.name for area in areas if area.parent == top]
    return below or ([top] if top else [])


def _past(area: Area, template: Template, reading: Reading) -> Past | None:
    """Why a list of everybody is not the one its title asks for (2024年低保户花名册): who was on it then is not who is
    today. None when it is, or when it lists the people of one household or one subject that was chosen."""
    if area.members or not area.subject or (reading.request.subject and not reading.request.where):
        return None
    return past_period((template.title, *area.above, *area.context), reading.request.as_of, "名单")


def _untold(area: Area, reading: Reading, filters: dict[str, Filter | None]) -> str:
    """Why an empty list does not say that there is nobody: nobody was known yet on that day, or nothing of what the
    filter asks. "" when it does say so, and for the members of one household."""
    if area.members or reading.focus:
        return ""
    day, registry = reading.request.as_of.isoformat(), reading.pool.registry
    scope = Scope(reading.pool, reading.projection, Moment(reading.request.as_of), None)
    if not somebody_known(area.subject, scope):
        return f"截至 {day}，库里还没有{registry.subjects[area.subject].name}的数据；名单空着是不知道，不是没有"
    wanted = filters.get(area.subject)
    if wanted is None or ever_told(wanted.expr, scope):
        return ""
    words = in_words(wanted.expr, registry)
    return f"截至 {day}，库里没有能判断“{words}”的数据；名单空着是不知道，不是没有"


def _leave(
    area: Area, tally: Tally, move: Callable[[int], int], reason: GapReason, past: Past | None = None
) -> None:  # fmt: skip
    """List every slot of an area that is left empty as a whole."""
    doubt, day = (past.words, past.day) if past is not None else ("", None)
    for slot in area.slots:
        if not slot.binding.human:
            why = reason if bound(slot) or area.kind == "matrix" else GapReason.UNKNOWN_LABEL
            tally.gaps.append(
                Gap(area.sheet, address(move(slot.row), slot.col), slot.label, "", why, doubt=doubt, day=day)
            )


def _roster(area: Area, reading: Reading, filters: dict[str, Filter | None]) -> list[Row] | None:
    """The rows of a roster: the members of the card's household, or everybody who meets the filter."""
    elements = [str(slot.binding.element) for slot in area.slots if bound(slot)]
    if not area.subject or not elements:
        return None
    if area.members:
        return _members(area, reading, elements)
    if area.subject not in filters:
        return None
    if reading.request.subject and not reading.request.where:
        key = reading.focus.get(area.subject)
        return select_for(reading, area.subject, elements, keys=[key]) if key else None
    if reading.ready is not None and reading.request.unit and id(area) in reading.ready.rosters:
        return reading.ready.rosters[id(area)].get(reading.request.unit, [])
    return select_for(reading, area.subject, elements, filter_=filters[area.subject])


def read_rosters(
    template: Template, base: Reading, filters: dict[str, Filter | None], units: Sequence[str], ready: Ready
) -> None:
    """Read what the rosters of many villages list in one query an area. The villages have no others below them."""
    for area in template.areas:
        elements = [str(slot.binding.element) for slot in area.slots if bound(slot)]
        if area.kind != "rows" or area.places or area.members or not elements or area.subject not in filters:
            continue
        by_unit: dict[str, list[Row]] = {unit: [] for unit in units}
        for row in select_rows(
            base.projection, base.pool.registry, subject=area.subject, elements=list(dict.fromkeys(elements)),
            filter=filters[area.subject], units=units, as_of=base.request.as_of, with_unit=True,
        ):  # fmt: skip
            # Who is of no known village is on the list of every one, as when each is asked by itself.
            for unit in units if row["unit"] is None else [str(row["unit"])]:
                by_unit[unit].append(row)
        ready.rosters[id(area)] = by_unit


def _members(area: Area, reading: Reading, elements: list[str]) -> list[Row] | None:
    """Everybody in the household of the card's subject, the subject left out where the form says so."""
    household = reading.focus.get("household")
    if household is None:
        return None
    if reading.ready is not None:
        rows = reading.ready.members.get(id(area), {}).get(household, [])
        return _without_self(area, rows, reading)
    found = reading.projection.con.execute(
        "SELECT key FROM person WHERE household = ? AND NOT starts_with(key, '?')", [household]
    ).fetchall()
    rows = select_for(reading, "person", elements, keys=[str(key) for (key,) in found])
    return _without_self(area, rows, reading)


def _without_self(area: Area, rows: list[Row], reading: Reading) -> list[Row]:
    if any(_WITHOUT_SELF.search(part) for part in area.context):
        return [row for row in rows if row["key"] != reading.focus.get("person")]
    return rows


def _card(area: Area, reading: Reading) -> Row | None:
    """The values of the one subject a card is about, None when the request names none of that kind."""
    key = reading.focus.get(area.subject)
    slots = [slot for slot in area.slots if bound(slot)]
    if key is None or not slots:
        return None
    if reading.ready is not None:
        row = reading.ready.cards.get(id(area), {}).get(key)
    else:
        rows = select_for(reading, area.subject, [str(slot.binding.element) for slot in slots], keys=[key])
        row = rows[0] if rows else None
    if row is None:
        return None
    return row


def select_for(
    reading: Reading,
    subject: str,
    elements: list[str],
    *,
    filter_: Filter | None = None,
    keys: list[str] | None = None,
) -> list[Row]:
    """Rows of a subject for one reading: those of the keys, or those of its units that meet the filter."""
    found: list[Row] = []
    found += select_rows(
        reading.projection,
        reading.pool.registry,
        subject=subject,
        elements=list(dict.fromkeys(elements)),
        filter=filter_,
        units=None if keys else reading.units,
        keys=keys,
        as_of=reading.request.as_of,
    )
    return found


def filters_of(template: Template, request: FormRequest, pool: Pool) -> dict[str, Filter | None]:
    """The filter parsed for each subject that rosters of the form are about. Areas it does not fit are left out."""
    subjects = {area.subject for area in template.areas if area.kind == "rows" and area.subject and not area.members}
    if not request.where:
        return dict.fromkeys(subjects)
    found: dict[str, Filter | None] = {}
    refused: ExpressionError | None = None
    for subject in sorted(subjects) or subjects_of(pool.registry):
        try:
            found[subject] = parse_filter(request.where, pool.registry, subject=subject)
        except ExpressionError as error:
            refused = error
    if not found and refused is not None:
        raise refused
    return found


def find_focus(subject: str | None, projection: Projection, registry: Registry) -> dict[str, str]:
    """The subject named in the request by kind, with a person's household. Raises NotFound."""
    if not subject:
        return {}
    text = subject.strip()
    for kind in subjects_of(registry):
        found = projection.con.execute(
            f"SELECT key FROM {table_of(kind)} WHERE key IN (?, ?) ORDER BY key = ? DESC",  # noqa: S608 (own names)
            [text, text.upper(), text],
        ).fetchall()
        if not found:
            continue
        key = str(found[0][0])
        focus = {kind: key}
        if kind == "person":
            home = projection.con.execute("SELECT household FROM person WHERE key = ?", [key]).fetchall()
            if home and home[0][0] is not None:
                focus["household"] = str(home[0][0])
        return focus
    raise NotFound(
        Problem(
            "unknown_subject",
            f"库里没有编号为“{subject}”的对象。",
            "请核对身份证号、户编号、统一社会信用代码或其他编号；用 yici show 姓名 可以查找。",
        )
    )


def _facts(reading: Reading) -> dict[str, str | date]:
    """The facts about the request that headings ask for. Without a unit asked for, a card's own village is it."""
    facts: dict[str, str | date] = {"date": reading.request.as_of}
    unit = reading.request.unit or _unit_of(reading)
    if unit:
        facts["unit"] = unit
    return facts


def _unit_of(reading: Reading) -> str | None:
    for kind in ("person", "household", *reading.pool.registry.added_subjects):
        if key := reading.focus.get(kind):
            row = reading.projection.con.execute(
                f"SELECT unit FROM {table_of(kind)} WHERE key = ?",  # noqa: S608 (own names)
                [key],
            ).fetchall()
            return str(row[0][0]) if row and row[0][0] else None
    return None


def refused_cells(pool: Pool, as_of: date) -> set[tuple[str, str]]:
    """(key, element) of every cell of a ledger that could not be read, as of a day."""
    with pool.projection(as_of) as projection:
        return refused_in(projection)


def refused_in(projection: Projection) -> set[tuple[str, str]]:
    """The same of golden records that are open."""
    rows = projection.con.execute(
        "SELECT DISTINCT key, element FROM refused WHERE status IN ('refused', 'lost', 'ambiguous')"
    ).fetchall()
    return {(str(key), str(element)) for key, element in rows}
