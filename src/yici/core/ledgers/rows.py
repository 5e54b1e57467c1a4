"""Rows of a table's body that are not records: totals, notes, footers, examples, dividers, blank rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum

from yici.core.grid import Span
from yici.core.ledgers.cells import Raw, bare_label, is_filled, is_value_like, words_of
from yici.core.ledgers.lexicon import Lexicon
from yici.core.ledgers.marks import (
    EXAMPLE_SEARCH,
    TOTAL_SEARCH,
    group_name,
    is_example,
    is_footer,
    is_meta,
    is_note,
    is_total,
)
from yici.core.ledgers.sheet import RawSheet
from yici.core.ledgers.window import MergeIndex

# Totals and examples say so in one of the first headed columns, or where a name would stand.
_FIRST_COLUMNS = 4
# A row with more filled cells than this is a record, or says that it is a total.
_FEW = 4
_NAMING = re.compile(r"姓名|名称|户主|名字")
_IDENTIFYING = re.compile(r"'?\d{17}[\dXx]|[0-9A-Z]{18}")
_PLACE = re.compile(r"(?:村|社区|委会|村民小组|\d组|镇|街道|网格)$")
_COUNTING = re.compile(r"序号|编号|NO\.?|No\.?|#")


class RowKind(StrEnum):
    """Why a row is not a record."""

    BLANK = "blank row"
    TOTAL = "total"
    NOTE = "note"
    EXAMPLE = "example"
    GROUP = "group"
    HEADING = "repeated heading"
    NO_SUBJECT = "no subject"


def unlike_rows(
    sheet: RawSheet, merges: MergeIndex, first: int, last: int, paths: Mapping[int, tuple[str, ...]], lexicon: Lexicon
) -> Iterator[tuple[int, RowKind, str]]:
    """The rows first..last that are not records: (row, why, text of the row's first cell).

    Only rows that look unlike records are read: those with very few filled cells and those with a telling word.
    """
    left, right = min(paths), max(paths)
    filled = sheet.filled(left, right)
    few = _FEW if right - left >= _FEW else 2
    suspects = {row for row in range(first, last + 1) if filled[row - 1] <= few}
    headed = [col for col in sorted(paths) if paths[col]]
    naming = [col for col in headed if _NAMING.search(paths[col][-1])]
    for col in {*headed[:_FIRST_COLUMNS], *naming}:
        for pattern in (TOTAL_SEARCH, EXAMPLE_SEARCH):
            suspects.update(row for row in sheet.rows_matching(col, pattern) if first <= row <= last)
    for row in sorted(suspects):
        if filled[row - 1] == 0:
            yield row, RowKind.BLANK, ""
            continue
        cells = {col: raw for col in paths if is_filled(raw := sheet.row(row)[col - 1])}
        if cells:
            covered = merges.between(row, row)
            why = _kind_of(cells, covered, row, paths, lexicon)
            if why is not None:
                yield row, why, group_name(words_of(next(iter(cells.values()))))


def _kind_of(
    cells: Mapping[int, Raw], merges: list[Span], row: int, paths: Mapping[int, tuple[str, ...]], lexicon: Lexicon
) -> RowKind | None:
    texts = {col: words_of(raw) for col, raw in sorted(cells.items())}
    first_texts = list(texts.values())[:3]
    if any(_IDENTIFYING.fullmatch(text.replace(" ", "")) for text in texts.values()):
        # An example row often shows a made-up number; nothing else that holds one is left out.
        return RowKind.EXAMPLE if is_example(first_texts[0]) else None
    named = [text for col, text in texts.items() if paths[col] and _NAMING.search(paths[col][-1])]
    if any(is_total(text) for text in (*first_texts, *named)):
        return RowKind.TOTAL
    if any(is_example(text) for text in first_texts[:2]):
        return RowKind.EXAMPLE
    if len(cells) <= _FEW and (is_footer(first_texts[0]) or is_note(first_texts[0])):
        return RowKind.NOTE
    if len(cells) == 1:
        return _kind_of_single(next(iter(texts.items())), cells, merges, row, paths)
    if len(cells) <= _FEW and all(is_footer(text) or is_meta(text) for text in texts.values()):
        return RowKind.NOTE
    return None


def _kind_of_single(
    cell: tuple[int, str], cells: Mapping[int, Raw], merges: list[Span], row: int, paths: Mapping[int, tuple[str, ...]]
) -> RowKind | None:
    col, text = cell
    heading = bare_label(paths[col][-1]) if paths[col] else ""
    span = next((span for span in merges if span.holds(row, col)), Span(row, col, row, col))
    if _COUNTING.fullmatch(heading) and text.isdigit():
        return RowKind.BLANK
    if is_footer(text) or is_note(text) or is_meta(text) or len(text) > 12 or "," in text or "。" in text:
        return RowKind.NOTE
    if span.width == 1 and _NAMING.search(heading) and not _PLACE.search(text):
        return None
    if is_value_like(cells[col]):
        return RowKind.NO_SUBJECT
    return RowKind.GROUP
