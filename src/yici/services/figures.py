"""Statistics cells: their figures asked of the pool together, written as each form wants, and checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from yici.core.captions.model import Check, Figured
from yici.core.captions.periods import Past, past_period
from yici.core.captions.writing import written
from yici.core.elements import Registry
from yici.core.errors import ExpressionError
from yici.core.expressions import Figure, Filter, Moment, parse_figure, parse_filter
from yici.core.expressions.nodes import Aggregate, Expr, Junction, Ref, children, walk
from yici.core.fillplan import FillValue, GapReason
from yici.core.recognition.template import Area, Slot, Template
from yici.engine.figures import Answer, Ask, answer
from yici.engine.projection import Projection
from yici.engine.schema import table_of
from yici.services.pool import Pool

# What derived elements are computed from.
_SOURCES = {
    "person.age": ("person.birth_date",),
    "household.size": (),
    "household.income_per_head": ("household.annual_income",),
}


# The units of a cell that is about others than those asked for.
_ELSEWHERE = ("",)


@dataclass(frozen=True, slots=True)
class Scope:
    """What figures are asked within: the pool at a moment, the units of the request, its filter."""

    pool: Pool
    projection: Projection
    moment: Moment
    units: tuple[str, ...] | None
    where: str | None = None


@dataclass(slots=True)
class Number:
    """A statistics cell with its figure as asked, its value, and what is written; `reason` when nothing is.

    `unit` names the unit of a row in a roster of villages. `unknown` counts those nobody could decide about,
    `valueless` those who count without the value that is added up. `row` is where it stands in the filled form. `past`
    tells the day to ask for where the title names a period that was over.
    """

    area: Area
    slot: Slot
    figure: Figured
    ask: Ask | None = None
    unit: str = ""
    value: int | Decimal | None = None
    unknown: int = 0
    written: FillValue | None = None
    reason: GapReason | None = None
    valueless: int = 0
    row: int = 0
    past: Past | None = None


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """A relation of a form that its numbers do not keep: where, and in words."""

    sheet: str
    row: int
    col: int
    words: str


@dataclass(slots=True)
class Numbers:
    """All numbers of a form, by place (area, row, column, unit of the row)."""

    cells: list[Number] = field(default_factory=list)
    failed: list[FailedCheck] = field(default_factory=list)

    def of(self, area: Area) -> Iterator[Number]:
        """The numbers of one area."""
        return (number for number in self.cells if number.area is area)


def ask_numbers(template: Template, scope: Scope, rows: Sequence[str] = ()) -> Numbers:
    """Every statistics cell of a form, answered in few scans. `rows` are the units that rosters of villages list."""
    asking = _Asking(scope)
    found = Numbers([asking.number(*cell) for cell in _cells(template, rows)])
    asked = [number for number in found.cells if number.ask is not None]
    answers = answer(scope.projection, scope.pool.registry, [n.ask for n in asked if n.ask], moment=scope.moment)
    for number, got in zip(asked, answers, strict=True):
        _settle(number, got, scope.pool.registry)
    found.failed = failed_checks(template, found)
    return found


def _cells(template: Template, rows: Sequence[str]) -> Iterator[tuple[Area, Slot, str]]:
    for area in template.areas:
        units = rows if area.places else ("",)
        for unit in units:
            for slot in area.slots:
                if slot.binding.figure is not None:
                    yield area, slot, unit


def _settle(number: Number, got: Answer, registry: Registry) -> None:
    number.unknown, number.valueless = got.unknown, got.valueless
    if got.value is None or isinstance(got.value, str | bool):
        number.reason = GapReason.NOBODY_HAS_IT
        return
    number.value = got.value
    shown = written(
        got.value, number.figure, registry, number_format=number.slot.number_format, text=number.slot.text
    )  # fmt: skip
    number.written, number.reason = shown, GapReason.REFUSED_VALUE if shown is None else None


class _Asking:
    """Turns figures into questions to the engine, or into reasons why there is nothing to ask."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._figures: dict[str, Figure] = {}
        self._filters: dict[str, Filter | None] = {}
        self._known: dict[str, bool] = {}
        self._homeless: bool | None = None

    def number(self, area: Area, slot: Slot, unit: str) -> Number:
        figure = slot.binding.figure
        assert figure is not None
        number = Number(area, slot, figure, unit=unit)
        if not slot.binding.certain:
            number.reason = GapReason.UNKNOWN_LABEL
            return number
        if past := past_period((*area.above, *area.context), self.scope.moment.as_of):
            number.figure, number.reason = replace(figure, doubts=(past.words,)), GapReason.UNKNOWN_LABEL
            number.past = past
            return number
        parsed = self._parsed(figure.text)
        units = self._units(figure, unit)
        subjects = {aggregate.subject for aggregate in parsed.aggregates}
        filters = {subject: self._filter(subject) for subject in subjects}
        if units is _ELSEWHERE:
            number.reason = GapReason.NOT_APPLICABLE
        elif units == () or not self._known_expr(parsed.expr) or not all(self._somebody(s) for s in subjects):
            number.reason = GapReason.NOBODY_HAS_IT
        elif self.scope.where and any(found is None for found in filters.values()):
            number.reason = GapReason.NOT_APPLICABLE
        elif "enterprise" in subjects and (unit or figure.units) and self._unplaced():
            number.reason = GapReason.NOBODY_HAS_IT
        else:
            number.ask = Ask(parsed, units, {s: f for s, f in filters.items() if f is not None})
        return number

    def _parsed(self, text: str) -> Figure:
        if text not in self._figures:
            self._figures[text] = parse_figure(text, self.scope.pool.registry)
        return self._figures[text]

    def _units(self, figure: Figured, unit: str) -> tuple[str, ...] | None:
        """The units of the cell; () when the pool does not know them, _ELSEWHERE when they are not all among those
        asked for: a number of a part must never stand for the whole."""
        named = (unit,) if unit else figure.units
        if named is None:
            return self.scope.units
        known = {area.name for area in self.scope.pool.areas()}
        if not set(named) <= known:
            return ()
        found = [below for name in named for below in self.scope.pool.units_below(name)]
        if self.scope.units is not None and not set(found) <= set(self.scope.units):
            return _ELSEWHERE
        return tuple(dict.fromkeys(found))

    def _filter(self, subject: str) -> Filter | None:
        if not self.scope.where:
            return None
        if subject not in self._filters:
            try:
                self._filters[subject] = parse_filter(self.scope.where, self.scope.pool.registry, subject=subject)
            except ExpressionError:
                self._filters[subject] = None
        return self._filters[subject]

    def _known_expr(self, expr: Expr) -> bool:
        """Whether the pool has ever been told what the expression asks: of alternatives one is enough."""
        if isinstance(expr, Junction) and expr.op == "or":
            return any(self._known_expr(part) for part in expr.parts)
        if isinstance(expr, Ref):
            return all(self._known_element(source) for source in _SOURCES.get(expr.element.id, (expr.element.id,)))
        return all(self._known_expr(part) for part in children(expr))

    def _known_element(self, element: str) -> bool:
        if element not in self._known:
            subject = self.scope.pool.registry.elements[element].subject
            column = '"' + element.replace('"', '""') + '"'
            sql = f"SELECT 1 FROM {table_of(subject)} WHERE {column} IS NOT NULL LIMIT 1"  # noqa: S608
            self._known[element] = bool(self.scope.projection.con.execute(sql).fetchall())
        return self._known[element]

    def _somebody(self, subject: str) -> bool:
        key = f"*{subject}"
        if key not in self._known:
            sql = f"SELECT 1 FROM {table_of(subject)} WHERE NOT starts_with(key, '?') LIMIT 1"  # noqa: S608
            self._known[key] = bool(self.scope.projection.con.execute(sql).fetchall())
        return self._known[key]

    def _unplaced(self) -> bool:
        """Whether there are enterprises of which nobody knows the village: then no village's number is right."""
        if self._homeless is None:
            sql = "SELECT 1 FROM enterprise WHERE unit IS NULL AND NOT starts_with(key, '?') LIMIT 1"
            self._homeless = bool(self.scope.projection.con.execute(sql).fetchall())
        return self._homeless


def ever_told(expr: Expr, scope: Scope) -> bool:
    """Whether the pool has ever been told what an expression asks, of anybody: else nobody meets it for all we know."""
    return _Asking(scope)._known_expr(expr)


def somebody_known(subject: str, scope: Scope) -> bool:
    """Whether the pool knows any subject of that type."""
    return _Asking(scope)._somebody(subject)


def failed_checks(template: Template, numbers: Numbers) -> list[FailedCheck]:
    """The relations between lines that the numbers do not keep."""
    failed: list[FailedCheck] = []
    for area in template.areas:
        values = {(n.slot.row, n.slot.col): n.value for n in numbers.of(area) if n.value is not None and not n.unit}
        percents = {(n.slot.row, n.slot.col) for n in numbers.of(area) if n.figure.percent or _averaged(n.figure)}
        for check in area.checks:
            failed += _failures(area, check, values, percents)
    return failed


def _averaged(figure: Figured) -> bool:
    return figure.text.startswith("avg(")


def _failures(
    area: Area, check: Check, values: dict[tuple[int, int], int | Decimal], percents: set[tuple[int, int]]
) -> Iterator[FailedCheck]:
    lines = sorted({place[1 if check.across == "row" else 0] for place in values})
    for line in lines:
        whole = _place(check.across, check.whole, line)
        parts = [_place(check.across, part, line) for part in check.parts]
        if whole in percents or whole not in values or any(part not in values for part in parts):
            continue
        total, found = values[whole], [values[part] for part in parts]
        wrong = (
            check.kind == "overlap"
            or (check.kind == "sum" and total != sum(found))
            or (check.kind == "part" and any(part > total for part in found))
        )
        if wrong:
            shown = f"{check.words}（{total}，{'＋'.join(str(part) for part in found)}）"
            yield FailedCheck(area.sheet, *whole, check.words if check.kind == "overlap" else shown)
            if check.kind == "overlap":
                return


def _place(across: str, at: int, line: int) -> tuple[int, int]:
    return (at, line) if across == "row" else (line, at)


def aggregates_of(number: Number) -> Sequence[Aggregate]:
    """The aggregates of a cell's figure, [] when it was not asked."""
    return number.ask.figure.aggregates if number.ask is not None else []


def elements_of(figure: Figure) -> Iterable[str]:
    """The elements a figure speaks of."""
    return dict.fromkeys(node.element.id for node in walk(figure.expr) if isinstance(node, Ref))


def moment_of(day: date, start: date | None = None) -> Moment:
    """The moment figures are asked at."""
    return Moment(day, start)
