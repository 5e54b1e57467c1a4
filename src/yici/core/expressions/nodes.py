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

Role = Choice["person", "household", "enterprise", "head"]
"""Whose element is meant, seen from the subject of the expression; "head" is the head of the household (户主)."""

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


TEXT, NUMBER, BOOL = Type(Base.TEXT), Type(Base.NUMBER), Type(Base.BOOL)
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


Expr = (
    Literal | Ref | Negative | Converted | Arithmetic | Comparison | InList | Between | Like | IsNull | Not | Junction
)


def children(expr: Expr) -> tuple[Expr, ...]:
    """The parts an expression is directly made of, from left to right."""
    match expr:
        case Literal() | Ref():
            return ()
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


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on one subject type, ready to compile. `text` is what was typed."""

    subject: str
    expr: Expr
    text: str

    @property
    def refs(self) -> tuple[Ref, ...]:
        """Every mention of an element, in order."""
        return tuple(node for node in walk(self.expr) if isinstance(node, Ref))

    @property
    def roles(self) -> frozenset[Role]:
        """Whose elements are needed: the engine joins these tables."""
        return frozenset(ref.role for ref in self.refs)
