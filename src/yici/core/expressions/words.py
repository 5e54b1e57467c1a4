"""Expressions shown again as text that parses to the same tree. In a clerk's words: wording.py."""

from __future__ import annotations

from yici.core.elements import Registry
from yici.core.expressions.functions import CALLS, CLOCKS, ELAPSED, PARTS, first_word
from yici.core.expressions.nodes import (
    Aggregate,
    Arithmetic,
    Between,
    Call,
    Case,
    Clock,
    Comparison,
    Converted,
    Elapsed,
    Expr,
    InList,
    IsNull,
    Junction,
    Like,
    Literal,
    Negative,
    Not,
    Part,
    Ref,
    Shifted,
    is_chained,
)
from yici.core.expressions.wording import in_words, number_text

__all__ = ["in_words", "text_in_names", "text_of"]

_WHOLE = (Literal, Ref, Clock, Call, Part, Elapsed, Aggregate, Case)
"""What needs no brackets around it."""


def text_of(expr: Expr) -> str:
    """The expression as it could be typed; parsing it for the same subject gives the same tree."""
    return _Typed("", "").show(expr)


def text_in_names(expr: Expr, registry: Registry) -> str:
    """The same with the names of elements and subject types instead of their ids: what a person reads and types."""
    return _Typed("", "", registry).show(expr)


class _Typed:
    """`own`: what stands before the elements of the items in the value of an aggregate, empty elsewhere; `subject`:
    whose row that is."""

    def __init__(self, own: str, subject: str, names: Registry | None = None) -> None:
        self.own, self.subject, self.names = own, subject, names

    def show(self, expr: Expr) -> str:
        match expr:
            case Literal():
                return _literal(expr)
            case Ref():
                return self._ref(expr)
            case Negative():
                return f"-{self._inner(expr.operand)}"
            case Converted():
                return self.show(expr.operand)
            case Arithmetic():
                chained = isinstance(expr.left, Arithmetic) and is_chained(expr.left.op, expr.op)
                left = self.show(expr.left) if chained else self._inner(expr.left)
                return f"{left} {expr.op} {self._inner(expr.right)}"
            case Clock():
                return first_word(CLOCKS, expr.word)
            case Shifted() if isinstance(expr.count, Negative):
                return f"{self._inner(expr.operand)} - {self._inner(expr.count.operand)}"
            case Shifted():
                return f"{self._inner(expr.operand)} + {self._inner(expr.count)}"
            case _:
                return self._called(expr)

    def _called(self, expr: Expr) -> str:
        match expr:
            case Elapsed():
                return f"{first_word(ELAPSED, expr.unit)}({self.show(expr.since)}, {self.show(expr.to)})"
            case Part():
                return f"{first_word(PARTS, expr.part)}({self.show(expr.operand)})"
            case Call():
                return f"{first_word(CALLS, expr.function)}({', '.join(map(self.show, expr.args))})"
            case Case():
                branches = "".join(f" when {self.show(when)} then {self.show(then)}" for when, then in expr.branches)
                otherwise = f" else {self.show(expr.otherwise)}" if expr.otherwise is not None else ""
                return f"case{branches}{otherwise} end"
            case Aggregate():
                return self._aggregate(expr)
            case _:
                return self._condition(expr)

    def _aggregate(self, expr: Aggregate) -> str:
        over = self._subject(expr.subject)
        if expr.members:
            way = (
                ("person", "household", "person") if self.own and self.subject == "person" else ("household", "person")
            )
            over = ".".join(self._subject(subject) for subject in way)
        what = over if expr.value is None else _Typed(over, expr.subject, self.names).show(expr.value)
        where = f" where {_Typed('', '', self.names).show(expr.where)}" if expr.where is not None else ""
        return f"{expr.op}({what}{where})"

    def _condition(self, expr: Expr) -> str:
        match expr:
            case Comparison():
                return f"{self._inner(expr.left)} {expr.op} {self._answer(expr)}"
            case InList():
                return f"{self._inner(expr.operand)} in ({', '.join(self._inner(item) for item in expr.items)})"
            case Between():
                return f"{self._inner(expr.operand)} between {self._inner(expr.low)} and {self._inner(expr.high)}"
            case Like():
                return f"{self._inner(expr.operand)} like {_quoted(expr.pattern)}"
            case IsNull():
                return f"{self._inner(expr.operand)} is null"
            case Not():
                return f"not {self._inner(expr.operand)}"
            case Junction():
                return f" {expr.op} ".join(self._inner(part) for part in expr.parts)
        raise AssertionError(expr)

    def _answer(self, expr: Comparison) -> str:
        """The right side; of a yes/no element by the words people use."""
        right = expr.right
        told = right.value if isinstance(right, Literal) else None
        if self.names is not None and isinstance(expr.left, Ref) and isinstance(told, bool):
            return "'是'" if told else "'否'"
        return self._inner(right)

    def _inner(self, expr: Expr) -> str:
        """A part, in brackets unless it holds together by itself."""
        while isinstance(expr, Converted):
            expr = expr.operand
        shown = self.show(expr)
        return shown if isinstance(expr, _WHOLE) else f"({shown})"

    def _subject(self, subject: str) -> str:
        return subject if self.names is None else self.names.subjects[subject].name

    def _ref(self, ref: Ref) -> str:
        element = ref.element
        if not self.own:
            called = element.id if self.names is None else element.name
            return f"户主.{called}" if ref.role == "head" else called
        tail = element.id.removeprefix(f"{element.subject}.") if self.names is None else element.name
        way = "" if ref.role == self.subject else "户主." if ref.role == "head" else f"{self._subject(ref.role)}."
        return f"{self.own}.{way}{tail}"


def _literal(literal: Literal) -> str:
    value = literal.value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return _quoted(value) if isinstance(value, str) else number_text(literal)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
