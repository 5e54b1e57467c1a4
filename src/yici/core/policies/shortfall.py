"""By how much a clause is missed: the comparison that fails, as a distance that can be calculated for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from yici.core.expressions.nodes import (
    Arithmetic,
    Base,
    Between,
    Comparison,
    Converted,
    Elapsed,
    Expr,
    Junction,
    Literal,
    Negative,
    Not,
    Type,
)
from yici.core.expressions.words import in_words

_CONTRARY = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One ordered comparison of a clause: `missed` is how far on the wrong side a value is (negative: on the right
    one), in `unit`; `upward` tells that it is too small."""

    missed: Expr
    name: str
    unit: str
    upward: bool

    def words(self, missed: Decimal) -> str:
        """差 2 岁, 超出 3000 元."""
        amount = f"{missed.normalize():f}{self.unit}"
        return f"{self.name}差 {amount}" if self.upward else f"{self.name}超出 {amount}"


def shortfalls(condition: Expr, *, holds: bool = True) -> Iterator[Shortfall]:
    """The ordered comparisons that must all hold for a condition to hold; alternatives have no distance."""
    match condition:
        case Not():
            yield from shortfalls(condition.operand, holds=not holds)
        case Junction() if (condition.op == "and") is holds:
            for part in condition.parts:
                yield from shortfalls(part, holds=holds)
        case Between() if holds:
            yield from shortfalls(Comparison(">=", condition.operand, condition.low))
            yield from shortfalls(Comparison("<=", condition.operand, condition.high))
        case Comparison() if condition.op in _CONTRARY:
            op = condition.op if holds else _CONTRARY[condition.op]
            value, bound = condition.left, condition.right
            if _fixed(value) and not _fixed(bound):
                value, bound, op = bound, value, _MIRRORED[op]
            if (found := _missed(op, value, bound)) is not None:
                yield found


def _missed(op: str, value: Expr, bound: Expr) -> Shortfall | None:
    upward = op in (">", ">=")
    low, high = (value, bound) if upward else (bound, value)
    if value.type.base is Base.DATE:
        if isinstance(bound, Literal) and len(str(bound.value)) < len("2025-01-01"):
            return None
        return Shortfall(Elapsed(low, high, "day"), in_words(value), "天", upward)
    if value.type.base is not Base.NUMBER:
        return None
    unit = value.type.unit or bound.type.unit
    missed = Arithmetic("-", high, low, Type(Base.NUMBER, unit))
    return Shortfall(missed, in_words(value), unit.text if unit else "", upward)


def _fixed(expr: Expr) -> bool:
    while isinstance(expr, Negative | Converted):
        expr = expr.operand
    return isinstance(expr, Literal)
