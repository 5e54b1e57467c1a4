"""Captions as departments word them, each with the figure a careful clerk reads in it, or none (`cases.txt`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pytest

from yici.core.captions.compiling import figure_at, read_table
from yici.core.captions.lexicon import Lexicon, make_caption_lexicon
from yici.core.expressions import parse_figure
from yici.core.recognition.cross import Cross, Line
from yici.storage.captions import load_caption_words
from yici.storage.packs import load_registry

VILLAGE = "东岗村"
_CELL = re.compile(r"^(?P<label>.+?)(?: \[(?P<unit>.+?)\])? => (?P<figure>.+)$")


@dataclass
class Form:
    """A block of the file: its title, and its lines with what each asks for."""

    title: str = ""
    columns: bool = False
    head: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    lines: list[Line] = field(default_factory=list)
    wanted: dict[int, str] = field(default_factory=dict)


def forms() -> Iterator[Form]:
    """The forms of `cases.txt`."""
    text = (Path(__file__).parent / "cases.txt").read_text("utf-8")
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in block.splitlines() if line.strip() and not line.startswith("#")]
        if lines:
            yield _form(lines)


def _form(lines: list[str]) -> Form:
    form = Form()
    for number, line in enumerate(lines):
        mark, _, rest = line.partition(" ")
        if mark in ("~", "~~"):
            form.title, form.columns = rest, mark == "~~"
        elif mark == "^":
            form.head = (rest,)
        elif mark == "!":
            form.notes = (rest,)
        elif cell := _CELL.match(line.strip()):
            labels = tuple(cell["label"].split(" / "))
            form.lines.append(Line(number, labels, len(line) - len(line.lstrip()), cell["unit"] or ""))
            form.wanted[number] = cell["figure"]
        else:
            form.lines.append(Line(number, (line.strip(),), heads=True))
    return form


def cells(form: Form, lexicon: Lexicon) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Each cell of a form: its label, the figure wanted, the figure read ("?" when in doubt), the doubts."""
    cross = Cross(above=(form.title,), below=form.notes)
    if form.columns:
        cross.rows, cross.columns, cross.stub_heads = [Line(1, (VILLAGE,))], form.lines, ("村名",)
    else:
        cross.rows, cross.columns, cross.stub_heads = form.lines, [Line(1, ("数值",))], form.head
    table = read_table(cross, lexicon)
    for line in form.lines:
        if line.heads:
            continue
        row, column = (1, line.at) if form.columns else (line.at, 1)
        figure = figure_at(table, row, column, lexicon)
        assert not figure.certain or figure.units == ((VILLAGE,) if form.columns else None)
        yield line.labels[-1], form.wanted[line.at], figure.text if figure.certain else "?", figure.doubts


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    return make_caption_lexicon(load_registry(), load_caption_words(), regions=(VILLAGE, "柳河镇"))


@pytest.mark.parametrize("form", list(forms()), ids=lambda form: form.title)
def test_caption(form: Form) -> None:
    read = [(label, got, doubts if got == "?" else ()) for label, _, got, doubts in cells(form, lexicon())]
    wanted = [(label, want) for label, want, _, _ in cells(form, lexicon())]
    assert [(label, got) for label, got, _ in read] == wanted, read


def test_enough_cases_and_every_figure_is_one_of_the_language() -> None:
    wanted = [want for form in forms() for want in form.wanted.values()]
    assert len(wanted) >= 60 and wanted.count("?") >= 20
    for text in sorted(set(wanted) - {"?"}):
        assert parse_figure(text, load_registry()).text == text
