"""Questions as people ask them: a figure, or a condition, which asks for how many it holds."""

from __future__ import annotations

from collections.abc import Mapping

from yici.core.elements import Registry
from yici.core.errors import ExpressionError
from yici.core.expressions.literals import Parameter
from yici.core.expressions.nodes import Aggregate, Figure, Filter, walk
from yici.core.expressions.parsing import parse_figure, parse_filter
from yici.core.expressions.words import text_of


def read_question(
    text: str, registry: Registry, *, subject: str | None = None, parameters: Mapping[str, Parameter] | None = None
) -> Figure:
    """The figure that is asked for. A condition about one subject (年龄 >= 80) asks how many there are.

    `subject` says whom a condition is about; without it, those whose own elements it is made of, else the first subject
    type that has them. Raises ExpressionError.
    """
    try:
        return parse_figure(text, registry, parameters=parameters)
    except ExpressionError as error:
        read, wrong = _as_conditions(text, registry, [subject] if subject else list(registry.subjects), parameters)
        if not read:
            raise (_nearest(wrong) if _is_about_rows(error) and wrong else error) from None
    condition = _about_its_own(read)
    counted = parse_figure(f"count({condition.subject} where {text_of(condition.expr)})", registry)
    return Figure(counted.expr, text)


def _as_conditions(
    text: str, registry: Registry, subjects: list[str], parameters: Mapping[str, Parameter] | None
) -> tuple[list[Filter], list[ExpressionError]]:
    read, wrong = [], []
    for subject in subjects:
        try:
            read.append(parse_filter(text, registry, subject=subject, parameters=parameters))
        except ExpressionError as error:
            wrong.append(error)
    return read, wrong


def _is_about_rows(error: ExpressionError) -> bool:
    return any(problem.code == "expression.not-counted" for problem in error.problems)


def _nearest(errors: list[ExpressionError]) -> ExpressionError:
    """What is wrong with the reading that is least wrong."""
    return min(errors, key=lambda error: len(error.problems))


def _about_its_own(read: list[Filter]) -> Filter:
    """是否低保户 = '是' is about households, although it can be asked of people, too."""
    own = [each for each in read if each.roles == {each.subject}]
    homes = [each for each in read if each.subject == "household" and not each.roles and _has_members(each)]
    return [*own, *homes, *read][0]


def _has_members(condition: Filter) -> bool:
    return any(isinstance(node, Aggregate) for node in walk(condition.expr))
