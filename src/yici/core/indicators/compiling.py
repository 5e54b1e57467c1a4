"""A scheme as it is in force on one day: parameters put in, every expression parsed and typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from yici.core.elements import Registry
from yici.core.errors import ExpressionError, PackError, Place, Problem
from yici.core.expressions import Figure, Filter, parse_expression, parse_figure, parse_filter
from yici.core.expressions.nodes import Base, Expr, Ref, walk
from yici.core.expressions.units import parse_unit
from yici.core.indicators.model import Item, Scheme, Value

_Parsed = TypeVar("_Parsed")


@dataclass(frozen=True, slots=True)
class ReadyItem:
    """An item ready to be measured: an expression about a subject, or a figure about a unit's people and things.

    `factor` turns its value into the indicator's unit. Everything is None for what people report by hand.
    """

    item: Item
    value: Expr | Figure | None
    factor: Fraction = Fraction(1)
    without: Filter | Figure | None = None
    stages: tuple[Expr | Figure | None, ...] = ()

    @property
    def elements(self) -> frozenset[str]:
        """The ids of the elements the value is made of."""
        expr = self.value.expr if isinstance(self.value, Figure) else self.value
        return frozenset() if expr is None else frozenset(n.element.id for n in walk(expr) if isinstance(n, Ref))


@dataclass(frozen=True, slots=True)
class ReadyScheme:
    """A scheme on one day, with every condition that could be parsed."""

    scheme: Scheme
    day: date
    items: tuple[ReadyItem, ...]
    where: Filter | None = None
    exclude: tuple[Filter | Figure | None, ...] = ()
    vetoes: tuple[Filter | Figure | None, ...] = ()
    by: tuple[tuple[str, Expr], ...] = ()


def compile_scheme(scheme: Scheme, registry: Registry, *, day: date) -> ReadyScheme:
    """The scheme on that day. Raises PackError naming the indicator of every problem."""
    ready, problems = try_compile(scheme, registry, day=day)
    if problems:
        raise PackError(problems)
    return ready


def try_compile(scheme: Scheme, registry: Registry, *, day: date) -> tuple[ReadyScheme, list[Problem]]:
    """The scheme as far as it can be compiled, with everything that is wrong."""
    work = _Work(scheme, registry, scheme.figures(day))
    items = tuple(work.item(item) for item in scheme.items)
    where = work.filter(scheme.scored.where, "where") if scheme.scored.where else None
    exclude = tuple(work.condition(each.when, f"不参评“{each.reason}”") for each in scheme.scored.exclude)
    vetoes = tuple(work.condition(each.when, f"否决“{each.reason}”") for each in scheme.vetoes)
    by = tuple(work.organisation(subject, text) for subject, text in scheme.scored.by)
    ready = ReadyScheme(scheme, day, items, where, exclude, vetoes, tuple(each for each in by if each is not None))
    if scheme.scored.by:
        work.check_subjects(ready)
    return ready, work.problems


@dataclass(slots=True)
class _Work:
    scheme: Scheme
    registry: Registry
    figures: object
    problems: list[Problem] = field(default_factory=list)

    @property
    def parameters(self) -> dict[str, str | int | Decimal | bool]:
        values: dict[str, Value] = dict(self.figures)  # type: ignore[call-overload]
        return {name: value for name, value in values.items() if value is not None}

    def item(self, item: Item) -> ReadyItem:
        """One item; what cannot be parsed is None and reported."""
        indicator = item.indicator
        if not indicator.expression:
            return ReadyItem(item, None)
        value = self.number(indicator.expression, indicator.name)
        factor = Fraction(1) if value is None else self._factor(value, item)
        without = self.condition(item.without.when, f"{indicator.name}的 without") if item.without else None
        stages: tuple[Expr | Figure | None, ...] = ()
        if indicator.latent is not None:
            stages = tuple(
                self.number(s.expression, f"{indicator.name}的阶段“{s.words}”") for s in indicator.latent.stages
            )
        return ReadyItem(item, value, factor, without, stages)

    def organisation(self, subject: str, text: str) -> tuple[str, Expr] | None:
        """The element that says which organisation a subject of that type belongs to."""
        expr = self._try(lambda: parse_expression(text, self.registry, subject=subject), f"scored.by.{subject}")
        return None if expr is None else (subject, expr)

    def check_subjects(self, ready: ReadyScheme) -> None:
        """Every figure must be about what belongs to organisations, or all would be counted for each of them."""
        known = {subject for subject, _ in ready.by}
        for each in ready.items:
            figures = [part for part in (each.value, each.without, *each.stages) if isinstance(part, Figure)]
            for subject in {a.subject for figure in figures for a in figure.aggregates} - known:
                name = self.registry.subjects[subject].name
                hint = f"请在 scored.by 里写 {subject}: 哪个数据元说明它归谁。"
                self._say(each.item.name, Problem("scheme-by", f"算的是{name}，没有写{name}归谁。", hint))

    def number(self, text: str, part: str) -> Expr | Figure | None:
        """What is measured: about the subject, or about the population of a unit."""
        subject = self.scheme.scored.subject
        parsed: Expr | Figure | None
        if subject:
            parsed = self._try(
                lambda: parse_expression(text, self.registry, subject=subject, parameters=self.parameters), part
            )
        else:
            parsed = self._try(lambda: parse_figure(text, self.registry, parameters=self.parameters), part)
        base = None if parsed is None else _expr(parsed).type.base
        if base not in (None, Base.NUMBER, Base.UNKNOWN):
            self._say(part, Problem("scheme-number", "得不出一个数。", "请写一个数或得出数字的算式。"))
            return None
        return parsed

    def condition(self, text: str, part: str) -> Filter | Figure | None:
        """A condition on what is scored."""
        if self.scheme.scored.subject:
            return self.filter(text, part)
        found = self._try(lambda: parse_figure(text, self.registry, parameters=self.parameters), part)
        if found is not None and found.expr.type.base not in (Base.BOOL, Base.UNKNOWN):
            self._say(part, Problem("scheme-condition", "不是条件。", "请写成比较，如 count(人) = 0。"))
            return None
        return found

    def filter(self, text: str, part: str) -> Filter | None:
        """A condition on the subjects that are scored."""
        subject = self.scheme.scored.subject
        return self._try(lambda: parse_filter(text, self.registry, subject=subject, parameters=self.parameters), part)

    def _factor(self, value: Expr | Figure, item: Item) -> Fraction:
        """What the value is multiplied by to be in the unit the indicator states; a share becomes % by 100."""
        own, stated = _expr(value).type.unit, parse_unit(item.indicator.unit)
        if own is None:
            return 1 / stated.factor if not stated.dimensions else Fraction(1)
        if own.dimensions != stated.dimensions:
            message = f"算出来的单位是{own.text or '个数'}，写的是{item.indicator.unit or '（无）'}。"
            self._say(item.name, Problem("scheme-unit", message, f"请把 unit 改成 {own.text}，或核对算式。"))
            return Fraction(1)
        return own.factor / stated.factor

    def _try(self, parse: Callable[[], _Parsed], part: str) -> _Parsed | None:
        try:
            return parse()
        except ExpressionError as error:
            for problem in error.problems:
                self._say(part, problem)
            return None

    def _say(self, part: str, problem: Problem) -> None:
        message = f"{self.scheme.id} 的{part}：{problem.message}"
        self.problems.append(replace(problem, message=message, where=Place(self.scheme.file)))


def _expr(value: Expr | Figure) -> Expr:
    return value.expr if isinstance(value, Figure) else value
