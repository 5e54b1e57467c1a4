"""Every example of docs/expressions.md is read, with the elements that come with Yici."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from yici.core.expressions import in_words, parse_figure, parse_filter, text_of
from yici.storage.packs import load_registry

PAGE = (Path(__file__).parents[3] / "docs" / "expressions.md").read_text("utf-8")
EXAMPLES = [
    (kind, line.split("#")[0].strip())
    for kind, block in re.findall(r"```(figure|person|household)\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
]
REGISTRY = load_registry()


@pytest.mark.parametrize(("kind", "text"), EXAMPLES, ids=[text[:40] for _, text in EXAMPLES])
def test_an_example_is_read(kind: str, text: str) -> None:
    expr = parse_figure(text, REGISTRY).expr if kind == "figure" else parse_filter(text, REGISTRY, subject=kind).expr
    again = text_of(expr)
    assert in_words(expr, REGISTRY)
    if kind == "figure":
        assert parse_figure(again, REGISTRY).expr == expr
    else:
        assert parse_filter(again, REGISTRY, subject=kind).expr == expr


def test_there_are_examples_of_all_kinds() -> None:
    assert {kind for kind, _ in EXAMPLES} == {"figure", "person", "household"} and len(EXAMPLES) > 40
