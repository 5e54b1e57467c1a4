"""Figures about populations (统计数): hundreds of them answered by few scans, and the items behind one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from yici.core.elements import Registry
from yici.core.expressions.compiling import Sql, joined
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import Aggregate, Expr, Figure, Filter, Junction, children
from yici.engine.calculating import Known, calculated, shown
from yici.engine.cube import TRUE, UNKNOWN, Cube, CubePlan
from yici.engine.projection import Projection
from yici.engine.rows import Rows
from yici.engine.source import Source, source_of
from yici.engine.workdays import at_work

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ask:
    """One figure that is asked for.

    `units` keeps the subjects of these units (names, already expanded), None all of them. `filters` narrows the
    populations: subject type → a condition besides the figure's own.
    """

    figure: Figure
    units: tuple[str, ...] | None = None
    filters: Mapping[str, Filter] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """A figure's value, None when it is unknown. `unknown` items could not be decided and are not counted; of
    `valueless` ones, which count, the value that is summed or averaged is not known."""

    value: Decimal | int | str | bool | None
    unknown: int = 0
    valueless: int = 0


@dataclass(frozen=True, slots=True)
class Grouping:
    """What figures are grouped by: an expression by subject type, or units mapped to labels."""

    exprs: Mapping[str, Expr] = field(default_factory=dict)
    units: Mapping[str, str] | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """One group: its keys in the order of the groupings (None: not known), and an answer to each figure."""

    keys: tuple[Known | int | Decimal | None, ...]
    answers: tuple[Answer, ...]


def answer(projection: Projection | Source, registry: Registry, asks: Sequence[Ask], *, moment: Moment) -> list[Answer]:
    """An answer to each ask, in their order. Every subject type is scanned once, for all asks together.

    People who are kept apart (key "?…") count nowhere. Raises ExpressionError for what no figure can be made of.
    """
    moment = at_work(moment, _exprs(asks))
    cubes = _cubes(source_of(projection), asks, moment)
    medians = _Medians(source_of(projection), moment)
    return [_Reader(cubes, medians, ask, moment).answer() for ask in asks]


def answer_by(
    projection: Projection | Source,
    registry: Registry,
    figures: Sequence[Figure],
    *,
    by: Sequence[Grouping],
    moment: Moment,
    units: Sequence[str] | None = None,
    filters: Mapping[str, Filter] | None = None,
) -> list[Group]:
    """The figures for every group that has a subject, in no particular order.

    A subject type without an expression in a grouping has no group there: its figures are taken whole (a share of
    the households beside figures by sex).
    """
    asks = [Ask(figure, None if units is None else tuple(units), filters or {}) for figure in figures]
    moment = at_work(moment, [*_exprs(asks), *(expr for grouping in by for expr in grouping.exprs.values())])
    cubes = _cubes(source_of(projection), asks, moment, by)
    medians = _Medians(source_of(projection), moment)
    parted = {subject: _Parted(cube, by) for subject, cube in cubes.items()}
    keys = dict.fromkeys(key for each in parted.values() for key in each.keys(asks))
    return [
        Group(key, tuple(_Reader(cubes, medians, ask, moment, tuple(by), key, parted).answer() for ask in asks))
        for key in keys
    ]


def items_of(
    projection: Projection | Source, registry: Registry, ask: Ask, aggregate: Aggregate, *, moment: Moment
) -> list[dict[str, Any]]:
    """The subjects an aggregate of the ask counts: key, name, household, unit and the value that is summed, if any."""
    condition = _condition(ask, aggregate)
    moment = at_work(moment, [expr for expr in (condition, aggregate.value) if expr is not None])
    source = source_of(projection)
    rows = Rows(aggregate.subject, moment, source.dialect)
    alias = rows.alias
    value = Sql("NULL") if aggregate.value is None else rows.shown(aggregate.value)
    household = {"person": "p.household", "household": "h.key"}.get(aggregate.subject, "NULL")
    columns = [Sql(f"{alias}.key"), Sql(_name(registry, aggregate.subject, alias)), Sql(household),
               Sql(f"{alias}.unit"), value]  # fmt: skip
    where = [] if condition is None else [rows.truth(condition)]
    if ask.units is not None:
        where.append(_within(aggregate.subject, alias, ask.units))
    found = source.rows(rows.select(columns, where, " ORDER BY 3 NULLS LAST, 1"))
    names = ("key", "name", "household", "unit", "value")
    return [dict(zip(names, (*row[:4], _number(row[4])), strict=True)) for row in found]


def _number(value: Any) -> Any:
    return shown(Fraction(value)) if isinstance(value, Decimal | float) else value


def _name(registry: Registry, subject: str, alias: str) -> str:
    """The column of what a subject is called."""
    wanted = {"household": "household.head_name"}.get(subject, f"{subject}.name")
    element = registry.elements.get(wanted)
    return f'{alias}."{wanted}"' if element is not None and not element.derived else "NULL"


def _within(subject: str, alias: str, units: Sequence[str]) -> Sql:
    marks = ", ".join("?" * len(units)) or "NULL"
    inside = Sql(f"{alias}.unit IN ({marks})", tuple(units))
    # An enterprise whose village is unknown belongs to whoever asks: its address rarely names one.
    return joined(f"({alias}.unit IS NULL OR {{}})", inside) if subject == "enterprise" else inside


def _condition(ask: Ask, aggregate: Aggregate) -> Expr | None:
    """When an item counts: the request's own condition and the figure's."""
    own = ask.filters.get(aggregate.subject)
    parts = [part for part in (own.expr if own else None, aggregate.where) if part is not None]
    return Junction("and", tuple(parts)) if len(parts) > 1 else parts[0] if parts else None


def _exprs(asks: Sequence[Ask]) -> list[Expr]:
    return [expr for ask in asks for expr in (ask.figure.expr, *(f.expr for f in ask.filters.values()))]


def _cubes(source: Source, asks: Sequence[Ask], moment: Moment, by: Sequence[Grouping] = ()) -> dict[str, Cube]:
    """One cube for every subject type that is asked about."""
    plans: dict[str, CubePlan] = {}
    for ask in asks:
        for aggregate in _aggregates(ask.figure.expr):
            plan = plans.setdefault(aggregate.subject, CubePlan(Rows(aggregate.subject, moment, source.dialect)))
            plan.condition(_condition(ask, aggregate))
            if aggregate.op != "median":
                plan.value(aggregate.value, aggregate.op)
            plan.units |= ask.units is not None or any(grouping.units is not None for grouping in by)
    for grouping in by:
        for subject, expr in grouping.exprs.items():
            if subject in plans:
                plans[subject].group(expr)
    return {subject: plan.make(source) for subject, plan in plans.items()}


def _aggregates(expr: Expr) -> list[Aggregate]:
    """The aggregates over populations, each once."""
    if isinstance(expr, Aggregate):
        return [expr]
    return list(dict.fromkeys(found for child in children(expr) for found in _aggregates(child)))


class _Parted:
    """The rows of a cube parted by what figures are grouped by. Groupings that do not apply to its subjects are left
    out: those subjects are in every such group."""

    def __init__(self, cube: Cube, by: Sequence[Grouping]) -> None:
        self.cube = cube
        labels = {place: found for place, grouping in enumerate(by) if (found := _labels(cube, grouping)) is not None}
        self.places, self.whole = tuple(labels), len(labels) == len(by)
        self.codes: dict[tuple[Any, ...], int] = {}
        rows = zip(*labels.values(), strict=True) if labels else iter([()] * len(cube.counts))
        self.rows_of = np.array([self.codes.setdefault(key, len(self.codes)) for key in rows], dtype=np.int64)

    def keys(self, asks: Sequence[Ask]) -> list[tuple[Any, ...]]:
        """The groups that subjects of this cube are in; none when a grouping does not apply to them."""
        if not self.whole:
            return []
        inside = np.zeros(len(self.cube.counts), dtype=bool)
        for ask in asks:
            own = ask.filters.get(self.cube.plan.rows.subject)
            rows = self.cube.truth(own.expr if own else None) == TRUE
            within = self.cube.within(ask.units)
            inside |= rows if within is None else rows & within
        present = set(self.rows_of[inside].tolist())
        return [key for key, code in self.codes.items() if code in present]

    def rows(self, key: tuple[Any, ...]) -> Mask:
        """The rows of one group."""
        code = self.codes.get(tuple(key[place] for place in self.places))
        return np.zeros(len(self.rows_of), dtype=bool) if code is None else self.rows_of == code


def _labels(cube: Cube, grouping: Grouping) -> list[Any] | None:
    """The group of every row of the cube."""
    if grouping.units is not None and cube.units is not None:
        labels = [grouping.units.get(value) for value in cube.units.values]
        return [labels[code] if code >= 0 else None for code in cube.units.codes]
    expr = grouping.exprs.get(cube.plan.rows.subject)
    if expr is None:
        return None
    coded = cube.groups[expr]
    values = [_number(value) for value in coded.values]
    return [values[code] if code >= 0 else None for code in coded.codes]


class _Medians:
    """Medians need every value: asked one by one, each remembered."""

    def __init__(self, source: Source, moment: Moment) -> None:
        self.source, self.moment = source, moment

    def median(self, aggregate: Aggregate, conditions: Sequence[Callable[[Rows], Sql]]) -> tuple[Fraction | None, int]:
        """The median of the known values, and for how many items it is known."""
        rows = Rows(aggregate.subject, self.moment, self.source.dialect)
        assert aggregate.value is not None
        value = joined("{} AS v", rows.value(aggregate.value))
        inner = rows.select([value], [condition(rows) for condition in conditions])
        text = f"SELECT median(v), count(v) FROM ({inner.text})"  # noqa: S608 (own names)
        (found, known) = self.source.rows(Sql(text, inner.params))[0]
        return (None if found is None else Fraction(found)), int(known)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one ask's answer from the cubes, for one group or for all."""

    cubes: Mapping[str, Cube]
    medians: _Medians
    ask: Ask
    moment: Moment
    by: tuple[Grouping, ...] = ()
    key: tuple[Any, ...] = ()
    parted: Mapping[str, _Parted] = field(default_factory=dict)

    def answer(self) -> Answer:
        """The value, and how many items could not be decided."""
        expr = self.ask.figure.expr
        found: dict[Aggregate, Known | None] = {}
        undecided: dict[str, Mask] = {}
        valueless = 0
        for aggregate in _aggregates(expr):
            subject, cube = aggregate.subject, self.cubes[aggregate.subject]
            inside, truth = self._inside(cube), cube.truth(_condition(self.ask, aggregate))
            open_rows = _both(truth == UNKNOWN, inside)
            undecided[subject] = undecided[subject] | open_rows if subject in undecided else open_rows
            found[aggregate], blank = self._measured(aggregate, cube, inside, _both(truth == TRUE, inside))
            valueless = max(valueless, blank)
        unknown = sum(self.cubes[subject].count(rows) for subject, rows in undecided.items())
        return Answer(shown(calculated(expr, found, self.moment)), unknown, valueless)

    def _inside(self, cube: Cube) -> Mask | None:
        """The rows of the population, of the units and of the group; None for all."""
        inside = cube.within(self.ask.units)
        parted = self.parted.get(cube.plan.rows.subject)
        return inside if parted is None else _both(parted.rows(self.key), inside)

    def _measured(self, aggregate: Aggregate, cube: Cube, inside: Mask | None, rows: Mask) -> tuple[Known | None, int]:
        """What the aggregate of these rows comes to, and how many items that count have no known value."""
        items = cube.count(rows)
        if aggregate.op == "count" or aggregate.value is None:
            return self._counted(aggregate, cube, inside, items), 0
        if aggregate.op == "median":
            found, known = self.medians.median(aggregate, self._conditions(aggregate))
            return found, items - known
        known = cube.known(aggregate.value, rows)
        if aggregate.op in ("min", "max"):
            value = cube.extreme(aggregate.value, rows, aggregate.op)
            return (Fraction(value) if isinstance(value, Decimal | int) else value), items - known
        if known == 0:
            return (Fraction(0) if aggregate.op == "sum" and items == 0 else None), items
        total = cube.total(aggregate.value, rows)
        return (total if aggregate.op == "sum" else total / known), items - known

    def _counted(self, aggregate: Aggregate, cube: Cube, inside: Mask | None, items: int) -> Fraction | None:
        if aggregate.op == "count":
            return Fraction(items)
        own = self.ask.filters.get(aggregate.subject)
        everybody = cube.count(_both(cube.truth(own.expr if own else None) == TRUE, inside))
        return Fraction(items, everybody) if everybody else None

    def _conditions(self, aggregate: Aggregate) -> list[Callable[[Rows], Sql]]:
        """The same population as conditions in SQL."""
        conditions: list[Callable[[Rows], Sql]] = []
        condition, units = _condition(self.ask, aggregate), self.ask.units
        if condition is not None:
            conditions.append(lambda rows: rows.truth(condition))
        if units is not None:
            conditions.append(lambda rows: _within(aggregate.subject, rows.alias, units))
        for grouping, key in zip(self.by, self.key, strict=True):
            conditions += _grouped(aggregate.subject, grouping, key)
        return conditions


def _both(rows: Mask, inside: Mask | None) -> Mask:
    return rows if inside is None else rows & inside


def _grouped(subject: str, grouping: Grouping, key: Any) -> list[Callable[[Rows], Sql]]:
    if grouping.units is not None:
        if key is None:
            known = tuple(grouping.units)
            return [lambda rows: joined("NOT coalesce({}, FALSE)", _within("", rows.alias, known))]
        units = tuple(unit for unit, label in grouping.units.items() if label == key)
        return [lambda rows: _within("", rows.alias, units)]
    expr = grouping.exprs.get(subject)
    if expr is None:
        return []
    return [lambda rows: joined("{} IS NULL", rows.shown(expr)) if key is None
            else joined("{} = {}", rows.shown(expr), Sql("?", (key,)))]  # fmt: skip
