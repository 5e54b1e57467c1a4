"""The typed tree of a syntax tree: what each whitelisted node means, its names resolved and its types checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from yici.core.errors import ExpressionError, Problem
from yici.core.expressions import calling, counting
from yici.core.expressions.checking import Checker
from yici.core.expressions.functions import AGGREGATES, CLOCKS, PARAMETERS
from yici.core.expressions.literals import Parameter, parameter_value, read_number
from yici.core.expressions.names import Items, Lexicon, nearest_words
from yici.core.expressions.nodes import (
    BOOL,
    NUMBER,
    TEXT,
    UNKNOWN,
    Base,
    Clock,
    Expr,
    Literal,
    Negative,
    Ref,
    Type,
    children,
    is_chained,
    type_of,
)
from yici.core.expressions.scan import FUNCTION, Scanned, quantity
from yici.core.expressions.scope import Scope
from yici.core.expressions.units import known_unit

# Fewer than brackets may be typed inside one another, so that what is shown with brackets can be typed again.
_DEEPEST = 20
# Levels of the finished tree, so that whoever walks it (to print, to compile) stays within what Python can.
_HIGHEST_TREE = 80
# For a clerk to mend at once, and so that ever so many unknown names are not each compared with all known ones.
_MOST_PROBLEMS = 20
_COMPARISONS = {"EQ": "=", "NEQ": "<>", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}
_ARITHMETIC = {"Add": "+", "Sub": "-", "Mul": "*", "Div": "/"}
_BINARY = frozenset({"this", "expression"})
# What may be taken over from sqlglot's tree: class → parts that may be set. Anything else is an error.
_ALLOWED: dict[str, frozenset[str]] = {
    **dict.fromkeys([*_COMPARISONS, *_ARITHMETIC, "And", "Or", "Is"], _BINARY),
    **dict.fromkeys(["Not", "Neg", "Paren", "Boolean", "Identifier"], frozenset({"this", "quoted"})),
    "Like": frozenset({"this", "expression", "negate"}),
    "In": frozenset({"this", "expressions", "field"}),
    "Between": frozenset({"this", "low", "high"}),
    "Literal": frozenset({"this", "is_string"}),
    "Column": frozenset({"this", "table", "db", "catalog"}),
    "Case": frozenset({"this", "ifs", "default"}),
    "Anonymous": frozenset({"this", "expressions"}),
    "Null": frozenset(),
}


def too_deep() -> Problem:
    """What is said of an expression that would take the machine too many steps inside one another."""
    return Problem("expression.too-deep", "条件套得太深。", "请把条件写得简单一些。")


@dataclass(slots=True)
class Builder:
    """Builds one tree; problems are collected and stand as UNKNOWN in it."""

    lexicon: Lexicon
    scanned: Scanned
    scope: Scope
    parameters: Mapping[str, Parameter]
    problems: list[tuple[int, Problem]] = field(default_factory=list)
    checker: Checker = field(init=False)
    depth: int = 0
    _steps: dict[str, Callable[[Any, int], Expr]] = field(init=False)
    _starts: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.checker = Checker(self.lexicon.registry, self.report)
        self._steps = self._all_steps()

    def report(self, problem: Problem, at: int) -> None:
        """A problem with its place, from 0, in what was typed."""
        placed = replace(problem, message=f"第 {at + 1} 个字处：{problem.message}")
        if (at, placed) not in self.problems:
            self.problems.append((at, placed))
        if len(self.problems) == _MOST_PROBLEMS:
            last = Problem("expression.too-many", "错误太多，其余的没有列出。", "请先改以上这些。")
            raise ExpressionError([*self.in_order(), last])

    def in_order(self) -> list[Problem]:
        """What was reported, by its place in the text."""
        return [problem for _, problem in sorted(self.problems, key=lambda found: found[0])]

    def whole(self, root: Any, *, condition: bool) -> Expr:
        """The tree of the whole text."""
        self._find_starts(root)
        expr = self.build(root)
        if _height(expr) > _HIGHEST_TREE:
            raise ExpressionError(too_deep())
        return self.checker.condition(expr) if condition else expr

    def within(self, scope: Scope, node: Any) -> Expr:
        """The typed tree of a part that stands in another scope."""
        before, self.scope = self.scope, scope
        try:
            return self.build(node)
        finally:
            self.scope = before

    def build(self, node: Any) -> Expr:
        """The typed tree of a syntax tree."""
        kind = type(node).__name__
        at = self.place(node)
        if not _is_allowed(node):
            return self._refuse(node, at)
        deeper = kind != "Paren"
        self.depth += deeper
        if self.depth > _DEEPEST:
            raise ExpressionError(too_deep())
        expr = self._steps[kind](node, at)
        self.depth -= deeper
        return expr

    def _all_steps(self) -> dict[str, Callable[[Any, int], Expr]]:
        """What each whitelisted node becomes."""
        return {
            **dict.fromkeys(_COMPARISONS, self._comparison),
            **dict.fromkeys(_ARITHMETIC, self._arithmetic),
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
            "Column": lambda node, at: self._path(node.parts, node, at),
            "Identifier": lambda node, at: self._path([node], node, at),
            "Case": lambda node, at: calling.case(self, node, at),
            "Anonymous": self._call,
        }

    def _comparison(self, node: Any, at: int) -> Expr:
        op = _COMPARISONS[type(node).__name__]
        return self.checker.comparison(op, self.build(node.this), self.build(node.expression), at)

    def _arithmetic(self, node: Any, at: int) -> Expr:
        """A chain like a + b - c, which the parser gives as (a + b) - c, counts as one step into the depth."""
        chain = [(node, at)]
        while is_chained(_ARITHMETIC.get(type(node.this).__name__), _ARITHMETIC[type(node).__name__]):
            node = node.this
            if not _is_allowed(node):
                return self._refuse(node, self.place(node))
            chain.append((node, self.place(node)))
        if len(chain) > _HIGHEST_TREE:
            raise ExpressionError(too_deep())
        left = self.build(node.this)
        for part, place in reversed(chain):
            left = self.checker.arithmetic(_ARITHMETIC[type(part).__name__], left, self.build(part.expression), place)
        return left

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
        listed = [node.args["field"]] if node.args.get("field") else node.expressions
        items = [item for each in listed for item in self._items(each)]
        return self.checker.in_list(self.build(node.this), items, at)

    def _items(self, node: Any) -> list[Expr]:
        """One item of a list, or as many as a parameter stands for."""
        path = counting.path_of(node)
        values = self.parameters.get(".".join(path[1:])) if path and path[0] == PARAMETERS else None
        if isinstance(values, list | tuple):
            return [self._parameter_literal(value, self.place(node)) for value in values]
        return [self.build(node)]

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

    def _call(self, node: Any, at: int) -> Expr:
        word = str(getattr(node.this, "name", node.this)).removeprefix(FUNCTION)
        if word.lower() in AGGREGATES:
            return counting.aggregate(self, AGGREGATES[word.lower()], word, node.expressions, at)
        return calling.call(self, word, node.expressions, at)

    def _path(self, parts: list[Any], node: Any, at: int) -> Expr:
        if any(type(part).__name__ != "Identifier" for part in parts):
            return self._refuse(node, at)
        path = tuple(part.name for part in parts)
        word = path[0]
        if word == PARAMETERS and len(path) > 1:
            return self._parameter(".".join(path[1:]), at)
        if len(path) == 1 and word in CLOCKS:
            return Clock(CLOCKS[word], at=at)
        if len(path) == 1 and (measured := quantity(word)) and not self.lexicon.is_known(word):
            return self._quantity(word, measured, at)
        return self._named(path, at)

    def _named(self, path: tuple[str, ...], at: int) -> Expr:
        subject = self.scope.subject
        if subject is None:
            message = f"“{'.'.join(path)}”说的是一个对象，这里要的是对全体的统计。"
            self.report(
                Problem("expression.not-counted", message, "请写成统计，如 count(人 where 年龄 >= 60)、sum(户.…)。"), at
            )
            return Literal(".".join(path), UNKNOWN, at)
        outer = self.scope.outer
        if outer and (items := self.items(path, outer)) and items.rest:
            ours = self.scope.items
            path = items.rest if ours and (items.subject, items.members) == (ours.subject, ours.members) else path
        named = self.lexicon.resolve(path, subject)
        if isinstance(named, Problem):
            self.report(named, at)
            return Literal(".".join(path), UNKNOWN, at)
        return Ref(named.element, named.role, type_of(named.element), at)

    def items(self, path: tuple[str, ...], scope: Scope) -> Items | None:
        """What an aggregate that stands in the scope may be over by this path, if anything."""
        if scope.countable == "population":
            return self.lexicon.population(path)
        return self.lexicon.members(path, scope.subject or "") if scope.countable == "members" else None

    def _parameter(self, name: str, at: int) -> Expr:
        if name in self.parameters:
            return self._parameter_literal(self.parameters[name], at)
        near = nearest_words(name, self.parameters)
        hint = f"最接近的有：{'、'.join(near)}。" if near else "这里没有给出任何参数。"
        self.report(Problem("expression.unknown-parameter", f"没有叫“{name}”的参数。", hint), at)
        return Literal(name, UNKNOWN, at)

    def _parameter_literal(self, value: Parameter, at: int) -> Expr:
        read = parameter_value(value, at)
        if isinstance(read, Problem):
            self.report(read, at)
            return Literal(str(value), UNKNOWN, at)
        return read

    def _quantity(self, word: str, parts: tuple[str, str], at: int) -> Expr:
        """A number with its unit: 5万元, 3亩, 80岁."""
        value, unit = read_number(parts[0]), known_unit(parts[1])
        if value is None or unit is None:
            self.report(Problem("expression.number", f"看不懂“{word}”。", "数字后面可以写单位，如 5万元、3亩。"), at)
            return Literal(word, UNKNOWN, at)
        return Literal(value, Type(Base.NUMBER, unit), at)

    def _refuse(self, node: Any, at: int) -> Expr:
        shown = self.scanned.typed[at : at + 12]
        hint = "条件只用 and、or、not、比较号、in、between、like、is null、case、加减乘除、括号和列明的函数。"
        message = f"“{shown}”处的写法不能用在条件里。"
        if type(node).__name__ == "PropertyEQ":
            message, hint = "where 不能写在这里。", "where 写在统计的括号里，如 count(人 where 年龄 >= 60)。"
        self.report(Problem("expression.not-allowed", message, hint), at)
        return Literal(shown, UNKNOWN, at)

    def place(self, node: Any) -> int:
        """Where a node starts in what was typed: the first place any part of it knows."""
        return self.scanned.place(self._starts.get(id(node), 0))

    def _find_starts(self, root: Any) -> None:
        """From the leaves up, so that every node is looked at once."""
        nodes = list(root.walk(bfs=False))
        for node in reversed(nodes):
            start = node.meta.get("start", self._starts.get(id(node)))
            if start is None:
                continue
            start = min(start, self._starts.get(id(node), start))
            self._starts[id(node)] = start
            if node.parent is not None:
                key = id(node.parent)
                self._starts[key] = min(start, self._starts.get(key, start))


def _height(expr: Expr) -> int:
    level, height = [expr], 0
    while level:
        level, height = [child for node in level for child in children(node)], height + 1
    return height


def _is_allowed(node: Any) -> bool:
    kind = type(node).__name__
    return kind in _ALLOWED and all(name in _ALLOWED[kind] for name, part in node.args.items() if part)
