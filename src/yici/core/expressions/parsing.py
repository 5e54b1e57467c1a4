"""From text to the typed tree. sqlglot reads the syntax; only whitelisted nodes and parts of them are taken over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from yici.core.elements import Registry
from yici.core.errors import ExpressionError, Problem
from yici.core.expressions.checking import Checker
from yici.core.expressions.literals import read_number
from yici.core.expressions.names import Lexicon
from yici.core.expressions.nodes import (
    BOOL,
    NUMBER,
    TEXT,
    UNKNOWN,
    Base,
    Expr,
    Filter,
    Literal,
    Negative,
    Ref,
    Type,
    type_of,
)
from yici.core.expressions.scan import Scanned, quantity, scan
from yici.core.expressions.units import known_unit

_DEEPEST = 100
_COMPARISONS = {"EQ": "=", "NEQ": "<>", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}
_ARITHMETIC = {"Add": "+", "Sub": "-", "Mul": "*", "Div": "/"}
_BINARY = frozenset({"this", "expression"})
# What may be taken over from sqlglot's tree: class → parts that may be set. Anything else is an error.
_ALLOWED: dict[str, frozenset[str]] = {
    **dict.fromkeys([*_COMPARISONS, *_ARITHMETIC, "And", "Or", "Is"], _BINARY),
    **dict.fromkeys(["Not", "Neg", "Paren", "Boolean", "Identifier"], frozenset({"this", "quoted"})),
    "Like": frozenset({"this", "expression", "negate"}),
    "In": frozenset({"this", "expressions"}),
    "Between": frozenset({"this", "low", "high"}),
    "Literal": frozenset({"this", "is_string"}),
    "Column": frozenset({"this", "table", "db", "catalog"}),
    "Null": frozenset(),
}


def parse_filter(text: str, registry: Registry, *, subject: str) -> Filter:
    """The condition `text` about subjects of type `subject` ("person", "household", "enterprise" or an added one).

    Raises ExpressionError with every problem found, each with its place and the nearest names.
    """
    return Filter(subject, parse_expression(text, registry, subject=subject, condition=True), text)


def parse_expression(text: str, registry: Registry, *, subject: str, condition: bool = False) -> Expr:
    """The typed tree of an expression, of a condition when `condition`. Raises ExpressionError."""
    if not text.strip():
        raise ExpressionError(Problem("expression.empty", "条件是空的。", "例如 年龄 >= 80。"))
    lexicon = Lexicon(registry)
    scanned = scan(text, is_known=lexicon.is_known, bracketed=lexicon.bracketed())
    if scanned.problems:
        raise ExpressionError(scanned.problems)
    builder = _Builder(lexicon, scanned, subject)
    try:
        expr = builder.build(_syntax_tree(scanned))
    except RecursionError:
        raise ExpressionError(_too_deep()) from None
    if condition:
        builder.checker.condition(expr)
    if builder.problems:
        raise ExpressionError([problem for _, problem in sorted(builder.problems, key=lambda found: found[0])])
    return expr


def _syntax_tree(scanned: Scanned) -> Any:
    # sqlglot takes a tenth of a second to load, and most commands have no condition to read.
    import sqlglot

    try:
        return sqlglot.parse_one(scanned.text, into=sqlglot.exp.Condition)
    except sqlglot.errors.SqlglotError as error:
        raise ExpressionError(_syntax_problem(scanned, error)) from None


def _syntax_problem(scanned: Scanned, error: Exception) -> Problem:
    """The parser's complaint with its place in what was typed; its own words are English and stay out."""
    details = (getattr(error, "errors", None) or [{}])[0]
    hint = "检查括号、引号和 and、or 是否写全；文字要加引号，数据元名称不加。"
    if not details.get("col"):
        return Problem("expression.syntax", "看不懂这个条件。", hint)
    word = str(details.get("highlight") or "")
    place = scanned.place(max(0, int(details["col"]) - max(1, len(word))))
    shown = scanned.typed[place : place + 12] or word
    return Problem("expression.syntax", f"第 {place + 1} 个字处看不懂：“{shown}”。", hint)


def _too_deep() -> Problem:
    return Problem("expression.too-deep", "条件套得太深。", "请把条件写得简单一些。")


@dataclass(slots=True)
class _Builder:
    lexicon: Lexicon
    scanned: Scanned
    subject: str
    problems: list[tuple[int, Problem]] = field(default_factory=list)
    checker: Checker = field(init=False)
    depth: int = 0

    def __post_init__(self) -> None:
        self.checker = Checker(self.lexicon.registry, self.report)

    def report(self, problem: Problem, at: int) -> None:
        placed = replace(problem, message=f"第 {at + 1} 个字处：{problem.message}")
        if (at, placed) not in self.problems:
            self.problems.append((at, placed))

    def build(self, node: Any) -> Expr:
        """The typed tree of a syntax tree; problems are reported and stand as UNKNOWN."""
        kind = type(node).__name__
        at = self._place(node)
        extra = {name for name, part in node.args.items() if part and name not in _ALLOWED.get(kind, ())}
        if kind not in _ALLOWED or extra:
            return self._refuse(node, at)
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ExpressionError(_too_deep())
        expr = self._steps(kind)(node, at)
        self.depth -= 1
        return expr

    def _steps(self, kind: str) -> Callable[[Any, int], Expr]:
        if kind in _COMPARISONS:
            return self._comparison
        if kind in _ARITHMETIC:
            return self._arithmetic
        steps: dict[str, Callable[[Any, int], Expr]] = {
            "And": self._junction,
            "Or": self._junction,
            "Not": lambda node, at: self.checker.negation(self.build(node.this), at),
            "Neg": self._negative,
            "Paren": lambda node, _at: self.build(node.this),
            "Is": self._is,
            "In": self._in,
            "Between": self._between,
            "Like": self._like,
            "Literal": self._literal,
            "Boolean": lambda node, at: Literal(bool(node.this), BOOL, at),
            "Null": lambda _node, at: Literal(None, Type(Base.NULL), at),
            "Column": self._column,
        }
        return steps.get(kind, self._refuse)

    def _comparison(self, node: Any, at: int) -> Expr:
        op = _COMPARISONS[type(node).__name__]
        return self.checker.comparison(op, self.build(node.this), self.build(node.expression), at)

    def _arithmetic(self, node: Any, at: int) -> Expr:
        op = _ARITHMETIC[type(node).__name__]
        return self.checker.arithmetic(op, self.build(node.this), self.build(node.expression), at)

    def _junction(self, node: Any, at: int) -> Expr:
        """A chain of the same operator, however long, as one flat node."""
        parts: list[Any] = []
        waiting = [node]
        while waiting:
            part = waiting.pop()
            if type(part) is type(node):
                waiting += [part.expression, part.this]
            else:
                parts.append(part)
        op = type(node).__name__.lower()
        return self.checker.junction(op, [self.build(part) for part in parts], at)

    def _negative(self, node: Any, at: int) -> Expr:
        operand = self.build(node.this)
        if isinstance(operand, Literal) and operand.type == NUMBER:
            return Negative(operand, NUMBER, at)
        return self.checker.negative(operand, at)

    def _is(self, node: Any, at: int) -> Expr:
        if type(node.expression).__name__ != "Null":
            return self._refuse(node, at)
        return self.checker.is_null(self.build(node.this), at)

    def _in(self, node: Any, at: int) -> Expr:
        items = [self.build(item) for item in node.expressions]
        return self.checker.in_list(self.build(node.this), items, at)

    def _between(self, node: Any, at: int) -> Expr:
        low, high = self.build(node.args["low"]), self.build(node.args["high"])
        return self.checker.between(self.build(node.this), low, high, at)

    def _like(self, node: Any, at: int) -> Expr:
        like = self.checker.like(self.build(node.this), self.build(node.expression), at)
        return self.checker.negation(like, at) if node.args.get("negate") else like

    def _literal(self, node: Any, at: int) -> Expr:
        if node.args.get("is_string"):
            return Literal(str(node.this), TEXT, at)
        value = read_number(str(node.this))
        if value is None:
            self.report(
                Problem("expression.number", f"数字“{node.this}”太大或太细。", "最多 15 位整数、6 位小数。"), at
            )
            return Literal(0, UNKNOWN, at)
        return Literal(value, NUMBER, at)

    def _column(self, node: Any, at: int) -> Expr:
        if any(type(part).__name__ != "Identifier" for part in node.parts):
            return self._refuse(node, at)
        path = tuple(part.name for part in node.parts)
        if len(path) == 1 and (parts := quantity(path[0])) and not self.lexicon.is_known(path[0]):
            return self._quantity(path[0], parts, at)
        named = self.lexicon.resolve(path, self.subject)
        if isinstance(named, Problem):
            self.report(named, at)
            return Literal(".".join(path), UNKNOWN, at)
        return Ref(named.element, named.role, type_of(named.element), at)

    def _quantity(self, word: str, parts: tuple[str, str], at: int) -> Expr:
        """A number with its unit: 5万元, 3亩, 80岁."""
        value, unit = read_number(parts[0]), known_unit(parts[1])
        if value is None or unit is None:
            self.report(Problem("expression.number", f"看不懂“{word}”。", "数字后面可以写单位，如 5万元、3亩。"), at)
            return Literal(word, UNKNOWN, at)
        return Literal(value, Type(Base.NUMBER, unit), at)

    def _refuse(self, node: Any, at: int) -> Expr:
        shown = self.scanned.typed[at : at + 12]
        hint = "条件只用 and、or、not、比较号、in、between、like、is null、加减乘除和括号。"
        self.report(Problem("expression.not-allowed", f"“{shown}”处的写法不能用在条件里。", hint), at)
        return Literal(shown, UNKNOWN, at)

    def _place(self, node: Any) -> int:
        """Where a node starts in what was typed: the first place any part of it knows."""
        starts = [part.meta["start"] for part in node.walk() if "start" in part.meta]
        return self.scanned.place(min(starts)) if starts else 0
