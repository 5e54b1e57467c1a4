"""What is recognised in a blank form (表样): areas of slots, each with its label path and binding."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from yici.core.binding.result import Binding
from yici.core.captions.model import Check
from yici.core.grid import Span, address, column_name
from yici.core.recognition.cross import Cross

AreaKind = Literal["rows", "cells", "matrix"]


@dataclass(slots=True)
class Slot:
    """A place to fill (填报项). `path` are the labels that lead there, outermost first, the last one its own.

    `text` is what the cell already holds (□是 □否). `options` are the entries of its drop-down. For roster columns
    `row` is the first blank data row.
    """

    row: int
    col: int
    path: tuple[str, ...]
    text: str = ""
    options: tuple[str, ...] = ()
    number_format: str = "General"
    width: int = 1
    binding: Binding = field(default_factory=Binding)

    @property
    def label(self) -> str:
        return " / ".join(self.path)

    def as_json(self) -> dict[str, Any]:
        return {"label": self.label, **self.binding.as_json()}


@dataclass(slots=True)
class Area:
    """One of the three shapes a form is made of: a roster (花名册, "rows"), a card (卡片, "cells"), a cross table
    (交叉表, "matrix").

    Rosters have `first_row`, `blank_rows` (0 when the form came with none), a `counter` column (序号) or None, and
    `repeat`, the number of times the same columns stand side by side. `subject` is what a row or the card is about.
    `context` are the labels around the whole area. A cross table has its lines in `cross` and what must hold between
    them in `checks`; `places` marks a roster of villages with figures. `above` and `below` are the texts of the sheet
    before and after the area that belong to no other (titles, unit lines, notes).
    """

    kind: AreaKind
    sheet: str
    span: Span
    slots: list[Slot]
    context: tuple[str, ...] = ()
    first_row: int = 0
    blank_rows: int = 0
    counter: int | None = None
    counters: tuple[int, ...] = ()
    repeat: int = 1
    subject: str = ""
    members: bool = False
    places: bool = False
    cross: Cross | None = None
    checks: list[Check] = field(default_factory=list)
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        head: dict[str, Any] = {"sheet": self.sheet, "type": self.kind, "subject": self.subject}
        if self.kind == "rows":
            last = self.first_row + max(self.blank_rows, 1) - 1
            columns = {column_name(slot.col): slot.as_json() for slot in self.slots}
            return {**head, "first_row": self.first_row, "last_row": last, "columns": columns}
        return {**head, "cells": {address(slot.row, slot.col): slot.as_json() for slot in self.slots}}


@dataclass(frozen=True, slots=True)
class Heading:
    """A cell of the heading with room for facts about the request in its own text (填报单位：      填报日期：)."""

    sheet: str
    row: int
    col: int
    text: str


@dataclass(slots=True)
class Template:
    """A recognised blank form (表样)."""

    form: str
    title: str
    areas: list[Area]
    headings: list[Heading] = field(default_factory=list)
    fingerprint: str = ""

    def slots_by_place(self) -> dict[tuple[str, str], tuple[Area, Slot]]:
        """The slots by sheet and label, as gaps and answers name them; of several of one label the first."""
        found: dict[tuple[str, str], tuple[Area, Slot]] = {}
        for area in self.areas:
            for slot in area.slots:
                found.setdefault((area.sheet, slot.label), (area, slot))
        return found

    def as_json(self) -> dict[str, Any]:
        return {
            "form": self.form,
            "title": self.title,
            "fingerprint": self.fingerprint,
            "areas": [area.as_json() for area in self.areas],
            "headings": [
                {"sheet": h.sheet, "cell": address(h.row, h.col), "text": h.text.strip()} for h in self.headings
            ],
        }
