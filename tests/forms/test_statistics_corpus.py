"""Statistics forms: every cell asks for what a careful clerk reads in its captions, however it is drawn."""

from __future__ import annotations

from collections import Counter

import pytest
from statistics_figures import expected, forms, measure

from yici.core.expressions import parse_figure, text_of
from yici.storage.packs import load_registry


@pytest.fixture(scope="module")
def measured() -> tuple[dict[str, Counter[str]], list[str]]:
    return measure()


def test_every_cell_as_drawn(measured: tuple[dict[str, Counter[str]], list[str]]) -> None:
    totals, notes = measured
    assert [note for note in notes if note.startswith("plain:")] == []
    assert totals["plain"]["missed"] == 0
    assert len(forms()) >= 40 and set(expected()) == {form.name for form in forms()}


def test_other_drawings_change_no_meaning(measured: tuple[dict[str, Counter[str]], list[str]]) -> None:
    totals, notes = measured
    assert notes == []
    for name, n in totals.items():
        assert n["right"] >= 0.95 * (n["right"] + n["missed"]), name


def test_every_figure_is_one_of_the_language() -> None:
    registry = load_registry()
    texts = {figure.split(" @ ")[0] for cells in expected().values() for figure in cells.values()}
    for text in sorted(texts):
        figure = parse_figure(text, registry)
        assert parse_figure(text_of(figure.expr), registry).expr == figure.expr
