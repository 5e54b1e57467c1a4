"""Expressions shown again: as text that parses to the same tree, and in a clerk's words."""

from __future__ import annotations

from yici.core.expressions.nodes import (
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
)

_WORDS = {"=": "为", "<>": "不为", "<": "小于", "<=": "不大于", ">": "大于", ">=": "不小于"}


def text_of(expr: Expr) -> str:
    """The expression as it could be typed; parsing it gives the same tree."""
    return _Shower(words=False).show(expr)


def in_words(expr: Expr) -> str:
    """The expression in Chinese words, for --explain."""
    return _Shower(words=True).show(expr)


class _Shower:
    def __init__(self, *, words: bool) -> None:
        self.words = words

    def show(self, expr: Expr) -> str:
        match expr:
            case Literal():
                return self._literal(expr)
            case Ref():
                return self._ref(expr)
            case Negative():
                return f"-{self._inner(expr.operand)}"
            case Converted():
                return self.show(expr.operand)
            case Arithmetic():
                return f"{self._inner(expr.left)} {expr.op} {self._inner(expr.right)}"
            case _:
                return self._condition(expr)

    def _condition(self, expr: Expr) -> str:
        words = self.words
        match expr:
            case Comparison():
                op = _WORDS[expr.op] if words else expr.op
                return f"{self._inner(expr.left)} {op} {self._inner(expr.right)}"
            case InList():
                items = ("、" if words else ", ").join(self._inner(item) for item in expr.items)
                return f"{self._inner(expr.operand)} {'为其中之一：' if words else 'in '}({items})"
            case Between():
                low, high = self._inner(expr.low), self._inner(expr.high)
                between = f"在 {low} 与 {high} 之间" if words else f"between {low} and {high}"
                return f"{self._inner(expr.operand)} {between}"
            case Like():
                return f"{self._inner(expr.operand)} {'形如' if words else 'like'} {_quoted(expr.pattern)}"
            case IsNull():
                return f"{self._inner(expr.operand)} {'没有记录' if words else 'is null'}"
            case Not():
                return f"{'不是：' if words else 'not '}{self._inner(expr.operand)}"
            case Junction():
                joined = ({"and": " 并且 ", "or": " 或者 "} if words else {"and": " and ", "or": " or "})[expr.op]
                return joined.join(self._inner(part) for part in expr.parts)
        raise AssertionError(expr)

    def _inner(self, expr: Expr) -> str:
        """A part, in brackets unless it is a single word."""
        while isinstance(expr, Converted):
            expr = expr.operand
        shown = self.show(expr)
        return shown if isinstance(expr, Literal | Ref) else f"({shown})"

    def _literal(self, literal: Literal) -> str:
        value = literal.value
        if value is None:
            return "空" if self.words else "null"
        if isinstance(value, bool):
            return ("是" if value else "否") if self.words else str(value).lower()
        if isinstance(value, str):
            return value if self.words and literal.type.base is not Base.TEXT else _quoted(value)
        return (
            f"{value:f}" + _written_unit(literal) if not isinstance(value, int) else f"{value}{_written_unit(literal)}"
        )

    def _ref(self, ref: Ref) -> str:
        if ref.role == "head":
            return f"户主.{ref.element.name}" if self.words else f"户主.{ref.element.id}"
        return ref.element.name if self.words else ref.element.id


def _written_unit(literal: Literal) -> str:
    return literal.type.unit.text if literal.type.unit else ""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
