"""Conditions on one date, answered once for every day that occurs and not once for every subject.

A form asks for ten age bands of a million people who were born on thirty thousand days. The truths of all of them
are looked up by the date itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from yici.core.expressions.derived import AGE, BIRTH
from yici.core.expressions.nodes import Aggregate, Base, Call, Expr, Ref, children

_WORTHWHILE = 4
"""A look-up costs a second pass over the column; fewer conditions are decided as fast row by row."""


def dated(subject: str, conditions: Iterable[Expr]) -> dict[str, list[Expr]]:
    """The conditions that depend on one stored date of the subject alone, by the date's element; few are left out."""
    found: dict[str, list[Expr]] = {}
    for condition in conditions:
        elements = _elements(subject, condition)
        if len(elements) == 1 and None not in elements:
            found.setdefault(str(*elements), []).append(condition)
    return {element: alike for element, alike in found.items() if len(alike) >= _WORTHWHILE}


def _elements(subject: str, expr: Expr) -> set[str | None]:
    """The stored dates an expression reads; None stands for anything else it depends on."""
    match expr:
        case Ref() if expr.role != subject:
            return {None}
        case Ref():
            stored = BIRTH if expr.element.id == AGE else expr.element.id
            return {stored if expr.type.base is Base.DATE or expr.element.id == AGE else None}
        case Aggregate() | Call(function="listed"):
            return {None}
        case _:
            return {element for child in children(expr) for element in _elements(subject, child)}
