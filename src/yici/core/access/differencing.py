"""Questions that differ by one person: a coarse question's conditions are put aside to see what hangs on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from yici.core.access.coarse import LEAST
from yici.core.elements import Kind
from yici.core.expressions.nodes import (
    NUMBER,
    Aggregate,
    Arithmetic,
    Base,
    Between,
    Call,
    Case,
    Clock,
    Comparison,
    Elapsed,
    Expr,
    InList,
    IsNull,
    Junction,
    Like,
    Literal,
    Part,
    Ref,
    Shifted,
    children,
    walk,
)

_ATOMS = (Comparison, InList, Between, Like, IsNull, Call)
MOST_CONDITIONS = 12
"""A coarse question of more conditions is not answered: nobody needs it, and each is asked about by itself."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One condition, or all that read one element, with the whole condition if it always or never held."""

    atom: Expr
    always: Expr
    never: Expr


def trials(condition: Expr) -> list[Trial]:
    """What to compare a question with. Conditions that are written twice, and those that read the same element, are put
    aside together as well: else one would stand in for the other."""
    atoms = list(_atoms(condition))
    together: list[frozenset[Expr]] = [frozenset({atom}) for atom in atoms]
    for element in dict.fromkeys(name for atom in atoms for name in _read(atom)):
        together.append(frozenset(atom for atom in atoms if element in _read(atom)))
    return [
        Trial(next(atom for atom in atoms if atom in some), _put(condition, some, held=True),
              _put(condition, some, held=False))
        for some in dict.fromkeys(together)
    ]  # fmt: skip


def conditions_in(condition: Expr) -> int:
    """How many different conditions there are."""
    return len(list(_atoms(condition)))


def apart(one: int, other: int) -> bool:
    """Whether two counts differ by so few that the difference is about somebody. Two that are both told as few tell
    nothing."""
    return max(one, other) >= LEAST and 0 < abs(one - other) < LEAST


def too_exact(exprs: list[Expr]) -> str:
    """Why conditions are too exact for a coarse question: dates finer than a year, amounts that equal something."""
    for expr in exprs:
        for node in walk(expr):
            if why := _exact(node):
                return why
    return ""


def _exact(node: Expr) -> str:
    finer = "没有授权的数据，日期只能按年提条件"
    match node:
        case Literal() if node.type.base is Base.DATE and len(str(node.value)) > len("1950"):
            return finer
        case Clock() if node.word not in ("today", "this_year", "last_year"):
            return finer
        case Part() | Shifted() | Elapsed() if "year" not in (getattr(node, "part", ""), getattr(node, "unit", "")):
            return finer
        case Comparison(op="=" | "<>") if _is_date(node.left) and _is_date(node.right) and not _year(node):
            return finer
        case Comparison(op="=" | "<>") | InList() if any(map(_is_amount, children(node))):
            return "没有授权的数据，金额、面积这样的数只能按范围提条件"
        case Between() if node.low == node.high and _is_amount(node.operand):
            return "没有授权的数据，金额、面积这样的数只能按范围提条件"
    return ""


def _is_date(expr: Expr) -> bool:
    return expr.type.base is Base.DATE


def _year(node: Comparison) -> bool:
    return any(isinstance(n, Literal) or (isinstance(n, Clock) and n.word != "today") for n in (node.left, node.right))


def _is_amount(expr: Expr) -> bool:
    return any(isinstance(node, Ref) and node.element.kind is Kind.DECIMAL for node in walk(expr))


def _atoms(expr: Expr) -> Iterator[Expr]:
    """The conditions that nothing joins, each once, those inside of others (case, members) too."""
    found = dict.fromkeys(node for node in _tested(expr) if any(isinstance(n, Ref | Aggregate) for n in walk(node)))
    yield from found


def _tested(expr: Expr, *, compared: bool = False) -> Iterator[Expr]:
    is_bool = expr.type.base is Base.BOOL
    if is_bool and (isinstance(expr, _ATOMS) or (isinstance(expr, Ref | Case) and not compared)):
        yield expr
    for child in children(expr):
        yield from _tested(child, compared=isinstance(expr, Comparison | InList | IsNull | Call))


def _read(expr: Expr) -> frozenset[str]:
    return frozenset(node.element.id for node in walk(expr) if isinstance(node, Ref))


_ONE = Literal(1, NUMBER)


def _put(expr: Expr, some: frozenset[Expr], *, held: bool) -> Expr:
    """The expression with some of its conditions always or never true."""
    if expr in some:
        return Comparison("=" if held else "<>", _ONE, _ONE)
    return _rebuilt(expr, lambda child: _put(child, some, held=held))


def _rebuilt(expr: Expr, make: Callable[[Expr], Expr]) -> Expr:
    match expr:
        case Junction():
            return replace(expr, parts=tuple(map(make, expr.parts)))
        case Comparison() | Arithmetic():
            return replace(expr, left=make(expr.left), right=make(expr.right))
        case InList():
            return replace(expr, operand=make(expr.operand), items=tuple(map(make, expr.items)))
        case Between():
            return replace(expr, operand=make(expr.operand), low=make(expr.low), high=make(expr.high))
        case Call():
            return expr if expr.function == "listed" else replace(expr, args=tuple(map(make, expr.args)))
        case Case():
            branches = tuple((make(when), make(then)) for when, then in expr.branches)
            return replace(expr, branches=branches, otherwise=expr.otherwise and make(expr.otherwise))
        case Aggregate():
            return replace(expr, value=expr.value and make(expr.value), where=expr.where and make(expr.where))
        case Literal() | Ref() | Clock() | Shifted() | Elapsed():
            return expr
        case _:
            return replace(expr, operand=make(expr.operand))
