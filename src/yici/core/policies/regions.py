"""Where a condition can hold, as far as that is certain: boxes of values, one range or set a term.

A term is whatever stands against fixed values in a comparison: an element, or a calculation taken as a whole. What
cannot be told (two elements compared with each other) leaves a box open, so that "no box" always means "never".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from yici.core.elements import Kind, Registry
from yici.core.expressions.compiling import period_of
from yici.core.expressions.nodes import (
    Aggregate,
    Base,
    Between,
    Comparison,
    Converted,
    Elapsed,
    Expr,
    InList,
    IsNull,
    Junction,
    Literal,
    Negative,
    Not,
    Ref,
    walk,
)
from yici.core.expressions.words import in_words, text_of

_MOST_BOXES = 200
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}
_CONTRARY = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "<>", "<>": "="}
Point = Fraction | str
"""A number, or a day as ISO text."""


@dataclass(frozen=True, slots=True)
class Edge:
    """An end of a range; `closed` when the point itself belongs to it."""

    point: Point
    closed: bool


@dataclass(frozen=True, slots=True)
class Span:
    """What a term's value can be: between two ends, or one of some labels; `known`: whether it can be (un)known."""

    low: Edge | None = None
    high: Edge | None = None
    labels: frozenset[object] | None = None
    known: frozenset[bool] = frozenset({True, False})
    whole: bool = False

    def meet(self, other: Span) -> Span:
        """What both allow."""
        labels = self.labels if other.labels is None else other.labels
        if self.labels is not None and other.labels is not None:
            labels = self.labels & other.labels
        low = _tighter(self.low, other.low, lower=True)
        high = _tighter(self.high, other.high, lower=False)
        return Span(low, high, labels, self.known & other.known, self.whole or other.whole)

    @property
    def empty(self) -> bool:
        """Whether nothing is left: no value a known term could have, and it must be known."""
        if not self.known:
            return True
        if self.known == {False}:
            return False
        if self.labels is not None and not self.labels:
            return True
        low, high = self.low, self.high
        if low is None or high is None:
            return False
        if self.whole and isinstance(low.point, Fraction) and isinstance(high.point, Fraction):
            return _first_whole(low) > -_first_whole(Edge(-high.point, high.closed))
        if low.point == high.point:
            return not (low.closed and high.closed)
        return _ordered(low.point, high.point) is False


Box = dict[str, Span]
"""Term (as text) → what its value can be; a term that is not named can be anything."""


@dataclass(frozen=True, slots=True)
class Region:
    """A union of boxes. `exact`: every point of it makes the condition hold, not only some. `loose` are the texts of
    the terms inside conditions that could not be told."""

    boxes: tuple[Box, ...]
    exact: bool = True
    loose: frozenset[str] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether the condition can never hold."""
        return not self.boxes

    def meet(self, other: Region) -> Region:
        """Where both hold."""
        exact, loose = self.exact and other.exact, self.loose | other.loose
        if len(self.boxes) * len(other.boxes) > _MOST_BOXES:
            return replace(self, exact=False, loose=loose)
        boxes = (_joined(one, two) for one in self.boxes for two in other.boxes)
        return Region(tuple(box for box in boxes if not any(span.empty for span in box.values())), exact, loose)

    def join(self, other: Region) -> Region:
        """Where one of them holds."""
        boxes, loose = (*self.boxes, *other.boxes), self.loose | other.loose
        if len(boxes) > _MOST_BOXES:
            return Region(({},), exact=False, loose=loose)
        return Region(boxes, self.exact and other.exact, loose)


EVERYWHERE = Region(({},))
NOWHERE = Region(())


def meet_all(regions: Iterable[Region]) -> Region:
    """Where all hold."""
    found = EVERYWHERE
    for region in regions:
        found = found.meet(region)
    return found


@dataclass(slots=True)
class Reasoner:
    """Regions of conditions over one registry. `names` keeps each term's words."""

    registry: Registry
    names: dict[str, str] = field(default_factory=dict)

    def region(self, expr: Expr, *, holds: bool) -> Region:
        """Where the condition can be true, or false."""
        match expr:
            case Literal():
                return EVERYWHERE if expr.value is holds else NOWHERE
            case Not():
                return self.region(expr.operand, holds=not holds)
            case Junction():
                parts = [self.region(part, holds=holds) for part in expr.parts]
                return meet_all(parts) if (expr.op == "and") is holds else _join_all(parts)
            case IsNull():
                key = self._term(expr.operand)
                return Region(({key: Span(known=frozenset({not holds}))},))
            case Between():
                low, high = Comparison(">=", expr.operand, expr.low), Comparison("<=", expr.operand, expr.high)
                return self.region(Junction("and", (low, high)), holds=holds)
            case InList():
                equal = tuple(Comparison("=", expr.operand, item) for item in expr.items)
                return self.region(Junction("or", equal), holds=holds)
            case Comparison():
                return self._compared(expr if holds else replace(expr, op=_CONTRARY[expr.op]))
            case Ref() if expr.type.base is Base.BOOL:
                return self._labels(expr, frozenset({holds}))
            case _:
                return self._open(expr)

    def _compared(self, expr: Comparison) -> Region:
        op, term, fixed = expr.op, expr.left, expr.right
        if _number(term) is not None or isinstance(term, Literal):
            op, term, fixed = _FLIPPED[op], expr.right, expr.left
        if isinstance(term, Literal):
            return self._open(expr)
        if term.type.base is Base.NUMBER and (number := _number(fixed)) is not None:
            return self._spans(term, _numeric(op, number))
        if not isinstance(fixed, Literal) or fixed.value is None:
            return self._open(expr)
        if term.type.base is Base.DATE:
            return self._spans(term, _dated(op, str(fixed.value)))
        if op in ("=", "<>") and term.type.base in (Base.CODE, Base.BOOL):
            chosen = frozenset({fixed.value})
            return self._labels(term, chosen if op == "=" else self._all(term) - chosen)
        if op == "=":
            return self._labels(term, frozenset({fixed.value}))
        return self._open(expr)

    def _all(self, term: Expr) -> frozenset[object]:
        if term.type.base is Base.BOOL:
            return frozenset({True, False})
        return frozenset(code.label for code in self.registry.code_lists[term.type.codes or ""].codes)

    def _labels(self, term: Expr, labels: frozenset[object]) -> Region:
        if not labels:
            return NOWHERE
        return Region(({self._term(term): Span(labels=labels, known=frozenset({True}))},))

    def _spans(self, term: Expr, spans: Sequence[Span]) -> Region:
        natural = _natural(term)
        met = [span.meet(natural) for span in spans]
        return Region(tuple({self._term(term): span} for span in met if not span.empty))

    def _open(self, expr: Expr) -> Region:
        loose = frozenset(text_of(node) for node in walk(expr) if isinstance(node, Ref))
        return Region(({},), exact=False, loose=loose)

    def _term(self, expr: Expr) -> str:
        factor = Fraction(1)
        inner = expr
        while isinstance(inner, Converted):
            factor, inner = factor * inner.factor, inner.operand
        key = text_of(inner) if factor == 1 else f"{text_of(inner)} × {factor}"
        self.names[key] = in_words(inner)
        return key

    def words(self, box: Box) -> str:
        """A box in a clerk's words: 年龄 80 至 89（不含）."""
        return "，".join(f"{self.names.get(key, key)}{_span_words(span)}" for key, span in sorted(box.items()))


def _join_all(regions: Sequence[Region]) -> Region:
    found = NOWHERE
    for region in regions:
        found = found.join(region)
    return found


def _joined(one: Box, two: Box) -> Box:
    return one | {key: one[key].meet(span) if key in one else span for key, span in two.items()}


def _tighter(one: Edge | None, two: Edge | None, *, lower: bool) -> Edge | None:
    if one is None or two is None:
        return one or two
    if one.point == two.point:
        return one if not one.closed else two
    return one if _ordered(one.point, two.point) is not lower else two


def _ordered(one: Point, two: Point) -> bool:
    """Whether the first is below the second; both are of one sort, since they stand against the same term."""
    if isinstance(one, Fraction) and isinstance(two, Fraction):
        return one < two
    return str(one) < str(two)


def _first_whole(low: Edge) -> int:
    assert isinstance(low.point, Fraction)
    up = -(-low.point.numerator // low.point.denominator)
    return up + 1 if up == low.point and not low.closed else up


def _number(expr: Expr) -> Fraction | None:
    """The value of a fixed number, in the unit of what it is compared with."""
    match expr:
        case Literal() if isinstance(expr.value, int | Decimal) and not isinstance(expr.value, bool):
            return Fraction(expr.value)
        case Negative():
            inner = _number(expr.operand)
            return None if inner is None else -inner
        case Converted():
            inner = _number(expr.operand)
            return None if inner is None else inner * expr.factor
        case _:
            return None


_KNOWN = frozenset({True})


def _numeric(op: str, number: Fraction) -> list[Span]:
    open_, closed = Edge(number, closed=False), Edge(number, closed=True)
    return _by_op(op, (open_, closed), (open_, closed))


def _dated(op: str, written: str) -> list[Span]:
    """A date of less than a day stands for its whole period: > 1950 is after it, = 1950 within it."""
    first, last = period_of(written)
    return _by_op(op, (Edge(first, closed=False), Edge(first, closed=True)),
                  (Edge(last, closed=False), Edge(last, closed=True)))  # fmt: skip


def _by_op(op: str, first: tuple[Edge, Edge], last: tuple[Edge, Edge]) -> list[Span]:
    match op:
        case "<":
            return [Span(high=first[0], known=_KNOWN)]
        case "<=":
            return [Span(high=last[1], known=_KNOWN)]
        case ">":
            return [Span(low=last[0], known=_KNOWN)]
        case ">=":
            return [Span(low=first[1], known=_KNOWN)]
        case "=":
            return [Span(first[1], last[1], known=_KNOWN)]
        case _:
            return [Span(high=first[0], known=_KNOWN), Span(low=last[0], known=_KNOWN)]


def _natural(term: Expr) -> Span:
    """What a term's value always is: ages and counts are whole and not negative."""
    zero = Edge(Fraction(0), closed=True)
    match term:
        case Ref() if term.element.id == "person.age":
            return Span(low=zero, whole=True)
        case Ref():
            return Span(whole=term.element.kind is Kind.INTEGER)
        case Aggregate() if term.op == "count":
            return Span(low=zero, whole=True)
        case Aggregate() if term.op == "share":
            return Span(low=zero, high=Edge(Fraction(1), closed=True))
        case Elapsed():
            return Span(whole=True)
        case _:
            return Span()


def _span_words(span: Span) -> str:
    if span.known == {False}:
        return "没有记录"
    if span.labels is not None:
        return " 为 " + "、".join(sorted("是" if v is True else "否" if v is False else str(v) for v in span.labels))
    parts = [
        f"{word}{_shown(edge.point)}"
        for edge, word in (
            (span.low, "≥" if span.low and span.low.closed else ">"),
            (span.high, "≤" if span.high and span.high.closed else "<"),
        )
        if edge is not None
    ]
    return " " + " 且 ".join(parts) if parts else " 任意"


def _shown(point: Point) -> str:
    return f"{float(point):g}" if isinstance(point, Fraction) else point
