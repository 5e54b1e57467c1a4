"""Cross tables: stub rows × header columns, each slot with the labels of its row and its column."""

from __future__ import annotations

import re

from yici.core.grid import Span
from yici.core.recognition.blocks import Blocks
from yici.core.recognition.bodies import Body, RowKind
from yici.core.recognition.cross import Cross, Line, indent_of
from yici.core.recognition.headers import Group, Header
from yici.core.recognition.labels import read_label, squash
from yici.core.recognition.roles import Role, is_human, is_total
from yici.core.recognition.template import Area, Slot

_NUMERAL = re.compile(r"^[一二三四五六七八九十]{1,3}$")
_REMARK = re.compile(r"^(?:备注|备考|说明|注)$")
_UNIT_COLUMN = re.compile(r"^(?:计量|计算|指标|数量)?单位$")
_CODE_COLUMN = re.compile(r"^(?:(?:指标)?代码|编码|行次|栏次|序号|编号|行号|序|项次|代号|行码|no\.?|№)$", re.IGNORECASE)
_UNIT_TEXT = re.compile(
    r"^[(（]?(?:万?[元户人名个家亩辆处座所件次间台套只头吨条%％]|人次|平方米|㎡|万千瓦时|吨标准煤|岁|元/月|元/年|公里|千米|周岁|人·次)[)）]?$"
)
_INDENT = 2


def read_matrix(blocks: Blocks, header: Header, body: Body, context: tuple[str, ...]) -> Area | None:
    """The cross table of a header and its body, or None when nothing in it is to be filled."""
    rows = [row for row, kind in body.kinds.items() if kind in (RowKind.STUB, RowKind.TOTAL)]
    width = _stub_width(blocks, header, rows)
    data = [g for g in header.groups[width:] if g.path and not _REMARK.match(g.path[-1]) and not is_human(g.path[-1])]
    if not data or width == 0:
        return None
    slots: list[Slot] = []
    cross = Cross(stub_heads=_stub_heads(blocks, header, width, rows))
    stack: list[str] = []
    for row in rows:
        stub = _stub_path(blocks, header, row, width)
        heads = _is_group_row(blocks, header, row, width, rows)
        if heads:
            stack = [stub[-1]] if stub else []
        cross.rows.append(_line(blocks, header, row, width, rows, heads, tuple(stack) if not heads else ()))
        if heads:
            continue
        for group in data:
            block = blocks.at(row, group.left)
            if (block.empty or block.role in (Role.CHOICE, Role.PLACEHOLDER)) and block.span.top == row:
                path = (*context, *stack, *stub, *group.path)
                slots.append(Slot(row, group.left, path, block.cell.text, block.cell.options, block.cell.number_format))
    if not slots:
        return None
    cross.columns = [Line(group.left, group.path) for group in header.groups[width:] if group.path]
    span = Span(header.top, header.left, body.end, header.right)
    return Area("matrix", blocks.sheet.name, span, slots, context, cross=cross)


def _stub_heads(blocks: Blocks, header: Header, width: int, rows: list[int]) -> tuple[str, ...]:
    """The labels over the stub columns that hold labels, not units or codes."""
    return tuple(
        " / ".join(group.path) for group in header.groups[:width]
        if group.path and not _is_unit(blocks, group, rows) and not _CODE_COLUMN.match(read_label(group.path[-1]).core)
    )  # fmt: skip


def _is_unit(blocks: Blocks, group: Group, rows: list[int]) -> bool:
    """Whether a stub column holds the units of its rows."""
    texts = [blocks.at(row, group.left).text.strip("*＊") for row in rows if not blocks.at(row, group.left).empty]
    if group.path and _UNIT_COLUMN.match(read_label(group.path[-1]).core):
        # 单位 may head the names of units as well; units of measure are short.
        return sum(bool(_UNIT_TEXT.match(text)) or len(text) <= 2 for text in texts) >= 0.5 * len(texts)
    return len(texts) > 1 and all(_UNIT_TEXT.match(text) for text in texts)


def _line(
    blocks: Blocks, header: Header, row: int, width: int, rows: list[int], heads: bool, stack: tuple[str, ...]
) -> Line:
    """A row with the labels of its stub columns as written, its indentation, and the unit it states."""
    labels: list[str] = []
    unit, indent = "", 0
    groups = header.groups[:width]
    for number, group in enumerate(groups):
        block = blocks.at(row, group.left)
        if (group.path and _CODE_COLUMN.match(read_label(group.path[-1]).core)) or block.role is Role.NUMBER:
            continue
        if _is_unit(blocks, group, rows):
            unit = block.text.strip("()（）*＊")
            continue
        text = block.cell.text if not block.empty else _filled_down(blocks, groups, number, row, rows)
        if text and squash(text) not in [squash(label) for label in labels]:
            labels.append(text.strip("\u3000\u00a0 \t"))
            indent = indent_of(text) + _INDENT * block.cell.indent
    stack = tuple(text for text in stack if squash(text) not in [squash(label) for label in labels])
    return Line(row, (*stack, *labels), indent, unit, heads)


def _filled_down(blocks: Blocks, groups: tuple[Group, ...], number: int, row: int, rows: list[int]) -> str:
    """The text above an empty outer stub cell: a category that was typed once, without merging."""
    inner = any(not blocks.at(row, g.left).empty for g in groups[number + 1 :])
    if not inner or row not in rows:
        return ""
    for above in reversed(rows[: rows.index(row)]):
        block = blocks.at(above, groups[number].left)
        if not block.empty:
            return "" if block.role is Role.NUMBER else block.cell.text
    return ""


def _stub_width(blocks: Blocks, header: Header, rows: list[int]) -> int:
    """How many leading leaf columns hold stub texts."""
    width = 0
    for group in header.groups:
        texts = sum(not blocks.at(row, group.left).empty for row in rows)
        if texts < 0.5 * len(rows) and not (width == 0 and texts):
            break
        width += 1
    return min(width, len(header.groups) - 1)


def _stub_path(blocks: Blocks, header: Header, row: int, width: int) -> tuple[str, ...]:
    texts: list[str] = []
    for group in header.groups[:width]:
        block = blocks.at(row, group.left)
        if not block.empty and block.role is not Role.NUMBER and block.text not in texts:
            texts.append(block.text)
    return tuple(texts)


def _is_group_row(blocks: Blocks, header: Header, row: int, width: int, rows: list[int]) -> bool:
    """Whether a row only heads the rows below it: fewer stub columns are filled than in most rows."""

    def filled(r: int) -> int:
        return sum(not blocks.at(r, group.left).empty for group in header.groups[:width])

    counts = sorted(filled(r) for r in rows)
    typical = counts[len(counts) // 2]
    first = next((blocks.at(row, g.left) for g in header.groups[:width] if not blocks.at(row, g.left).empty), None)
    if first is not None and is_total(first.text):
        return False
    numerals = sum(blocks.at(r, header.left).role is Role.NUMBER for r in rows)
    if first is not None and _NUMERAL.match(first.text) and numerals > 0.5 * len(rows):
        return True
    return filled(row) < typical and typical >= 2
