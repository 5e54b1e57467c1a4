"""Conditions on values that are shown masked: asking often enough "is it this one?" would tell the whole of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from yici.core.access.fields import SENSITIVE, Sight
from yici.core.elements import Element, Kind
from yici.core.errors import Problem
from yici.core.expressions.nodes import Call, Comparison, Expr, InList, IsNull, Like, Literal, Ref, children

# What names one person or firm, or reaches them. Nobody needs such a condition: who is looked for by it is searched.
_NAMING = frozenset({Kind.ID_NUMBER, Kind.PHONE, Kind.NAME, Kind.ADDRESS, Kind.USCC})
# Of texts whole Chinese words may be asked for (慢性病 包含 高血压); pieces of a number (银行账号) may not.
_WORD = re.compile(r"%?[㐀-鿿、（）]{2,}%?")


def refused_uses(exprs: Iterable[Expr], how: Callable[[Element], Sight], *, reveals: bool) -> tuple[Element, ...]:
    """The masked elements a question must not stand on, as its answer would tell their values.

    Whether there is a value at all may always be asked: a masked value tells that, too. Nobody who sees them masked may
    ask about what names somebody, nor for pieces of texts. Sensitive codes, amounts and days may be asked about by who
    may have them shown whole (`reveals`), other ones by whoever they are granted to.
    """
    refused: dict[str, Element] = {}
    for expr in exprs:
        for element, asked in _uses(expr):
            if how(element) is not Sight.MASKED or asked == _PRESENCE:
                continue
            spelt = element.kind in _NAMING or (element.kind is Kind.TEXT and asked != _IN_WORDS)
            if spelt or (element.sensitivity == SENSITIVE and not reveals):
                refused[element.id] = element
    return tuple(refused.values())


def masked_problem(elements: Iterable[Element], *, reveals: bool, what: str) -> Problem:
    """The refusal of a question, in words. `what` cannot be done: 筛选, 统计."""
    names = "、".join(element.name for element in elements)
    hint = (
        "要找一个人，请到查找页；要看完整的值，请在主记录上写明用途后查看。"
        if reveals
        else "请换一个条件；只要总数时，统计里给近似数。"
    )
    return Problem("element-masked", f"“{names}”对您是遮住的，不能{what}。", hint)


_PRESENCE, _IN_WORDS, _VALUE = "presence", "words", "value"


def _uses(expr: Expr) -> Iterator[tuple[Element, str]]:
    """Every mention of an element, with what is asked of it."""
    ref = _asked_of(expr)
    if ref is not None:
        yield ref.element, _PRESENCE if _is_presence(expr) else _IN_WORDS if _is_words(expr) else _VALUE
        rest: tuple[Expr, ...] = ()
        if not _is_presence(expr) and not _is_words(expr):
            rest = tuple(part for part in children(expr) if _of(part) is not ref)
    elif isinstance(expr, Ref):
        yield expr.element, _VALUE
        return
    else:
        rest = children(expr)
    for part in rest:
        yield from _uses(part)


def _asked_of(expr: Expr) -> Ref | None:
    """The element a condition is directly about."""
    match expr:
        case IsNull() | InList() | Like():
            return _of(expr.operand)
        case Comparison():
            return _of(expr.left)
        case Call(function="listed", args=(Ref() as ref,)):
            return ref
    return None


def _of(expr: Expr) -> Ref | None:
    """The element, or the element as a register has it."""
    if isinstance(expr, Call) and expr.function == "listed":
        expr = expr.args[0]
    return expr if isinstance(expr, Ref) else None


def _is_presence(expr: Expr) -> bool:
    return isinstance(expr, Call) or (isinstance(expr, IsNull) and isinstance(expr.operand, Ref))


def _is_words(expr: Expr) -> bool:
    match expr:
        case Like():
            return bool(_WORD.fullmatch(expr.pattern))
        case InList():
            return all(_is_word(item) for item in expr.items)
        case Comparison(op="=" | "<>"):
            return _is_word(expr.right)
    return False


def _is_word(expr: Expr) -> bool:
    return isinstance(expr, Literal) and isinstance(expr.value, str) and bool(_WORD.fullmatch(expr.value))
