"""The typed tree of an expression (口径): immutable, comparable, printable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Literal as Choice

from yici.core.elements import Element, Kind
from yici.core.expressions.units import Unit, parse_unit

Role = str
"""Whose element is meant, seen from the subject of the expression: a subject type's id, or "head" for the head of the
household (户主)."""

Scalar = str | int | Decimal | bool | None


class Base(StrEnum):
    """What sort of value an expression yields. UNKNOWN stands where a problem was already reported."""

    TEXT = "文字"
    NUMBER = "数字"
    DATE = "日期"
    BOOL = "是否"
    CODE = "代码"
    NULL = "空值"
    UNKNOWN = "不明"


@dataclass(frozen=True, slots=True)
class Type:
    """A value's sort, the unit of a number (None adapts to the other side) and the code list of a code."""

    base: Base
    unit: Unit | None = None
    codes: str | None = None


TEXT, NUMBER, BOOL, DATE = Type(Base.TEXT), Type(Base.NUMBER), Type(Base.BOOL), Type(Base.DATE)
UNKNOWN = Type(Base.UNKNOWN)

_BASES = {Kind.DATE: Base.DATE, Kind.INTEGER: Base.NUMBER, Kind.DECIMAL: Base.NUMBER, Kind.BOOL: Base.BOOL}


def type_of(element: Element) -> Type:
    """The type of an element's values."""
    if element.codes and element.kind is Kind.CODE:
        return Type(Base.CODE, codes=element.codes)
    base = _BASES.get(element.kind, Base.TEXT)
    return Type(base, unit=parse_unit(element.unit) if element.unit and base is Base.NUMBER else None)


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as written. Dates are ISO with their precision ("1950", "1950-03", "1950-03-07"), codes labels."""

    value: Scalar
    type: Type
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Ref:
    """An element of the subject, or of what it belongs to."""

    element: Element
    role: Role
    type: Type
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Negative:
    """Unary minus."""

    operand: Expr
    type: Type = NUMBER
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Converted:
    """A number in another unit of the same dimension: its value times `factor`. It prints as its operand."""

    operand: Expr
    factor: Fraction
    type: Type
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two numbers and one of + - * /. Division by zero is unknown."""

    op: str
    left: Expr
    right: Expr
    type: Type = NUMBER
    at: int = field(default=0, compare=False)


def is_chained(left: str | None, op: str) -> bool:
    """Whether a calculation may stand before another without brackets: both are sums, or both are products."""
    return left is not None and (left in "+-") == (op in "+-")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One of = <> < <= > >= between two values of one sort."""

    op: str
    left: Expr
    right: Expr
    type: Type = BOOL
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class InList:
    """The operand equals one of the items."""

    operand: Expr
    items: tuple[Expr, ...]
    type: Type = BOOL
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Between:
    """Both bounds included."""

    operand: Expr
    low: Expr
    high: Expr
    type: Type = BOOL
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Like:
    """Text against a pattern: % any characters, _ one character."""

    operand: Expr
    pattern: str
    type: Type = BOOL
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class IsNull:
    """Nothing is known of the operand. The only condition that is never unknown itself."""

    operand: Expr
    type: Type = BOOL
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary; unknown stays unknown."""

    operand: Expr
    type: Type = BOOL
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Junction:
    """Conditions joined by "and" or "or", as many as were written in a row."""

    op: Choice["and", "or"]
    parts: tuple[Expr, ...]
    type: Type = BOOL
    at: int = field(default=0, compare=False)


ClockWord = Choice[
    "today", "period_start", "this_month", "last_month", "this_quarter", "last_quarter", "this_year", "last_year"
]


@dataclass(frozen=True, slots=True)
class Clock:
    """A day or a period that follows from the moment of evaluation: 今天 (期末), 期初, 本月, 今年 …

    A period compares as a date literal of less than a day does: "= 本月" is within it.
    """

    word: ClockWord
    type: Type = DATE
    at: int = field(default=0, compare=False)


DateUnit = Choice["day", "workday", "month", "year"]


@dataclass(frozen=True, slots=True)
class Shifted:
    """A date moved by a number of days, working days, months or years: 退役日期 + 1年. Where the month has no such day
    it is its last one (民法典 202): 1月31日 + 1个月 is 2月28日. The count is negative when it was taken away."""

    operand: Expr
    count: Expr
    unit: DateUnit
    type: Type = DATE
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Elapsed:
    """How many whole days, working days, months or years lie between two dates; negative when `to` is the earlier.

    A month or year is complete when its day comes again; 29 February comes on 1 March of ordinary years, as for ages.
    Working days are those after `since` up to `to`.
    """

    since: Expr
    to: Expr
    unit: DateUnit
    type: Type = NUMBER
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Part:
    """The year, month or day of a date as a number; unknown where the date is not known so finely."""

    part: Choice["year", "month", "day"]
    operand: Expr
    type: Type = NUMBER
    at: int = field(default=0, compare=False)


Function = Choice["round", "abs", "floor", "ceil", "least", "greatest", "coalesce", "listed"]


@dataclass(frozen=True, slots=True)
class Call:
    """One of the few functions. "least" and "greatest" are unknown when any part is; "round" takes the number of
    decimals second, halves away from zero. All take numbers, but "coalesce", the first of its parts that is known,
    takes anything except dates.

    "listed" of an element alone is whether a subject has it, unknown while the register was not imported for its unit.
    With a second part "listed" is the value of a register (名册): an element, and what stands for those the register
    does not name. That default counts only where the register was imported for the subject's unit; elsewhere nobody can
    tell who is on it, and whoever has no value stays unknown."""

    function: Function
    args: tuple[Expr, ...]
    type: Type = NUMBER
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Case:
    """case when … then … else … end. The first condition that holds decides; an unknown one before it makes the whole
    unknown, since nobody can tell which branch is right. Without else, nothing holding means unknown. The values are of
    any sort but dates."""

    branches: tuple[tuple[Expr, Expr], ...]
    otherwise: Expr | None
    type: Type
    at: int = field(default=0, compare=False)


AggregateOp = Choice["count", "sum", "avg", "min", "max", "median", "share"]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A number over many subjects of one type: count(人 where 年龄 >= 60), sum(户.耕地面积).

    `value` and `where` are about one item, a subject of type `subject`. With `members` the items are the people of the
    row's own household (户.人); without, everybody the figure is asked for.
    Over a population an item counts where `where` is true, and the answer says beside it for how many it is unknown.
    Over members an unknown item makes a range, and so a comparison unknown unless the whole range agrees.
    count and sum over no items are 0, the others unknown; sum over items of which no value is known is unknown.
    share is the part of all items for which `where` is true, from 0 to 1.
    """

    op: AggregateOp
    subject: str
    members: bool
    value: Expr | None
    where: Expr | None
    type: Type = NUMBER
    at: int = field(default=0, compare=False)


Expr = (
    Literal
    | Ref
    | Negative
    | Converted
    | Arithmetic
    | Comparison
    | InList
    | Between
    | Like
    | IsNull
    | Not
    | Junction
    | Clock
    | Shifted
    | Elapsed
    | Part
    | Call
    | Case
    | Aggregate
)


def children(expr: Expr) -> tuple[Expr, ...]:
    """The parts an expression is directly made of, from left to right."""
    match expr:
        case Literal() | Ref() | Clock():
            return ()
        case Shifted():
            return (expr.operand, expr.count)
        case Elapsed():
            return (expr.since, expr.to)
        case Call():
            return expr.args
        case Case():
            pairs = tuple(part for branch in expr.branches for part in branch)
            return pairs if expr.otherwise is None else (*pairs, expr.otherwise)
        case Aggregate():
            return tuple(part for part in (expr.value, expr.where) if part is not None)
        case Arithmetic() | Comparison():
            return (expr.left, expr.right)
        case InList():
            return (expr.operand, *expr.items)
        case Between():
            return (expr.operand, expr.low, expr.high)
        case Junction():
            return expr.parts
        case _:
            return (expr.operand,)


def walk(expr: Expr) -> Iterator[Expr]:
    """The expression and everything inside it."""
    yield expr
    for child in children(expr):
        yield from walk(child)


def registers_in(expr: Expr) -> Iterator[Call]:
    """The looks into registers within an expression, those about members included."""
    return (node for node in walk(expr) if isinstance(node, Call) and node.function == "listed")


def register_of(call: Call) -> Ref:
    """The element a register is kept as."""
    element = call.args[0]
    assert isinstance(element, Ref)
    return element


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on one subject type, ready to compile. `text` is what was typed."""

    subject: str
    expr: Expr
    text: str

    @property
    def refs(self) -> tuple[Ref, ...]:
        """Every mention of an element, in order; those inside aggregates are about their items and left out."""
        return tuple(node for node in _own(self.expr) if isinstance(node, Ref))

    @property
    def roles(self) -> frozenset[Role]:
        """Whose elements are needed: the engine joins these tables."""
        return frozenset(ref.role for ref in self.refs)


def _own(expr: Expr) -> Iterator[Expr]:
    """The expression without what stands inside aggregates."""
    yield expr
    if not isinstance(expr, Aggregate):
        for child in children(expr):
            yield from _own(child)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number about populations (统计数), ready to compile: aggregates and what is calculated from them."""

    expr: Expr
    text: str

    @property
    def aggregates(self) -> tuple[Aggregate, ...]:
        """The aggregates over populations, in order."""
        return tuple(node for node in _own(self.expr) if isinstance(node, Aggregate))
