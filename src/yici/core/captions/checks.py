"""Cross-checks of a table: totals against their parts, parts against the whole, bands that overlap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from yici.core.captions.compiling import Table
from yici.core.captions.model import Check, overlapping
from yici.core.captions.table import Side
from yici.core.captions.trees import Node


def checks_of(table: Table) -> list[Check]:
    """Every check a table's captions ask for."""
    return [*_side_checks(table.rows, "row"), *_side_checks(table.columns, "column")]


def _side_checks(side: Side, across: Literal["row", "column"]) -> Iterator[Check]:
    for node in side.root.walk():
        yield from _sums(node, across)
        yield from _overlaps(node.children, across)
        narrowed = node.parent if node.nested and node.parent is not None else node.base
        above = next((one.base for one in node.ancestors() if one.among and one.base is not None), None)
        whole = narrowed or above
        if whole is not None and whole.line is not None and node.line is not None and _plain(node) and _plain(whole):
            words = f"“{_name(node)}”不应多于“{_name(whole)}”"
            yield Check("part", across, whole.line.at, (node.line.at,), words)


def _plain(node: Node) -> bool:
    return node.reading.share is None and not node.reading.measure and not node.reading.doubts


def _name(node: Node) -> str:
    return "".join(node.text.split())


def _sums(parent: Node, across: Literal["row", "column"]) -> Iterator[Check]:
    """A 合计 line and the lines beside it that together make it up."""
    lines = [child for child in parent.children if child.line is not None]
    totals = [child for child in lines if child.reading.total and not child.children]
    parts = [child for child in lines if child not in totals and not child.among and child.reading.share is None]
    regions = bool(parts) and all(child.reading.region for child in parts)
    if len(totals) != 1 or not parts or not (regions or _exclusive(parts)):
        return
    if any(child.line is None for child in parent.children):
        return
    total = totals[0]
    assert total.line is not None
    at = tuple(child.line.at for child in parts if child.line is not None)
    yield Check("sum", across, total.line.at, at, f"“{_name(total)}”应等于各项之和")


def _exclusive(parts: list[Node]) -> bool:
    """Whether nobody can be counted in two of the lines."""
    conditions = [child.reading.conditions for child in parts]
    if any(len(found) != 1 or not found[0].comparable for found in conditions):
        return False
    single = [found[0] for found in conditions]
    return len({c.element for c in single}) == 1 and not any(
        overlapping(a, b) for i, a in enumerate(single) for b in single[i + 1 :]
    )


def _overlaps(children: Iterable[Node], across: Literal["row", "column"]) -> Iterator[Check]:
    """Neighbouring bands that share years, though neither holds the other."""
    single = [
        (child, child.reading.conditions[0]) for child in children
        if len(child.reading.conditions) == 1 and child.line is not None and not child.among
    ]  # fmt: skip
    for i, (first, a) in enumerate(single):
        for second, b in single[i + 1 :]:
            if a.low is None or b.low is None or not overlapping(a, b):
                continue
            inside = (a.low >= b.low and (b.high or 999) >= (a.high or 999)) or (
                b.low >= a.low and (a.high or 999) >= (b.high or 999)
            )
            if not inside and first.line is not None and second.line is not None:
                words = f"“{_name(first)}”与“{_name(second)}”有重叠"
                yield Check("overlap", across, first.line.at, (second.line.at,), words)
