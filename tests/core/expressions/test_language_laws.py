"""Laws of the language: what is right prints to text that parses to the same tree; what is not only errs, clearly."""

from __future__ import annotations

import random
from typing import get_args

import pytest
from expression_maker import Maker
from expression_noise import noise
from expression_sample import sample_registry

from yici.core.errors import ExpressionError
from yici.core.expressions import in_words, parse_expression, parse_figure, parse_filter, text_of
from yici.core.expressions.nodes import Expr, walk

REGISTRY = sample_registry()
NODES = get_args(Expr)


def parsed(subject: str, text: str) -> Expr:
    return (
        parse_figure(text, REGISTRY).expr if subject == "figure" else parse_filter(text, REGISTRY, subject=subject).expr
    )


@pytest.mark.parametrize("subject", ["person", "household", "figure"])
@pytest.mark.parametrize("seed", range(60))
def test_printed_text_parses_to_the_same_tree(subject: str, seed: int) -> None:
    for deep in (1, 2, 3):
        maker = Maker(random.Random(seed * 10 + deep), subject)
        text = maker.figure(deep) if subject == "figure" else maker.condition(deep)
        expr = parsed(subject, text)
        assert parsed(subject, text_of(expr)) == expr, text
        assert in_words(expr, REGISTRY)


@pytest.mark.parametrize("seed", range(20))
def test_noise_is_a_clear_error_or_a_tree_of_known_nodes(seed: int) -> None:
    """bench/expressions.py does this to 10,000 texts and times it."""
    rng = random.Random(seed)
    for subject in ("person", "household", "enterprise", "figure") * 8:
        text = noise(rng)
        try:
            expr = parsed(subject, text)
        except ExpressionError as error:
            assert all(problem.code.startswith("expression.") and problem.hint for problem in error.problems), text
            continue
        assert all(isinstance(node, NODES) for node in walk(expr))
        assert parsed(subject, text_of(expr)) == expr, text


@pytest.mark.parametrize(
    "text", ["年龄 > 3 " * 300, "(" * 5000, "not " * 5000 + "是否独居", "case when " * 900, "且" * 20_000]
)
def test_too_much_is_said_to_be_too_much(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_expression(text, REGISTRY, subject="person")


def test_what_is_high_by_chains_is_too_deep_or_can_be_printed() -> None:
    for blocks, each in ((4, 3), (4, 9), (4, 20), (10, 3), (9, 20)):
        text = "(" * blocks + "年龄" + "".join(" + 1" * each + ")" + " * 1" * each for _ in range(blocks)) + " > 3"
        try:
            expr = parse_expression(text, REGISTRY, subject="person")
        except ExpressionError as error:
            assert error.problems[0].code == "expression.too-deep"
            assert blocks * each > 40 or blocks > 9
        else:
            assert parse_expression(text_of(expr), REGISTRY, subject="person") == expr
