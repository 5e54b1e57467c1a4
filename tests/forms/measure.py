"""Recognition measured over the corpus and its mutations: `python tests/forms/measure.py [--notes] [--export DIR]`.

Prints, for the forms as drawn and for each mutation: forms, structure exact, slot recall and precision, precision and
coverage of certain bindings, and how many forms came out just as unmutated ("same").
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from corpus_grid import corpus, marks, to_grid
from corpus_mutate import mutants

from yici.core.grid import Grid
from yici.demo.draw_docx import draw_docx
from yici.demo.draw_xlsx import draw_xlsx
from yici.demo.layout import FormLayout

Found = dict[tuple[str, str], tuple[str, str | None, bool]]
Recogniser = Callable[[Grid], dict[str, Any]]


def slots_of(recognised: dict[str, Any]) -> Found:
    """(sheet, cell) → (area, element, certain) of everything recognised."""
    out: Found = {}
    for area in recognised["areas"]:
        if area["type"] == "rows":
            places = ((f"{column}{area['first_row']}", slot) for column, slot in area["columns"].items())
        else:
            places = area["cells"].items()
        for cell, slot in places:
            element = slot.get("element") or slot.get("expression")
            out[area["sheet"], cell] = (area["type"], element, bool(slot.get("certain")))
    return out


def nearest(marked: dict[str, Any], found: Found) -> tuple[str, str] | None:
    """The found place that answers a marked one: the same cell, or for rows the same column within two rows."""
    key = (marked["sheet"], marked["cell"])
    if key in found or marked["area"] != "rows":
        return key if key in found else None
    column, row = re.fullmatch(r"([A-Z]+)(\d+)", marked["cell"]).groups()  # type: ignore[union-attr]
    for (sheet, cell), (area, _, _) in found.items():
        same_column = sheet == marked["sheet"] and area == "rows" and re.sub(r"\d", "", cell) == column
        if same_column and abs(int(re.sub(r"\D", "", cell)) - int(row)) <= 2:
            return sheet, cell
    return None


def judge(truth: dict[str, Any], recognised: dict[str, Any]) -> tuple[Counter[str], list[str]]:
    """Counts and notes of one form."""
    n: Counter[str] = Counter(forms=1)
    notes: list[str] = []
    found, used = slots_of(recognised), set()
    for slot in truth["slots"]:
        n["slots"] += 1
        key = nearest(slot, found)
        want = slot["element"]
        scored = want != "?" and slot["area"] != "matrix"
        n["bindable"] += scored and want is not None
        where = f"{slot['sheet']}!{slot['cell']} {slot['label']}"
        if key is None:
            notes.append(f"not seen: {where}")
            continue
        used.add(key)
        n["found"] += 1
        _, element, certain = found[key]
        wanted = want if isinstance(want, list) else [want]
        if scored and certain and element:
            n["certain_right" if element in wanted else "certain_wrong"] += 1
            if element not in wanted:
                notes.append(f"CERTAIN WRONG: {where}: {element}, should be {want}")
        elif scored and want is not None:
            n["suggested"] += element in wanted
            notes.append(f"not certain ({element}): {where} -> {want}")
    free = {(place["sheet"], place["cell"]) for place in truth["may_be_slots"]}
    extra = set(found) - used - free
    notes += [f"extra: {sheet}!{cell}" for sheet, cell in sorted(extra)]
    n["extra"] = len(extra)
    n["exact"] = int(n["found"] == n["slots"] and not extra)
    return n, notes


def line(name: str, n: Counter[str]) -> str:
    """One line of the table."""

    def share(a: int, b: int) -> float:
        return a / b if b else 1.0

    certain = n["certain_right"] + n["certain_wrong"]
    top = share(n["certain_right"] + n["suggested"], n["bindable"])
    return (
        f"{name:16} {n['forms']:4} forms  exact {share(n['exact'], n['forms']):.3f}"
        f"  recall {share(n['found'], n['slots']):.4f}  precision {share(n['found'], n['found'] + n['extra']):.4f}"
        f"  certain precision {share(n['certain_right'], certain):.4f} ({n['certain_wrong']} wrong)"
        f"  coverage {share(n['certain_right'], n['bindable']):.3f}  top-1 {top:.3f}"
        + (f"  same {share(n['same'], n['forms']):.3f}" if "same" in n else "")
    )


def _outcome(n: Counter[str]) -> tuple[int, ...]:
    return n["slots"] - n["found"], n["extra"], n["bindable"] - n["certain_right"], n["certain_wrong"]


def measure(recognise: Recogniser, forms: Iterable[FormLayout], seed: int) -> tuple[dict[str, Counter[str]], list[str]]:
    """Totals by mutation ("plain" for the forms as drawn) and all notes."""
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    notes: list[str] = []
    for form in forms:
        plain, found = judge(marks(form), recognise(to_grid(form)))
        totals["plain"] += plain
        notes += [f"{form.name}: {note}" for note in found]
        for name, mutant in mutants(form, seed).items():
            n, found = judge(marks(mutant), recognise(to_grid(mutant)))
            times = 2 if name == "second_sheet" and len(form.sheets) == 1 else 1
            n["same"] = int(name == "second_sheet" or _outcome(n) == tuple(times * x for x in _outcome(plain)))
            totals[name] += n
            totals["all mutants"] += n
            notes += [f"{mutant.name}: {note}" for note in found]
    return totals, notes


def export(folder: Path, forms: Iterable[FormLayout]) -> None:
    """The forms as files with marks, in the shape of the acceptance set, for score_recognise.py."""
    (folder / "forms").mkdir(parents=True, exist_ok=True)
    (folder / "marks").mkdir(exist_ok=True)
    for form in forms:
        draw = draw_docx if form.kind == "docx" else draw_xlsx
        draw(form, folder / "forms" / f"{form.name}.{form.kind}")
        text = json.dumps(marks(form), ensure_ascii=False, indent=1)
        (folder / "marks" / f"{form.name}.json").write_text(text, "utf-8")


def product() -> Recogniser:
    """The product's recogniser over its base registry."""
    # Imported here so that the corpus can be exported and tested without the recogniser.
    from yici.core.binding.lexicon import make_lexicon
    from yici.core.recognition.recognise import recognise
    from yici.storage.packs import load_registry

    lexicon = make_lexicon(load_registry())
    return lambda grid: recognise(grid, lexicon).as_json()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--notes", nargs="?", const="", help="print the notes of forms whose name holds this")
    parser.add_argument("--only", default="", help="only forms whose name holds this")
    parser.add_argument("--export", type=Path, help="write forms and marks to this folder and stop")
    arguments = parser.parse_args()
    forms = [form for form in corpus() if arguments.only in form.name]
    if arguments.export:
        everything = [one for form in forms for one in (form, *mutants(form, arguments.seed).values())]
        export(arguments.export, everything)
        print(f"{len(everything)} forms in {arguments.export}")
        return
    start = time.perf_counter()
    totals, notes = measure(product(), forms, arguments.seed)
    if arguments.notes is not None:
        print("\n".join(note for note in notes if arguments.notes in note))
    print("\n".join(line(name, n) for name, n in totals.items()))
    print(f"{time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
