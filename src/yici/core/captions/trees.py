"""The tree that rows or columns of a cross table form: by merged labels, indentation, numbering, and 其中."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from yici.core.captions.model import Reading
from yici.core.captions.reading import NO_NUMBERING
from yici.core.recognition.cross import Line
from yici.core.recognition.labels import squash
from yici.core.recognition.roles import is_total

AMONG = re.compile(r"^(?:其中|内含)[:：,，、]?")
_RANKS = (
    re.compile(r"^[一二三四五六七八九十]{1,3}[、.．]"),
    re.compile(r"^[(（][一二三四五六七八九十]{1,3}[)）]"),
    re.compile(r"^\d{1,2}[、.．](?!\d)"),
    re.compile(r"^[(（]\d{1,2}[)）]"),
    re.compile(r"^[①-⑳]"),
)
_AMONG_WIDTH = 6
# Marks of forms that are checked by machine: *合计, 合计（必填）.
_MARKS = re.compile(r"^[\s\u3000]*[*＊★▲※]+|[*＊★]+$|[(（](?:必填|选填|自动计算|自动生成)[)）]")


@dataclass(slots=True, eq=False)
class Node:
    """A label of a line with what stands above it. `line` is the line it ends in, None for a mere heading.

    `among` marks 其中, whose lines narrow `base`, the line before them. `loose` lines stand after an equally indented
    其中: whether they still belong to it is for their words to say.
    """

    text: str
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)
    line: Line | None = None
    among: bool = False
    base: Node | None = None
    loose: Node | None = None
    nested: bool = False
    reading: Reading = field(default_factory=Reading)

    def ancestors(self) -> list[Node]:
        """The nodes above it, outermost first, the root left out."""
        found: list[Node] = []
        node = self.parent
        while node is not None and node.parent is not None:
            found.insert(0, node)
            node = node.parent
        return found

    def walk(self) -> Iterator[Node]:
        """The node and everything below it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(slots=True)
class _Level:
    indent: int
    offset: int
    rank: int | None
    node: Node


def grow(lines: Sequence[Line], *, nest: bool) -> Node:
    """The tree of lines. `nest` heeds indentation, numbering and 其中 among the innermost labels (rows)."""
    root = Node("")
    leaves = [_MARKS.sub("", line.labels[-1]) for line in lines if line.labels]
    found = [_rank(leaf) for leaf in leaves if not is_total(squash(leaf))]
    ranks = {rank for rank in found if rank is not None}
    ranked = len(ranks) > 1 or (bool(ranks) and None in found)
    before: tuple[str, ...] = ()
    outer: list[Node] = []
    levels: list[_Level] = []
    for line in lines:
        labels = tuple(_MARKS.sub("", label) for label in line.labels) or ("",)
        shared = 0
        while shared < min(len(labels), len(before)) - 1 and labels[shared] == before[shared]:
            shared += 1
        if shared < len(outer) or len(labels) - 1 > len(outer):
            del outer[shared:]
            levels = []
            for text in labels[shared:-1]:
                parent = outer[-1] if outer else root
                outer.append(_child(parent, text))
        node = Node(labels[-1], line=None if line.heads else line)
        node.among = AMONG.match(squash(node.text)) is not None
        home = outer[-1] if outer else root
        _place(node, line, home, levels if nest else [], ranked, nest)
        before = labels
    return root


def _child(parent: Node, text: str) -> Node:
    node = Node(text, parent)
    node.among = AMONG.match(squash(text)) is not None
    if node.among:
        node.base = _before(parent)
    parent.children.append(node)
    return node


def _rank(text: str) -> int | None:
    flat = squash(text)
    if NO_NUMBERING.match(flat):
        return None
    return next((number for number, pattern in enumerate(_RANKS) if pattern.match(flat)), None)


def _before(parent: Node) -> Node | None:
    """The last line of a parent that is no 其中 itself: what 其中 narrows."""
    for node in reversed(parent.children):
        if not node.among and not node.children and "占" not in node.text and "比" not in node.text:
            return node
    return None


def _place(node: Node, line: Line, home: Node, levels: list[_Level], ranked: bool, nest: bool) -> None:
    if not nest:
        node.parent = home
        previous = home.children[-1] if home.children else None
        if node.among:
            node.base = _before(home)
        elif previous is not None and previous.among and previous.line is not None:
            node.loose = previous.base
        home.children.append(node)
        return
    rank = _rank(node.text) if ranked else None
    offset = line.indent + (_AMONG_WIDTH if node.among else 0)
    parent = _parent(node, line.indent, rank, home, levels)
    node.parent = parent
    node.nested = parent is not home
    parent.children.append(node)
    levels.append(_Level(line.indent, offset, rank, node))


def _parent(node: Node, indent: int, rank: int | None, home: Node, levels: list[_Level]) -> Node:
    """Where a row belongs: numbering first, then 其中, then how far it is indented."""
    if is_total(squash(node.text)) and not squash(node.text).startswith("小计"):
        levels.clear()
        return home
    if rank is not None:
        while levels and (levels[-1].rank is None or levels[-1].rank >= rank):
            levels.pop()
        return levels[-1].node if levels else home
    ranked = levels and levels[-1].rank is not None
    while levels and levels[-1].indent > indent and levels[-1].rank is None:
        levels.pop()
    if not levels:
        return home
    top = levels[-1]
    if node.among:
        if top.indent == indent and top.node.among:
            return top.node.parent or home
        return top.node
    if top.indent == indent and not ranked:
        if top.node.among:
            return _after_among(node, top, home, levels)
        return top.node.parent or home
    if top.node.among and indent <= top.offset and not ranked:
        return top.node.parent or home
    if ranked and top.indent == indent:
        return top.node
    return top.node


def _after_among(node: Node, top: _Level, home: Node, levels: list[_Level]) -> Node:
    """A row as far indented as the 其中 before it: its sibling, when 其中 is indented; else nobody knows yet."""
    narrowed = top.node.parent or home
    above = next((level for level in reversed(levels) if level.node is narrowed), None)
    if above is None or above.indent < top.indent or above.rank is not None:
        return narrowed
    node.loose = narrowed
    while levels and levels[-1].node is not narrowed:
        levels.pop()
    if levels:
        levels.pop()
    return narrowed.parent or home
