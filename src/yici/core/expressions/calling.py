"""Functions and `case`: how many arguments of what sort they take, and of what sort the result is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from yici.core.errors import Problem
from yici.core.expressions.dating import LENGTHS
from yici.core.expressions.functions import CALLS, ELAPSED, FUNCTIONS, PARTS
from yici.core.expressions.names import nearest_words
from yici.core.expressions.nodes import (
    BOOL,
    UNKNOWN,
    Base,
    Call,
    Case,
    Elapsed,
    Expr,
    Function,
    Literal,
    Part,
    Ref,
    Type,
)

if TYPE_CHECKING:
    from yici.core.expressions.building import Builder

_MOST_ARGUMENTS = 50
# How many arguments: at least, at most.
_COUNTS: dict[Function, tuple[int, int]] = {
    "round": (1, 2), "abs": (1, 1), "floor": (1, 1), "ceil": (1, 1),
    "least": (2, _MOST_ARGUMENTS), "greatest": (2, _MOST_ARGUMENTS), "coalesce": (2, _MOST_ARGUMENTS),
    "listed": (1, 2),
}  # fmt: skip


def call(builder: Builder, word: str, args: Sequence[Any], at: int) -> Expr:
    """The call of a function by the word it was called with; problems are reported."""
    name = word.lower()
    if name in ELAPSED:
        return _elapsed(builder, word, args, at)
    if name in PARTS:
        return _part(builder, word, args, at)
    if name in CALLS:
        return _of_numbers(builder, CALLS[name], word, [builder.build(arg) for arg in args], at)
    near = nearest_words(name, FUNCTIONS)
    hint = f"最接近的有：{'、'.join(near)}。" if near else "可用的函数见 docs/expressions.md。"
    return _refused(builder, Problem("expression.not-allowed", f"没有叫“{word}”的函数。", hint), at)


def _elapsed(builder: Builder, word: str, args: Sequence[Any], at: int) -> Expr:
    if len(args) != 2:
        example = f"{word}(出生日期, 今天)"
        return _refused(builder, _wrong_number(word, "两个日期", example), at)
    since, to = (builder.checker.date(builder.build(arg)) for arg in args)
    unit = ELAPSED[word.lower()]
    return Elapsed(since, to, unit, LENGTHS[unit], at)


def _part(builder: Builder, word: str, args: Sequence[Any], at: int) -> Expr:
    if len(args) != 1:
        return _refused(builder, _wrong_number(word, "一个日期", f"{word}(出生日期)"), at)
    return Part(PARTS[word.lower()], builder.checker.date(builder.build(args[0])), at=at)


def _of_numbers(builder: Builder, function: Function, word: str, args: list[Expr], at: int) -> Expr:
    least, most = _COUNTS[function]
    if not least <= len(args) <= most:
        many = (
            "一个数据元，或再加查不到时的值"
            if function == "listed"
            else "一个数"
            if most == 1
            else "一个数和小数位数"
            if most == 2
            else "两个以上的值"
        )
        return _refused(builder, _wrong_number(word, many, _EXAMPLES[function]), at)
    if function == "coalesce":
        return _first_known(builder, word, args, at)
    if function == "listed":
        return _listed(builder, word, args, at)
    if function == "round" and len(args) == 2:
        digits = args[1]
        if not (isinstance(digits, Literal) and isinstance(digits.value, int) and 0 <= digits.value <= 6):
            problem = Problem("expression.arguments", f"{word} 的小数位数要写 0 到 6 的整数。", "例如 round(x, 1)。")
            builder.report(problem, digits.at)
        return Call(function, (builder.checker.number(args[0]), digits), args[0].type, at)
    numbers = builder.checker.unified([builder.checker.number(arg) for arg in args])
    return Call(function, tuple(numbers), _common(numbers), at)


def _first_known(builder: Builder, word: str, args: list[Expr], at: int) -> Expr:
    parts = builder.checker.unified(args)
    return Call("coalesce", tuple(parts), _result(builder, word, parts, at), at)


def _listed(builder: Builder, word: str, args: list[Expr], at: int) -> Expr:
    """A register: an element that is recorded, and a value written out; without one, whether it is recorded."""
    element, default = args[0], args[-1]
    example = f"例如 {_EXAMPLES['listed']}。"
    if UNKNOWN in (element.type, default.type):
        return Literal(None, UNKNOWN, at)
    if not isinstance(element, Ref) or element.element.derived:
        problem = Problem("expression.arguments", f"{word} 先要写一个有登记的数据元。", example)
        return _refused(builder, problem, element.at)
    if len(args) == 1:
        return Call("listed", (element,), BOOL, at)
    if not isinstance(default, Literal) or default.value is None:
        problem = Problem("expression.arguments", f"{word} 后面要写名册里查不到时的值。", example)
        return _refused(builder, problem, default.at)
    parts = builder.checker.unified([element, default])
    return Call("listed", tuple(parts), _result(builder, word, parts, at), at)


def case(builder: Builder, node: Any, at: int) -> Expr:
    """`case when`; with a value after `case`, each `when` is what it equals."""
    subject = node.args.get("this")
    conditions, values = [], []
    for branch in node.args.get("ifs") or ():
        condition = builder.build(branch.this)
        if subject is not None:
            condition = builder.checker.comparison("=", builder.build(subject), condition, condition.at)
        conditions.append(builder.checker.condition(condition))
        values.append(builder.build(branch.args["true"]))
    default = node.args.get("default")
    if not conditions:
        problem = Problem(
            "expression.syntax", "case 里没有 when。", "例如 case when 年龄 >= 90 then 200 else 100 end。"
        )
        return _refused(builder, problem, at)
    otherwise = builder.build(default) if default is not None else None
    if isinstance(otherwise, Literal) and otherwise.type.base is Base.NULL:
        otherwise = None
    parts = builder.checker.unified([*values, otherwise] if otherwise is not None else values)
    last = parts.pop() if otherwise is not None else None
    type_ = _result(builder, "case", [*parts, *([last] if last else [])], at)
    return Case(tuple(zip(conditions, parts, strict=True)), last, type_, at)


def _result(builder: Builder, word: str, parts: list[Expr], at: int) -> Type:
    """The common type of values that take one another's place. Days known in part cannot: they are no single value."""
    type_ = _common(parts)
    if type_.base is Base.DATE:
        problem = Problem("expression.type", f"{word} 的结果不能是日期。", "请把日期的比较写进条件里。")
        builder.report(problem, at)
    if type_.base is Base.NULL:
        problem = Problem("expression.type", f"{word} 的结果全是空值。", "至少一处要写值。")
        builder.report(problem, at)
    return type_


def _common(parts: list[Expr]) -> Type:
    if any(part.type == UNKNOWN for part in parts):
        return UNKNOWN
    known = [part.type for part in parts if part.type.base is not Base.NULL]
    if not known:
        return Type(Base.NULL)
    coded = next((type_ for type_ in known if type_.codes), known[0])
    return replace(coded, unit=next((type_.unit for type_ in known if type_.unit), None))


_EXAMPLES: dict[Function, str] = {
    "round": "round(家庭人均年收入, 1)", "abs": "abs(x)", "floor": "floor(x)", "ceil": "ceil(x)",
    "least": "least(x, 100)", "greatest": "greatest(x, 0)", "coalesce": "coalesce(x, 0)",
    "listed": "listed(是否退役军人, '否')",
}  # fmt: skip


def _wrong_number(word: str, needed: str, example: str) -> Problem:
    return Problem("expression.arguments", f"{word} 的括号里要写{needed}。", f"例如 {example}。")


def _refused(builder: Builder, problem: Problem, at: int) -> Expr:
    builder.report(problem, at)
    return Literal(None, UNKNOWN, at)
