"""The corpus itself: its layouts are whole, its marks are known elements, its mutations keep the truth."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from corpus_grid import corpus, marks, placed, to_grid
from corpus_mutate import mutants
from measure import export, judge

from yici.core.grid import Grid
from yici.demo.layout import FormLayout, parse_sheet
from yici.storage.packs import load_registry

FORMS = corpus()
ADDING = {"unknown_column", "second_sheet"}


def elements(form: FormLayout) -> Counter[str]:
    return Counter(str(slot["element"]) for slot in marks(form)["slots"])


def perfect(truth: dict, grid: Grid) -> dict:
    """What a recogniser without fault would print for the marks."""
    areas = []
    for slot in truth["slots"]:
        element = slot["element"][0] if isinstance(slot["element"], list) else slot["element"]
        known = {"element": None if element == "?" else element, "certain": element not in (None, "?")}
        areas.append({"sheet": slot["sheet"], "type": slot["area"], "cells": {slot["cell"]: known}})
        if slot["area"] == "rows":
            letters = slot["cell"].rstrip("0123456789")
            first_row = int(slot["cell"][len(letters) :])
            areas[-1] = {"sheet": slot["sheet"], "type": "rows", "first_row": first_row, "columns": {letters: known}}
    return {"areas": areas}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_form_and_mutants_are_whole(form: FormLayout) -> None:
    known = set(load_registry().elements)
    base = elements(form)
    for name, one in {"plain": form, **mutants(form, 1)}.items():
        for _, boxes in placed(one):
            covered = Counter(
                (r, c) for b in boxes for r in range(b.row, b.bottom + 1) for c in range(b.col, b.right + 1)
            )
            assert max(covered.values()) == 1, f"{name}: two boxes over one cell"
            assert all(box.row > 0 and box.col > 0 for box in boxes)
        ids = {e for box in (b for s in one.sheets for b in s.slots()) if box.truth for e in box.truth.elements}
        assert ids <= known
        assert name in ADDING or elements(one) == base, f"{name}: the truth changed"


def test_judge_is_satisfied_with_the_truth() -> None:
    for form in FORMS:
        truth = marks(form)
        n, notes = judge(truth, perfect(truth, to_grid(form)))
        assert (n["exact"], n["certain_wrong"], notes) == (1, 0, []), form.name


def test_merge_without_owner_is_refused() -> None:
    with pytest.raises(ValueError, match="没有可以合并"):
        parse_sheet("< | 姓名")


def test_export_writes_forms_and_marks(tmp_path: Path) -> None:
    export(tmp_path, [next(f for f in FORMS if f.kind == kind) for kind in ("xlsx", "docx")])
    assert sorted(path.suffix for path in (tmp_path / "forms").iterdir()) == [".docx", ".xlsx"]
    assert len(list((tmp_path / "marks").iterdir())) == 2
