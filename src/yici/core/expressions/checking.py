"""The type checker: gives both sides of a condition one sort and one unit, and reports everything that does not fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from yici.core.elements import Registry
from yici.core.errors import Problem
from yici.core.expressions.literals import coerce
from yici.core.expressions.nodes import (
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
from yici.core.expressions.words import in_words

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
        left, right = self.alike(left, right)
        if op in _ORDERED and left.type.base not in _SIZED:
            self._say(
                "expression.type", f"{left.type.base}“{in_words(left)}”不能比较大小。", _UNSIZED[left.type.base], at
            )
        return Comparison(op, left, right, at=at)

    def between(self, operand: Expr, low: Expr, high: Expr, at: int) -> Expr:
        operand, low = self.alike(operand, low)
        operand, high = self.alike(operand, high)
        if operand.type.base not in _SIZED:
            self._say(
                "expression.type", f"{operand.type.base}“{in_words(operand)}”不能用 between。", "请用 in (…)。", at
            )
        return Between(operand, low, high, at=at)

    def in_list(self, operand: Expr, items: list[Expr], at: int) -> Expr:
        if not items:
            self._say("expression.syntax", "in 后面的括号里没有值。", "例如 in ('一级', '二级')。", at)
        return InList(operand, tuple(self.alike(operand, item)[1] for item in items), at=at)

    def like(self, operand: Expr, pattern: Expr, at: int) -> Expr:
        if operand.type.base not in _WRITTEN:
            message = f"{operand.type.base}“{in_words(operand)}”不能用 like。"
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
            hint = f"例如 {in_words(expr)} is not null。" if isinstance(expr, Ref) else "请补上比较，如 >= 80。"
            self._say("expression.type", f"“{in_words(expr)}”不是条件。", hint, expr.at)
        return expr

    def negative(self, operand: Expr, at: int) -> Expr:
        return Negative(self._number(operand), replace(operand.type), at=at)

    def arithmetic(self, op: str, left: Expr, right: Expr, at: int) -> Expr:
        left, right = self._number(left), self._number(right)
        if UNKNOWN in (left.type, right.type):
            return Arithmetic(op, left, right, UNKNOWN, at)
        if op in "+-":
            left, right = self._same_unit(left, right)
            return Arithmetic(op, left, right, Type(Base.NUMBER, left.type.unit or right.type.unit), at)
        return Arithmetic(op, left, right, Type(Base.NUMBER, _combined(op, left.type.unit, right.type.unit)), at)

    def alike(self, left: Expr, right: Expr) -> tuple[Expr, Expr]:
        """Both sides in one sort and one unit; literals follow the other side."""
        if isinstance(right, Literal):
            right = self._coerced(right, left.type)
        elif isinstance(left, Literal):
            left = self._coerced(left, right.type)
        if UNKNOWN in (left.type, right.type):
            return left, right
        if not _comparable(left.type, right.type):
            message = f"“{in_words(left)}”是{left.type.base}，“{in_words(right)}”是{right.type.base}，不能比较。"
            if left.type.base is right.type.base:
                message = f"“{in_words(left)}”和“{in_words(right)}”用的代码表不同，不能比较。"
            self._say("expression.type", message, "请比较同一类的值。", left.at)
            return left, right
        return self._same_unit(left, right) if left.type.base is Base.NUMBER else (left, right)

    def _coerced(self, literal: Literal, target: Type) -> Literal:
        read = coerce(literal, target, self.registry)
        if isinstance(read, Problem):
            self.report(read, literal.at)
            return replace(literal, type=UNKNOWN)
        return read

    def _number(self, expr: Expr) -> Expr:
        if expr.type.base in (Base.NUMBER, Base.UNKNOWN):
            return expr
        self._say("expression.type", f"“{in_words(expr)}”不是数字，不能计算。", "加减乘除只用于数字。", expr.at)
        return Literal(None, UNKNOWN, expr.at)

    def _same_unit(self, left: Expr, right: Expr) -> tuple[Expr, Expr]:
        ours, theirs = left.type.unit, right.type.unit
        if ours is None or theirs is None:
            return left, right
        if ours.dimensions != theirs.dimensions:
            message = f"“{in_words(left)}”的单位是{ours.text}，“{in_words(right)}”的是{theirs.text}，不能放在一起。"
            self._say("expression.unit", message, "请换成同一种量。", left.at)
            return left, right
        if ours.factor == theirs.factor:
            return left, right
        if isinstance(left, Literal):
            return Converted(left, ours.factor / theirs.factor, right.type, left.at), right
        return left, Converted(right, theirs.factor / ours.factor, left.type, right.at)

    def _say(self, code: str, message: str, hint: str, at: int) -> None:
        self.report(Problem(code, message, hint), at)


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
        if known is None or not known.dimensions:
            return None
        return known if op == "*" or right is None else parse_unit("").per(known)
    return left.times(right) if op == "*" else left.per(right)
