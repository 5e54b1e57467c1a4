"""Measuring for assessment: every indicator of a scheme for everything it scores, from the pool and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from yici.core.areas import level_named, level_of, lowest
from yici.core.elements import Registry
from yici.core.errors import NotFound, Problem
from yici.core.expressions import Figure, Filter
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import BOOL, Expr, Literal
from yici.core.indicators.compiling import ReadyItem, ReadyScheme
from yici.core.indicators.measured import Measured, Thing
from yici.core.indicators.model import Purpose
from yici.core.indicators.moments import moment_of
from yici.core.manifest import Area
from yici.engine.figures import Answer, Ask, Grouping, answer, answer_by
from yici.engine.projection import Projection
from yici.engine.row_values import RowValues, row_values

ALL = "合计"
"""The line of statistics for all units together."""

Progress = Callable[[int, int], None]

BELOW = "下级"
"""Scored are the units directly below the one asked for."""


@dataclass(slots=True)
class Measurement:
    """What was measured: the things, thing id → item id → value, and what is to be said of the whole."""

    things: list[Thing] = field(default_factory=list)
    values: dict[str, dict[str, Measured]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def measure(
    projection: Projection,
    registry: Registry,
    ready: ReadyScheme,
    *,
    areas: Sequence[Area],
    unit: str | None,
    moment: Moment,
    progress: Progress | None = None,
) -> Measurement:
    """Everything a scheme scores below a unit (everywhere without one). `progress` is told how many things, or figures,
    of the scheme were measured; what it raises stops it. Raises NotFound when there is nothing."""
    if ready.scheme.scored.by_figures:
        return _Figures(projection, registry, ready, areas, moment, progress).measure(unit)
    return _Subjects(projection, registry, ready, areas, moment, progress).measure(unit)


def units_to_score(areas: Sequence[Area], kind: str, unit: str | None) -> list[Area]:
    """The units of a kind below `unit`; for 下级 those directly below it, or below the top when no unit is named."""
    children = _children(areas)
    below = areas if unit is None else [area for area in areas if area.name in _below(unit, children)[1:]]
    if kind and kind != BELOW:
        level = level_named(kind)
        found = [area for area in below if area.kind == kind or (level is not None and level_of(area) == level)]
        # A community made of villages is of their level by its name; the villages are meant.
        names = lowest(areas, [area.name for area in found])
        found = [area for area in found if area.name in names]
        if not found:
            kinds = "、".join(sorted({area.kind for area in areas if area.kind})) or "没有登记"
            hint = f"区划表里的种类有：{kinds}。用 yici units load 文件.csv 登记种类，或方案写 unit: {BELOW}。"
            raise NotFound(Problem("score-no-units", f"没有种类为“{kind}”的单位。", hint))
        return found
    if unit is None:
        tops = [area for area in areas if area.parent is None]
        unit = tops[0].name if len(tops) == 1 else None
        found = tops if unit is None else children.get(unit, [])
    else:
        found = children.get(unit, [])
    if not found:
        raise NotFound(
            Problem("score-no-units", f"“{unit or '区划表'}”下没有单位。", "用 yici units 上级 下级… 登记单位。")
        )
    return found


def _children(areas: Sequence[Area]) -> dict[str | None, list[Area]]:
    found: dict[str | None, list[Area]] = {}
    for area in areas:
        found.setdefault(area.parent, []).append(area)
    return found


def _below(name: str, children: Mapping[str | None, Sequence[Area]]) -> list[str]:
    """The unit and everything below it."""
    found = [name]
    for each in found:
        found += [area.name for area in children.get(each, ())]
    return found


Answers = dict[tuple[str | None, Figure, Moment], Answer]
"""Unit or organisation (None: belongs to none), figure and moment → what it came to."""


@dataclass(slots=True)
class _Figures:
    """Measures figures for units, or for organisations that are named in the pool."""

    projection: Projection
    registry: Registry
    ready: ReadyScheme
    areas: Sequence[Area]
    moment: Moment
    progress: Progress | None = None

    def measure(self, unit: str | None) -> Measurement:
        children = _children(self.areas)
        within = None if unit is None else tuple(_below(unit, children))
        found = Measurement()
        if self.ready.by:
            answers = self._answers(Grouping(exprs=dict(self.ready.by), name="by"), within)
            things = [Thing(name, name) for name in sorted({key[0] for key in answers if key[0] is not None})]
            if not things:
                hint = "请核对方案的 scored.by，并先导入数据。"
                raise NotFound(Problem("score-nobody", "库里没有写明归谁的对象。", hint))
        else:
            chosen = units_to_score(self.areas, self.ready.scheme.scored.kind, unit)
            belongs = {below: area.name for area in chosen for below in _below(area.name, children)}
            answers = self._answers(Grouping(units=belongs, name="unit"), tuple(belongs))
            things = [Thing(area.name, area.name, area.parent or "") for area in chosen]
        if any(key[0] is None for key in answers):
            found.notes.append("库里有没有写明归谁或所属单位的对象，没有算到任何一家")
        self._complete(answers, things)
        if self.ready.scheme.purpose is Purpose.STATISTICS:
            found.things.append(Thing(ALL, ALL))
            answers |= self._whole(within)
        for thing in things:
            vetoes, doubts = self._vetoes(thing.id, answers)
            found.things.append(replace(thing, vetoes=vetoes, doubts=doubts))
        for thing in found.things:
            found.values[thing.id] = {each.item.id: self._one(each, thing.id, answers) for each in self.ready.items}
        return found

    def _wanted(self) -> dict[Moment, list[Figure]]:
        """The figures by the stretch of time they look at."""
        wanted: dict[Moment, list[Figure]] = {self.moment: [f for f in self.ready.vetoes if isinstance(f, Figure)]}
        for each in self.ready.items:
            parts = (each.value, each.without, *each.stages)
            moment = moment_of(each.item.indicator.span, self.moment)
            wanted.setdefault(moment, []).extend(part for part in parts if isinstance(part, Figure))
        return {moment: figures for moment, figures in wanted.items() if figures}

    def _answers(self, by: Grouping, units: tuple[str, ...] | None) -> Answers:
        """Every figure of everything, all in one go for each stretch of time.

        What belongs to none has the key None: a firm without a village would otherwise count in every one.
        """
        found: Answers = {}
        wanted = self._wanted()
        for done, (moment, figures) in enumerate(wanted.items()):
            if self.progress is not None:
                self.progress(done, len(wanted))
            groups = answer_by(self.projection, self.registry, figures, by=[by], moment=moment, units=units)
            for group in groups:
                key = None if group.keys[0] is None else str(group.keys[0])
                found |= {(key, f, moment): each for f, each in zip(figures, group.answers, strict=True)}
        return found

    def _complete(self, answers: Answers, things: Sequence[Thing]) -> None:
        """What has no subject at all gets what the figures are over nobody."""
        for moment, figures in self._wanted().items():
            nothing = dict(zip(figures, self._over_nothing(figures, moment), strict=True))
            for thing in things:
                for figure in figures:
                    answers.setdefault((thing.id, figure, moment), nothing[figure])

    def _whole(self, units: Sequence[str] | None) -> Answers:
        """The figures of all units together, those of no unit included: shares and averages do not add up."""
        found: Answers = {}
        for each in self.ready.items:
            moment = moment_of(each.item.indicator.span, self.moment)
            figures = [part for part in (each.value, each.without, *each.stages) if isinstance(part, Figure)]
            asks = [Ask(figure, None if units is None else tuple(units)) for figure in figures]
            answers = answer(self.projection, self.registry, asks, moment=moment) if asks else []
            found |= {(ALL, figure, moment): given for figure, given in zip(figures, answers, strict=True)}
        return found

    def _over_nothing(self, figures: Sequence[Figure], moment: Moment) -> list[Answer]:
        """What the figures are where there is nobody at all."""
        nobody = {
            subject: Filter(subject, Literal(False, BOOL), "")
            for figure in figures
            for subject in (aggregate.subject for aggregate in figure.aggregates)
        }
        asks = [Ask(figure, None, nobody) for figure in figures]
        return answer(self.projection, self.registry, asks, moment=moment) if asks else []

    def _one(self, each: ReadyItem, unit: str, answers: Answers) -> Measured:
        moment = moment_of(each.item.indicator.span, self.moment)
        if not isinstance(each.value, Figure):
            return Measured(None, missing=(f"{each.item.indicator.reported}填报",))
        given = answers[unit, each.value, moment]
        without: bool | None = False
        if isinstance(each.without, Figure):
            found = answers[unit, each.without, moment].value
            without = found if isinstance(found, bool) else None
        stages = tuple(_number(answers[unit, s, moment].value) for s in each.stages if isinstance(s, Figure))
        value = _scaled(_number(given.value), each.factor)
        missing = ("本期可计算的数据",) if value is None else ()
        return Measured(value, given.unknown + given.valueless, without, stages, missing)

    def _vetoes(self, unit: str, answers: Answers) -> tuple[tuple[int, ...], tuple[str, ...]]:
        held, doubts = [], []
        for place, (veto, figure) in enumerate(zip(self.ready.scheme.vetoes, self.ready.vetoes, strict=True)):
            found = answers[unit, figure, self.moment].value if isinstance(figure, Figure) else None
            if found is True:
                held.append(place)
            elif found is None:
                doubts.append(f"“{veto.reason}”待定，缺数据")
        return tuple(held), tuple(doubts)


@dataclass(slots=True)
class _Subjects:
    """Measures expressions for subjects, row by row in one statement for each stretch of time."""

    projection: Projection
    registry: Registry
    ready: ReadyScheme
    areas: Sequence[Area]
    moment: Moment
    progress: Progress | None = None

    def measure(self, unit: str | None) -> Measurement:
        units = None if unit is None else _below(unit, _children(self.areas))
        conditions = self._conditions()
        main = self._rows([], conditions, self.moment, units)
        found = Measurement()
        place = 1 if self.ready.where is not None else 0
        undecided = 0
        chosen: dict[str, Thing] = {}
        for row in main:
            if place and row.truths[0] is not True:
                undecided += row.truths[0] is None
                continue
            chosen[row.key] = self._thing(row, place)
        if undecided and self.ready.where is not None:
            found.notes.append(f"另有{undecided}个是否列入（{self.ready.where.text}）缺数据，没有列入")
        found.things = list(chosen.values())
        found.values = {thing.id: {} for thing in found.things if not thing.excluded}
        self._measure_items(found, units)
        if not chosen:
            hint = "请核对方案的 scored.where，并先导入数据。"
            raise NotFound(Problem("score-nobody", "没有可评的对象。", hint))
        return found

    def _conditions(self) -> list[Expr]:
        parts = [self.ready.where, *self.ready.exclude, *self.ready.vetoes]
        return [part.expr for part in parts if isinstance(part, Filter)]

    def _rows(
        self, values: Sequence[Expr], conditions: Sequence[Expr], moment: Moment, units: Sequence[str] | None
    ) -> list[RowValues]:
        return row_values(self.projection, self.registry, subject=self.ready.scheme.scored.subject, values=values,
                          conditions=conditions, moment=moment, units=units, progress=self.progress)  # fmt: skip

    def _thing(self, row: RowValues, place: int) -> Thing:
        """A subject with what excludes it, the vetoes that hold, and what cannot be decided about it."""
        scored = self.ready.scheme.scored
        excluded, grade, doubts = "", "", []
        for rule, filter_ in zip(scored.exclude, self.ready.exclude, strict=True):
            truth = row.truths[place]
            place += 1
            if truth is True and not excluded:
                excluded, grade = rule.reason, rule.grade
            elif truth is None and isinstance(filter_, Filter):
                doubts.append(f"是否“{rule.reason}”待定，缺{'、'.join(row.missing(filter_.expr))}")
        held = []
        for number, (veto, filter_) in enumerate(zip(self.ready.scheme.vetoes, self.ready.vetoes, strict=True)):
            truth = row.truths[place]
            place += 1
            if truth is True:
                held.append(number)
            elif truth is None and isinstance(filter_, Filter):
                doubts.append(f"“{veto.reason}”待定，缺{'、'.join(row.missing(filter_.expr))}")
        return Thing(row.key, row.name, row.unit, excluded, grade, tuple(held), () if excluded else tuple(doubts))

    def _measure_items(self, found: Measurement, units: Sequence[str] | None) -> None:
        by_moment: dict[Moment, list[ReadyItem]] = {}
        for each in self.ready.items:
            by_moment.setdefault(moment_of(each.item.indicator.span, self.moment), []).append(each)
        for moment, items in by_moment.items():
            exprs = [
                part
                for each in items
                for part in (each.value, *each.stages)
                if part is not None and not isinstance(part, Figure)
            ]
            withouts = [each.without.expr for each in items if isinstance(each.without, Filter)]
            for row in self._rows(exprs, withouts, moment, units):
                if row.key in found.values:
                    values, truths = iter(row.values), iter(row.truths)
                    for each in items:
                        found.values[row.key][each.item.id] = self._one(each, row, values, truths)

    def _one(
        self, each: ReadyItem, row: RowValues, values: Iterator[Decimal | None], truths: Iterator[bool | None]
    ) -> Measured:
        given = next(values) if _is_row(each.value) else None
        stages = tuple(next(values) for stage in each.stages if _is_row(stage))
        without: bool | None = False
        missing: list[str] = []
        if isinstance(each.without, Filter):
            without = next(truths)
            missing += row.missing(each.without.expr) if without is None else ()
        if each.value is None:
            missing.append(f"{each.item.indicator.reported}填报")
        elif given is None and without is not True and not isinstance(each.value, Figure):
            missing += row.missing(each.value) or ("可以相除的数（除数为0）",)
        return Measured(_scaled(given, each.factor), 0, without, stages, tuple(dict.fromkeys(missing)))


def _is_row(part: Expr | Figure | None) -> bool:
    return part is not None and not isinstance(part, Figure)


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


def _scaled(value: Decimal | None, factor: Fraction) -> Decimal | None:
    return None if value is None else value * factor.numerator / factor.denominator
