"""What recognition must reach on the corpus as drawn and on its mutations: a floor under it, not its measure."""

from __future__ import annotations

from collections import Counter

import pytest
from corpus_grid import corpus
from measure import measure, product


@pytest.fixture(scope="module")
def totals() -> dict[str, Counter[str]]:
    counted, _ = measure(product(), corpus(), seed=1)
    return counted


@pytest.mark.parametrize(("which", "exact"), [("plain", 0.95), ("all mutants", 0.93)])
def test_recognition_of_the_corpus(totals: dict[str, Counter[str]], which: str, exact: float) -> None:
    n = totals[which]
    assert n["found"] / n["slots"] >= 0.97
    assert n["exact"] / n["forms"] >= exact
    assert n["certain_right"] / (n["certain_right"] + n["certain_wrong"]) >= 0.995
    assert n["certain_right"] / n["bindable"] >= 0.80
