"""The type checker: gives both sides of a condition one sort and one unit, and reports everything that does not fit.

Dates and lengths of time are in dating.py, functions and aggregates in calling.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from yici.core.elements import Registry
from yici.core.errors import Problem
from yici.core.expressions.dating import is_dated, moved_back, with_dates
from yici.core.expressions.literals import coerce
from yici.core.expressions.nodes import (
    DATE,
    UNKNOWN,
    Arithmetic,
    Base,
    Between,
    Comparison,
    Converted,
    Expr,
    InList,
    IsNull,
    Junction,
    Like,
    Literal,
    Negative,
    Not,
    Ref,
    Type,
)
from yici.core.expressions.units import Unit, parse_unit
from yici.core.expressions.wording import in_words

_ORDERED = frozenset({"<", "<=", ">", ">="})
_SIZED = frozenset({Base.NUMBER, Base.DATE, Base.UNKNOWN})
_WRITTEN = frozenset({Base.TEXT, Base.CODE, Base.UNKNOWN})

_UNSIZED = {
    Base.CODE: "代码请用 in (…) 列出。",
    Base.BOOL: "两头的范围请用 between，如 年龄 between 1 and 3。",
    Base.TEXT: "文字只能用 =、<>、in、like。",
    Base.NULL: "请写 is null 或 is not null。",
}


@dataclass(slots=True)
class Checker:
    """Builds typed nodes. `report` takes a problem and the place (from 0) in what was typed."""

    registry: Registry
    report: Callable[[Problem, int], None]

    def comparison(self, op: str, left: Expr, right: Expr, at: int) -> Expr:
        left, right = moved_back(left, right)
        left, right = self.alike(left, right)
        if op in _ORDERED and left.type.base not in _SIZED:
            self._say(
                "expression.type", f"{left.type.base}“{self.words(left)}”不能比较大小。", _UNSIZED[left.type.base], at
            )
        return Comparison(op, left, right, at=at)

    def between(self, operand: Expr, low: Expr, high: Expr, at: int) -> Expr:
        if moved_back(operand, low) != (operand, low) or moved_back(operand, high) != (operand, high):
            ends = (self.comparison(">=", operand, low, at), self.comparison("<=", operand, high, at))
            return self.junction("and", list(ends), at)
        operand, low = self.alike(operand, low)
        operand, high = self.alike(operand, high)
        if operand.type.base not in _SIZED:
            self._say(
                "expression.type", f"{operand.type.base}“{self.words(operand)}”不能用 between。", "请用 in (…)。", at
            )
        return Between(operand, low, high, at=at)

    def in_list(self, operand: Expr, items: list[Expr], at: int) -> Expr:
        if not items:
            self._say("expression.syntax", "in 后面的括号里没有值。", "例如 in ('一级', '二级')。", at)
        return InList(operand, tuple(self.alike(operand, item)[1] for item in items), at=at)

    def like(self, operand: Expr, pattern: Expr, at: int) -> Expr:
        if operand.type.base not in _WRITTEN:
            message = f"{operand.type.base}“{self.words(operand)}”不能用 like。"
            self._say("expression.type", message, "like 只用于文字。", at)
        if not (isinstance(pattern, Literal) and isinstance(pattern.value, str)):
            self._say("expression.type", "like 后面要写加引号的文字。", "例如 like '%镇%'。", at)
            return Like(operand, "", at=at)
        return Like(operand, pattern.value, at=at)

    def is_null(self, operand: Expr, at: int) -> Expr:
        if isinstance(operand, Literal) and operand.type != UNKNOWN:
            self._say("expression.type", "is null 前面要写数据元。", "例如 残疾等级 is null。", at)
        return IsNull(operand, at=at)

    def negation(self, operand: Expr, at: int) -> Expr:
        return Not(self.condition(operand), at=at)

    def junction(self, op: str, parts: list[Expr], at: int) -> Expr:
        return Junction("and" if op == "and" else "or", tuple(self.condition(part) for part in parts), at=at)

    def condition(self, expr: Expr) -> Expr:
        """The expression where a condition is needed."""
        if expr.type.base not in (Base.BOOL, Base.UNKNOWN):
            hint = f"例如 {self.words(expr)} is not null。" if isinstance(expr, Ref) else "请补上比较，如 >= 80。"
            self._say("expression.type", f"“{self.words(expr)}”不是条件。", hint, expr.at)
        return expr

    def negative(self, operand: Expr, at: int) -> Expr:
        operand = self.number(operand)
        return Negative(operand, operand.type, at=at)

    def arithmetic(self, op: str, left: Expr, right: Expr, at: int) -> Expr:
        if op in "+-" and is_dated(left, right):
            return self._dated(op, left, right, at)
        left, right = self.number(left), self.number(right)
        if UNKNOWN in (left.type, right.type):
            return Arithmetic(op, left, right, UNKNOWN, at)
        if op in "+-":
            left, right = self._same_unit(left, right)
            return Arithmetic(op, left, right, Type(Base.NUMBER, left.type.unit or right.type.unit), at)
        return Arithmetic(op, left, right, Type(Base.NUMBER, _combined(op, left.type.unit, right.type.unit)), at)

    def _dated(self, op: str, left: Expr, right: Expr, at: int) -> Expr:
        """A date and a length of time, or two dates."""
        left, right = self.dated(left), self.dated(right)
        if UNKNOWN in (left.type, right.type):
            return Literal(None, UNKNOWN, at)
        found = with_dates(op, left, right, at)
        if isinstance(found, Problem):
            self.report(found, at)
            return Literal(None, UNKNOWN, at)
        return found

    def dated(self, expr: Expr) -> Expr:
        """A text as the date it is written as; everything else as it is."""
        if isinstance(expr, Literal) and expr.type.base is Base.TEXT:
            return self._coerced(expr, DATE)
        return expr

    def date(self, expr: Expr) -> Expr:
        """The expression where a date is needed."""
        expr = self.dated(expr)
        if expr.type.base not in (Base.DATE, Base.UNKNOWN):
            message = f"“{self.words(expr)}”不是日期。"
            self._say("expression.type", message, "这里要写日期，如 出生日期、今天、'2020-01-01'。", expr.at)
            return Literal(None, UNKNOWN, expr.at)
        return expr

    def unified(self, parts: list[Expr]) -> list[Expr]:
        """Several values in one sort and one unit, that of the first which is no literal (or has a unit)."""
        ranked = sorted(parts, key=lambda part: (part.type.base is Base.NULL, isinstance(part, Literal),
                                                 part.type.unit is None))  # fmt: skip
        leader = ranked[0] if ranked else None
        return [part if part is leader or part.type.base is Base.NULL else self._like_leader(leader, part)
                for part in parts]  # fmt: skip

    def _like_leader(self, leader: Expr | None, part: Expr) -> Expr:
        if leader is None or UNKNOWN in (leader.type, part.type):
            return part
        if isinstance(part, Literal):
            part = self._coerced(part, leader.type)
        if part.type != UNKNOWN and not _comparable(leader.type, part.type):
            self._say_unlike(leader, part)
            return part
        ours, theirs = leader.type.unit, part.type.unit
        if ours is None or theirs is None:
            return part
        if ours.dimensions != theirs.dimensions:
            self._say_units(leader, part)
        elif ours.factor != theirs.factor:
            return Converted(part, theirs.factor / ours.factor, leader.type, part.at)
        return part

    def alike(self, left: Expr, right: Expr) -> tuple[Expr, Expr]:
        """Both sides in one sort and one unit; literals follow the other side."""
        if isinstance(right, Literal):
            right = self._coerced(right, left.type)
        elif isinstance(left, Literal):
            left = self._coerced(left, right.type)
        if UNKNOWN in (left.type, right.type):
            return left, right
        if not _comparable(left.type, right.type):
            self._say_unlike(left, right)
            return left, right
        return self._same_unit(left, right) if left.type.base is Base.NUMBER else (left, right)

    def _coerced(self, literal: Literal, target: Type) -> Literal:
        read = coerce(literal, target, self.registry)
        if isinstance(read, Problem):
            self.report(read, literal.at)
            return replace(literal, type=UNKNOWN)
        return read

    def _say_unlike(self, left: Expr, right: Expr) -> None:
        ours, theirs = self.words(left), self.words(right)
        message = f"“{ours}”是{left.type.base}，“{theirs}”是{right.type.base}，不能比较。"
        if left.type.base is right.type.base:
            message = f"“{ours}”和“{theirs}”用的代码表不同，不能比较。"
        self._say("expression.type", message, "请比较同一类的值。", left.at)

    def _say_units(self, left: Expr, right: Expr) -> None:
        ours, theirs = _unit_name(left), _unit_name(right)
        message = f"“{self.words(left)}”的单位是{ours}，“{self.words(right)}”的是{theirs}，不能放在一起。"
        self._say("expression.unit", message, "请换成同一种量。", left.at)

    def words(self, expr: Expr) -> str:
        """An expression as messages name it."""
        return in_words(expr, self.registry)

    def number(self, expr: Expr) -> Expr:
        """The expression where a number is needed."""
        if expr.type.base in (Base.NUMBER, Base.UNKNOWN):
            return expr
        self._say("expression.type", f"“{self.words(expr)}”不是数字，不能计算。", "加减乘除只用于数字。", expr.at)
        return Literal(None, UNKNOWN, expr.at)

    def _same_unit(self, left: Expr, right: Expr) -> tuple[Expr, Expr]:
        ours, theirs = left.type.unit, right.type.unit
        if ours is None or theirs is None:
            return left, right
        if ours.dimensions != theirs.dimensions:
            self._say_units(left, right)
            return left, right
        if ours.factor == theirs.factor:
            return left, right
        if isinstance(left, Literal):
            return Converted(left, ours.factor / theirs.factor, right.type, left.at), right
        return left, Converted(right, theirs.factor / ours.factor, left.type, right.at)

    def _say(self, code: str, message: str, hint: str, at: int) -> None:
        self.report(Problem(code, message, hint), at)


def _unit_name(expr: Expr) -> str:
    return (expr.type.unit.text if expr.type.unit else "") or "个"


def _comparable(left: Type, right: Type) -> bool:
    if {left.base, right.base} == {Base.TEXT, Base.CODE}:
        return True
    return left.base is right.base and left.codes == right.codes


def _combined(op: str, left: Unit | None, right: Unit | None) -> Unit | None:
    """The unit of a product or quotient.

    A bare number times a count stays a bare number: 家庭年收入 < 3000 * 家庭人口数 means 3000 元 a head.
    """
    if left is None or right is None:
        known = left or right
        if known is None or known.bare:
            return None
        return known if op == "*" or right is None else parse_unit("").per(known)
    return left.times(right) if op == "*" else left.per(right)
