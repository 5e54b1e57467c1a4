"""Aggregates: over whom (人, 户.人), of what value, and under which condition."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from yici.core.errors import Problem
from yici.core.expressions.names import Items
from yici.core.expressions.nodes import UNKNOWN, Aggregate, AggregateOp, Base, Expr, Literal, Type
from yici.core.expressions.scope import HOMES
from yici.core.expressions.units import Unit, known_unit

if TYPE_CHECKING:
    from yici.core.expressions.building import Builder

_OF_SUBJECTS = ("count", "share")
SHARE = Type(Base.NUMBER, Unit("", Fraction(1), ()))
"""A part of a whole, from 0 to 1: a plain number that compares with 60%."""


def path_of(node: Any) -> tuple[str, ...]:
    """The words of a name or a path; empty for anything else."""
    kind = type(node).__name__
    parts = list(node.parts) if kind == "Column" else [node] if kind == "Identifier" else []
    return tuple(part.name for part in parts) if all(type(part).__name__ == "Identifier" for part in parts) else ()


def aggregate(builder: Builder, op: AggregateOp, word: str, args: list[Any], at: int) -> Expr:
    """The aggregate with these arguments of sqlglot's tree; problems are reported."""
    if builder.scope.countable == "nothing":
        return _refused(builder, _nested(builder, word), at)
    if len(args) != 1:
        return _refused(builder, _wrong_arguments(op, word), at)
    target, where = args[0], None
    if type(target).__name__ == "PropertyEQ":
        target, where = target.this, target.expression
    items = _subjects(builder, op, word, target) if op in _OF_SUBJECTS else _valued(builder, word, target)
    if isinstance(items, Problem):
        return _refused(builder, items, builder.place(target))
    condition = None
    if where is not None:
        condition = builder.checker.condition(builder.within(builder.scope.condition_of(items), where))
    if op == "share" and where is None:
        problem = Problem("expression.arguments", f"{word} 要写明占比的条件。", "例如 share(人 where 年龄 >= 60)。")
        return _refused(builder, problem, at)
    value = None if op in _OF_SUBJECTS else builder.within(builder.scope.value_of(items), target)
    return _typed(builder, op, items, value, condition, at)


def _typed(builder: Builder, op: AggregateOp, items: Items, value: Expr | None, where: Expr | None, at: int) -> Expr:
    if value is None:
        name = builder.lexicon.subject_name(items.subject)
        counted = known_unit(name)
        unit = counted if counted and counted.bare else Unit("个", Fraction(1), ())
        type_ = Type(Base.NUMBER, unit) if op == "count" else SHARE
        return Aggregate(op, items.subject, items.members, None, where, type_, at)
    if op in ("min", "max") and value.type.base is Base.DATE:
        return Aggregate(op, items.subject, items.members, value, where, value.type, at)
    value = builder.checker.number(value)
    return Aggregate(op, items.subject, items.members, value, where, value.type, at)


def _subjects(builder: Builder, op: AggregateOp, word: str, target: Any) -> Items | Problem:
    """Whom a count is over."""
    path = path_of(target)
    items = builder.items(path, builder.scope) if path else None
    if items is not None and not items.rest:
        return items
    if path and builder.scope.subject and (whole := builder.lexicon.population(path)) and not whole.rest:
        return _whole_population(builder, word)
    if items is not None and builder.lexicon.members(path, items.subject):
        hint = f"统计全部的人写 {word}(人 …)；户里的人只在对一户的条件里统计，如 count(户 where count(户.人) >= 5)。"
        return Problem("expression.aggregate", f"“{'.'.join(path)}”是一户的人，这里要的是全体。", hint)
    shown = ".".join(path) or builder.scanned.typed[builder.place(target) :][:12]
    if items is not None:
        hint = f"写成 {word}({path[0]} where {'.'.join(items.rest)} is not null)，或用 sum、avg 等统计数值。"
        return Problem("expression.aggregate", f"{word} 数的是对象，“{shown}”是数据元。", hint)
    return Problem("expression.aggregate", f"{word} 不知道数什么：“{shown}”。", _whom(builder, word))


def _valued(builder: Builder, word: str, target: Any) -> Items | Problem:
    """Of whom a sum is, by the first path in it that says so, else by whose its first name is."""
    nodes = [node for node in target.walk() if type(node).__name__ == "Column"] or [target]
    paths = [path for node in sorted(nodes, key=builder.place) if (path := path_of(node))]
    found = [items for path in paths if (items := builder.items(path, builder.scope))]
    if found and (found[0].rest or len(paths) > 1 or type(target).__name__ not in ("Column", "Identifier")):
        return found[0]
    example = "sum(户.人.津贴)" if builder.scope.subject else "sum(户.耕地面积)、avg(人.年龄)"
    if found or not paths:
        return Problem("expression.aggregate", f"{word} 要写明统计哪个数。", f"例如 {example}。")
    if builder.scope.subject is not None:
        inside = builder.lexicon.population(paths[0])
        if inside and inside.rest:
            return _whole_population(builder, word)
        hint = "本户成员的数写成 户.人.…，如 sum(户.人.津贴)。"
        return Problem("expression.aggregate", f"“{'.'.join(paths[0])}”不是本户成员的数。", hint)
    return _owner(builder, word, paths)


def _owner(builder: Builder, word: str, paths: list[tuple[str, ...]]) -> Items | Problem:
    for path in paths:
        owners = builder.lexicon.owners(".".join(path))
        if len(owners) == 1:
            return Items(owners[0], False)
        if owners:
            names = "、".join(f"{builder.lexicon.subject_name(owner)}.{'.'.join(path)}" for owner in owners)
            return Problem("expression.ambiguous-name", f"“{'.'.join(path)}”有几种：{names}。", "请写出是谁的。")
    subjects = set(builder.lexicon.registry.subjects)
    nearest = builder.lexicon.nearest(".".join(paths[0]), subjects)
    hint = f"最接近的有：{'、'.join(nearest)}。" if nearest else "用 yici elements 查看全部数据元。"
    return Problem("expression.unknown-name", f"没有叫“{'.'.join(paths[0])}”的数据元。", hint)


def _whole_population(builder: Builder, word: str) -> Problem:
    hint = f"统计本户成员写 {word}(户.人 …)；对全体的统计另外提问。"
    if builder.scope.inside:
        return Problem("expression.nested", "统计的条件里不能再统计全体。", hint)
    return Problem("expression.population", "对一个对象的条件里不能统计全体。", hint)


def _nested(builder: Builder, word: str) -> Problem:
    if builder.scope.inside:
        return Problem("expression.nested", f"统计里面不能再套统计“{word}”。", "请分成两个统计。")
    name = builder.lexicon.subject_name(builder.scope.subject or "")
    hint = "对全体的统计另外提问。"
    return Problem("expression.population", f"对一个{name}的条件里不能统计全体。", hint)


def _wrong_arguments(op: AggregateOp, word: str) -> Problem:
    example = "count(人 where 年龄 >= 60)" if op in _OF_SUBJECTS else "sum(户.耕地面积 where 是否低保户 = '是')"
    return Problem("expression.arguments", f"{word} 的括号里只写一项统计，条件写在 where 后面。", f"例如 {example}。")


def _whom(builder: Builder, word: str) -> str:
    if builder.scope.subject in HOMES:
        return f"本户成员写 {word}(户.人 where …)。"
    names = [subject.name for subject in builder.lexicon.registry.subjects.values()]
    return f"可以数：{'、'.join(names)}。例如 {word}({names[0] if names else '人'} where …)。"


def _refused(builder: Builder, problem: Problem, at: int) -> Expr:
    builder.report(problem, at)
    return Literal(None, UNKNOWN, at)
