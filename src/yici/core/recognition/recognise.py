"""Recognise a form: the steps by name, in the order they happen."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from yici.core.binding.assign import bind_area
from yici.core.binding.binder import Binder
from yici.core.binding.lexicon import Lexicon
from yici.core.binding.party import Party, party_of
from yici.core.binding.result import Binding
from yici.core.binding.subjects import subject_of
from yici.core.captions.forms import bind_figures, binding_of
from yici.core.captions.lexicon import Lexicon as Captions
from yici.core.captions.model import Figured
from yici.core.grid import Grid, address
from yici.core.recognition.areas import SheetReading, read_sheet
from yici.core.recognition.labels import read_label
from yici.core.recognition.template import Area, Heading, Template


def recognise(
    grid: Grid,
    lexicon: Lexicon,
    *,
    form: str = "",
    confirmed: Mapping[str, str | None] | None = None,
    captions: Captions | None = None,
) -> Template:
    """Recognise a blank form: areas, slots, label paths and bindings.

    `confirmed` are the bindings a person has confirmed for this form's fingerprint: "sheet!cell" → element id or None.
    `captions` are the words of statistics captions; without them cross tables are found but not bound.
    The same grid, lexicon and confirmations always give the same template.
    """
    readings = _read_sheets(grid)
    areas = [area for reading in readings for area in reading.areas]
    title = _title(readings)
    _find_subjects(areas, lexicon, title)
    binder = Binder(lexicon)
    for area in areas:
        bind_area(area, binder)
    mark = fingerprint(areas)
    if captions is not None:
        areas = bind_figures(areas, grid, captions)
    template = Template(form, title, areas, [h for reading in readings for h in reading.headings], mark)
    _apply(template, confirmed or {})
    return template


def _read_sheets(grid: Grid) -> list[SheetReading]:
    return [read_sheet(sheet) for sheet in grid.sheets if sheet.state == "visible"]


def _title(readings: list[SheetReading]) -> str:
    return next((title for reading in readings for title in reading.titles), "")


def _find_subjects(areas: list[Area], lexicon: Lexicon, title: str) -> None:
    """Give each area its subject. A card part without identity of its own belongs to the card it stands in."""
    for area in areas:
        area.members = area.kind == "rows" and any(
            party_of(read_label(part).core, "person") is Party.MEMBERS for part in area.context
        )
        area.subject = subject_of(area, lexicon, title)
    main = next((area.subject for area in areas if area.kind == "cells" and area.subject), "")
    for area in areas:
        if not area.subject and area.kind == "cells":
            area.subject = main
        if not area.subject and area.members:
            area.subject = "person"


def fingerprint(areas: list[Area]) -> str:
    """A hash of the label paths and where they stand: the same form sent again has the same one."""
    lines = [
        f"{area.sheet}|{area.kind}|{address(slot.row, slot.col)}|{'/'.join(slot.path)}"
        for area in areas
        for slot in area.slots
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _apply(template: Template, confirmed: Mapping[str, str | None]) -> None:
    for area in template.areas:
        for slot in area.slots:
            place = f"{area.sheet}!{address(slot.row, slot.col)}"
            if place in confirmed:
                element = confirmed[place]
                if element is not None and element.startswith("="):
                    given = replace(slot.binding.figure or Figured(), text=element[1:], doubts=(), candidates=())
                    slot.binding = binding_of(given)
                    continue
                slot.binding = Binding(
                    element,
                    element is not None,
                    confidence=1.0,
                    of=slot.binding.of,
                    evidence=("confirmed for this form",),
                )


__all__ = ["Heading", "recognise"]
