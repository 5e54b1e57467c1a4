"""What a figure calculates from its aggregates, exactly: shares, differences, cases, rounding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from yici.core.errors import ExpressionError, Problem
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import (
    Aggregate,
    Arithmetic,
    Between,
    Call,
    Case,
    Clock,
    Comparison,
    Converted,
    Expr,
    InList,
    IsNull,
    Junction,
    Literal,
    Negative,
    Not,
)

Known = Fraction | str | bool
_DECIMALS = 12


def calculated(expr: Expr, found: Mapping[Aggregate, Known | None], moment: Moment) -> Known | None:
    """The value of a figure, given what its aggregates came to; None where it is unknown."""
    return _Calculator(found, moment).value(expr)


def shown(value: Known | None) -> Decimal | int | str | bool | None:
    """A value as it is handed on: whole numbers as int, others as Decimal of at most twelve decimals."""
    if not isinstance(value, Fraction):
        return value
    if value.denominator == 1:
        return int(value)
    return Decimal(_rounded(value, _DECIMALS).numerator) / Decimal(_rounded(value, _DECIMALS).denominator)


class _Calculator:
    def __init__(self, found: Mapping[Aggregate, Known | None], moment: Moment) -> None:
        self.found, self.moment = found, moment

    def value(self, expr: Expr) -> Known | None:
        match expr:
            case Aggregate():
                return self.found[expr]
            case Literal():
                value = expr.value
                return Fraction(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value
            case Clock():
                first, last = self.moment.bounds(expr.word)
                return first.isoformat() if first == last else None
            case Negative():
                return self._number(expr.operand, lambda number: -number)
            case Converted():
                return self._number(expr.operand, lambda number: number * expr.factor)
            case Arithmetic():
                return self._arithmetic(expr)
            case Call():
                return self._called(expr)
            case Case():
                return self._case(expr)
            case _:
                return self._truth(expr)

    def _number(self, expr: Expr, do: Callable[[Fraction], Fraction]) -> Fraction | None:
        value = self.value(expr)
        return do(value) if isinstance(value, Fraction) else None

    def _arithmetic(self, expr: Arithmetic) -> Fraction | None:
        left, right = self.value(expr.left), self.value(expr.right)
        if not isinstance(left, Fraction) or not isinstance(right, Fraction) or (expr.op == "/" and not right):
            return None
        match expr.op:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case _:
                return left / right

    def _called(self, expr: Call) -> Known | None:
        values = [self.value(arg) for arg in expr.args]
        if expr.function == "coalesce":
            return next((value for value in values if value is not None), None)
        numbers = [value for value in values if isinstance(value, Fraction)]
        if len(numbers) < len(values):
            return None
        match expr.function:
            case "least":
                return min(numbers)
            case "greatest":
                return max(numbers)
            case "abs":
                return abs(numbers[0])
            case "floor":
                return Fraction(floor(numbers[0]))
            case "ceil":
                return Fraction(ceil(numbers[0]))
            case _:
                return _rounded(numbers[0], int(numbers[1]) if len(numbers) > 1 else 0)

    def _case(self, expr: Case) -> Known | None:
        for condition, result in expr.branches:
            holds = self.value(condition)
            if holds is None:
                return None
            if holds:
                return self.value(result)
        return None if expr.otherwise is None else self.value(expr.otherwise)

    def _truth(self, expr: Expr) -> bool | None:
        match expr:
            case Comparison():
                return self._compared(expr.op, expr.left, expr.right)
            case Between():
                return _joined("and", [self._compared(">=", expr.operand, expr.low),
                                       self._compared("<=", expr.operand, expr.high)])  # fmt: skip
            case InList():
                return _joined("or", [self._compared("=", expr.operand, item) for item in expr.items])
            case IsNull():
                return self.value(expr.operand) is None
            case Not():
                inner = self.value(expr.operand)
                return None if inner is None else not inner
            case Junction():
                return _joined(expr.op, [_as_truth(self.value(part)) for part in expr.parts])
        problem = Problem("expression.figure", "统计结果之间不能这样计算。", "统计之间用加减乘除、case、round 等。")
        raise ExpressionError(problem)

    def _compared(self, op: str, left: Expr, right: Expr) -> bool | None:
        ours, theirs = self.value(left), self.value(right)
        if ours is None or theirs is None:
            return None
        order = (ours > theirs) - (ours < theirs)  # type: ignore[operator]
        return {"=": order == 0, "<>": order != 0, "<": order < 0, "<=": order <= 0, ">": order > 0,
                ">=": order >= 0}[op]  # fmt: skip


def _as_truth(value: Known | None) -> bool | None:
    return None if value is None else bool(value)


def _joined(op: str, parts: Sequence[bool | None]) -> bool | None:
    decisive = op == "or"
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


def _rounded(value: Fraction, decimals: int) -> Fraction:
    """Halves away from zero."""
    scale = Fraction(10) ** decimals
    whole = floor(abs(value) * scale + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole) / scale
