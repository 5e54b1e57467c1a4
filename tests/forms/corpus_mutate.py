"""Changes that offices make to a form when they issue it again; the truth moves with the boxes.

Each mutation takes a form and a random generator and gives the changed form, or None where it does not apply.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import yaml

from yici.demo.layout import Box, FormLayout, SheetLayout, Truth

Mutation = Callable[[FormLayout, random.Random], FormLayout | None]
SYNONYMS: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "synonyms.yaml").read_text("utf-8"))
UNKNOWN = ("核对标识", "系统流水号", "数据批次", "是否已上传", "抽查情况", "经办科室", "原登记编码", "档案盒号")
NOTES = (
    "注：1.本表一式两份，村（社区）和乡镇各存一份。",
    "说明：数据截至填报日期，空项请说明原因。",
    "填报要求：不得改动表格格式。",
)


def _map(form: FormLayout, change: Callable[[SheetLayout], SheetLayout | None]) -> FormLayout | None:
    """The form with `change` done to each sheet; None when it did nothing anywhere."""
    sheets, done = [], False
    for sheet in form.sheets:
        changed = None if sheet.hidden else change(sheet)
        done = done or changed is not None
        sheets.append(changed or sheet)
    return replace(form, sheets=sheets) if done else None


def _with(sheet: SheetLayout, boxes: list[Box]) -> SheetLayout:
    return replace(sheet, boxes=sorted(boxes, key=lambda box: (box.row, box.col)))


def _down(boxes: list[Box], row: int, by: int = 1) -> list[Box]:
    """Boxes with `by` rows put in before `row`; a box over that edge grows."""
    return [
        replace(b, row=b.row + by) if b.row >= row else replace(b, height=b.height + by) if b.bottom >= row else b
        for b in boxes
    ]


def _labels(sheet: SheetLayout, change: Callable[[str], str | None]) -> SheetLayout | None:
    """The sheet with the text of framed label cells changed (not titles, not places)."""
    boxes, done = [], False
    for box in sheet.boxes:
        new = change(box.text) if box.text and box.framed and box.truth is None else None
        done = done or (new is not None and new != box.text)
        boxes.append(box if new is None else replace(box, text=new))
    return replace(sheet, boxes=boxes) if done else None


def _first_data_row(sheet: SheetLayout) -> int | None:
    """The first data row of a sheet that is one roster and nothing else; None for any other sheet."""
    rows = {box.row for box in sheet.slots() if box.area == "rows"}
    others = any(box.area not in ("rows", "") for box in sheet.slots() if box.framed and box.truth)
    if len(rows) != 1 or others or any(box.text.startswith("=") or box.red for box in sheet.boxes):
        return None
    return rows.pop()


def _header_top(sheet: SheetLayout, first: int) -> int:
    framed = [box.row for box in sheet.boxes if box.framed and box.row < first]
    return min(framed, default=first)


def move_origin(form: FormLayout, rng: random.Random) -> FormLayout | None:
    """Everything one to three rows down and one or two columns right."""
    down, right = rng.randint(1, 3), rng.randint(1, 2)
    if form.kind == "docx":
        return None
    return _map(form, lambda s: _with(s, [replace(b, row=b.row + down, col=b.col + right) for b in s.boxes]))


def blank_row(form: FormLayout, rng: random.Random) -> FormLayout | None:
    """An empty row between the heading and the table."""

    def change(sheet: SheetLayout) -> SheetLayout | None:
        top = min((box.row for box in sheet.boxes if box.framed), default=1)
        return _with(sheet, _down(sheet.boxes, top)) if top > 1 else None

    return None if form.kind == "docx" else _map(form, change)


def no_title(form: FormLayout, rng: random.Random) -> FormLayout | None:
    """All lines above the table left out."""

    def change(sheet: SheetLayout) -> SheetLayout | None:
        top = min((box.row for box in sheet.boxes if box.framed), default=1)
        kept = [replace(b, row=b.row - top + 1) for b in sheet.boxes if b.row >= top]
        return _with(sheet, kept) if top > 1 else None

    return _map(form, change)


def spaced_labels(form: FormLayout, rng: random.Random) -> FormLayout | None:
    """姓  名, 性　别: two- and three-letter labels drawn apart."""
    gap = rng.choice([" ", "  ", "　", "　　"])
    return _map(form, lambda s: _labels(s, lambda t: gap.join(t) if 2 <= len(t) <= 3 and t.isalpha() else None))


def vertical_labels(form: FormLayout, rng: random.Random) -> FormLayout | None:
    """Labels of two to four letters written one letter a line."""
    return _map(form, lambda s: _labels(s, lambda t: "\n".join(t) if 2 <= len(t) <= 4 and t.isalpha() else None))


def broken_labels(form: FormLayout, rng: random.Random) -> FormLayout | None:
    """Longer labels broken somewhere inside a word, as narrow columns make people do."""

    def broken(text: str) -> str | None:
        at = rng.randint(2, max(2, len(text) - 2))
        return f"{text[:at]}\n{text[at:]}" if len(text) >= 5 and "\n" not in text and "□" not in text else None

    return _map(form, lambda s: _labels(s, broken))


def other_width(form: FormLayout, rng: random.Random) -> FormLayout | None:
    """Brackets and colons in the other width, digits and letters in full width."""
    swap = str.maketrans("（）：，()", "():,（）")

    def change(text: str) -> str | None:
        if "□" in text:
            return None
        wide = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text)
        return wide.translate(swap)

    return _map(form, lambda s: _labels(s, change))


def required_marks(form: FormLayout, rng: random.Random) -> FormLayout | None:
    """*姓名, 姓名（必填）: marks of a form that is checked by machine."""
    style = rng.choice(["*{}", "{}*", "{}（必填）", "＊{}"])

    def change(text: str) -> str | None:
        return style.format(text) if 2 <= len(text) <= 6 and text.isalpha() and rng.random() < 0.6 else None

    return _map(form, lambda s: _labels(s, change) if s.options.get("borders", True) or True else None)


def colons(form: FormLayout, rng: random.Random) -> FormLayout | None:
    """Labels of cards with a colon behind them."""

    def change(sheet: SheetLayout) -> SheetLayout | None:
        cards = {box.row for box in sheet.slots() if box.area == "cells" and box.framed}
        rows = {box.row for box in sheet.slots() if box.area == "rows"}
        if not cards or rows:
            return None
        colon = rng.choice("：:")
        return _labels(sheet, lambda t: t + colon if t.isalpha() and len(t) <= 8 else None)

    return _map(form, change)


def synonyms(form: FormLayout, rng: random.Random) -> FormLayout | None:
    """Labels replaced by other words that mean the same, from a list held out from the registry's makers."""

    def change(text: str) -> str | None:
        plain = unicodedata.normalize("NFKC", "".join(text.split()))
        return rng.choice(SYNONYMS[plain]) if plain in SYNONYMS else None

    return _map(form, lambda s: _labels(s, change))


def no_borders(form: FormLayout, rng: random.Random) -> FormLayout | None:
    """No cell has a border (the screen shows grid lines); rosters only, a card without lines cannot be read."""

    def change(sheet: SheetLayout) -> SheetLayout | None:
        if _first_data_row(sheet) is None or not sheet.options.get("borders", True):
            return None
        kept = [b for b in sheet.boxes if not b.again]
        last = max(b.bottom for b in kept if b.area == "rows" or b.text)
        return replace(sheet, boxes=[b for b in kept if b.row <= last], options={**sheet.options, "borders": False})

    return None if form.kind == "docx" else _map(form, change)


def split_header(form: FormLayout, rng: random.Random) -> FormLayout | None:
    """Labels merged downwards over the header are set free: the word stays in the top cell, empty cells below."""

    def change(sheet: SheetLayout) -> SheetLayout | None:
        first = _first_data_row(sheet)
        boxes: list[Box] = []
        for box in sheet.boxes:
            tall = first and box.bottom < first and box.height > 1 and box.framed and box.width == 1
            boxes += [replace(box, height=1)] if tall else [box]
            boxes += (
                [replace(box, row=r, height=1, text="") for r in range(box.row + 1, box.bottom + 1)] if tall else []
            )
        return _with(sheet, boxes) if len(boxes) > len(sheet.boxes) else None

    return _map(form, change)


def wide_cells(form: FormLayout, rng: random.Random) -> FormLayout | None:
    """Every column becomes two that are merged in every row, as in forms drawn over others."""
    return _map(form, lambda s: _with(s, [replace(b, col=2 * b.col - 1, width=2 * b.width) for b in s.boxes]))


def tall_cells(form: FormLayout, rng: random.Random) -> FormLayout | None:
    """Cards whose rows are all two rows merged."""

    def change(sheet: SheetLayout) -> SheetLayout | None:
        if any(box.area != "cells" for box in sheet.slots()):
            return None
        return _with(sheet, [replace(b, row=2 * b.row - 1, height=2 * b.height) for b in sheet.boxes])

    return _map(form, change)


def halved_labels(form: FormLayout, rng: random.Random) -> FormLayout | None:
    """Cards on two sheet rows a line: four-letter labels stand half in the upper, half in the lower cell, unmerged."""
    tall = tall_cells(form, rng)
    if tall is None:
        return None

    def change(sheet: SheetLayout) -> SheetLayout | None:
        boxes: list[Box] = []
        for box in sheet.boxes:
            half = box.framed and box.truth is None and box.height == 2 and len(box.text) == 4 and box.text.isalpha()
            if not half:
                boxes.append(box)
                continue
            boxes.append(replace(box, height=1, text=box.text[:2]))
            boxes.append(replace(box, row=box.row + 1, height=1, text=box.text[2:]))
        return _with(sheet, boxes) if len(boxes) > len(sheet.boxes) else None

    return _map(tall, change)


def unknown_column(form: FormLayout, rng: random.Random) -> FormLayout | None:
    """A column no element knows, put somewhere into a roster."""

    def change(sheet: SheetLayout) -> SheetLayout | None:
        first = _first_data_row(sheet)
        if first is None or sheet.n_cols < 3:
            return None
        at = rng.randint(2, sheet.n_cols)
        boxes = []
        for box in sheet.boxes:
            over = box.col < at <= box.right
            boxes.append(
                replace(box, width=box.width + 1) if over else replace(box, col=box.col + 1) if box.col >= at else box
            )
        covered = {r for b in boxes if b.col < at <= b.right for r in range(b.row, b.bottom + 1)}
        top = next(r for r in range(_header_top(sheet, first), first + 1) if r not in covered)
        if top == first:
            return None
        label = Box(top, at, rng.choice(UNKNOWN), height=first - top)
        rows = sorted({b.row for b in boxes if b.framed and b.row >= first} - covered)
        area = {b.row: b for b in sheet.boxes if b.area == "rows"}
        new = [Box(r, at, truth=Truth(), area="rows", again=area[r].again) if r in area else Box(r, at) for r in rows]
        return _with(sheet, [*boxes, label, *new])

    return _map(form, change)


def reorder_columns(form: FormLayout, rng: random.Random) -> FormLayout | None:
    """The columns of a roster in another order, groups kept together, 序号 first and 备注 last."""

    def change(sheet: SheetLayout) -> SheetLayout | None:
        first = _first_data_row(sheet)
        if first is None:
            return None
        top = _header_top(sheet, first)
        groups = sorted((b for b in sheet.boxes if b.row == top and b.framed), key=lambda b: b.col)
        body = [b for b in sheet.boxes if b.framed]
        ranges = [(g.col, g.right) for g in groups]
        if any(not any(lo <= b.col and b.right <= hi for lo, hi in ranges) for b in body) or len(groups) < 4:
            return None
        middle = groups[1:-1]
        rng.shuffle(middle)
        moves, col = {}, groups[0].col
        for group in [groups[0], *middle, groups[-1]]:
            moves[group.col, group.right] = col - group.col
            col += group.width

        def moved(box: Box) -> Box:
            return next(replace(box, col=box.col + by) for (lo, hi), by in moves.items() if lo <= box.col <= hi)

        return _with(sheet, [moved(b) if b.framed else b for b in sheet.boxes])

    return _map(form, change)


def notes(form: FormLayout, rng: random.Random) -> FormLayout | None:
    """A note below the table and a line with the unit of money above it."""

    def change(sheet: SheetLayout) -> SheetLayout | None:
        top = min((box.row for box in sheet.boxes if box.framed), default=1)
        boxes = _down(sheet.boxes, top)
        width = sheet.n_cols
        boxes.append(Box(top, 1, "单位：元", width=width, framed=False))
        last = max(box.bottom for box in boxes)
        boxes.append(Box(last + 1, 1, rng.choice(NOTES), width=width, framed=False))
        return _with(sheet, boxes)

    return _map(form, change)


def second_sheet(form: FormLayout, rng: random.Random) -> FormLayout | None:
    """The same table once more on a sheet of its own, with a sheet of instructions between."""
    if form.kind == "docx":
        return None
    lines = ["填表说明", "一、本表由村（社区）填写。", "二、姓名、身份证号码与户口簿一致。", "三、于每月25日前报送。"]
    text = SheetLayout("填表须知", [Box(row, 1, line, framed=False) for row, line in enumerate(lines, 1)])
    copy = replace(form.sheets[0], name="表二")
    return replace(form, sheets=[*form.sheets, text, copy])


def more_rows(form: FormLayout, rng: random.Random) -> FormLayout | None:
    """A roster with thirty more blank rows."""

    def change(sheet: SheetLayout) -> SheetLayout | None:
        first = _first_data_row(sheet)
        if first is None:
            return None
        last = max(b.row for b in sheet.boxes if b.area == "rows")
        pattern = [b for b in sheet.boxes if b.row == last]
        boxes = _down(sheet.boxes, last + 1, 30)
        boxes += [replace(b, row=last + n, again=b.area == "rows") for n in range(1, 31) for b in pattern]
        return _with(sheet, boxes)

    return _map(form, change)


def number_row(form: FormLayout, rng: random.Random) -> FormLayout | None:
    """A row of column numbers (甲 乙 1 2) below the header of a roster."""

    def change(sheet: SheetLayout) -> SheetLayout | None:
        first = _first_data_row(sheet)
        if first is None or not sheet.options.get("borders", True):
            return None
        boxes = _down(sheet.boxes, first)
        signs = ["甲", "乙", *map(str, range(1, sheet.n_cols))]
        columns = sorted(b.col for b in sheet.boxes if b.row == first)
        boxes += [Box(first, col, sign) for col, sign in zip(columns, signs, strict=False)]
        return _with(sheet, boxes)

    return _map(form, change)


MUTATIONS: dict[str, Mutation] = {
    function.__name__: function
    for function in (
        move_origin, blank_row, no_title, spaced_labels, vertical_labels, broken_labels, other_width, required_marks,
        colons, synonyms, no_borders, split_header, wide_cells,
        tall_cells, halved_labels, unknown_column, reorder_columns,
        notes, second_sheet, more_rows, number_row,
    )
}  # fmt: skip


def mutants(form: FormLayout, seed: int) -> dict[str, FormLayout]:
    """Every mutation of a form that applies to it."""
    made = {}
    for name, mutate in MUTATIONS.items():
        changed = mutate(form, random.Random(f"{seed}{name}{form.name}"))
        if changed is not None:
            made[name] = replace(changed, name=f"{form.name}~{name}")
    return made
