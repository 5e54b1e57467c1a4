"""Statistics forms of the corpus: what each cell asks for (`statistics/expected.yaml`), as drawn and mutated."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import yaml
from corpus_grid import placed, to_grid
from corpus_mutate import mutants

from yici.core.binding.lexicon import Lexicon, make_lexicon
from yici.core.captions.lexicon import Lexicon as Captions
from yici.core.captions.lexicon import make_caption_lexicon
from yici.core.grid import address
from yici.core.recognition.recognise import recognise
from yici.demo.layout import FormLayout, SheetLayout, Truth, load_forms
from yici.storage.captions import load_caption_words
from yici.storage.packs import load_registry

FOLDER = Path(__file__).parent / "statistics"
REGIONS = ("红旗镇", "东岗村", "西河村", "南坪社区")
# Without a title a form does not say of whom it is; these cells mean something else then.
CHANGES_MEANING = {"no_title"}


@lru_cache(maxsize=1)
def product() -> tuple[Lexicon, Captions]:
    """The product's words for forms and for captions."""
    registry = load_registry()
    return make_lexicon(registry), make_caption_lexicon(registry, load_caption_words(), regions=REGIONS)


def figures(form: FormLayout) -> dict[str, str]:
    """ "sheet!cell" → figure with its units, for every statistics cell that is certain."""
    lexicon, captions = product()
    template = recognise(to_grid(form), lexicon, captions=captions)
    return {
        f"{area.sheet}!{address(slot.row, slot.col)}": written(figure.text, figure.units)
        for area in template.areas
        for slot in area.slots
        if (figure := slot.binding.figure) is not None and figure.certain
    }


def written(text: str, units: tuple[str, ...] | None) -> str:
    """A figure and the units it is about as one line."""
    return text if units is None else f"{text} @ {'、'.join(units)}"


def forms() -> list[FormLayout]:
    """The statistics forms, as drawn."""
    return load_forms(FOLDER / "forms")


def expected() -> dict[str, dict[str, str]]:
    """Form → "sheet!cell" → the figure asked for; cells that are not listed must stay empty."""
    found: dict[str, dict[str, str]] = yaml.safe_load((FOLDER / "expected.yaml").read_text("utf-8"))
    return found


def with_truth(form: FormLayout, wanted: dict[str, str]) -> FormLayout:
    """The form with each statistics cell's figure as its truth, so that it moves along with the cell."""
    sheets: list[SheetLayout] = []
    for sheet, boxes in placed(form):
        own = []
        for box, here in zip((b for b in sheet.boxes if form.kind == "xlsx" or b.framed), boxes, strict=True):
            asked = wanted.get(f"{sheet.name}!{address(here.row, here.col)}")
            own.append(replace(box, truth=Truth((asked,) if asked else ())) if box.truth is not None or asked else box)
        kept = [box for box in sheet.boxes if form.kind == "docx" and not box.framed]
        sheets.append(replace(sheet, boxes=[*kept, *own]))
    return replace(form, sheets=sheets)


def judge(form: FormLayout) -> tuple[Counter[str], list[str]]:
    """How many cells of a form with its truth are right, missed, wrong (certain of something else), and the notes."""
    n: Counter[str] = Counter(forms=1)
    notes: list[str] = []
    found = figures(form)
    truths: dict[str, str | None] = {}
    for sheet, boxes in placed(form):
        for box in boxes:
            if box.truth is not None:
                truths[f"{sheet.name}!{address(box.row, box.col)}"] = next(iter(box.truth.elements), None)
    for place, want in truths.items():
        got = found.pop(place, None)
        n["right"] += want is not None and got == want
        n["missed"] += want is not None and got is None
        n["wrong"] += got is not None and got != want
        if got is not None and got != want:
            notes.append(f"{form.name}!{place}: {got}, should be {want}")
    n["wrong"] += len(found)
    notes += [f"{form.name}!{place}: {got}, should be nothing" for place, got in found.items()]
    return n, notes


def measure(seed: int = 1) -> tuple[dict[str, Counter[str]], list[str]]:
    """Totals by mutation, "plain" first, and every cell that is certain and wrong."""
    totals: dict[str, Counter[str]] = {}
    notes: list[str] = []
    wanted = expected()
    for form in forms():
        true = with_truth(form, wanted.get(form.name, {}))
        changed = {name: one for name, one in mutants(true, seed).items() if name not in CHANGES_MEANING}
        for name, one in {"plain": true, **changed}.items():
            n, found = judge(one)
            totals.setdefault(name, Counter()).update(n)
            notes += [f"{name}: {note}" for note in found]
    return totals, notes


if __name__ == "__main__":
    counted, remarks = measure()
    print("\n".join(remarks))
    for which, n in counted.items():
        share = n["right"] / max(1, n["right"] + n["missed"])
        counts = f"right {n['right']:5} missed {n['missed']:4} wrong {n['wrong']}"
        print(f"{which:16} forms {n['forms']:4} {counts} {share:.3f}")
