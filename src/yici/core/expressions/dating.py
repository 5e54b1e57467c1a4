"""Dates in calculations: a date and a length of time (日期 + 6个月), two dates (今天 - 日期), and what they compare
to."""

from __future__ import annotations

from decimal import Decimal

from yici.core.errors import Problem
from yici.core.expressions.functions import DATE_UNITS
from yici.core.expressions.nodes import Base, DateUnit, Elapsed, Expr, Literal, Negative, Shifted, Type
from yici.core.expressions.units import Unit, parse_unit

LENGTHS: dict[DateUnit, Type] = {unit: Type(Base.NUMBER, parse_unit(base)) for base, unit in DATE_UNITS.items()}
"""What is counted by each unit of a length of time."""

_HINT = "写法如 日期 + 1年、日期 - 6个月、日期 + 30天、日期 + 5工作日。"


def length_of(unit: Unit | None) -> DateUnit | None:
    """The unit of a length of time that a date can be moved by; None for any other."""
    if unit is None or unit.factor != 1 or len(unit.dimensions) != 1:
        return None
    name, power = unit.dimensions[0]
    return DATE_UNITS.get(name) if power == 1 else None


def is_dated(left: Expr, right: Expr) -> bool:
    """Whether a sum or difference is one of dates: one side is a date, or a length of time beside a text."""
    if Base.DATE in (left.type.base, right.type.base):
        return True
    return left.type.base is Base.TEXT and isinstance(left, Literal) and length_of(right.type.unit) is not None


def with_dates(op: str, left: Expr, right: Expr, at: int) -> Expr | Problem:
    """The date or the number of days that a sum or difference means."""
    if left.type.base is Base.DATE and right.type.base is Base.DATE:
        if op == "-":
            return Elapsed(right, left, "day", LENGTHS["day"], at)
        return Problem("expression.type", "两个日期不能相加。", _HINT)
    if left.type.base is not Base.DATE and op == "+":
        left, right = right, left
    if left.type.base is not Base.DATE or right.type.base is not Base.NUMBER:
        return Problem("expression.type", "日期只能加减一段时间，或减另一个日期。", _HINT)
    unit = length_of(right.type.unit)
    if unit is None:
        return Problem("expression.unit", "日期要加减多长时间，没有写明单位。", _HINT)
    if _is_broken(right):
        return Problem("expression.number", "日期加减的年、月、天要写整数。", "例如把 1.5年 写成 18个月。")
    return Shifted(left, right if op == "+" else Negative(right, right.type, right.at), unit, at=at)


def _is_broken(expr: Expr) -> bool:
    while isinstance(expr, Negative):
        expr = expr.operand
    return isinstance(expr, Literal) and isinstance(expr.value, Decimal)


def moved_back(left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """今天 - 日期 >= 12个月 as 今天 >= 日期 + 12个月.

    Months are not of one length: a day more than twelve months is more than twelve, though the whole ones are twelve.
    """
    if _differs(left, right):
        assert isinstance(left, Elapsed)
        return left.to, Shifted(left.since, right, length_of(right.type.unit) or "day", at=right.at)
    if _differs(right, left):
        assert isinstance(right, Elapsed)
        return Shifted(right.since, left, length_of(left.type.unit) or "day", at=left.at), right.to
    return left, right


def _differs(days: Expr, length: Expr) -> bool:
    """Whether days between two dates are compared with months, years or working days."""
    unit = length_of(length.type.unit)
    return isinstance(days, Elapsed) and days.unit == "day" and unit not in (None, "day") and not _is_broken(length)
