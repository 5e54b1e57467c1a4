"""Blank forms as text: a small language for layouts, used by the demo's forms and by the test corpus.

A sheet is a text table, one line a row, cells parted by ` | `. `<` continues the cell to the left, `^` the one above.
A line begins with what it is: `~` stands outside the frame (titles, notes), `*8` is a blank data row that is repeated
eight times, `#` is a row of a cross table, `%` an example row in red; any other line is framed and belongs to a card.
`{…}` at the end of a cell says what belongs there: `{p.name}` an element (`p.` person, `h.` household, `e.`
enterprise; several ids, parted by commas, are equally right), `{}` a place no element fits, `{?}` a place of which
nothing is said, `{~}` a place that may be left out, `{n}` a printed running number. `\\n` breaks a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import yaml

Area = Literal["", "rows", "cells", "matrix"]
PREFIXES = {"p.": "person.", "h.": "household.", "e.": "enterprise."}
MARK = re.compile(r"\{([^{}]*)\}$")
LINE = re.compile(r"(?:(?P<sign>[~#%])|\*(?P<times>\d+))?\s*(?P<cells>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Truth:
    """What belongs into a place: equally right element ids (empty: none fits), "?" open, "~" may be left out."""

    elements: tuple[str, ...] = ()
    note: Literal["", "?", "~"] = ""

    @classmethod
    def parse(cls, mark: str) -> Truth:
        mark = mark.strip()
        if mark in ("?", "~"):
            return cls(note="?" if mark == "?" else "~")
        ids = (part.strip() for part in mark.split(",") if part.strip())
        return cls(tuple(PREFIXES.get(name[:2], name[:2]) + name[2:] for name in ids))


@dataclass(frozen=True, slots=True)
class Box:
    """A cell or merged cell of a layout. `again` marks the second and later rows of a repeated data row."""

    row: int
    col: int
    text: str = ""
    height: int = 1
    width: int = 1
    framed: bool = True
    red: bool = False
    truth: Truth | None = None
    area: Area = ""
    again: bool = False

    @property
    def bottom(self) -> int:
        return self.row + self.height - 1

    @property
    def right(self) -> int:
        return self.col + self.width - 1


@dataclass(slots=True)
class SheetLayout:
    """One sheet (or Word table): its boxes, and what else the file says about it."""

    name: str
    boxes: list[Box] = field(default_factory=list)
    hidden: bool = False
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def n_rows(self) -> int:
        return max((box.bottom for box in self.boxes), default=0)

    @property
    def n_cols(self) -> int:
        return max((box.right for box in self.boxes), default=0)

    def slots(self) -> Iterator[Box]:
        """Every box with a truth, the repeated rows' copies left out."""
        return (box for box in self.boxes if box.truth is not None and not box.again)


@dataclass(slots=True)
class FormLayout:
    """A whole blank form: name, office it is of, file kind, sheets, and the request that fills it (demo forms)."""

    name: str
    office: str = ""
    kind: Literal["xlsx", "docx"] = "xlsx"
    sheets: list[SheetLayout] = field(default_factory=list)
    request: dict[str, str] = field(default_factory=dict)


def _cell(token: str) -> tuple[str, str | None]:
    """Text and mark of one cell of a line; the blanks around a token are not part of it, full-width ones are."""
    token = token.strip(" ")
    match = MARK.search(token)
    text, mark = (token[: match.start()].rstrip(" "), match[1]) if match else (token, None)
    return text.replace("\\n", "\n").replace("\\s", " "), mark


def _area(sign: str, times: str | None) -> Area:
    if times:
        return "rows"
    return "matrix" if sign == "#" else "cells"


def _lines(text: str) -> Iterator[tuple[str, str | None, list[str]]]:
    """(sign, times, cells) of every line, repeated lines written out."""
    for raw in text.strip("\n").split("\n"):
        match = LINE.match(raw.strip(" "))
        if match is None:
            continue
        cells = re.split(r"(?:(?<=\s)|^)\|(?=\s|$)", match["cells"]) if match["cells"] else []
        for _ in range(int(match["times"] or 1)):
            yield match["sign"] or "", match["times"], cells


def parse_sheet(text: str) -> list[Box]:
    """The boxes of a text table. Raises ValueError for a merge sign with nothing to continue."""
    owners: dict[tuple[int, int], int] = {}
    boxes: list[Box] = []
    first_of: dict[int, int] = {}
    previous: list[str] | None = None
    for row, (sign, times, cells) in enumerate(_lines(text), 1):
        again = bool(times) and cells is previous
        previous = cells if times else None
        first_of[row] = first_of.get(row - 1, row - 1) if again else row
        for col, token in enumerate(cells, 1):
            content, mark = _cell(token)
            if content in ("<", "^") and mark is None:
                at = (row, col - 1) if content == "<" else (row - 1, col)
                if at not in owners:
                    raise ValueError(f"第 {row} 行第 {col} 列：没有可以合并的单元格")
                owners[row, col] = owners[at]
                box = boxes[owners[at]]
                grown = max(box.bottom, row) - box.row + 1, max(box.right, col) - box.col + 1
                boxes[owners[at]] = replace(box, height=grown[0], width=grown[1])
                continue
            if mark == "n":
                content, mark = str(row - first_of[row] + 1), None
            owners[row, col] = len(boxes)
            boxes.append(
                Box(
                    row, col, content, framed=sign != "~", red=sign == "%", again=again,
                    truth=None if mark is None else Truth.parse(mark),
                    area="" if mark is None else _area(sign, times),
                )
            )  # fmt: skip
    return [box for box in boxes if box.text or box.framed or box.truth]


def parse_form(data: dict[str, Any]) -> FormLayout:
    """A form from its YAML value: `form`, `office`, `kind`, `request`, `sheets` (each `name`, `table`, options)."""
    sheets = []
    for number, sheet in enumerate(data["sheets"], 1):
        options = {key: value for key, value in sheet.items() if key not in ("name", "table", "hidden", "origin")}
        boxes = parse_sheet(sheet["table"])
        down, right = sheet.get("origin", (0, 0))
        boxes = [replace(box, row=box.row + down, col=box.col + right) for box in boxes]
        default = f"T{number}" if data.get("kind") == "docx" else f"Sheet{number}"
        sheets.append(SheetLayout(sheet.get("name", default), boxes, bool(sheet.get("hidden")), options))
    request = {key: str(value) for key, value in (data.get("request") or {}).items()}
    return FormLayout(data["form"], data.get("office", ""), data.get("kind", "xlsx"), sheets, request)


def load_forms(path: Path) -> list[FormLayout]:
    """All forms of a YAML file (several documents) or of every YAML file in a folder, in name order."""
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    forms = []
    for file in files:
        # libyaml's loader where it is built in: the corpus is read in every run of the measure.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        forms += [parse_form(data) for data in yaml.load_all(file.read_text("utf-8"), loader) if data]
    return forms
