"""What a filled form of the demo must hold, worked out from the layout's marks and the ledgers' claims alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from yici.demo.layout import Box, FormLayout
from yici.demo.ledgers.claims import Claims
from yici.demo.population.community import Community, truth_of

KEYS = {"person.id_number": "person", "household.number": "household", "enterprise.uscc": "enterprise"}
KEY_OF_HEAD = "household.head_id_number"


class Answers:
    """The golden value of any element for a subject, by the key that stands in a row or card."""

    def __init__(self, community: Community, claims: Claims) -> None:
        self.golden = claims.golden()
        truth = truth_of(community)
        self.home = dict(truth.people.select("person.id_number", "household.number").iter_rows())
        self.of_head = dict(truth.households.select(KEY_OF_HEAD, "household.number").iter_rows())
        derived = truth.people.select("person.id_number", "person.age").iter_rows()
        self.golden |= {(key, "person.age"): age for key, age in derived}
        sizes = truth.households.select("household.number", "household.size").iter_rows()
        self.golden |= {(key, "household.size"): size for key, size in sizes}
        for number in truth.households["household.number"]:
            income = self.golden.get((number, "household.annual_income"))
            if income is not None:
                per_head = float(income) / self.golden[number, "household.size"]
                self.golden[number, "household.income_per_head"] = per_head

    def value(self, element: str, key_element: str, key: str) -> Any:
        subject = element.split(".")[0]
        if key_element == KEY_OF_HEAD:
            key_element, key = "household.number", self.of_head[key]
        if subject == "household" and key_element == "person.id_number":
            key = self.home[key]
        return self.golden.get((key, element))


def squash(value: Any) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", "" if value is None else str(value)))


def agrees(shown: Any, wanted: Any) -> bool:
    """Does the text of a cell say the wanted value, in whatever notation the form asks for?"""
    text = squash(shown)
    if isinstance(wanted, bool):
        yes = ("是" in text and "■是" not in text and "☑是" not in text and "□" not in text) or text in ("√", "1")
        marked = bool(re.search(r"[☑■√]是", text))
        return (yes or marked) == wanted
    if isinstance(wanted, (int, float)):
        number = float(text.replace(",", "")) if re.fullmatch(r"-?[\d,.]+", text) else None
        scales = (1, 10_000, 0.0001)
        return number is not None and any(abs(number - wanted * s) <= max(0.0501, 0.0051 * s) for s in scales)
    if re.fullmatch(r"\d{4}-\d\d(-\d\d)?", wanted):
        parts, whole = re.findall(r"\d+", text.removesuffix("00:00:00")), wanted.split("-")
        digits = "".join(part.zfill(2) for part in parts)[:8]
        return len(digits) >= 6 and "".join(whole).startswith(digits)
    code = {"男": "1", "女": "2"}.get(wanted)
    return text in (squash(wanted), code) or bool(re.search(rf"[☑■√]{wanted.removesuffix('残疾')}", text))


def cells(form: FormLayout, path: Path, answers: Answers, subject: str | None) -> Iterator[tuple[str, Any, Any]]:
    """(where, what stands there, what must stand there) for every marked cell of a filled workbook."""
    book = load_workbook(path)
    for sheet in form.sheets:
        if sheet.hidden:
            continue
        marked = [b for b in sheet.slots() if b.truth and len(b.truth.elements) == 1]
        moved = 0
        data = [b for b in sheet.boxes if b.area == "rows"]
        roster = [b for b in marked if b.area == "rows"]
        key = next((b for b in roster if b.truth and b.truth.elements[0] in (*KEYS, KEY_OF_HEAD)), None)
        blank = len({b.row for b in data})
        if roster and key:
            row = key.row
            while (shown := book[sheet.name].cell(row, key.col).value) and squash(shown) in {
                k for k, _ in answers.golden
            }:
                yield from _row(roster, key, row, squash(shown), book[sheet.name], answers)
                row += 1
            moved = max(0, row - key.row - blank)
        if subject:
            for box in (b for b in marked if b.area == "cells"):
                at = box.row + (moved if data and box.row > max(b.row for b in data) else 0)
                yield _one(box, at, subject_key(subject), subject, book[sheet.name], answers)


def subject_key(subject: str) -> str:
    return (
        "household.number"
        if len(subject) == 9
        else "person.id_number"
        if subject[6:8] in ("19", "20")
        else "enterprise.uscc"
    )


def _row(
    roster: list[Box], key: Box, row: int, shown: str, sheet: Any, answers: Answers
) -> Iterator[tuple[str, Any, Any]]:
    assert key.truth
    for box in roster:
        yield _one(box, row, key.truth.elements[0], shown, sheet, answers)


def _one(box: Box, row: int, key_element: str, key: str, sheet: Any, answers: Answers) -> tuple[str, Any, Any]:
    assert box.truth
    element = box.truth.elements[0]
    where = f"{sheet.title}!{box.col}:{row} {element}"
    return where, sheet.cell(row, box.col).value, answers.value(element, key_element, key)
